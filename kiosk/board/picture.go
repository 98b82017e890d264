package board

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
)

// Times and bounds of the display.
const (
	// fresh is how long a call is marked as new.
	fresh = 6 * time.Second
	// stay is how long a call is shown whatever becomes of its ticket.
	stay = 60 * time.Second
	// Rows is how many calls stand beside the large one; only when more than
	// that came within a minute there are more, at most twice as many.
	Rows = 6
)

// Say is a sentence to be looked up in assets/i18n.
type Say struct {
	Key  string
	Args []string
}

func say(key string, args ...string) Say { return Say{Key: key, Args: args} }

// Empty reports that there is nothing to say.
func (s Say) Empty() bool { return s.Key == "" }

// Picture is what the hall sees.
type Picture struct {
	Office queue.Text // "Bộ phận Một cửa · UBND phường Tây Hồ"
	Clock  string     // "09:44"
	Both   bool       // English under Vietnamese
	// Big is the latest call, nil when there is none to show.
	Big  *Row
	Rows []Row
	Idle Say // instead of Big
	// Waiting is who waits, by service with anybody.
	Waiting []Line
	Hours   Say // until when numbers are given
	Notice  queue.Text
	// Silence is set when the office has not been heard.
	Silence *Silence
}

// Row is one call: a number and a counter, nothing about the person.
type Row struct {
	Ticket  string
	Counter queue.Text // what stands on its sign
	New     bool       // called within the last seconds
}

// Line is a service with the number of people waiting.
type Line struct {
	Service queue.Text
	Waiting int
}

// Silence tells the hall what to do while the office is not heard.
type Silence struct {
	Urgent bool // orange instead of yellow
	Say    Say
}

// Picture draws the state. Nothing in it depends on anything else.
func (s State) Picture() Picture {
	p := Picture{Clock: queue.Local(s.Now).Format("15:04"), Both: s.Options.Both, Notice: s.Options.Notice, Silence: s.silence()}
	if s.Queue == nil {
		p.Idle = say("board.starting")
		return p
	}
	q := s.Queue
	p.Office = title(q.Config)
	p.Idle, p.Hours = say("board.idle"), s.hours()
	// A day that nobody has opened yet is not a closed one: the first ticket
	// of the morning opens it.
	if !q.Open && q.Day == queue.Local(s.Now).Format(time.DateOnly) {
		p.Idle = say("board.closed")
	}
	rows := s.rows()
	if len(rows) > 0 {
		p.Big, p.Rows = &rows[0], rows[1:]
	}
	for _, v := range q.Config.Services {
		if n := q.Waiting(v.ID); n > 0 {
			p.Waiting = append(p.Waiting, Line{Service: v.Name, Waiting: n})
		}
	}
	return p
}

func title(c queue.Config) queue.Text {
	join := func(a, b string) string {
		if a == "" || b == "" {
			return a + b
		}
		return a + " · " + b
	}
	return queue.Text{VI: join(c.Name.VI, c.Parent.VI), EN: join(c.Name.In("en"), c.Parent.In("en"))}
}

// rows are the calls to show, the newest first: one per ticket, with the
// counter of its latest call.
func (s State) rows() []Row {
	q, now := s.Queue, s.Queue.Logical(s.Now)
	var rows []Row
	seen := map[queue.TicketID]bool{}
	for _, c := range slices.Backward(q.Calls) {
		age := max(0, now.Sub(c.At))
		switch {
		case seen[c.Ticket]:
			continue
		case age >= stay && (len(rows) > Rows || !q.Open || !stands(q, c)):
			continue
		case len(rows) > 2*Rows:
			return rows
		}
		seen[c.Ticket] = true
		rows = append(rows, Row{
			Ticket:  c.Ticket.Label(),
			Counter: queue.Text{VI: sign(q, c.Counter, "vi"), EN: sign(q, c.Counter, "en")},
			New:     age < fresh,
		})
	}
	return rows
}

// stands reports whether a call still tells the truth: the ticket is, or was
// last, at that counter. A ticket that waits again would go to the wrong one.
func stands(q *queue.State, c queue.Call) bool {
	t := q.Ticket(c.Ticket)
	return t != nil && (t.Status().Open() || t.Status() == queue.Done)
}

// silence is what to say about an office that is not heard.
func (s State) silence() *Silence {
	level := s.Silence(s.Now)
	switch n := s.Seconds(s.Now); {
	case level == silent.Here && s.Unsent > 0:
		return &Silence{Say: say("board.catching-up", "n", strconv.Itoa(s.Unsent))}
	case level == silent.Here:
		return nil
	case s.Queue == nil:
		return &Silence{Urgent: level == silent.Long, Say: say("board.silent.never")}
	case n < 120:
		return &Silence{Urgent: level == silent.Long, Say: say("board.silent.seconds", "at", s.At(s.Now), "n", strconv.Itoa(n))}
	default:
		return &Silence{Urgent: true, Say: say("board.silent.minutes", "at", s.At(s.Now), "n", strconv.Itoa(n/60))}
	}
}

// hours says until when the kiosks give numbers, or when they begin again
// today. An office without hours says nothing.
func (s State) hours() Say {
	local := queue.Local(s.Now)
	spans := s.Queue.Config.Hours[local.Weekday()]
	minute := local.Hour()*60 + local.Minute()
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b queue.Span) int { return cmp.Compare(a.From, b.From) })
	for _, span := range spans {
		switch {
		case minute < span.From:
			return say("board.opens", "at", clock(span.From))
		case minute < span.To:
			return say("board.until", "at", clock(span.To))
		}
	}
	if len(s.Queue.Config.Hours) > 0 {
		return say("board.over")
	}
	return Say{}
}

// clock writes minutes from midnight as "17:00".
func clock(minute int) string {
	return time.Date(2000, 1, 1, 0, minute, 0, 0, time.UTC).Format("15:04")
}
