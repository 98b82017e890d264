package desk_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
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
	if m == nil || len(m.Items) < 4 {
		t.Fatalf("menu: got %+v, want the reasons", m)
	}
	r.press("1")
	c := r.out[0].(desk.Command).Command.(queue.CallTicket)
	if c.Ticket.Label() != "A002" || c.Reason != "frail" {
		t.Errorf("command: got %+v, want A002 with its reason", c)
	}
}

var birth = catalogue.Procedure{
	Code: "1.001193", Name: "Đăng ký khai sinh",
	Papers: []catalogue.Paper{
		{Name: "Tờ khai", Original: 1, Required: true},
		{Name: "Giấy chứng sinh", Original: 1, Required: true},
		{Name: "Văn bản ủy quyền", Original: 1},
	},
}

// fill chooses the procedure, scans the card and marks the papers.
func (r *rig) fill() {
	r.t.Helper()
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai sinh"})
	r.take(desk.ProceduresFound{Query: "khai sinh", List: []catalogue.Procedure{birth}})
	r.take(desk.KeyPressed{Key: "Return"})
	r.take(desk.PromiseCame{Procedure: birth.Code, Promise: dossier.Promise{Code: "H26.138-261122-0001", FeeNote: "Miễn phí"}})
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{
		Number: "001199012345", Name: "Nguyễn Thị Ánh Tuyết", Address: "Tây Hồ, Hà Nội"}}})
	r.take(desk.AllPapers{})
}

func TestReceivingADossier(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	r.press("F2")
	r.answer()
	r.fill()
	if got := r.s.Text[desk.FieldID]; got != "001 199 012 345" {
		t.Errorf("number in the field: got %q", got)
	}
	r.answer() // the scan began the service
	r.take(desk.Typed{Field: desk.FieldPhone, Text: "0912 345 678"})
	r.out = nil
	r.press("F9")
	if len(r.out) != 1 {
		t.Fatalf("effects of F9: got %v (notice %v), want one", r.out, r.s.Notice)
	}
	c := r.out[0].(desk.Command)
	got := c.Command.(dossier.Receive)
	want := dossier.Receive{
		Procedure: "1.001193", Ticket: "261122-A001", Handover: dossier.AtCounter, Sets: 1,
		Applicant: &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345", Phone: "0912345678", Address: "Tây Hồ, Hà Nội"},
		Papers: []dossier.Paper{
			{Name: "Tờ khai", Original: 1, Required: true, Present: true},
			{Name: "Giấy chứng sinh", Original: 1, Required: true, Present: true},
			{Name: "Văn bản ủy quyền", Original: 1, Present: true},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("command (-want +got):\n%s", d)
	}
	r.out = nil
	r.press("F9") // a double press
	r.take(desk.Typed{Field: desk.FieldName, Text: "lost?"})
	if len(r.out) != 0 || r.s.Text[desk.FieldName] == "lost?" {
		t.Error("while receiving the form is locked and nothing is sent twice")
	}
	r.take(desk.CommandReplied{ID: c.ID, Dossier: &dossier.Dossier{Code: "H26.138-261122-0001"}})
	if r.s.Unfinished() || r.s.Intake.Last == nil {
		t.Error("after success the form is empty and the code is kept")
	}
	p, ok := r.out[0].(desk.PrintReceipt)
	if !ok || p.Dossier.Code != "H26.138-261122-0001" || p.Applicant.ID != "001199012345" {
		t.Fatalf("effect: got %+v, want the receipt printed", r.out)
	}
	r.take(desk.ReceiptPrinted{Code: p.Dossier.Code, Outcome: desk.Outcome{Failed: true}})
	r.wantNotice("counter.notice.not-printed")
	r.out = nil
	r.press("F9") // prints once more, receives nothing
	if _, again := r.out[0].(desk.PrintReceipt); !again {
		t.Errorf("F9 after a failed print: got %v, want the receipt again", r.out)
	}
}

func TestReceivingNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		do   func(*rig)
		want string
	}{
		{"nothing chosen", func(r *rig) { r.take(desk.ClearForm{}) }, "counter.need.procedure"},
		{"a search half done", func(r *rig) { r.take(desk.Typed{Field: desk.FieldProcedure, Text: "kết hôn"}) }, "counter.need.choose"},
		{"no name", func(r *rig) { r.take(desk.Typed{Field: desk.FieldName, Text: "  "}) }, "counter.need.name"},
		{"eleven digits", func(r *rig) { r.take(desk.Typed{Field: desk.FieldID, Text: "00119901234"}) }, "counter.need.id"},
		{"a short phone", func(r *rig) { r.take(desk.Typed{Field: desk.FieldPhone, Text: "09"}) }, "counter.need.phone"},
		{"post without address", func(r *rig) {
			r.take(desk.PickHandover{Handover: dossier.ByPost})
			r.take(desk.Typed{Field: desk.FieldAddress, Text: ""})
		}, "counter.need.address"},
		{"a required paper", func(r *rig) { r.take(desk.TogglePaper{N: 1}) }, "counter.need.papers"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := seated(t, 0)
			r.fill()
			c.do(r)
			r.out = nil
			r.press("F9")
			r.wantNotice(c.want)
			if len(r.out) != 0 {
				t.Errorf("effects: got %v, want none", r.out)
			}
		})
	}
	r := seated(t, 0)
	r.fill()
	r.take(desk.TogglePaper{N: 1})
	r.press("F9")
	if got := strings.Join(r.s.Notice.Say.Args, " "); !strings.Contains(got, "Giấy chứng sinh") {
		t.Errorf("sentence: got %q, want the paper named", got)
	}
}

func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.fill()
	r.take(desk.Typed{Field: desk.FieldProof, Text: "giấy ủy quyền"})
	text, papers := r.s.Text, r.s.Intake.Papers
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	r.press("F2")
	r.wantNotice("counter.notice.form-unfinished") // warned first
	r.press("F2")
	r.answer()
	r.take(desk.PromiseCame{Procedure: birth.Code, Outcome: desk.Outcome{Failed: true}})
	r.take(desk.CaseCame{Code: "H26.138-261122-0001", Outcome: desk.Outcome{Refusal: refusal.New("dossier-unknown")}})
	r.take(desk.CommandReplied{ID: 999})
	r.later(time.Minute)
	if r.s.Turn().Ticket != "A001" {
		t.Errorf("turn: got %q, want A001 after the second F2", r.s.Turn().Ticket)
	}
	if d := cmp.Diff(text, r.s.Text); d != "" {
		t.Errorf("typed text changed (-before +after):\n%s", d)
	}
	if d := cmp.Diff(papers, r.s.Intake.Papers); d != "" {
		t.Errorf("checklist changed (-before +after):\n%s", d)
	}
	t.Run("a second card can be taken back", func(t *testing.T) {
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199054321", Name: "Lê Văn Bình"}}})
		r.wantNotice("counter.notice.applicant-replaced")
		r.take(desk.KeyPressed{Key: "Escape"})
		if d := cmp.Diff(text, r.s.Text); d != "" {
			t.Errorf("after Esc (-before +after):\n%s", d)
		}
	})
}

func TestSearchFollowsTheTyping(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	r.out = nil
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "k"})
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "kh"})
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai"})
	if want := []desk.Effect{desk.SearchProcedures{Query: "k"}}; !cmp.Equal(r.out, want) {
		t.Errorf("searches: got %v, want one under way", r.out)
	}
	r.out = nil
	r.take(desk.ProceduresFound{Query: "k", List: []catalogue.Procedure{birth}})
	if want := []desk.Effect{desk.SearchProcedures{Query: "khai"}}; !cmp.Equal(r.out, want) {
		t.Errorf("searches: got %v, want the newest text", r.out)
	}
	if r.s.Suggesting() {
		t.Error("results of an old text are shown")
	}
	r.take(desk.ProceduresFound{Query: "khai"})
	if !r.s.NoneFound() {
		t.Error("no result: the field does not say so")
	}
}

func TestReturningAResult(t *testing.T) {
	t.Parallel()
	const code = "H26.138-261120-0007"
	ready := desk.Case{Dossier: dossier.Dossier{Code: code, Steps: []dossier.Step{{Status: dossier.Ready}}},
		Applicant: dossier.Person{Name: "Phạm Văn Cường", ID: "001088000123"}}
	open := func(t *testing.T, c desk.Case) *rig {
		r := seated(t, 0)
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanDossier, Code: strings.ToLower(code)}})
		if want := (desk.FetchCase{Code: code}); len(r.out) == 0 || r.out[len(r.out)-1] != want || r.s.Tab != desk.TabReturn {
			t.Fatalf("scan: got %v on tab %d, want %v on the return tab", r.out, r.s.Tab, want)
		}
		r.take(desk.CaseCame{Code: code, Case: c})
		r.out = nil
		return r
	}
	t.Run("to the applicant", func(t *testing.T) {
		t.Parallel()
		r := open(t, ready)
		r.press("F9")
		c := r.out[0].(desk.Command)
		if want := (dossier.Return{Code: code}); c.Command != want {
			t.Fatalf("command: got %+v, want %+v", c.Command, want)
		}
		r.take(desk.CommandReplied{ID: c.ID})
		r.wantNotice("counter.notice.handed-over")
		if r.s.Giving.Case != nil {
			t.Error("the case is still open")
		}
	})
	t.Run("to a proxy only with a proof", func(t *testing.T) {
		t.Parallel()
		r := open(t, ready)
		r.take(desk.ToggleProxy{})
		r.press("F9")
		r.wantNotice("counter.need.proof")
		r.take(desk.Typed{Field: desk.FieldProof, Text: "Giấy ủy quyền 12/2026"})
		r.press("F9")
		if want := (dossier.Return{Code: code, Proxy: true, Proof: "Giấy ủy quyền 12/2026"}); r.out[0].(desk.Command).Command != want {
			t.Errorf("command: got %+v, want %+v", r.out[0], want)
		}
	})
	for _, st := range []dossier.Status{dossier.Received, dossier.Processing, dossier.Supplement, dossier.Refused, dossier.Withdrawn, dossier.Stopped, dossier.Returned} {
		t.Run("not when "+string(st), func(t *testing.T) {
			t.Parallel()
			c := ready
			c.Dossier.Steps = []dossier.Step{{Status: st}}
			c.Dossier.Due = morning.Add(48 * time.Hour)
			r := open(t, c)
			r.press("F9")
			if len(r.out) != 0 || r.s.Notice.Say.Empty() {
				t.Errorf("got effects %v and notice %q, want a sentence only", r.out, r.s.Notice.Say.Key)
			}
		})
	}
}

func TestScans(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261122-A002-XY"}})
	if m := r.s.Menu(); m == nil || m.Title.Args[1] != "A002" {
		t.Errorf("ticket by code: got %+v, want A002 opened", m)
	}
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261121-A002"}})
	r.wantNotice("counter.notice.ticket-not-today")
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}})
	r.wantNotice("counter.notice.scan-unknown")
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanDossier, Code: "\x1b@<script>"}})
	r.wantNotice("counter.notice.code-unreadable")
	r.take(desk.OpenTab{Tab: desk.TabReturn})
	r.out = nil
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199012345"}}})
	if want := []desk.Effect{desk.ListDossiers{Card: "001199012345"}}; !cmp.Equal(r.out, want) {
		t.Errorf("card in the return tab: got %v, want %v", r.out, want)
	}
	r.take(desk.DossiersListed{Of: desk.ListDossiers{Card: "001199012345"}, List: []dossier.Dossier{{Code: "X", Mask: "001*****2345"}}})
	if rows := r.s.FoundRows(); len(rows) != 1 || rows[0].Mask != "001*****2345" {
		t.Errorf("found: got %+v", rows)
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
