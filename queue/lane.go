package queue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// lane is a part of the line in which nothing but rank decides: people of one
// service and one class, or those sent to one place. Head starts and tiers
// only ever compare the first of each lane, which is why a choice costs the
// same with ten and with a hundred thousand people waiting.
type lane struct {
	service, class string
	counter        string // sent there, or held there
	officer        string // sent to that officer, wherever they sit
	back           bool   // comes back to counter from a detour
	later          bool   // not before the next session
	held           bool   // put aside at counter; called by hand only
}

// line is a lane with somebody in it, and who.
type line struct {
	lane
	people *sorted
}

// laneOf says where a ticket stands; ok is false when it stands in no line.
func laneOf(t *Ticket) (l lane, ok bool) {
	if t == nil {
		return lane{}, false
	}
	switch t.Status() {
	case Waiting:
		return lane{
			service: t.Service, class: t.Class, counter: t.For, officer: t.ForOfficer,
			back: t.Back, later: !t.After.IsZero(),
		}, true
	case Held:
		return lane{counter: t.Counter, held: true}, true
	}
	return lane{}, false
}

// order says how soon a counter looks at a lane: 0 who comes back to it, 1 who
// was sent to it, then its tiers. ok is false when it may not call from it.
func (l *lane) order(c *Counter, officer string) (n int, ok bool) {
	switch {
	case l.held || l.later:
		return 0, false
	case l.counter != "":
		if l.back {
			return 0, l.counter == c.ID
		}
		return 1, l.counter == c.ID
	case l.officer != "":
		return 1, l.officer == officer
	}
	tier, ok := c.Serves(l.service)
	return 2 + tier, ok
}

// place keeps the lanes true when a ticket changes; old or now may be nil.
func (s *State) place(old, now *Ticket) {
	from, was := laneOf(old)
	to, is := laneOf(now)
	if was && is && from == to && old.Rank.Equal(now.Rank) {
		return
	}
	if was {
		s.stepOut(from, old)
	}
	if is {
		s.stepIn(to, now)
	}
}

func (s *State) stepIn(l lane, t *Ticket) {
	for i := range s.lanes {
		if s.lanes[i].lane == l {
			s.lanes[i].people = s.lanes[i].people.with(one(t))
			return
		}
	}
	s.lanes = append(s.lanes, line{l, one(t)})
}

func (s *State) stepOut(l lane, t *Ticket) {
	for i := range s.lanes {
		if s.lanes[i].lane != l {
			continue
		}
		if s.lanes[i].people = s.lanes[i].people.without(one(t)); s.lanes[i].people == nil {
			s.lanes = slices.Delete(s.lanes, i, i+1)
		}
		return
	}
}

// UnmarshalJSON reads a state and puts everybody back in line. States written
// by earlier versions lack the newer maps; they are made empty.
func (s *State) UnmarshalJSON(data []byte) error {
	type plain State
	p := plain(*NewState())
	if err := json.Unmarshal(data, &p); err != nil {
		return fmt.Errorf("read state of the queue: %w", err)
	}
	*s = State(p)
	s.fill()
	for id, t := range s.Tickets {
		if t == nil {
			delete(s.Tickets, id)
			continue
		}
		s.place(nil, t)
	}
	return nil
}

// effective is the arrival that ordering compares: rank minus head start.
func (s *State) effective(t *Ticket) time.Time {
	return t.Rank.Add(-s.headStart(t.Class))
}

// headStart is Config.HeadStart without a copy of the configuration.
func (s *State) headStart(class string) time.Duration {
	for i := range s.Config.Classes {
		if k := &s.Config.Classes[i]; k.ID == class {
			return time.Duration(k.HeadStart) * time.Minute
		}
	}
	return 0
}

// before orders two tickets of one tier: effective arrival, then issue.
func (s *State) before(a, b *Ticket) int {
	return cmp.Or(s.effective(a).Compare(s.effective(b)), cmp.Compare(a.Seq, b.Seq))
}

// collect lists the tickets of the lanes that in accepts.
func (s *State) collect(in func(*lane) bool) []*Ticket {
	var list []*Ticket
	for i := range s.lanes {
		if !in(&s.lanes[i].lane) {
			continue
		}
		for id := range s.lanes[i].people.each {
			if t := s.Tickets[id]; t != nil {
				list = append(list, t)
			}
		}
	}
	return list
}

// WaitingFor lists who waits for the services of keep, in the order in which
// they would be called: effective arrival, then sequence; whoever waits for a
// later session comes last. A nil keep lists all.
func (s *State) WaitingFor(keep func(*Ticket) bool) []*Ticket {
	list := s.collect(func(l *lane) bool { return !l.held })
	list = slices.DeleteFunc(list, func(t *Ticket) bool {
		return t.Status() != Waiting || keep != nil && !keep(t)
	})
	slices.SortFunc(list, func(a, b *Ticket) int {
		return cmp.Or(a.After.Compare(b.After), s.before(a, b))
	})
	return list
}

// CounterQueue lists who waits for a counter: everyone whom the officer there
// may serve, and those sent to it by name, in calling order of one tier.
func (s *State) CounterQueue(counter string) []*Ticket {
	c, officer := s.serving(counter)
	return s.WaitingFor(func(t *Ticket) bool {
		l, _ := laneOf(t)
		l.later = false
		_, ok := l.order(&c, officer)
		return ok
	})
}

// HeldAt lists the tickets put aside at a counter, oldest first.
func (s *State) HeldAt(counter string) []*Ticket {
	list := s.collect(func(l *lane) bool { return l.held && l.counter == counter })
	slices.SortFunc(list, func(a, b *Ticket) int {
		return cmp.Or(a.Since().Compare(b.Since()), cmp.Compare(a.Seq, b.Seq))
	})
	return list
}

// sentTo lists who waits for one counter or one officer, in order of issue.
func (s *State) sentTo(counter, officer string) []*Ticket {
	list := s.collect(func(l *lane) bool {
		return !l.held && (counter != "" && l.counter == counter || officer != "" && l.officer == officer)
	})
	slices.SortFunc(list, func(a, b *Ticket) int { return cmp.Compare(a.Seq, b.Seq) })
	return list
}

// Waiting counts who waits for a service; "" counts everybody.
func (s *State) Waiting(service string) int {
	n := 0
	for i := range s.lanes {
		if l := &s.lanes[i]; !l.held && (service == "" || l.service == service) {
			n += l.people.len()
		}
	}
	return n
}
