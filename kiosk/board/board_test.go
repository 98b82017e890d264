package board_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/kiosk/board"
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/chain"
)

var morning = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) // 09:00 in Vietnam

// hall is an office with eight open counters, and one display with its voice.
type hall struct {
	t   *testing.T
	q   *queue.State
	s   board.State
	now time.Time
	// speaking is the announcement that the loudspeaker has not finished.
	speaking *board.Announcement
	said     []board.Announcement
}

func newHall(t *testing.T, o board.Options, tickets int) *hall {
	t.Helper()
	vi := func(s string) queue.Text { return queue.Text{VI: s, EN: s} }
	cfg := queue.Config{
		Office: "H26.138", Name: vi("Bộ phận Một cửa"), Parent: vi("UBND phường Tây Hồ"),
		Services: []queue.Service{{ID: "civil", Letter: "A", Name: vi("Hộ tịch")}, {ID: "land", Letter: "D", Name: vi("Đất đai")}},
		Hours:    map[time.Weekday][]queue.Span{time.Sunday: {{From: 8 * 60, To: 17 * 60}}}, RecallLimit: 3,
	}
	for i := range 8 {
		id := fmt.Sprint(i + 1)
		cfg.Counters = append(cfg.Counters, queue.Counter{ID: id, Name: queue.Text{VI: "Quầy " + id, EN: "Counter " + id}, Tiers: [][]string{{"civil", "land"}}})
		cfg.Officers = append(cfg.Officers, queue.Officer{ID: "o" + id, Name: "Cán bộ " + id})
	}
	h := &hall{t: t, q: queue.NewState(), now: morning, s: board.New(o, morning)}
	h.do(queue.Configure{Config: cfg}, "")
	for range tickets {
		h.do(queue.IssueTicket{Service: "civil"}, "")
	}
	for i := range 8 {
		h.do(queue.OpenCounter{}, fmt.Sprint(i+1))
	}
	h.see()
	return h
}

func (h *hall) do(c queue.Command, counter string) {
	h.t.Helper()
	by := chain.Actor{Device: "kiosk-1", Counter: counter, Officer: "o" + counter}
	events, err := queue.Decide(h.q, c, by, queue.Env{Now: h.now, Mint: func(id queue.TicketID) string { return string(id) }})
	if err != nil {
		h.t.Fatalf("%s at %s: %v", c.Name(), counter, err)
	}
	for _, e := range events {
		h.q.Apply(e, h.now, h.q.Seq+1, by)
	}
}

// call calls the next ticket at a counter and shows it to the display.
func (h *hall) call(counter string) {
	h.t.Helper()
	h.do(queue.CallNext{}, counter)
	h.see()
}

func (h *hall) see() { h.take(board.OfficeChanged{State: h.q.Clone()}) }

func (h *hall) take(in board.Intent) {
	h.t.Helper()
	var out []board.Effect
	h.s, out = board.Handle(h.s, in, h.now)
	for _, e := range out {
		if h.speaking != nil {
			h.t.Fatalf("told to speak %+v over %+v", e, *h.speaking)
		}
		a := e.(board.Speak).Announcement
		h.speaking = &a
		h.said = append(h.said, a)
	}
}

func (h *hall) later(d time.Duration) {
	h.t.Helper()
	h.now = h.now.Add(d)
	h.take(board.Tick{})
}

// spoken ends the announcement in hand after its five seconds.
func (h *hall) spoken() {
	h.t.Helper()
	h.now = h.now.Add(5 * time.Second)
	h.speaking = nil
	h.take(board.Spoken{})
}

// lines are what was said, as "first A001 Quầy 3 [vi]".
func (h *hall) lines() (list []string) {
	for _, a := range h.said {
		list = append(list, fmt.Sprintf("%s %s %s %v", a.Kind, a.Ticket, a.Counter, a.Langs))
	}
	return list
}

func (h *hall) want(want ...string) {
	h.t.Helper()
	if d := cmp.Diff(want, h.lines()); d != "" {
		h.t.Errorf("said (-want +got):\n%s", d)
	}
}

func shown(p board.Picture) (list []string) {
	if p.Big != nil {
		list = append(list, p.Big.Ticket+" "+p.Big.Counter.VI)
	}
	for _, r := range p.Rows {
		list = append(list, r.Ticket+" "+r.Counter.VI)
	}
	return list
}

// Two calls within one second: both are spoken whole, in order, and both stay
// on the display with their counters.
func TestScenario16_TwoCallsWithinASecond(t *testing.T) {
	t.Parallel()
	h := newHall(t, board.Options{}, 4)
	h.call("3")
	h.now = h.now.Add(400 * time.Millisecond)
	h.call("5")
	if h.speaking == nil || len(h.said) != 1 {
		t.Fatalf("said: got %v, want the first one only, until it is over", h.lines())
	}
	both := []string{"A002 Quầy 5", "A001 Quầy 3"}
	if got := shown(h.s.Picture()); !cmp.Equal(got, both) {
		t.Errorf("display: got %v, want %v", got, both)
	}
	p := h.s.Picture()
	if !p.Big.New || !p.Rows[0].New {
		t.Error("both calls are to be marked as new")
	}
	for range 4 {
		h.spoken()
	}
	h.want("first A001 Quầy 3 [vi]", "first A002 Quầy 5 [vi]", "second A001 Quầy 3 [vi]", "second A002 Quầy 5 [vi]")
	h.later(38 * time.Second) // 58 s after the calls
	if got := shown(h.s.Picture()); !cmp.Equal(got, both) {
		t.Errorf("display after 58 s: got %v, want %v", got, both)
	}
}

func TestVoice(t *testing.T) {
	t.Parallel()
	t.Run("a second reading never delays news", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 4)
		h.call("1")
		h.spoken() // the second reading of A001 begins
		h.call("2")
		h.spoken()
		h.spoken()
		h.want("first A001 Quầy 1 [vi]", "second A001 Quầy 1 [vi]", "first A002 Quầy 2 [vi]", "second A002 Quầy 2 [vi]")
	})
	t.Run("recalls go after first readings", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 4)
		h.call("1")
		h.spoken()
		h.later(10 * time.Second)
		h.call("2") // being spoken
		h.do(queue.Recall{}, "1")
		h.call("3")
		h.spoken()
		h.spoken()
		h.want("first A001 Quầy 1 [vi]", "first A002 Quầy 2 [vi]", "first A003 Quầy 3 [vi]", "recall A001 Quầy 1 [vi]")
	})
	t.Run("a recall within five seconds is the same call", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 4)
		h.call("1")
		h.now = h.now.Add(3 * time.Second)
		h.do(queue.Recall{}, "1")
		h.see()
		h.spoken()
		h.want("first A001 Quầy 1 [vi]")
	})
	t.Run("in a crowd second readings and English are dropped", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{English: board.EnglishAlways}, 8)
		h.call("1")
		for _, c := range []string{"2", "3", "4", "5"} {
			h.call(c)
		}
		for range 8 {
			h.spoken()
		}
		h.want("first A001 Quầy 1 [vi en]",
			"first A002 Quầy 2 [vi]", "first A003 Quầy 3 [vi]", // four, three waiting: no second readings
			"first A004 Quầy 4 [vi en]", "first A005 Quầy 5 [vi en]",
			"second A004 Quầy 4 [vi en]", "second A005 Quầy 5 [vi en]")
	})
	t.Run("who is being served, absent or moved is not called", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 8)
		h.call("1")
		for _, c := range []string{"2", "3", "4", "5"} {
			h.call(c)
		}
		h.do(queue.StartService{}, "2")
		h.do(queue.MarkAbsent{}, "3")
		h.do(queue.TransferTicket{Counter: "8"}, "4")
		h.see()
		for range 4 {
			h.spoken()
		}
		h.want("first A001 Quầy 1 [vi]", "first A005 Quầy 5 [vi]")
	})
	t.Run("a call older than 45 s is passed over", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 8)
		h.call("1")
		h.call("2")
		h.now = h.now.Add(46 * time.Second)
		h.spoken()
		h.want("first A001 Quầy 1 [vi]")
	})
	t.Run("English for the ticket that was taken in English", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1, English: board.EnglishTicket}, 1)
		h.do(queue.IssueTicket{Service: "civil", Lang: "en"}, "")
		h.call("1")
		h.call("2")
		h.spoken()
		h.want("first A001 Quầy 1 [vi]", "first A002 Quầy 2 [vi en]")
	})
	t.Run("a board that starts does not shout the morning again", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 4)
		h.call("1")
		fresh := board.New(board.Options{}, h.now)
		_, out := board.Handle(fresh, board.OfficeChanged{State: h.q.Clone()}, h.now)
		if len(out) != 0 {
			t.Errorf("effects of the first snapshot: got %v, want none", out)
		}
	})
	t.Run("a loudspeaker that never answers is given up", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Readings: 1}, 4)
		h.call("1")
		h.speaking = nil // as if the answer was lost
		h.now = h.now.Add(2 * time.Minute)
		h.call("2")
		h.want("first A001 Quầy 1 [vi]", "first A002 Quầy 2 [vi]")
	})
	t.Run("silent boards say nothing", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{Silent: true}, 4)
		h.call("1")
		h.want()
	})
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	t.Run("one row a ticket, with the latest counter", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 3)
		h.call("1")
		h.do(queue.TransferTicket{Counter: "4"}, "1")
		h.call("2")
		h.call("4") // A001 again
		if got, want := shown(h.s.Picture()), []string{"A001 Quầy 4", "A002 Quầy 2"}; !cmp.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	t.Run("new for six seconds, then it stays", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 3)
		h.call("1")
		h.later(5 * time.Second)
		if !h.s.Picture().Big.New {
			t.Error("after 5 s: not marked")
		}
		h.later(2 * time.Second)
		if p := h.s.Picture(); p.Big == nil || p.Big.New {
			t.Errorf("after 7 s: got %+v, want shown and not marked", p.Big)
		}
		h.later(time.Hour)
		if h.s.Picture().Big == nil {
			t.Error("after an hour at the counter: not shown")
		}
	})
	t.Run("who waits again leaves after a minute, not before", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 3)
		h.call("1")
		h.do(queue.MarkAbsent{}, "1")
		h.see()
		h.later(59 * time.Second)
		if h.s.Picture().Big == nil {
			t.Error("after 59 s: gone")
		}
		h.later(2 * time.Second)
		if h.s.Picture().Big != nil {
			t.Error("after 61 s: still shown")
		}
	})
	t.Run("eight calls in a minute are all shown", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 8)
		for i := range 8 {
			h.call(fmt.Sprint(i + 1))
		}
		if got := len(h.s.Picture().Rows); got != 7 {
			t.Errorf("rows within the minute: got %d, want 7", got)
		}
		h.later(61 * time.Second)
		if got := len(h.s.Picture().Rows); got != board.Rows {
			t.Errorf("rows after it: got %d, want %d", got, board.Rows)
		}
	})
	t.Run("waiting, hours and clock", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 3)
		p := h.s.Picture()
		if len(p.Waiting) != 1 || p.Waiting[0].Waiting != 3 {
			t.Errorf("waiting: got %+v, want 3 for one service", p.Waiting)
		}
		if p.Clock != "09:00" || p.Hours.Key != "board.until" || p.Hours.Args[1] != "17:00" {
			t.Errorf("clock %q, hours %+v", p.Clock, p.Hours)
		}
	})
	t.Run("a silent office is told, with the age, and more urgently later", func(t *testing.T) {
		t.Parallel()
		h := newHall(t, board.Options{}, 3)
		h.take(board.OfficeChanged{State: h.q.Clone(), Hearing: silent.Hearing{Lost: h.now}})
		tick := func(d time.Duration) *board.Silence {
			h.now = h.now.Add(d)
			h.take(board.Tick{})
			return h.s.Picture().Silence
		}
		if tick(4*time.Second) != nil {
			t.Error("after 4 s: said")
		}
		if s := tick(2 * time.Second); s == nil || s.Urgent || s.Say.Args[3] != "6" {
			t.Errorf("after 6 s: got %+v", s)
		}
		if s := tick(40 * time.Second); s == nil || !s.Urgent {
			t.Errorf("after 46 s: got %+v", s)
		}
		if s := h.s.Picture(); len(s.Waiting) == 0 || s.Silence.Say.Args[1] != "09:00" {
			t.Errorf("what was last known is not shown with its age: %+v", s)
		}
		h.take(board.OfficeChanged{State: h.q.Clone()})
		if h.s.Picture().Silence != nil {
			t.Error("heard again: still said")
		}
	})
}

// Whatever happens in the hall: nothing is spoken over something else, no two
// rows show one ticket, and what was called within the minute is on the screen.
func TestAnyHall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		h := newHall(t, board.Options{English: board.EnglishAlways}, 12)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			h.now = h.now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(rt, "ms")) * time.Millisecond)
			counter := fmt.Sprint(rapid.IntRange(1, 8).Draw(rt, "counter"))
			cmds := []queue.Command{queue.CallNext{}, queue.Recall{}, queue.MarkAbsent{}, queue.FinishTicket{}, queue.StartService{}, queue.HoldTicket{}, queue.TransferTicket{Service: "land"}}
			c := rapid.SampledFrom(cmds).Draw(rt, "command")
			by := chain.Actor{Device: "x", Counter: counter, Officer: "o" + counter}
			if events, err := queue.Decide(h.q, c, by, queue.Env{Now: h.now}); err == nil {
				for _, e := range events {
					h.q.Apply(e, h.now, h.q.Seq+1, by)
				}
			}
			h.see()
			if h.speaking != nil && rapid.Bool().Draw(rt, "over") {
				h.spoken()
			}
			check(rt, h)
		}
	})
}

func check(rt *rapid.T, h *hall) {
	list := shown(h.s.Picture())
	seen := map[string]bool{}
	for _, row := range list {
		if seen[row[:4]] {
			rt.Fatalf("ticket twice on the display: %v", list)
		}
		seen[row[:4]] = true
	}
	recent := map[string]bool{}
	for _, c := range h.q.Calls {
		if h.q.Logical(h.now).Sub(c.At) < time.Minute {
			recent[c.Ticket.Label()] = true
		}
	}
	for ticket := range recent {
		if !seen[ticket] {
			rt.Fatalf("%s was called within the minute and is not shown: %v", ticket, list)
		}
	}
}

// TestMorningBeforeTheFirstTicket: yesterday's books are closed and today's
// not yet opened; the hall must not say that the office is closed.
func TestMorningBeforeTheFirstTicket(t *testing.T) {
	q := queue.NewState()
	q.Day, q.Open = "2026-11-22", false
	morning := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	s, _ := board.Handle(board.New(board.Options{}, morning), board.OfficeChanged{State: q}, morning)
	if got := s.Picture().Idle.Key; got != "board.idle" {
		t.Errorf("in the morning the hall says %q", got)
	}
	q = q.Clone()
	q.Day = "2026-11-23"
	s, _ = board.Handle(s, board.OfficeChanged{State: q}, morning)
	if got := s.Picture().Idle.Key; got != "board.closed" {
		t.Errorf("on a closed day the hall says %q", got)
	}
}
