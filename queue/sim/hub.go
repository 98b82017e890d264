package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Faults is what goes wrong, as chances per command.
type Faults struct {
	// Jump sets the clock back or forward, by minutes to hours or by a day;
	// somebody sets it right some commands later.
	Jump float64
	// Crash drops the state; it is read again from the journal.
	Crash float64
	// Retry sends a command a second time: the same one, whose reply was
	// lost, or a double press.
	Retry float64
}

// Count is what a run did.
type Count struct {
	Commands int `json:"commands"`
	Refused  int `json:"refused"`
	Events   int `json:"events"`
	Tickets  int `json:"tickets"`
	Calls    int `json:"calls"`
	Jumps    int `json:"clock_jumps"`
	Crashes  int `json:"crashes"`
	Retries  int `json:"retries"` // commands sent again, Doubles of them as a new press
	Doubles  int `json:"doubles"`
	// Lost are days on which nobody got a number, because a clock that was a
	// day ahead at closing time had closed them beforehand.
	Lost int `json:"lost_days"`
	// Reissued are numbers asked for again because the clock said closed.
	Reissued int `json:"asked_again"`
}

// entry is a record of the journal.
type entry struct {
	e   queue.Event
	at  time.Time
	seq uint64
	by  chain.Actor
}

// hub is an office service without disk and network: one writer, a journal,
// and the answers to commands that may come again.
type hub struct {
	state   *queue.State
	morning *queue.State // the state before journal
	proven  *queue.State // the state after the first records of it, which was replayed
	records int          // how many those are
	days    int          // that have ended
	journal []entry
	seq     uint64
	skew    time.Duration // of the clock, by faults
	// seenWall and seenTrue are the clock's time and the true one at the latest
	// record.
	seenWall, seenTrue time.Time
	mend               int // commands until the clock is set right
	d                  dice
	faults             Faults
	check              *checker
	count              Count
	watch              func(e queue.Event, at time.Time, seq uint64, by chain.Actor) // may be nil
}

func newHub(f Faults, seed uint64) *hub {
	h := &hub{state: queue.NewState(), morning: queue.NewState(), proven: queue.NewState(), d: dice(seed), faults: f}
	h.check = newChecker(h)
	return h
}

func mint(id queue.TicketID) string { return string(id) + "-SIMULATE" }

// do carries out a command at a moment of true time; what goes wrong goes wrong
// around it. The events are those of the one time it had effect.
func (h *hub) do(c queue.Command, by chain.Actor, now time.Time) ([]queue.Event, error) {
	if err := h.disturb(); err != nil {
		return nil, err
	}
	events, err := h.decide(c, by, now)
	if h.check.err != nil {
		return nil, h.check.err
	}
	if h.faults.Retry > 0 && err == nil && len(events) > 0 && h.d.chance(h.faults.Retry) {
		h.count.Retries++
		// A repeated call with the same number gets the stored answer and
		// never reaches Decide (package office). A double press has a number
		// of its own and must be refused, or be a wish of its own.
		if pressed(c) {
			h.count.Doubles++
			before := h.seq
			again, _ := h.decide(c, by, now)
			if h.seq != before || len(again) > 0 {
				return nil, h.check.fault("%s had a second effect: %v", c.Name(), again)
			}
		}
	}
	return events, err
}

// pressed are the commands whose second press must do nothing.
func pressed(c queue.Command) bool {
	switch c.(type) {
	case queue.FinishTicket, queue.TransferTicket, queue.MarkAbsent, queue.Recall, queue.StartService, queue.ReturnTicket,
		queue.VoidTicket, queue.OpenCounter, queue.CloseDay, queue.HoldTicket:
		return true
	}
	return false
}

func (h *hub) decide(c queue.Command, by chain.Actor, now time.Time) ([]queue.Event, error) {
	wall := now.Add(h.skew)
	h.count.Commands++
	events, err := queue.Decide(h.state, c, by, queue.Env{Now: wall, Mint: mint, Clock: h.clock(wall, now)})
	if err != nil {
		h.count.Refused++
		return nil, err
	}
	if len(events) > 0 {
		h.seenWall, h.seenTrue = wall, now
	}
	for _, e := range events {
		h.seq++
		h.count.Events++
		if _, rolls := e.(queue.DayOpened); rolls && len(h.journal) > settled {
			if err := h.endDay(); err != nil {
				return nil, err
			}
		}
		h.journal = append(h.journal, entry{e, wall, h.seq, by})
		h.check.before(e, by, wall)
		h.state.Apply(e, wall, h.seq, by)
		h.check.after(e, wall)
		if h.watch != nil {
			h.watch(e, wall, h.seq, by)
		}
	}
	return events, h.check.err
}

// clock tells the core what an office knows of its clock: one that was set
// forward since the last record is not believed about the day (package office).
func (h *hub) clock(wall, now time.Time) chain.Clock {
	if !h.seenWall.IsZero() && wall.Sub(h.seenWall)-now.Sub(h.seenTrue) > 2*time.Minute {
		return chain.ClockJumped
	}
	return chain.ClockSynced
}

// settled is a journal too short to be worth ending a day for.
const settled = 8

// readEvery is how many days apart everything goes through bytes.
const readEvery = 5

// endDay proves that the day's journal replays to the same state, and begins the
// next day with the replayed one. Every fifth evening the whole day's records and
// the state are written as bytes, compared and read back.
func (h *hub) endDay() error {
	if h.days++; h.days%readEvery != 1 {
		if err := h.crash(); err != nil {
			return err
		}
	} else {
		s, err := h.reread()
		if err != nil {
			return err
		}
		if s, err = h.stored(s); err != nil {
			return err
		}
		h.state = s
	}
	h.morning = h.state.Clone()
	h.proven, h.records, h.journal = h.morning, 0, h.journal[:0]
	return nil
}

// crash loses the state and plays the journal again: from where it was played
// the last time, since up to there it is proven. What comes of it is compared
// with what was lost, and goes on.
func (h *hub) crash() error {
	s := h.proven.Clone()
	for _, j := range h.journal[h.records:] {
		s.Apply(j.e, j.at, j.seq, j.by)
	}
	if err := h.same(s); err != nil {
		return err
	}
	h.state, h.proven, h.records = s, s.Clone(), len(h.journal)
	return nil
}

// reread is the morning's state with the journal since, each record written as
// bytes and read again.
func (h *hub) reread() (*queue.State, error) {
	s := h.morning.Clone()
	for _, j := range h.journal {
		raw, err := json.Marshal(j.e)
		if err != nil {
			return nil, fmt.Errorf("record %s: %w", j.e.Kind(), err)
		}
		e, ok, err := queue.DecodeEvent(j.e.Kind(), 1, raw)
		if !ok || err != nil {
			return nil, h.check.fault("record %d of %s is not read: %v", j.seq, j.e.Kind(), err)
		}
		s.Apply(e, j.at, j.seq, j.by)
	}
	return s, nil
}

// same compares a replayed state with the one in memory, field by field.
func (h *hub) same(s *queue.State) error {
	if reflect.DeepEqual(s, h.state) {
		return nil
	}
	got, _ := json.Marshal(s)
	want, _ := json.Marshal(h.state)
	return h.check.fault("the replayed state differs: %s", difference(got, want))
}

// stored writes a replayed state as bytes, compares them with those of the one
// in memory and reads them back.
func (h *hub) stored(replayed *queue.State) (*queue.State, error) {
	got, err := json.Marshal(replayed)
	if err != nil {
		return nil, fmt.Errorf("store the state: %w", err)
	}
	want, err := json.Marshal(h.state)
	if err != nil {
		return nil, fmt.Errorf("store the state: %w", err)
	}
	if !bytes.Equal(got, want) {
		return nil, h.check.fault("the replayed state differs: %s", difference(got, want))
	}
	s := queue.NewState()
	if err := json.Unmarshal(got, s); err != nil {
		return nil, fmt.Errorf("read the stored state: %w", err)
	}
	if again, err := json.Marshal(s); err != nil || !bytes.Equal(again, got) {
		return nil, h.check.fault("the stored state reads as another: %s, %v", difference(again, got), err)
	}
	return s, nil
}

// difference shows where two texts part.
func difference(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-40)
	return fmt.Sprintf("%q, in memory %q", a[from:min(len(a), i+60)], b[from:min(len(b), i+60)])
}

// disturb lets something go wrong before a command.
func (h *hub) disturb() error {
	if h.mend > 0 {
		if h.mend--; h.mend == 0 {
			h.skew = 0
		}
	}
	if h.faults.Jump > 0 && h.d.chance(h.faults.Jump) {
		h.count.Jumps++
		h.mend = 5 + h.d.below(40)
		switch h.d.below(10) {
		case 0:
			h.skew = 24 * time.Hour
		case 1:
			h.skew = -24 * time.Hour
		default:
			h.skew = h.d.seconds(-3*60*60, 3*60*60)
		}
	}
	if h.faults.Crash > 0 && h.d.chance(h.faults.Crash) {
		h.count.Crashes++
		return h.crash()
	}
	return nil
}
