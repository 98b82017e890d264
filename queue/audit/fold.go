package audit

import (
	"slices"
	"strings"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/replay"
)

// Fold audits records as they are handed to it.
type Fold struct {
	play    *replay.Player
	report  Report
	issued  map[queue.TicketID]bool
	waiting map[queue.TicketID]bool
	days    []string
	unread  int
	// before is what the rule said just before a call that finished the open
	// ticket by itself.
	before decided
	// done is the ticket that the last record finished: a visit goes on with
	// the very next one.
	done queue.TicketID
}

// decided is whom the rule would have called at a counter before a record.
type decided struct {
	seq     uint64
	counter string
	next    *queue.Ticket
}

// holds reports whether that is the decision of a call at most two records
// later: the finish, perhaps where the visit goes on, then the call.
func (d decided) holds(seq uint64, e queue.TicketCalled) bool {
	return d.next != nil && seq <= d.seq+2 && d.counter == e.Counter && d.next.ID == e.Ticket
}

// New returns an audit of the business days that wanted chooses; nil chooses
// all.
func New(wanted func(day string) bool) *Fold {
	return &Fold{
		play: replay.New(wanted), issued: map[queue.TicketID]bool{}, waiting: map[queue.TicketID]bool{},
		report: Report{ChosenCalls: []Call{}, UnexplainedCalls: []Call{}, FaultList: []Fault{}},
	}
}

// Begin makes the audit begin with the state that the first record to come
// meets, instead of with the journal's first record; it keeps the state.
func (f *Fold) Begin(state *queue.State) { f.play.State = state }

// Add audits one record. Records must come in order, from the first of the
// journal or from where Begin said.
func (f *Fold) Add(r chain.Record) {
	step, ok := f.play.Play(r, f.judge)
	if f.play.Unread > f.unread {
		f.unread = f.play.Unread
		f.fault(replay.Step{Record: r, Day: f.play.State.Day}, Unreadable, Fault{})
	}
	if !ok {
		return
	}
	f.report.Records++
	f.settle(step)
	f.bound()
}

// Report is what was found so far. The audit may go on.
func (f *Fold) Report() Report {
	r, c := f.report, f.play.State.Config
	r.Office, r.Name, r.Parent = c.Office, c.Name, c.Parent
	r.Days, r.Tickets = len(f.days), len(f.issued)
	if len(f.days) > 0 {
		r.From, r.To = slices.Min(f.days), slices.Max(f.days)
	}
	r.ChosenCalls, r.UnexplainedCalls = slices.Clone(r.ChosenCalls), slices.Clone(r.UnexplainedCalls)
	r.FaultList = slices.Clone(r.FaultList)
	return r
}

// bound keeps the largest head start that was in force.
func (f *Fold) bound() {
	for _, k := range f.play.State.Config.Classes {
		f.report.Bound = max(f.report.Bound, k.HeadStart*60)
	}
}

// judge sees each record while the state is as it was before.
func (f *Fold) judge(s replay.Step) {
	first := false
	switch s.Event.(type) {
	case queue.TicketIssued, queue.TicketAdopted:
		first = true
	case queue.RecordMerged:
		return // it changes nothing
	}
	if strings.HasPrefix(s.Event.Kind(), "ticket.") && s.Before == nil && !first {
		f.fault(s, TicketUnknown, Fault{})
		return
	}
	state := f.play.State
	switch e := s.Event.(type) {
	case queue.DayOpened:
		if state.Open && slices.Contains(f.days, state.Day) {
			f.leftOpen(s, state)
		}
		if e.Day <= state.Day {
			f.fault(s, DayBackwards, Fault{})
		}
	case queue.DayClosed:
		f.leftOpen(s, state)
	case queue.TicketIssued:
		f.issue(s, e)
	case queue.TicketCalled:
		f.call(s, e)
	case queue.TicketFinished:
		f.leaves(s)
		if e.Auto {
			f.before = decided{seq: s.Record.Seq, counter: s.Before.Counter}
			f.before.next, _ = state.Next(s.Before.Counter)
		}
	default:
		f.tread(s)
	}
}

// tread checks that a ticket takes the step from where it stands.
func (f *Fold) tread(s replay.Step) {
	switch e := s.Event.(type) {
	case queue.TicketStarted:
		switch s.Before.Status() {
		case queue.Called:
		case queue.Serving:
			f.fault(s, StartTwice, Fault{})
		default:
			f.fault(s, StartNoCall, Fault{})
		}
	case queue.TicketRecalled, queue.TicketHeld, queue.TicketMissed:
		f.leaves(s)
	case queue.TicketTransferred:
		if f.done != s.Ticket {
			f.leaves(s)
		}
	case queue.TicketReturned:
		st := s.Before.Status()
		if st != queue.Absent && st != queue.Held && st != queue.Waiting {
			f.fault(s, ReturnNoLeave, Fault{})
		}
		if e.Rank.Before(s.Before.Rank) {
			f.fault(s, RankImproved, Fault{})
		}
	}
}

// leaves wants the ticket at a counter.
func (f *Fold) leaves(s replay.Step) {
	if !s.Before.Status().Open() {
		f.fault(s, EndNoStart, Fault{})
	}
}

func (f *Fold) issue(s replay.Step, e queue.TicketIssued) {
	if f.issued[e.Ticket] {
		f.fault(s, NumberTwice, Fault{})
	}
	f.issued[e.Ticket] = true
	if s.Elsewhere != nil {
		return
	}
	if day := strings.ReplaceAll(s.Day, "-", ""); len(day) != 8 || !strings.HasPrefix(string(e.Ticket), day[2:]) {
		f.fault(s, NumberOfOther, Fault{})
	}
	_, booked := f.play.State.Appointments[e.Appointment]
	early := e.Rank.Before(f.play.State.Logical(s.Record.At))
	if !e.Rank.IsZero() && (early || !booked) {
		f.fault(s, RankGiven, Fault{})
	}
}

// leftOpen wants nobody in the house.
func (f *Fold) leftOpen(s replay.Step, state *queue.State) {
	var left []*queue.Ticket
	for _, t := range state.Tickets {
		if !over(t.Status()) {
			left = append(left, t)
		}
	}
	slices.SortFunc(left, func(a, b *queue.Ticket) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, t := range left {
		f.fault(s, LeftOpen, Fault{Ticket: t.ID})
	}
}

// settle sees each record after it was applied.
func (f *Fold) settle(s replay.Step) {
	if e, found := s.Event.(queue.AnomalyFound); found {
		f.anomaly(s, e)
	}
	if opened, is := s.Event.(queue.DayOpened); is {
		clear(f.waiting)
		if !slices.Contains(f.days, opened.Day) {
			f.days = append(f.days, opened.Day)
		}
	}
	last := f.done
	f.done = ""
	if s.After == nil {
		return
	}
	if s.After.Status() == queue.Waiting {
		f.waiting[s.Ticket] = true
	} else {
		delete(f.waiting, s.Ticket)
	}
	if _, finished := s.Event.(queue.TicketFinished); finished {
		f.done = s.Ticket
	}
	if s.Before == nil || !s.Moved() {
		return
	}
	_, goesOn := s.Event.(queue.TicketTransferred)
	if over(s.Before.Status()) && !(goesOn && last == s.Ticket) {
		f.fault(s, AfterEnd, Fault{})
	}
	if s.After.Since().Before(s.Before.Since()) || s.After.FirstCall.Before(s.After.Arrived) && !s.After.FirstCall.IsZero() {
		f.fault(s, NegativeWait, Fault{})
	}
}

func over(s queue.Status) bool {
	return s == queue.Done || s == queue.Void || s == queue.NotServed
}

// anomaly keeps one for the list. One that another hub found is found again here
// with the same record.
func (f *Fold) anomaly(s replay.Step, e queue.AnomalyFound) {
	f.report.Anomalies++
	if len(f.report.AnomalyList) < listed {
		x := queue.Anomaly{ID: e.ID, What: e.What, Ticket: e.Ticket, Here: e.Here, There: e.There, Found: s.Record.At}
		f.report.AnomalyList = append(f.report.AnomalyList, Anomaly{Seq: s.Record.Seq, Anomaly: x})
	}
}

// fault keeps a fault; what x leaves open is filled from the record.
func (f *Fold) fault(s replay.Step, code Code, x Fault) {
	f.report.Faults++
	if len(f.report.FaultList) >= listed {
		return
	}
	x.Seq, x.At, x.Day, x.Code = s.Record.Seq, s.Record.At, s.Day, code
	if x.Ticket == "" {
		x.Ticket = s.Ticket
	}
	f.report.FaultList = append(f.report.FaultList, x)
}
