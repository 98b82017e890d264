package desk_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

var morning = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) // 09:00 in Vietnam

// rig is an office in memory and one counter's screen on it.
type rig struct {
	t   *testing.T
	q   *queue.State
	s   desk.State
	now time.Time
	out []desk.Effect // not yet answered
}

func config() queue.Config {
	vi := func(s string) queue.Text { return queue.Text{VI: s, EN: s} }
	return queue.Config{
		Office: "H26.138", Name: vi("Bộ phận Một cửa"),
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: vi("Hộ tịch")},
			{ID: "land", Letter: "D", Name: vi("Đất đai")},
		},
		Counters: []queue.Counter{
			{ID: "3", Name: queue.Text{VI: "Quầy 3", EN: "Counter 3"}, Tiers: [][]string{{"civil"}, {"land"}}},
			{ID: "5", Name: queue.Text{VI: "Quầy 5", EN: "Counter 5"}, Tiers: [][]string{{"land"}}},
		},
		Officers:    []queue.Officer{{ID: "ha", Name: "Nguyễn Thu Hà"}, {ID: "an", Name: "Trần Văn An"}},
		Classes:     []queue.Class{{ID: "priority", Name: queue.Text{VI: "80 tuổi", EN: "80 years"}, HeadStart: 30}},
		RecallLimit: 3, RecallPause: 20, AbsentPenalty: 10, AutoFinish: true,
	}
}

// office opens a day with n tickets of the civil service waiting.
func office(t *testing.T, n int) *rig {
	t.Helper()
	r := &rig{t: t, q: queue.NewState(), now: morning, s: desk.New("3", "vi", morning)}
	r.do(queue.Configure{Config: config()}, chain.Actor{Device: "test"})
	for range n {
		r.now = r.now.Add(time.Minute)
		r.do(queue.IssueTicket{Service: "civil"}, chain.Actor{Device: "kiosk-1"})
	}
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	return r
}

// seated is an office with Hà signed in at counter 3.
func seated(t *testing.T, n int) *rig {
	t.Helper()
	r := office(t, n)
	r.take(desk.SignIn{Officer: "ha"})
	r.answer()
	if !r.s.SignedIn() {
		t.Fatal("sign-in: nobody is signed in")
	}
	return r
}

// do carries a command out at the office.
func (r *rig) do(c queue.Command, by chain.Actor) error {
	events, err := queue.Decide(r.q, c, by, queue.Env{Now: r.now, Mint: func(id queue.TicketID) string { return string(id) + "-XY" }})
	if err != nil {
		return err
	}
	for _, e := range events {
		r.q.Apply(e, r.now, r.q.Seq+1, by)
	}
	return nil
}

func (r *rig) take(in desk.Intent) {
	r.t.Helper()
	var out []desk.Effect
	r.s, out = desk.Handle(r.s, in, r.now)
	r.out = append(r.out, out...)
}

func (r *rig) later(d time.Duration) {
	r.t.Helper()
	r.now = r.now.Add(d)
	r.take(desk.Tick{})
}

// press presses an F-key a second after whatever was before.
func (r *rig) press(k desk.Key) {
	r.t.Helper()
	r.now = r.now.Add(time.Second)
	r.take(desk.KeyPressed{Key: k})
}

// answer lets the office answer every command that is under way.
func (r *rig) answer() {
	r.t.Helper()
	for len(r.out) > 0 {
		e := r.out[0]
		r.out = r.out[1:]
		c, ok := e.(desk.Command)
		if !ok {
			continue
		}
		reply := desk.CommandReplied{ID: c.ID}
		err := r.do(c.Command, chain.Actor{Device: "c3", Counter: c.Counter, Officer: c.Officer})
		if no, refused := refusal.Of(err); refused {
			reply.Refusal = no
		} else if err != nil {
			r.t.Fatalf("%s: %v", c.Command.Name(), err)
		}
		reply.Seq = r.q.Seq
		if id := r.q.Counters["3"].Ticket; id != "" {
			reply.Ticket = r.q.Ticket(id)
		}
		switch c.Command.(type) {
		case queue.IssueTicket, queue.CheckIn:
			for _, t := range r.q.Tickets {
				if t.Seq == r.q.Seq {
					reply.Ticket = t
				}
			}
		}
		r.take(desk.OfficeChanged{State: r.q.Clone()})
		r.take(reply)
	}
}

func commands(out []desk.Effect) (names []string) {
	for _, e := range out {
		if c, ok := e.(desk.Command); ok {
			names = append(names, c.Command.Name())
		}
	}
	return names
}

func (r *rig) wantNotice(key string) {
	r.t.Helper()
	if got := r.s.Notice.Say.Key; got != key {
		r.t.Errorf("notice: got %q, want %q", got, key)
	}
}

func labels(rows []desk.Row) (list []string) {
	for _, r := range rows {
		list = append(list, r.Label)
	}
	return list
}

func TestADayAtTheCounter(t *testing.T) {
	t.Parallel()
	r := seated(t, 3)
	if got, want := labels(r.s.Waiting()), []string{"A001", "A002", "A003"}; !cmp.Equal(got, want) {
		t.Errorf("waiting: got %v, want %v", got, want)
	}
	r.press("F2")
	r.answer()
	if turn := r.s.Turn(); turn.Ticket != "A001" || !turn.CanStart {
		t.Errorf("turn after F2: got %+v, want A001 being called", turn)
	}
	r.press("F3") // too soon
	r.wantNotice("refusal.recall-too-soon")
	r.later(30 * time.Second)
	r.press("F3")
	r.answer()
	if got := r.s.Turn().Calls.Args; !cmp.Equal(got, []string{"n", "2"}) {
		t.Errorf("calls after a recall: got %v, want 2", got)
	}
	r.press("F4")
	r.answer()
	if got := labels(r.s.AbsentRows()); !cmp.Equal(got, []string{"A001"}) {
		t.Errorf("absent: got %v, want A001", got)
	}
	r.take(desk.OpenTicket{Ticket: r.s.AbsentRows()[0].Ticket})
	r.press("1") // back to the queue
	r.answer()
	if got := len(r.s.AbsentRows()); got != 0 {
		t.Errorf("absent after return: got %d, want none", got)
	}
	r.press("F2")
	r.answer()
	r.press("F5")
	if m := r.s.Menu(); m == nil || m.Title.Key != "counter.hold.title" {
		t.Fatalf("menu after F5: got %+v, want the hold reasons", m)
	}
	r.press("F5") // once more: the first reason
	r.answer()
	held := r.s.Held()
	if len(held) != 1 || held[0].Detail.Key != "counter.reason.copying" {
		t.Fatalf("held: got %+v, want one with the first reason", held)
	}
	r.take(desk.OpenTicket{Ticket: held[0].Ticket})
	r.press("1")
	r.answer()
	r.press("F6")
	r.press("1") // the other service
	r.answer()
	if r.s.Turn().Open {
		t.Error("turn after transfer: still open")
	}
	r.press("F2")
	r.answer()
	r.later(4 * time.Minute)
	r.press("F8")
	r.answer()
	if got := r.s.Today(); got.Key != "counter.today" || got.Args[1] != "1" {
		t.Errorf("today: got %+v, want one served", got)
	}
	r.press("F7")
	r.press("2")
	r.answer()
	if !r.s.Turn().Paused {
		t.Error("turn after F7 2: not paused")
	}
	r.press("F2")
	r.wantNotice("counter.notice.paused-first")
	r.press("F7")
	r.answer()
	if r.s.Turn().Paused {
		t.Error("turn after F7: still paused")
	}
}

func TestOnePressOneCall(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	for range 20 { // a held key, and clicks while the office is silent
		r.now = r.now.Add(40 * time.Millisecond)
		r.take(desk.KeyPressed{Key: "F2"})
	}
	r.later(2 * time.Second)
	r.take(desk.Pressed{Action: desk.Next})
	if got := commands(r.out); len(got) != 1 {
		t.Errorf("commands while one is under way: got %v, want one", got)
	}
	if !r.s.Slow() {
		t.Error("slow after two seconds without an answer: got false")
	}
}

func TestSecondPressWaitsForThePicture(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	c := r.out[0].(desk.Command)
	r.out = nil
	if err := r.do(c.Command, chain.Actor{Counter: "3", Officer: "ha"}); err != nil {
		t.Fatal(err)
	}
	r.take(desk.CommandReplied{ID: c.ID, Seq: r.q.Seq}) // the answer comes before the stream
	r.press("F2")
	if got := commands(r.out); len(got) != 0 {
		t.Errorf("commands before the snapshot: got %v, want none", got)
	}
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	r.press("F8")
	if got := commands(r.out); !cmp.Equal(got, []string{"ticket.finish"}) {
		t.Errorf("commands after the snapshot: got %v, want ticket.finish", got)
	}
}

func TestLostAnswerIsAskedAgainUnderItsOldID(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	first := r.out[0].(desk.Command)
	r.out = nil
	r.take(desk.CommandReplied{ID: first.ID, Outcome: desk.Outcome{Failed: true}})
	r.wantNotice("counter.notice.lost")
	r.press("F2")
	if again := r.out[0].(desk.Command); again.ID != first.ID {
		t.Errorf("id of the second try: got %d, want %d", again.ID, first.ID)
	}
	r.out = nil
	r.take(desk.CommandReplied{ID: first.ID, Outcome: desk.Outcome{Failed: true}})
	r.take(desk.OfficeChanged{State: r.q.Clone()}) // the truth is on the screen now
	r.press("F2")
	if fresh := r.out[0].(desk.Command); fresh.ID == first.ID {
		t.Error("id after a new snapshot: got the old one, want a new wish")
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	t.Run("a counter left open is taken over with its ticket", func(t *testing.T) {
		t.Parallel()
		r := seated(t, 1)
		r.press("F2")
		r.answer()
		r.s = desk.New("3", "vi", r.now) // the terminal died
		r.take(desk.OfficeChanged{State: r.q.Clone()})
		r.take(desk.SignIn{Officer: "an"})
		m := r.s.Menu()
		if m == nil || m.Title.Key != "counter.take-over.title" || len(m.Lines) != 1 {
			t.Fatalf("menu: got %+v, want the question to take over, with the ticket", m)
		}
		r.press("1")
		r.answer()
		if r.s.Officer != "an" || r.s.Turn().Ticket != "A001" {
			t.Errorf("after taking over: got officer %q, ticket %q", r.s.Officer, r.s.Turn().Ticket)
		}
	})
	t.Run("being taken over signs out and says by whom", func(t *testing.T) {
		t.Parallel()
		r := seated(t, 0)
		if err := r.do(queue.OpenCounter{}, chain.Actor{Counter: "3", Officer: "an"}); err != nil {
			t.Fatal(err)
		}
		r.take(desk.OfficeChanged{State: r.q.Clone()})
		if r.s.SignedIn() {
			t.Error("still signed in")
		}
		r.wantNotice("counter.notice.taken-over")
	})
	t.Run("an old snapshot does not sign out", func(t *testing.T) {
		t.Parallel()
		r := office(t, 0)
		old := r.q.Clone()
		r.take(desk.SignIn{Officer: "ha"})
		r.answer()
		r.take(desk.OfficeChanged{State: old})
		if !r.s.SignedIn() {
			t.Error("signed out by a snapshot from before the sign-in")
		}
	})
	t.Run("by the number key", func(t *testing.T) {
		t.Parallel()
		r := office(t, 0)
		r.press("2")
		r.answer()
		if r.s.Officer != "an" {
			t.Errorf("officer: got %q, want an", r.s.Officer)
		}
	})
	t.Run("nothing works before", func(t *testing.T) {
		t.Parallel()
		r := office(t, 1)
		r.press("F2")
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard}})
		r.take(desk.Order{Command: queue.CallNext{}})
		if len(r.out) != 0 {
			t.Errorf("effects: got %v, want none", r.out)
		}
		r.wantNotice("counter.notice.sign-in-first")
	})
}

func TestQueueShowsTheCallingOrder(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	kiosk := chain.Actor{Device: "kiosk-2"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.do(queue.IssueTicket{Service: "land"}, kiosk))
	r.now = r.now.Add(25 * time.Minute)
	must(r.do(queue.IssueTicket{Service: "civil", Class: "priority"}, kiosk))
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	rows := r.s.Waiting()
	if got, want := labels(rows), []string{"A003", "A001", "A002", "D001"}; !cmp.Equal(got, want) {
		t.Fatalf("order: got %v, want %v", got, want)
	}
	if !rows[0].Priority || rows[0].Detail.Key != "counter.row.class" {
		t.Errorf("first row: got %+v, want priority with its class", rows[0])
	}
	if !rows[1].Long || rows[1].Minutes < 25 {
		t.Errorf("second row: got %+v, want a long wait", rows[1])
	}
	for range rows { // what F2 calls is always the first row
		want := r.s.Waiting()[0].Label
		r.press("F2")
		r.answer()
		if got := r.s.Turn().Ticket; got != want {
			t.Errorf("called: got %s, want the first row %s", got, want)
		}
	}
}

func TestCallingOutOfOrderNeedsAReason(t *testing.T) {
	t.Parallel()
	r := seated(t, 3)
	r.take(desk.KeyPressed{Key: "Down"})
	r.take(desk.KeyPressed{Key: "Down"})
	r.take(desk.KeyPressed{Key: "Return"})
	m := r.s.Menu()
	if m == nil || len(m.Items) < 3 {
		t.Fatalf("menu: got %+v, want the reasons", m)
	}
	r.press("1")
	c := r.out[0].(desk.Command).Command.(queue.CallTicket)
	if c.Ticket.Label() != "A002" || c.Reason != "frail" {
		t.Errorf("command: got %+v, want A002 with its reason", c)
	}
}

func TestHelpIsSeenAndAnswered(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	if err := r.do(queue.RequestHelp{}, chain.Actor{Device: "kiosk-1"}); err != nil {
		t.Fatal(err)
	}
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if h := r.s.Helps(); len(h) != 1 {
		t.Fatalf("helps: got %v, want one", h)
	}
	r.press("F10")
	r.answer()
	if h := r.s.Helps(); len(h) != 0 {
		t.Errorf("helps after F10: got %v, want none", h)
	}
}

func TestPills(t *testing.T) {
	t.Parallel()
	s := desk.New("3", "vi", morning)
	s, _ = desk.Handle(s, desk.DevicesChanged{Devices: desk.Devices{Scanner: "ready", Printer: "paper-out"}}, morning)
	s, _ = desk.Handle(s, desk.LinkChanged{Link: desk.Link{Office: true, City: true, CityUp: true, SyncedAt: morning}}, morning)
	p := s.Pills()
	if p[1].Tone != desk.Bad || p[1].Say.Key != "counter.printer.paper-out" {
		t.Errorf("printer: got %+v", p[1])
	}
	if p[2].Tone != desk.Good || p[2].Say.Args[1] != "09:00" {
		t.Errorf("link: got %+v", p[2])
	}
	for code := range map[string]bool{"": true, "nonsense": true} {
		s, _ = desk.Handle(s, desk.DevicesChanged{Devices: desk.Devices{Scanner: code, Printer: code}}, morning)
		if got := s.Pills()[0].Say.Key; got != "counter.scanner.unknown" {
			t.Errorf("scanner %q: got %s", code, got)
		}
	}
	if got := strconv.Itoa(len(p)); got != "3" {
		t.Errorf("pills: got %s, want 3", got)
	}
}
