package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Recorder reads days out of an office's journal: who came when and for what,
// how long each stay took, who sat where. What it cannot know of people who
// were never called, it takes from the middle of the others.
type Recorder struct {
	state *queue.State
	only  string // the day to keep, "" the last one
	rec   *recording
	kept  *recording
	days  []string
}

// NewRecorder keeps one day ("2006-01-02"), or with "" the last one that has
// tickets.
func NewRecorder(only string) *Recorder {
	return &Recorder{state: queue.NewState(), only: only}
}

// recording is a day being read.
type recording struct {
	day    Day
	visits map[queue.TicketID]*read
	order  []queue.TicketID
	shifts map[string]*Shift // open, by counter
	freed  map[string]freed  // by counter
	// deserted: nobody waited for the counter that is being closed.
	deserted bool
}

// freed is a counter's last release, and the stay that it ended.
type freed struct {
	at    time.Time
	visit *read
	leg   int
}

// read is a visit being read.
type read struct {
	Visit
	called, started, missed time.Time // of the present stay
	wait                    Wait
}

// Add reads the next record. Wall times are turned into the queue's own time,
// which never runs backwards.
func (r *Recorder) Add(e queue.Event, at time.Time, seq uint64, by chain.Actor) {
	var before queue.Ticket
	if t := r.state.Ticket(ticketOf(e)); t != nil {
		before = *t
	}
	if e, leaves := e.(queue.CounterClosed); leaves && r.rec != nil {
		next, _ := r.state.Next(e.Counter)
		r.rec.deserted = next == nil
	}
	r.state.Apply(e, at, seq, by)
	now := r.state.Logical(at)
	switch e := e.(type) {
	case queue.DayOpened:
		r.keep()
		r.rec = &recording{
			day:    Day{Date: e.Day, Config: r.state.Config},
			visits: map[queue.TicketID]*read{}, shifts: map[string]*Shift{}, freed: map[string]freed{},
		}
		for id, d := range r.state.Counters { // who stayed past midnight
			if d.Officer != "" {
				r.rec.shifts[id] = &Shift{Counter: id, Officer: d.Officer, From: now}
			}
		}
	case queue.DayClosed:
		if r.rec != nil && len(r.rec.order) > 0 {
			r.rec.end(now)
		}
	case queue.Configured:
		if r.rec != nil && len(r.rec.order) == 0 {
			r.rec.day.Config = e.Config
		}
	default:
		if r.rec != nil {
			r.rec.add(e, now, by, before)
		}
	}
}

// keep puts the day that has ended aside if it is the one wanted.
func (r *Recorder) keep() {
	if r.rec == nil || len(r.rec.order) == 0 {
		return
	}
	r.rec.end(r.state.Logical(r.state.At))
	r.days = append(r.days, r.rec.day.Date)
	if r.only == "" || r.only == r.rec.day.Date {
		r.kept = r.rec
	}
}

// Day is the day that was wanted, and what became of its visits in the record.
// days are all that have tickets.
func (r *Recorder) Day() (d Day, waits []Wait, days []string, err error) {
	r.keep()
	r.rec = nil
	if r.kept == nil {
		return Day{}, nil, r.days, fmt.Errorf("there is no %s with tickets in the record", strings.TrimSpace("day "+r.only))
	}
	d = r.kept.finish()
	for _, id := range r.kept.order {
		waits = append(waits, r.kept.visits[id].wait)
	}
	return d, waits, r.days, nil
}

// ticketOf names the ticket that an event ends a stay of.
func ticketOf(e queue.Event) queue.TicketID {
	switch e := e.(type) {
	case queue.TicketCalled:
		return e.Ticket
	case queue.TicketFinished:
		return e.Ticket
	case queue.TicketMissed:
		return e.Ticket
	case queue.TicketHeld:
		return e.Ticket
	case queue.TicketTransferred:
		return e.Ticket
	case queue.TicketClosed:
		return e.Ticket
	case queue.TicketReturned:
		return e.Ticket
	}
	return ""
}

func (r *recording) add(e queue.Event, now time.Time, by chain.Actor, before queue.Ticket) {
	switch e := e.(type) {
	case queue.TicketIssued:
		v := &read{Visit: Visit{At: now, Kiosk: by.Device, Service: e.Service, Class: e.Class, Dossiers: max(1, e.Dossiers)}}
		v.wait = Wait{Ticket: e.Ticket, Service: e.Service, Class: e.Class, Arrived: now, Estimate: e.Estimate}
		r.visits[e.Ticket] = v
		r.order = append(r.order, e.Ticket)
	case queue.TicketCalled:
		r.call(e, now, before)
	case queue.TicketStarted:
		if v := r.visits[e.Ticket]; v != nil {
			v.started = now
		}
	case queue.TicketFinished:
		r.stay(before, now, Leg{End: Finished})
	case queue.TicketTransferred:
		r.stay(before, now, Leg{End: Transferred, Service: e.Service, Counter: e.Counter})
	case queue.TicketHeld:
		r.stay(before, now, Leg{End: PutAside})
	case queue.TicketMissed:
		if v := r.visits[e.Ticket]; v != nil {
			v.Misses, v.missed = true, now
		}
	case queue.TicketReturned:
		r.back(e.Ticket, now)
	case queue.TicketClosed:
		r.closed(e, now, before)
	default:
		r.staff(e, now)
	}
}

func (r *recording) call(e queue.TicketCalled, now time.Time, before queue.Ticket) {
	v := r.visits[e.Ticket]
	if v == nil {
		return
	}
	v.called, v.started = now, time.Time{}
	if !v.wait.Served {
		v.wait.Served, v.wait.Wait = true, now.Sub(v.At)
		v.wait.Kept = v.wait.Estimate.Holds(v.wait.Wait)
	}
	if n := len(v.Legs); n > 0 && v.Legs[n-1].End == PutAside {
		v.Legs[n-1].Aside = now.Sub(before.Since())
	}
	// The officer's own time between two citizens, if this one was there.
	if f := r.freed[e.Counter]; f.visit != nil && !before.Since().After(f.at) {
		if gap := now.Sub(f.at); gap <= 5*time.Minute {
			f.visit.Legs[f.leg].Wrap = max(time.Second, gap)
		}
	}
	delete(r.freed, e.Counter)
}

// stay adds a stay that has ended.
func (r *recording) stay(t queue.Ticket, now time.Time, leg Leg) {
	v := r.visits[t.ID]
	if v == nil || v.called.IsZero() {
		return
	}
	start := v.started
	if start.IsZero() {
		start = v.called
	}
	leg.Walk, leg.Work = start.Sub(v.called), now.Sub(start)
	v.Legs = append(v.Legs, leg)
	r.freed[t.Counter] = freed{now, v, len(v.Legs) - 1}
	v.called = time.Time{}
}

func (r *recording) back(id queue.TicketID, now time.Time) {
	v := r.visits[id]
	if v == nil || v.missed.IsZero() {
		return // a held ticket whose counter closed
	}
	v.Back = max(time.Second, now.Sub(v.missed))
}

func (r *recording) closed(e queue.TicketClosed, now time.Time, before queue.Ticket) {
	v := r.visits[e.Ticket]
	switch {
	case v == nil:
	case before.Status().Open():
		r.stay(before, now, Leg{End: Finished})
	case e.As == queue.Void && before.Status() == queue.Waiting && !v.wait.Served:
		v.GivesUp = max(time.Second, now.Sub(v.At))
	}
}

// staff reads who sits where.
func (r *recording) staff(e queue.Event, now time.Time) {
	switch e := e.(type) {
	case queue.CounterOpened:
		if s := r.shifts[e.Counter]; s != nil && s.Officer == e.Officer {
			if n := len(s.Breaks); n > 0 && s.Breaks[n-1].To.IsZero() {
				s.Breaks[n-1].To = now
			}
			return
		}
		r.leave(e.Counter, now)
		r.shifts[e.Counter] = &Shift{Counter: e.Counter, Officer: e.Officer, From: now}
	case queue.CounterPaused:
		if s := r.shifts[e.Counter]; s != nil {
			s.Breaks = append(s.Breaks, Break{From: now, Reason: e.Reason})
		}
	case queue.CounterClosed:
		r.leave(e.Counter, now)
	}
}

func (r *recording) leave(counter string, now time.Time) {
	s := r.shifts[counter]
	if s == nil {
		return
	}
	if n := len(s.Breaks); n > 0 && s.Breaks[n-1].To.IsZero() {
		s.To, s.Breaks = s.Breaks[n-1].From, s.Breaks[:n-1] // never came back
	} else {
		s.To = now
	}
	if r.deserted { // had somebody waited, the officer would have stayed
		s.Stays, r.deserted = 30*time.Minute, false
	}
	delete(r.shifts, counter)
	r.day.Shifts = append(r.day.Shifts, *s)
}

// end is the end of the day: everybody leaves.
func (r *recording) end(now time.Time) {
	if !r.day.Closes.IsZero() {
		return
	}
	r.day.Closes = now
	for _, c := range r.day.Config.Counters {
		r.leave(c.ID, now)
	}
}

// finish fills in what the record cannot know.
func (r *recording) finish() Day {
	stays, wraps := map[string][]time.Duration{}, []time.Duration{}
	for _, id := range r.order {
		for _, l := range r.visits[id].Legs {
			stays[r.visits[id].Service] = append(stays[r.visits[id].Service], l.Walk+l.Work)
			if l.Wrap > 0 {
				wraps = append(wraps, l.Wrap)
			}
		}
	}
	wrap := cmp.Or(middle(wraps), 10*time.Second)
	d := r.day
	d.Config.KioskDailyCap = 0 // who showed an identity is not known here
	for _, id := range r.order {
		v := r.visits[id]
		if len(v.Legs) == 0 {
			svc, _ := d.Config.Service(v.Service)
			v.Legs = []Leg{{Work: cmp.Or(middle(stays[v.Service]), time.Duration(svc.Pace)*time.Second, 6*time.Minute)}}
		}
		for i := range v.Legs {
			v.Legs[i].Wrap = cmp.Or(v.Legs[i].Wrap, wrap)
		}
		d.Visits = append(d.Visits, v.Visit)
	}
	slices.SortStableFunc(d.Shifts, func(a, b Shift) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Counter, b.Counter)) })
	return d
}

func middle(list []time.Duration) time.Duration {
	slices.Sort(list)
	return rank(list, 0.5)
}
