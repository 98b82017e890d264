package desk_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/chain"
)

// first takes the oldest command out of those under way.
func (r *rig) first() desk.Command {
	r.t.Helper()
	i := slices.IndexFunc(r.out, func(e desk.Effect) bool { _, ok := e.(desk.Command); return ok })
	if i < 0 {
		r.t.Fatal("no command is under way")
	}
	c := r.out[i].(desk.Command)
	r.out = slices.Delete(r.out, i, i+1)
	return c
}

// officeDoes carries a command of the counter out; nobody has heard of it yet.
func (r *rig) officeDoes(c desk.Command) {
	r.t.Helper()
	if err := r.do(c.Command, chain.Actor{Device: "c3", Counter: c.Counter, Officer: c.Officer}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) card(number string) {
	r.t.Helper()
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: number, Name: "Nguyễn Thị Ánh Tuyết"}}})
}

func TestNextIsRememberedOnceWhileSomethingIsUnderWay(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	r.answer()
	r.press("F8")
	finish := r.first()
	r.press("F2")
	r.wantNotice("counter.notice.next-soon")
	r.press("F2")
	if len(r.out) != 0 {
		t.Fatalf("under way: got %v, want only the finishing", commands(r.out))
	}
	r.officeDoes(finish)
	r.take(desk.CommandReplied{ID: finish.ID, Seq: r.q.Seq})
	if len(r.out) != 0 {
		t.Fatal("the next one was called from a picture of the past")
	}
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if got := commands(r.out); !cmp.Equal(got, []string{"ticket.call-next"}) {
		t.Fatalf("after the finishing: got %v, want one call", got)
	}
	r.answer()
	if got := r.s.Turn().Ticket; got != "A002" || !r.s.Notice.Say.Empty() {
		t.Errorf("at the counter: got %s and %q, want A002 and nothing to say", got, r.s.Notice.Say.Key)
	}
}

func TestWhatCannotBeDoneMeanwhileSaysSo(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	call := r.first()
	r.press("F2") // a second call would pass somebody by
	r.wantNotice("counter.notice.calling")
	r.officeDoes(call)
	r.take(desk.CommandReplied{ID: call.ID, Seq: r.q.Seq})
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if len(r.out) != 0 || !r.s.Notice.Say.Empty() {
		t.Fatalf("after the call: got %v and %q, want nothing", commands(r.out), r.s.Notice.Say.Key)
	}
	r.press("Return")
	r.press("F4")
	r.wantNotice("counter.notice.busy")
	if got := commands(r.out); !cmp.Equal(got, []string{"ticket.start"}) {
		t.Errorf("under way: got %v", got)
	}
	refused := r.first()
	r.press("F2")
	r.take(desk.CommandReplied{ID: refused.ID, Outcome: desk.Outcome{Failed: true}})
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if len(r.out) != 0 {
		t.Errorf("after a failure: got %v, want nothing done that was wished before it", commands(r.out))
	}
}

// A card held out in the moment in which the call is still on its way begins the
// service all the same.
func TestCardBeginsTheServiceHoweverSoon(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(*rig, desk.Command){
		"before the answer": func(r *rig, call desk.Command) {
			r.card("001199012345")
			r.officeDoes(call)
			r.take(desk.CommandReplied{ID: call.ID, Seq: r.q.Seq})
			r.take(desk.OfficeChanged{State: r.q.Clone()})
		},
		"before the picture": func(r *rig, call desk.Command) {
			r.officeDoes(call)
			r.take(desk.CommandReplied{ID: call.ID, Seq: r.q.Seq})
			r.card("001199012345")
			r.take(desk.OfficeChanged{State: r.q.Clone()})
		},
		"while it is called again": func(r *rig, call desk.Command) {
			r.officeDoes(call)
			r.take(desk.CommandReplied{ID: call.ID, Seq: r.q.Seq})
			r.take(desk.OfficeChanged{State: r.q.Clone()})
			for range 21 {
				r.later(time.Second)
			}
			r.press("F3")
			again := r.first()
			r.card("001199012345")
			r.officeDoes(again)
			r.take(desk.OfficeChanged{State: r.q.Clone()})
			r.take(desk.CommandReplied{ID: again.ID, Seq: r.q.Seq})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := seated(t, 2)
			r.press("F2")
			hold(r, r.first())
			if got := commands(r.out); !cmp.Equal(got, []string{"ticket.start"}) {
				t.Errorf("commands: got %v, want the service begun", got)
			}
		})
	}
}

// The answer to a call was lost, but the call is on the screen: the key pressed
// then is a new wish, not the old one again.
func TestLostCallThatIsOnTheScreen(t *testing.T) {
	t.Parallel()
	r := seated(t, 5)
	r.press("F2")
	call := r.first()
	r.officeDoes(call)
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	r.take(desk.CommandReplied{ID: call.ID, Outcome: desk.Outcome{Failed: true}})
	r.wantNotice("")
	r.press("F2")
	if next := r.first(); next.ID == call.ID {
		t.Error("the next number was wished for under the old id, which calls nobody")
	}
}

func TestCounterThatTheOfficeDoesNotHave(t *testing.T) {
	t.Parallel()
	r := office(t, 0)
	r.s = desk.New("9", "vi", r.now)
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	m := r.s.Menu()
	if m == nil || m.Title.Key != "counter.nowhere.title" || len(m.Items) != 0 || !cmp.Equal(m.Lines[0].Args, []string{"counters", "3, 5"}) {
		t.Fatalf("menu: got %+v, want that there is no counter 9, and which there are", m)
	}
	r.take(desk.SignIn{Officer: "ha"})
	if len(r.out) != 0 {
		t.Errorf("signing in there: got %v", commands(r.out))
	}
}

func TestTroubleWithTheCity(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	for code, want := range map[string]string{"fork": "central.trouble.fork", "later-invention": "counter.link.trouble-other", "": "counter.hint.text"} {
		r.take(desk.LinkChanged{Link: desk.Link{Office: true, City: true, CityUp: true, Trouble: code}})
		if _, text := r.s.Hint(); text.Key != want {
			t.Errorf("%q: the hint is %q, want %q", code, text.Key, want)
		}
		if p := r.s.Pills()[2]; (p.Tone == desk.Warn && p.Say.Key == "counter.link.trouble") != (code != "") {
			t.Errorf("%q: the bar shows %+v", code, p)
		}
	}
}

// TestScenario21_CardAtTheDesk: a card scanned in the menu holds the booking, or
// one more number that an officer gives for a reason. It goes nowhere else, and
// with the menu.
func TestScenario21_CardAtTheDesk(t *testing.T) {
	t.Parallel()
	const card = "001199012345"
	r := seated(t, 0)
	r.morningAndAfternoon()
	r.account()
	r.choose("counter.account.bookings")
	r.choose("counter.booking.new")
	r.card(card)
	line := func() desk.Say { m := r.s.Menu(); return m.Lines[len(m.Lines)-1] }
	if l := line(); l.Key != "counter.person.is" || l.Args[1] == card {
		t.Errorf("the menu says %+v, want the masked number", l)
	}
	r.choose("Hộ tịch")
	r.choose("counter.weekday.0")
	r.choose("10:00")
	if c, ok := r.first().Command.(queue.BookAppointment); !ok || c.Identity != card {
		t.Errorf("booked with %+v", c)
	}
	if r.s.Text[desk.FieldID] != "" {
		t.Error("the card was typed into the form")
	}

	r = seated(t, 0)
	r.account()
	r.choose("counter.account.extra")
	if l := line(); l.Key != "counter.person.scan" {
		t.Errorf("the menu says %+v", l)
	}
	r.choose("Hộ tịch")
	r.card(card)
	r.choose("counter.reason.helps-elder")
	want := queue.IssueTicket{Service: "civil", Lang: "vi", Reason: "helps-elder", Identity: card}
	if got := r.first().Command; got != queue.Command(want) {
		t.Errorf("command: got %+v, want %+v", got, want)
	}

	r = seated(t, 0)
	r.account()
	r.choose("counter.account.extra")
	r.card(card)
	r.press("Escape")
	r.account()
	r.choose("counter.account.extra")
	if l := line(); l.Key != "counter.person.scan" {
		t.Errorf("a new menu still says %+v", l)
	}
}
