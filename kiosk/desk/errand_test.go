package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/chain"
)

// morningAndAfternoon gives the office hours, appointments and a third service.
func (r *rig) morningAndAfternoon() {
	r.t.Helper()
	cfg := config()
	cfg.Hours = map[time.Weekday][]queue.Span{}
	for d := range time.Weekday(7) {
		cfg.Hours[d] = []queue.Span{{From: 7 * 60, To: 11 * 60}, {From: 13 * 60, To: 17 * 60}}
	}
	cfg.Services[0].PerSlot = 1
	cfg.Services = append(cfg.Services, queue.Service{ID: "result", Letter: "K", Name: queue.Text{VI: "Trả kết quả"}})
	r.must(queue.Configure{Config: cfg}, chain.Actor{Device: "test"})
}

// must carries a command out at the office and shows it.
func (r *rig) must(c queue.Command, by chain.Actor) {
	r.t.Helper()
	if err := r.do(c, by); err != nil {
		r.t.Fatalf("%s: %v", c.Name(), err)
	}
	r.take(desk.OfficeChanged{State: r.q.Clone()})
}

// choose presses the item of the open menu whose label, name or key it is.
func (r *rig) choose(what string) {
	r.t.Helper()
	m := r.s.Menu()
	if m == nil {
		r.t.Fatalf("choose %q: no menu is open", what)
	}
	for _, it := range m.Items {
		if it.Label.Key == what || it.Raw == what || string(it.Hot) == what {
			if it.Do == nil {
				r.t.Fatalf("choose %q: it cannot be chosen", what)
			}
			r.press(it.Hot)
			return
		}
	}
	r.t.Fatalf("choose %q: not in the menu %+v", what, m.Items)
}

// sent is the only command under way, which is then answered.
func (r *rig) sent() queue.Command {
	r.t.Helper()
	var list []queue.Command
	for _, e := range r.out {
		if c, ok := e.(desk.Command); ok {
			list = append(list, c.Command)
		}
	}
	if len(list) != 1 {
		r.t.Fatalf("commands: got %v, want one", commands(r.out))
	}
	r.answer()
	return list[0]
}

func (r *rig) account() {
	r.t.Helper()
	r.now = r.now.Add(time.Second)
	r.take(desk.Pressed{Action: desk.Account})
}

func keysOf(list []desk.Say) (keys []string) {
	for _, s := range list {
		keys = append(keys, s.Key)
	}
	return keys
}

var an = chain.Actor{Device: "c5", Counter: "5", Officer: "an"}

// Scenario 12: to counter 5 and back, first for this officer.
func TestTransferAndComeBack(t *testing.T) {
	t.Parallel()
	r := seated(t, 3)
	r.must(queue.OpenCounter{}, an)
	r.press("F2")
	r.answer()
	r.press("F6")
	r.choose("0")
	if m := r.s.Menu(); m == nil || !m.Items[0].Primary || m.Items[0].Label.Key != "counter.transfer.back" {
		t.Fatalf("menu after 0: got %+v, want the way back chosen", m)
	}
	r.choose("Quầy 5")
	if got, want := r.sent(), (queue.TransferTicket{Counter: "5", Back: true}); got != want {
		t.Fatalf("command: got %+v, want %+v", got, want)
	}
	r.must(queue.CallNext{}, an)
	r.must(queue.FinishTicket{}, an)
	if row := r.s.Waiting()[0]; row.Label != "A001" || row.Detail.Key != "counter.row.back-here" {
		t.Errorf("first row: got %+v, want A001 back from its detour", row)
	}
	r.press("F2")
	r.answer()
	if turn := r.s.Turn(); turn.Ticket != "A001" || !cmp.Equal(keysOf(turn.Why), []string{"queue.why.back-here"}) {
		t.Errorf("turn: got %s because %v, want A001 because it is back", turn.Ticket, keysOf(turn.Why))
	}
}

func TestTransferToAnOfficer(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	r.press("F2")
	r.answer()
	r.press("F6")
	for _, it := range r.s.Menu().Items {
		if it.Raw == "Trần Văn An" {
			t.Error("an officer who sits nowhere is offered")
		}
	}
	r.press("Escape")
	r.must(queue.OpenCounter{}, an)
	r.press("F6")
	r.choose("Trần Văn An")
	if got, want := r.sent(), (queue.TransferTicket{Officer: "an"}); got != want {
		t.Errorf("command: got %+v, want %+v", got, want)
	}
}

func TestFinishAndGoOn(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.morningAndAfternoon()
	r.press("F2")
	r.answer()
	r.press("F12")
	r.choose("Trả kết quả")
	r.choose("Đất đai")
	r.choose("Trả kết quả") // taken back
	r.choose("Trả kết quả") // and again, now second
	r.press("F8")
	if got, want := r.sent(), (queue.FinishTicket{Next: []string{"land", "result"}}); !cmp.Equal(got, want) {
		t.Fatalf("command: got %+v, want %+v", got, want)
	}
	tk := r.q.Ticket("261122-A001")
	if tk.Service != "land" || tk.Status() != queue.Waiting || len(tk.Stops) != 1 {
		t.Errorf("ticket: got service %s, %s, stops %v, want waiting for land, then one more", tk.Service, tk.Status(), tk.Stops)
	}
	r.press("F2")
	r.answer()
	r.press("F12")
	r.press("F8") // nothing chosen: plainly done
	if got := r.sent(); !cmp.Equal(got, queue.FinishTicket{}) {
		t.Errorf("command with nothing chosen: got %+v", got)
	}
}

func TestWhyThisTicket(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.now = r.now.Add(time.Minute)
	r.must(queue.IssueTicket{Service: "civil", Class: "priority", Dossiers: 12}, chain.Actor{Device: "kiosk-1"})
	if row := r.s.Waiting()[0]; row.Label != "A003" || row.Dossiers != 12 {
		t.Errorf("first row: got %+v, want A003 with 12 dossiers", row)
	}
	if row := r.s.Waiting()[1]; row.Dossiers != 0 {
		t.Errorf("ordinary row: got %d dossiers, want none shown", row.Dossiers)
	}
	r.take(desk.OpenTicket{Ticket: "261122-A002"})
	m := r.s.Menu()
	if got, want := keysOf(m.Lines), []string{"counter.status.waiting", "queue.why.head-start", "counter.why.passes", "counter.ticket.why"}; !cmp.Equal(got, want) {
		t.Fatalf("lines of a ticket out of turn: got %v, want %v", got, want)
	}
	if got := m.Lines[2].Args; !cmp.Equal(got, []string{"n", "2"}) {
		t.Errorf("passed over: got %v, want 2", got)
	}
	r.choose("counter.reason.short")
	r.answer()
	if got, want := keysOf(r.s.Turn().Why), []string{"counter.why.chosen-over", "counter.reason.short"}; !cmp.Equal(got, want) {
		t.Errorf("why on the card: got %v, want %v", got, want)
	}
	r.press("F8")
	r.answer()
	r.press("F2")
	r.answer()
	turn := r.s.Turn()
	if got, want := keysOf(turn.Why), []string{"queue.why.head-start"}; turn.Ticket != "A003" || !cmp.Equal(got, want) {
		t.Errorf("turn: got %s because %v, want A003 because %v", turn.Ticket, got, want)
	}
	if got, want := keysOf(turn.Extra), []string{"counter.dossiers", "counter.row.class"}; !cmp.Equal(got, want) {
		t.Errorf("extra: got %v, want %v", got, want)
	}
	r.s = desk.New("3", "vi", r.now) // the terminal died: the reason is the office's
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if got := keysOf(r.s.Turn().Why); len(got) != 1 {
		t.Errorf("why after a restart: got %v, want the same", got)
	}
}

// Scenario 15 at the desk.
func TestSessionMenu(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		item   string
		how    queue.Ending
		status queue.Status
		later  bool
	}{
		"serve": {"counter.session.serve", queue.EndServe, queue.Waiting, false},
		"carry": {"counter.session.carry", queue.EndCarry, queue.Waiting, true},
		"close": {"counter.session.close", queue.EndClose, queue.NotServed, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := seated(t, 2)
			r.morningAndAfternoon()
			r.account()
			r.choose("counter.account.session")
			r.choose(c.item)
			if len(r.out) != 0 {
				t.Fatal("the session was closed without a reason")
			}
			r.choose("counter.reason.outage")
			if got, want := r.sent(), (queue.CloseSession{How: c.how, Reason: "outage"}); got != want {
				t.Fatalf("command: got %+v, want %+v", got, want)
			}
			tk := r.q.Ticket("261122-A001")
			if tk.Status() != c.status || tk.After.IsZero() == c.later {
				t.Errorf("A001: got %s after %v", tk.Status(), tk.After)
			}
			if title, _ := r.s.Hint(); title.Key != "counter.session.stopped-until" {
				t.Errorf("hint: got %s", title.Key)
			}
			r.account()
			r.choose("counter.account.session")
			r.choose("counter.session.open")
			if got := r.sent(); got != (queue.OpenSession{}) || r.q.Stopped {
				t.Errorf("command: got %+v, want the session open again", got)
			}
		})
	}
	t.Run("only a supervisor where one is named", func(t *testing.T) {
		t.Parallel()
		r := seated(t, 1)
		cfg := config()
		cfg.Officers[1].Supervisor = true
		r.must(queue.Configure{Config: cfg}, chain.Actor{Device: "test"})
		r.account()
		r.choose("counter.account.session")
		if m := r.s.Menu(); len(m.Items) != 0 || !slices.Contains(keysOf(m.Lines), "refusal.supervisor-only") {
			t.Errorf("menu: got %+v, want only the sentence", m)
		}
	})
}

func TestCarryOneTicket(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.take(desk.OpenTicket{Ticket: "261122-A001"})
	for _, it := range r.s.Menu().Items {
		if it.Label.Key == "counter.ticket.carry" {
			t.Error("carrying is offered without a later session")
		}
	}
	r.morningAndAfternoon()
	r.choose("counter.ticket.carry")
	r.answer()
	r.wantNotice("counter.notice.carried")
	rows := r.s.Waiting()
	if got := labels(rows); !cmp.Equal(got, []string{"A002", "A001"}) || rows[1].Detail.Key != "counter.row.later" {
		t.Errorf("waiting: got %v, %v, want A001 last, for later", got, rows[1].Detail)
	}
	r.take(desk.OpenTicket{Ticket: "261122-A001"})
	if got := keysOf(r.s.Menu().Lines); !slices.Contains(got, "queue.why.later") {
		t.Errorf("lines: got %v, want why it is not called now", got)
	}
}

func TestAppointments(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	r.account()
	r.choose("counter.account.bookings")
	if it := r.s.Menu().Items[0]; it.Do != nil || it.Label.Key != "counter.booking.none-offered" {
		t.Errorf("booking where no service has appointments: got %+v", it)
	}
	r.press("Escape")
	r.morningAndAfternoon()
	r.account()
	r.choose("counter.account.bookings")
	r.choose("counter.booking.new")
	r.choose("Hộ tịch")
	r.choose("counter.weekday.0") // today
	r.choose("10:00")
	slot := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	if got, want := r.sent(), (queue.BookAppointment{Service: "civil", Slot: slot}); !cmp.Equal(got, want) {
		t.Fatalf("command: got %+v, want %+v", got, want)
	}
	code := ""
	for code = range r.q.Appointments {
	}
	m := r.s.Menu()
	if m == nil || m.Title.Key != "counter.booking.made" || !cmp.Equal(m.Title.Args, []string{"code", code}) {
		t.Fatalf("menu: got %+v, want the code %s", m, code)
	}
	r.press("1")

	r.account()
	r.choose("counter.account.bookings")
	r.choose("10:00 · Hộ tịch")
	r.choose("counter.booking.check-in")
	r.answer()
	if m := r.s.Menu(); m == nil || m.Title.Key != "counter.extra.issued" || !strings.HasPrefix(m.Title.Args[1], "A") {
		t.Fatalf("menu after check-in: got %+v, want the number", m)
	}
	r.press("Escape")

	r.must(queue.BookAppointment{Code: "CITY-0001", Service: "civil", Slot: slot.Add(time.Hour / 2)}, chain.Actor{Device: "city"})
	r.account()
	r.choose("counter.account.bookings")
	r.choose("10:30 · Hộ tịch")
	r.choose("counter.booking.cancel")
	r.choose("counter.reason.citizen-asked")
	if got, want := r.sent(), (queue.CancelAppointment{Code: "CITY-0001", Reason: "citizen-asked"}); got != want {
		t.Errorf("command: got %+v, want %+v", got, want)
	}
	r.wantNotice("counter.notice.cancelled")
	if n := len(r.q.Appointments); n != 1 {
		t.Errorf("appointments: got %d, want the one that came", n)
	}
}

func TestBookingAFullSlot(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	r.morningAndAfternoon()
	slot := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	r.must(queue.BookAppointment{Code: "CITY-0001", Service: "civil", Slot: slot}, chain.Actor{Device: "city"})
	r.account()
	r.choose("counter.account.bookings")
	r.choose("counter.booking.new")
	r.choose("Hộ tịch")
	r.choose("counter.weekday.0")
	for _, it := range r.s.Menu().Items {
		if full := it.Raw == "10:00"; full != (it.Do == nil) {
			t.Errorf("slot %s: can be chosen %v", it.Raw, it.Do != nil)
		}
		if it.Raw < "09:00" {
			t.Errorf("slot %s is offered after it has begun", it.Raw)
		}
	}
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	r.press("F11")
	if len(r.out) != 0 {
		t.Fatal("one key raised the alarm, want a question first")
	}
	r.press("F11")
	if got, want := r.sent(), (queue.RaiseAlarm{Reason: "come-now"}); got != want {
		t.Fatalf("command: got %+v, want %+v", got, want)
	}
	if a := r.s.Alarms(); len(a) != 1 || !a[0].Own {
		t.Fatalf("alarms: got %+v, want the own one", a)
	}
	r.must(queue.RequestHelp{}, chain.Actor{Device: "kiosk-1"})
	r.must(queue.RaiseAlarm{Reason: "medical"}, an)
	if a := r.s.Alarms(); len(a) != 2 || a[0].Counter != "5" || a[0].Say.Key != "counter.alarm.rings-medical" {
		t.Fatalf("alarms: got %+v, want the other counter first", a)
	}
	r.press("F10")
	if got, want := r.sent(), (queue.AnswerAlarm{Counter: "5"}); got != want {
		t.Errorf("F10: got %+v, want the other counter answered", got)
	}
	r.must(queue.AnswerAlarm{Counter: "3"}, an)
	r.wantNotice("counter.notice.alarm-answered")
	r.press("F10")
	if got := r.sent(); got != (queue.AnswerHelp{Device: "kiosk-1"}) {
		t.Errorf("F10 afterwards: got %+v, want the kiosk answered", got)
	}
}

// Scenario 21: a helper's second number, with a reason. A ticket knows only the
// day's hash of an identity, which is nothing to ask the office with.
func TestOneMoreNumberForAHelper(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	who := strings.Repeat("h", 32)
	kiosk := chain.Actor{Device: "kiosk-1"}
	r.must(queue.IssueTicket{Service: "civil", Identity: who}, kiosk)
	if err := r.do(queue.IssueTicket{Service: "civil", Identity: who}, kiosk); err == nil {
		t.Fatal("the kiosk gave a second number")
	}
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261122-A001"}})
	r.choose("counter.account.extra")
	r.choose("Hộ tịch")
	r.choose("counter.reason.helps-elder")
	if got, want := r.sent(), (queue.IssueTicket{Service: "civil", Lang: "vi", Reason: "helps-elder"}); got != want {
		t.Fatalf("command: got %+v, want %+v", got, want)
	}
	tk := r.q.Ticket("261122-A002")
	if tk == nil || tk.History[0].Reason != "helps-elder" {
		t.Errorf("second number: got %+v, want it with its reason", tk)
	}
}

func TestLongMenusHavePages(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	cfg := config()
	for i := range 60 {
		id := fmt.Sprint("c", i)
		cfg.Counters = append(cfg.Counters, queue.Counter{ID: id, Name: queue.Text{VI: id}})
	}
	r.must(queue.Configure{Config: cfg}, chain.Actor{Device: "test"})
	r.press("F2")
	r.answer()
	r.press("F6")
	r.choose("0")
	seen := map[string]int{}
	for range 3 {
		m := r.s.Menu()
		keys := map[desk.Key]bool{}
		for _, it := range m.Items {
			if keys[it.Hot] || it.Hot == "" {
				t.Fatalf("key %q twice or empty", it.Hot)
			}
			keys[it.Hot] = true
			seen[it.Raw]++
		}
		if len(m.Items) > 30 || !keys["0"] || !keys["F12"] || !m.Items[0].Primary {
			t.Fatalf("page: %d items, first %+v", len(m.Items), m.Items[0])
		}
		r.choose("counter.menu.more")
	}
	for i := range 60 {
		if n := seen[fmt.Sprint("c", i)]; n != 1 {
			t.Errorf("counter c%d: on %d pages, want one", i, n)
		}
	}
}
