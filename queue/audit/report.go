package audit

import (
	"time"

	"motcua/queue"
)

// Call is a call that the rule alone does not explain.
type Call struct {
	Seq     uint64         `json:"seq"` // of the record
	At      time.Time      `json:"at"`
	Day     string         `json:"day"`
	Ticket  queue.TicketID `json:"ticket"`
	Counter string         `json:"counter"`
	Officer string         `json:"officer"`
	// Reason is the officer's own words, "" when none were given.
	Reason string `json:"reason,omitempty"`
	// Instead is whom the rule would have called, "" for nobody; Because is
	// the rule's reason.
	Instead queue.TicketID    `json:"instead,omitempty"`
	Because queue.Explanation `json:"because,omitzero"`
	// Passed is how many people the rule would have called there before this
	// ticket.
	Passed int `json:"passed"`

	config queue.Config // as of the call, for the sentence
}

// Code names a kind of fault; its sentence is the text "audit.fault." and the
// code.
type Code string

// Kinds of faults.
const (
	NumberTwice    Code = "number-twice"     // the number was given before
	NumberOfOther  Code = "number-of-other"  // the number belongs to another day
	RankGiven      Code = "rank-given"       // issued with a place in line that no appointment gives
	TicketUnknown  Code = "ticket-unknown"   // something happened to a ticket that was never issued
	CounterNotOpen Code = "counter-not-open" // called by an officer who does not sit there
	CounterHasTwo  Code = "counter-has-two"  // called while another ticket was open there
	TwoCounters    Code = "two-counters"     // called while open at another counter
	NotInLine      Code = "not-in-line"      // called though it did not wait
	BecauseFalse   Code = "because-false"    // the recorded reason is not the rule's
	BoundBroken    Code = "bound-broken"     // passed by somebody who may not pass it
	StartTwice     Code = "start-twice"      // service began twice
	StartNoCall    Code = "start-no-call"    // service began without a call
	EndNoStart     Code = "end-no-start"     // left a counter where it was not
	ReturnNoLeave  Code = "return-no-leave"  // came back without having gone
	RankImproved   Code = "rank-improved"    // came back with a better place than it had
	AfterEnd       Code = "after-end"        // went on after it was over
	NegativeWait   Code = "negative-wait"    // a later interval begins earlier
	LeftOpen       Code = "left-open"        // still in the house when the day ended
	DayBackwards   Code = "day-backwards"    // a day was opened that had been before
	Unreadable     Code = "unreadable"       // the record cannot be decoded
)

// Fault is something that must not be in a record of an office.
type Fault struct {
	Seq     uint64         `json:"seq"`
	At      time.Time      `json:"at"`
	Day     string         `json:"day"`
	Code    Code           `json:"code"`
	Ticket  queue.TicketID `json:"ticket,omitempty"`
	Other   queue.TicketID `json:"other,omitempty"` // the other ticket, where there are two
	Counter string         `json:"counter,omitempty"`
}

// Pass is the longest that anybody was passed by the rule: how much later the
// other came.
type Pass struct {
	Ticket  queue.TicketID `json:"ticket,omitempty"`
	By      queue.TicketID `json:"by,omitempty"`
	Seconds int            `json:"seconds"`
}

// Anomaly is one that the record shows, whether a supervisor has seen it or not.
type Anomaly struct {
	Seq uint64 `json:"seq"` // of the record
	queue.Anomaly
}

// listed bounds each list of a report; what is beyond it is counted.
const listed = 1000

// Report is what the audit found in the chosen days.
type Report struct {
	Office  string     `json:"office"`
	Name    queue.Text `json:"name"`
	Parent  queue.Text `json:"parent"`
	From    string     `json:"from"`
	To      string     `json:"to"`
	Days    int        `json:"days"`
	Records int        `json:"records"`
	Tickets int        `json:"tickets"`

	// Calls = ByRule + Resumed + Chosen + ByHand + Elsewhere + Unexplained.
	// Recalls are no calls.
	Calls       int `json:"calls"`
	ByRule      int `json:"by_rule"`
	Resumed     int `json:"resumed"` // held there before
	Chosen      int `json:"chosen"`
	ByHand      int `json:"by_hand"`   // of whoever stood at the counter
	Elsewhere   int `json:"elsewhere"` // made by a hub or a device that was alone, on the line as it knew it
	Unexplained int `json:"unexplained"`
	// Anomalies counts what two places did without knowing of each other.
	Anomalies int `json:"anomalies"`
	// Faults counts the other faults.
	Faults int `json:"faults"`

	// Longest is the longest pass by the rule; it may not exceed Bound, the
	// largest head start in seconds.
	Longest Pass `json:"longest_pass"`
	Bound   int  `json:"bound_s"`

	// At most the first 1,000 of each are listed.
	ChosenCalls      []Call  `json:"chosen_calls"`
	UnexplainedCalls []Call  `json:"unexplained_calls"`
	FaultList        []Fault `json:"fault_list"`
	// AnomalyList names the anomalies.
	AnomalyList []Anomaly `json:"anomaly_list,omitempty"`
}

// Clean reports whether every call is explained and nothing else is wrong.
// Calls that an officer chose with a reason do not make a day unclean.
func (r Report) Clean() bool { return r.Unexplained == 0 && r.Faults == 0 }
