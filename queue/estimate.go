package queue

import (
	"slices"
	"time"
)

// enoughSpells is how many services of a day make its own pace believable.
const enoughSpells = 5

// enoughPersonal is how many make an officer's own pace believable.
const enoughPersonal = 30

// fallbackPace is used for a service that says nothing about itself.
const fallbackPace = 6 * 60 // seconds

// finest is the narrowest range that is promised: nobody can say 17 to 19.
const finest = 5 * time.Minute

// straightAway is a wait that is none.
const straightAway = time.Minute

// Estimate says when a ticket issued now would be called. The queue ahead is
// rehearsed a few dozen times with recent times at the counters, breaks,
// session ends and people with a head start who may still come; Likely is the
// middle of the rehearsals, and Low to High holds as many of them as it took,
// lately, to keep what ought to be kept of such promises (Lessons.Sure, share):
// more than 80 of 100 over all. Zero High means straight away.
//
// The fates rehearsed are always the same ones, so that one more person ahead
// never shortens a promise and the same state promises the same.
func (s *State) Estimate(service, class string, wall time.Time) Estimate {
	wanted := slices.IndexFunc(s.Config.Services, func(x Service) bool { return x.ID == service })
	if wanted < 0 || len(s.Config.Counters) == 0 {
		return Estimate{}
	}
	now := s.Logical(wall)
	if s.idle(wanted, now) {
		return Estimate{} // as every rehearsal would say
	}
	r := rehearsalOf(s, class, now, wanted)
	calls := make([]int, r.times)
	for i := range calls {
		r.run(i, wanted)
		calls[i] = r.calls[wanted]
	}
	return r.estimate(wanted, calls, &s.Learned)
}

// idle reports whether a counter of a service is at work with nobody, within a
// session, and nobody waits whom it could call instead.
func (s *State) idle(service int, now time.Time) bool {
	id := s.Config.Services[service].ID
	if s.Waiting(id) > 0 {
		return false
	}
	if ends, _ := s.Config.Session(now); ends.IsZero() {
		if _, bounded := s.Config.Sessions(now); bounded {
			return false
		}
	}
	for i := range s.Config.Counters {
		k := s.Config.Counters[i]
		d := s.Counters[k.ID]
		if d == nil || !d.Working() || d.Ticket != "" {
			continue
		}
		k = s.Config.staffed(k, d.Officer)
		if _, ok := k.Serves(id); ok && !s.anyFor(&k, d.Officer) {
			return true
		}
	}
	return false
}

// anyFor reports whether anybody waits for a counter, or was put aside there.
func (s *State) anyFor(k *Counter, officer string) bool {
	for i := range s.lanes {
		l := &s.lanes[i]
		if _, ok := l.order(k, officer); ok || l.held && l.counter == k.ID {
			return true
		}
	}
	return false
}

// Estimates are the estimates of every service for an ordinary ticket, for
// little more than the price of one.
func (s *State) Estimates(wall time.Time) map[string]Estimate {
	estimates := make(map[string]Estimate, len(s.Config.Services))
	if len(s.Config.Counters) == 0 {
		return estimates
	}
	r := rehearsalOf(s, "", s.Logical(wall), all)
	calls := make([][]int, len(s.Config.Services))
	for i := range r.times {
		r.run(i, all)
		for k, at := range r.calls {
			calls[k] = append(calls[k], at)
		}
	}
	for k, svc := range s.Config.Services {
		estimates[svc.ID] = r.estimate(k, calls[k], &s.Learned)
	}
	return estimates
}

// estimate turns the rehearsed calls of a service's newcomer into a promise.
func (r *rehearsal) estimate(service int, calls []int, learned *Lessons) Estimate {
	var e Estimate
	late := 0
	for i, at := range calls {
		if at < 0 || r.closing > 0 && at > r.closing {
			late++
		}
		if at < 0 {
			calls[i] = r.stuck(service)
		}
	}
	slices.Sort(calls)
	people, dossiers := r.ahead(service)
	if e.Ahead = people; dossiers > people {
		e.Dossiers = dossiers
	}
	e.AfterClosing = 2*late > len(calls)
	h := horizon(time.Duration(between(calls, 500)) * time.Second)
	for i, at := range calls {
		calls[i] = at * (1e6 + learned.Lean[h]) / 1e6
	}
	e.Likely = time.Duration(between(calls, 500)) * time.Second
	e.Low, e.High = promise(calls, learned.Sure[horizon(e.Likely)])
	return e
}

// Holds reports whether a wait was what had been promised. "Straight away" is
// kept within a minute.
func (e Estimate) Holds(wait time.Duration) bool {
	if e.High == 0 {
		return wait <= straightAway
	}
	return e.Low <= wait && wait <= e.High
}

// horizons are the lengths of wait that are calibrated apart: a short one goes
// wrong in other ways than a long one.
const horizons = 5

func horizon(likely time.Duration) int {
	switch {
	case likely < time.Minute:
		return 0
	case likely < 5*time.Minute:
		return 1
	case likely < 15*time.Minute:
		return 2
	case likely < 40*time.Minute:
		return 3
	}
	return 4
}

// promise turns sorted rehearsed calls into a range of whole minutes that holds
// sure parts per million of them, more of the rest lying above it than below,
// because waits have a long tail on that side.
func promise(calls []int, sure int) (low, high time.Duration) {
	if sure == 0 {
		sure = firstSure
	}
	out := max(0, 1000-sure/1000)
	from, to := between(calls, out*3/10), between(calls, 1000-out*7/10)
	if sure > 1e6 {
		mid := between(calls, 500)
		from = max(0, mid-(mid-from)*(sure/1000)/1000)
		to = mid + (to-mid)*(sure/1000)/1000
	}
	if to <= int(straightAway/time.Second)/2 {
		return 0, 0
	}
	low = (time.Duration(from) * time.Second).Round(time.Minute)
	high = (time.Duration(to) * time.Second).Round(time.Minute)
	if narrow := finest - (high - low); narrow > 0 {
		low = max(0, low-(narrow/2).Truncate(time.Minute))
		high = low + finest
	}
	return low, high
}

// between is a quantile (per mille) of sorted values, between neighbours.
func between(sorted []int, permille int) int {
	at := permille * (len(sorted) - 1)
	i, rest := at/1000, at%1000
	if rest == 0 {
		return sorted[i]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*rest/1000
}

// quantile of unsorted seconds, by nearest rank.
func quantile(list []int, q float64) int {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func roundUp(d, unit time.Duration) time.Duration {
	if r := d.Truncate(unit); r < d {
		return r + unit
	}
	return d
}
