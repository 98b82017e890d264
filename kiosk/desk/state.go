package desk

import (
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
)

// Say is a sentence to be looked up in assets/i18n: a key and name, value
// pairs for its placeholders.
type Say struct {
	Key  string
	Args []string
}

// say builds a Say.
func say(key string, args ...string) Say { return Say{Key: key, Args: args} }

// Empty reports that there is nothing to say.
func (s Say) Empty() bool { return s.Key == "" }

// Tone is how serious something shown is. It always goes with words and an
// icon; colour alone says nothing.
type Tone int

// Tones.
const (
	Plain Tone = iota
	Good
	Warn
	Bad
)

// Tab is a panel of the right-hand side.
type Tab int

// Tabs, in the order shown.
const (
	TabIntake Tab = iota // tiếp nhận
	TabReturn            // trả kết quả
	TabDay               // hồ sơ trong ngày
	tabs
)

// Field is something an officer types into.
type Field int

// Fields. Their text is State.Text[field]: exactly what was typed.
const (
	FieldProcedure Field = iota // search text, or the chosen procedure's label
	FieldName
	FieldID
	FieldPhone
	FieldAddress
	FieldCode  // dossier code in the return tab
	FieldProof // what a proxy showed
	Fields     // how many there are
)

// maxTyped bounds a field, in runes.
const maxTyped = 200

// Notice is the one sentence at the foot of the screen.
type Notice struct {
	Say   Say
	Tone  Tone
	Until time.Time // it goes by itself then
}

// State is everything the counter's screen depends on. The zero value with
// Counter and Lang set is a screen that has heard nothing yet. Views read it
// and must not change what it points to.
type State struct {
	Lang    string // "vi" or "en"
	Counter string // this terminal's counter id
	Now     time.Time
	// Queue is the last snapshot, nil before the first. Whoever sends it must
	// not change it afterwards (queue.State.Clone).
	Queue *queue.State
	// Officer is who signed in at this terminal; "" shows the sign-in list.
	Officer string
	Devices Devices
	Link    Link
	// Standby: the office's standby runs on this machine, and a supervisor here
	// may make it the hub.
	Standby bool

	Tab    Tab
	Text   [Fields]string
	Intake Intake
	Giving Giving
	Day    DayList
	Notice Notice

	dialog dialog
	// vouched is the day that an officer has confirmed, until somebody sits.
	vouched string
	// busy is what is under way, by kind.
	busy [kinds]pending
	// seatSeq is the record that seated the officer; older snapshots do not
	// unseat them.
	seatSeq uint64
	// pressed is when each action was last pressed, heeded or not.
	pressed [actions]time.Time
	// warned is when the officer was told about a form that is not received.
	warned time.Time
	// sent is the last command without an answer, by kind. When the answer is
	// lost, the same wish again goes out under the same ID.
	sent   [kinds]Command
	lastID uint64
	// soon is what was wished while a command was under way.
	soon soon
	// selected is the waiting ticket that the arrow keys stand on.
	selected queue.TicketID
}

// pending is an effect under way.
type pending struct {
	on    bool
	id    uint64 // of a Command
	calls bool   // the Command calls somebody
	since time.Time
	// before is the ticket that was open here when it was sent.
	before queue.TicketID
	// seq: answered; stays pending until a snapshot has this record, so that
	// a second press cannot act on a picture of the past.
	seq uint64
}

// Intake is the receiving form beside its typed fields.
type Intake struct {
	// Procedure is the chosen one, nil before. It stays chosen while another
	// is being searched, so a stray key loses nothing.
	Procedure *catalogue.Procedure
	// Found are the search results, shown while the field's text is not the
	// chosen procedure's label; Mark is the one that Enter takes.
	Found    []catalogue.Procedure
	Mark     int
	Papers   []Paper
	Handover dossier.Handover
	Promise  *dossier.Promise
	// Tried is set once printing was refused for missing papers: they are
	// marked from then on.
	Tried bool
	// Last is the dossier just taken in, until the form is used again; its
	// receipt can be printed once more.
	Last *Receipt

	promised time.Time // when Promise came
	searched string    // query of Found
	replaced *[4]string
}

// Paper is a line of the checklist with the catalogue's remark.
type Paper struct {
	dossier.Paper
	Note string
}

// Receipt is what a receipt is printed from.
type Receipt struct {
	Dossier   dossier.Dossier
	Applicant dossier.Person
	Printed   bool // the paper came out
}

// Giving is the return tab beside its typed fields.
type Giving struct {
	// Case is the open dossier, nil when none is.
	Case *Case
	// Found are the dossiers of a scanned citizen card.
	Found []dossier.Dossier
	// Proxy: somebody else collects; the proof must be named.
	Proxy bool
}

// Case is a dossier with its applicant in clear.
type Case struct {
	Dossier   dossier.Dossier
	Applicant dossier.Person
	Erased    bool // the applicant's data has been erased
}

// DayList is the list of today's dossiers.
type DayList struct {
	List []dossier.Dossier
	At   time.Time // when it came; zero before the first
}

// New returns the screen of a counter before it has heard anything.
func New(counter, lang string, now time.Time) State {
	s := State{Lang: lang, Counter: counter, Now: now}
	s.Intake.Handover = dossier.AtCounter
	return s
}

// desk is this counter in the snapshot.
func (s State) desk() queue.Desk {
	if s.Queue == nil || s.Queue.Counters[s.Counter] == nil {
		return queue.Desk{}
	}
	return *s.Queue.Counters[s.Counter]
}

// ticket is the ticket open at this counter, nil when none is.
func (s State) ticket() *queue.Ticket {
	if s.Queue == nil {
		return nil
	}
	return s.Queue.Ticket(s.desk().Ticket)
}

// clock is the queue's own time now: waits are measured in it.
func (s State) clock() time.Time {
	if s.Queue == nil {
		return s.Now
	}
	return s.Queue.Logical(s.Now)
}

// SignedIn reports whether an officer works at this terminal.
func (s State) SignedIn() bool { return s.Officer != "" }

// Receiving reports that a dossier is being taken in: the form is locked until
// the answer is here, so that nothing typed meanwhile is cleared with it.
func (s State) Receiving() bool { return s.busy[kindReceive].on }

// Slow reports that the office has not answered a command for a second.
func (s State) Slow() bool {
	for _, k := range []kind{kindCommand, kindReceive, kindReturn} {
		if p := s.busy[k]; p.on && p.seq == 0 && s.Now.Sub(p.since) >= time.Second {
			return true
		}
	}
	return false
}
