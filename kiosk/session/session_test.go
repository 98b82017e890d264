package session_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/session"
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

func TestTwoTouchesToANumber(t *testing.T) {
	v := start(t).tap(session.TakeNumber).want(session.Services)
	v.tap(session.TogglePriority).tap(session.PickService, "civil").want(session.Services)
	ask := effect[session.IssueTicket](v)
	if ask.Service != "civil" || ask.Class != queue.ClassPriority || ask.Lang != "vi" {
		t.Errorf("got %+v", ask)
	}
	v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)}).want(session.Ticket)
	if p := effect[session.PrintTicket](v); p.Ticket.ID != "261122-A003" {
		t.Errorf("prints %s", p.Ticket.ID)
	}
	turn := v.s.Turn()
	if turn.Label != "A003" || turn.Service != "Hộ tịch, chứng thực" || turn.QR != "HTTPS://MC.EXAMPLE/T/261122-A003-7F3K" {
		t.Errorf("got %+v", turn)
	}
	if got, want := turn.Right.Value.Raw, "09:55–10:05"; got != want {
		t.Errorf("expected call %q, want %q", got, want)
	}
	v.send(session.PaperCame{Ticket: "261122-A003", OK: true})
	if got := v.s.Turn().Foot.Key; got != "kiosk.paper.take" {
		t.Errorf("foot says %s", got)
	}
	v.pass(29 * time.Second).want(session.Ticket)
	v.pass(2 * time.Second).want(session.Home)
	if !v.s.Idle() || v.s.Issued != nil {
		t.Errorf("something is left: %+v", v.s.Visit)
	}
}

func TestSecondTouchWhileAskingGivesNoSecondNumber(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.PickService, "civil")
	first := effect[session.IssueTicket](v)
	if v.tap(session.PickService, "civil"); has[session.IssueTicket](v) {
		t.Error("a second number was asked for")
	}
	v.send(session.Replied{Ask: first.Ask, Failed: true}).want(session.Message)
	again := effect[session.IssueTicket](v.tap(session.Retry))
	if again.Ask != first.Ask {
		t.Errorf("retry is a new question %d, want %d again", again.Ask, first.Ask)
	}
}

func TestPaperThatDoesNotComeLeavesTheNumberLonger(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.PickService, "civil")
	v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)})
	v.send(session.PaperCame{Ticket: "261122-A003"})
	if turn := v.s.Turn(); turn.Foot.Key != "kiosk.paper.failed" || turn.Label != "A003" {
		t.Errorf("got %+v", turn)
	}
	v.pass(50 * time.Second).want(session.Ticket)
	v.send(session.PaperCame{Ticket: "261122-A999", OK: true})
	if v.s.Paper != session.PrintFailed {
		t.Error("another ticket's paper was believed")
	}
	v.pass(11 * time.Second).want(session.Home)
}

func TestWithoutANumberTheScreenSaysWhatToDo(t *testing.T) {
	closed := office()
	closed.Config.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 450, To: 690}}}
	for _, c := range []struct {
		name  string
		drive func(v *visit)
		body  string
	}{
		{"office never reached", func(v *visit) {
			v.send(session.OfficeChanged{Hearing: silent.Hearing{Lost: at}}).tap(session.TakeNumber)
		}, "kiosk.away.number"},
		{"office closed", func(v *visit) { v.send(session.OfficeChanged{State: closed}).tap(session.TakeNumber) }, "kiosk.closed.body"},
		{"service gone", func(v *visit) { v.tap(session.TakeNumber).tap(session.PickService, "gone") }, "refusal.service-unknown"},
		{"refused", func(v *visit) {
			v.tap(session.TakeNumber).tap(session.PickService, "civil")
			v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Refusal: refusal.New("service-full", "limit", "50")})
		}, "refusal.service-full"},
		{"no answer", func(v *visit) { v.tap(session.TakeNumber).tap(session.PickService, "civil").pass(31 * time.Second) }, "kiosk.away.number"},
		{"reply without a ticket", func(v *visit) {
			v.tap(session.TakeNumber).tap(session.PickService, "civil")
			v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask})
		}, "kiosk.away.number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := start(t)
			c.drive(v)
			v.want(session.Message)
			if got := v.s.Notice.Body.Key; got != c.body {
				t.Errorf("says %q, want %q", got, c.body)
			}
			v.tap(session.GoHome).want(session.Home)
		})
	}
}

func TestScanOpensTheRightThingFromAnyScreen(t *testing.T) {
	screens := map[string]func(*visit){
		"home":     func(*visit) {},
		"services": func(v *visit) { v.tap(session.TakeNumber) },
		"prompt":   func(v *visit) { v.tap(session.OpenFeature, "dossier") },
		"warning":  func(v *visit) { v.tap(session.TakeNumber).pass(61 * time.Second).want(session.StillThere) },
		"the last person's ticket": func(v *visit) {
			v.tap(session.TakeNumber).tap(session.PickService, "civil")
			v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)})
		},
	}
	for name, go_ := range screens {
		t.Run(name, func(t *testing.T) {
			v := start(t)
			go_(v)
			v.send(newCode())
			v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).want(session.Dossier)
			v.send(session.Scanned{Kind: session.ScanTicket, Code: "261122-A001-X"})
			v.send(session.Replied{Ask: effect[session.LookUpTicket](v).Ask, Ticket: newTicket("261122-A001", "civil", queue.Waiting)}).want(session.Ticket)
			v.send(session.Scanned{Kind: session.ScanCard, Card: 7}).want(session.Services)
			v.send(session.Scanned{Kind: session.ScanUnknown, Code: "\x1b@<script>"}).want(session.Message)
			if v.s.Notice.Code != "scan-unknown" {
				t.Errorf("got notice %+v", v.s.Notice)
			}
		})
	}
}

func TestTicketAlreadyHeldForADossierIsShown(t *testing.T) {
	v := start(t).send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).tap(session.Collect)
	ask := effect[session.IssueTicket](v)
	if ask.Service != "return" || ask.Dossier != "H26.138-261120-0007" {
		t.Errorf("got %+v", ask)
	}
	k := newTicket("261122-K001", "return", queue.Waiting)
	v.send(session.Replied{Ask: ask.Ask, Ticket: k}).tap(session.Done).want(session.Home)
	v.send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready(), Held: k}).want(session.Ticket)
	if v.s.Turn().Label != "K001" || has[session.PrintTicket](v) || has[session.IssueTicket](v) {
		t.Errorf("shows %+v and does %#v", v.s.Turn(), v.effects)
	}
}

func TestDossierCardSaysHowItStandsAndNamesNobody(t *testing.T) {
	v := start(t).send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()})
	c := v.s.CaseCard()
	if c.Status.Key != "kiosk.status.ready" || c.Facts[2].Value.Key != "kiosk.time.early" || !cmp.Equal(c.Facts[2].Value.Args, []string{"n", "2"}) {
		t.Errorf("got %+v", c)
	}
	if n := len(c.Steps); n != 3 || !c.Steps[2].Now || c.Steps[2].Sub.Key != "kiosk.now.ready.at" {
		t.Errorf("got steps %+v", c.Steps)
	}
	if !v.s.CanCollect() || !v.s.CanRate() {
		t.Error("collecting and rating are not offered")
	}
}

func TestTimelinessInWords(t *testing.T) {
	due := at
	for _, c := range []struct {
		name            string
		finished, pause time.Time
		now             time.Time
		want            string
		n               string
	}{
		{"open, in time", time.Time{}, time.Time{}, at.AddDate(0, 0, -3), "kiosk.time.within", ""},
		{"open, an hour late", time.Time{}, time.Time{}, at.Add(time.Hour), "kiosk.time.overdue", "1"},
		{"open, three days late", time.Time{}, time.Time{}, at.AddDate(0, 0, 3), "kiosk.time.overdue", "3"},
		{"waiting for papers", time.Time{}, at, at.AddDate(0, 0, 3), "kiosk.time.paused", ""},
		{"finished two days early", at.AddDate(0, 0, -2), time.Time{}, at.AddDate(0, 0, 9), "kiosk.time.early", "2"},
		{"finished on the day", at.Add(-time.Hour), time.Time{}, at.AddDate(0, 0, 9), "kiosk.time.on-time", ""},
		{"finished late", at.AddDate(0, 0, 4), time.Time{}, at.AddDate(0, 0, 9), "kiosk.time.late-by", "4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := ready()
			d.Due, d.Finished, d.PausedAt = due, c.finished, c.pause
			v := start(t)
			v.send(newCode())
			v.now = c.now
			v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: d})
			got := v.s.CaseCard().Facts[2].Value
			if got.Key != c.want || c.n != "" && got.Args[1] != c.n {
				t.Errorf("got %+v, want %s %s", got, c.want, c.n)
			}
		})
	}
}

func TestRatingADossier(t *testing.T) {
	v := start(t).tap(session.OpenFeature, "rating").want(session.ScanPrompt).send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).want(session.Rating)
	if v.tap(session.SendRating); has[session.Rate](v) {
		t.Error("a rating without a level was sent")
	}
	v.tap(session.PickLevel, "5").tap(session.TogglePick, "polite").tap(session.TogglePick, "invented").tap(session.PickLevel, "4")
	v.tap(session.SendRating)
	r := effect[session.Rate](v)
	if want := (session.Rate{Ask: r.Ask, Dossier: "H26.138-261120-0007", Level: 4, Praise: []string{"polite"}}); !cmp.Equal(r, want) {
		t.Errorf("got %+v, want %+v", r, want)
	}
	v.send(session.Replied{Ask: r.Ask}).want(session.Thanks).pass(11 * time.Second).want(session.Home)
}

func TestPraiseIsForgottenWithABadLevel(t *testing.T) {
	v := start(t).send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).tap(session.RateThis).want(session.Rating)
	v.tap(session.PickLevel, "5").tap(session.TogglePick, "polite").tap(session.PickLevel, "1").tap(session.SendRating)
	if r := effect[session.Rate](v); r.Level != 1 || len(r.Praise) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestRatedDossierIsShownInsteadOfRatedAgain(t *testing.T) {
	d := ready()
	d.Rated = []string{d.Stage()}
	v := start(t).tap(session.OpenFeature, "rating").send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: d}).want(session.Dossier)
	if v.s.CanRate() {
		t.Error("rating is offered again")
	}
}

func TestServedTicketIsRated(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanTicket, Code: "261122-A001-X"})
	v.send(session.Replied{Ask: effect[session.LookUpTicket](v).Ask, Ticket: newTicket("261122-A001", "civil", queue.Done)}).want(session.Rating)
	v.tap(session.PickLevel, "3").tap(session.SendRating)
	if r := effect[session.Rate](v); r.Ticket != "261122-A001" || r.Dossier != "" {
		t.Errorf("got %+v", r)
	}
}

func TestAbsentTicketMayRejoin(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanTicket, Code: "261122-A001-X"})
	v.send(session.Replied{Ask: effect[session.LookUpTicket](v).Ask, Ticket: newTicket("261122-A009", "civil", queue.Absent)}).want(session.Ticket)
	if v.s.Turn().Next.Press.Action != session.Rejoin {
		t.Fatal("rejoining is not offered")
	}
	r := effect[session.ReturnTicket](v.tap(session.Rejoin))
	v.send(session.Replied{Ask: r.Ask, Ticket: newTicket("261122-A009", "civil", queue.Waiting)}).want(session.Ticket)
	if v.s.Turn().Next.Press.Action == session.Rejoin {
		t.Error("rejoining is offered twice")
	}
}

func TestTicketScreenFollowsTheCall(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanTicket, Code: "261122-A001-X"})
	q := office()
	v.send(session.Replied{Ask: effect[session.LookUpTicket](v).Ask, Ticket: q.Ticket("261122-A001")})
	if got := v.s.Turn().Left.Value.Args[1]; got != "0" {
		t.Errorf("%s ahead, want 0", got)
	}
	q = office()
	k := *q.Tickets["261122-A001"]
	k.History = append(k.History, queue.Interval{Status: queue.Called, From: at, Counter: "3"})
	k.Counter = "3"
	q.Tickets[k.ID] = &k
	v.send(session.OfficeChanged{State: q})
	if turn := v.s.Turn(); turn.Left.Label.Key != "kiosk.ticket.called" || turn.Left.Value.Raw != "Quầy 3" {
		t.Errorf("got %+v", turn.Left)
	}
}

func TestProceduresByGroupAndPage(t *testing.T) {
	v := start(t).tap(session.OpenFeature, "procedures")
	v.send(session.Replied{Ask: effect[session.ListProcedures](v).Ask, Procedures: procedures()}).want(session.Groups)
	if v.s.Pages() != 2 || v.s.Groups()[0].ID != "civil" || v.s.Groups()[2].ID != "Nông nghiệp" {
		t.Errorf("got %d pages of %+v", v.s.Pages(), v.s.Groups())
	}
	v.tap(session.PickGroup, "civil").want(session.Procedures).tap(session.NextPage).tap(session.NextPage)
	if items := v.s.Items(); len(items) != 1 || items[0].Code != "2.000815" {
		t.Errorf("got %+v", items)
	}
	v.tap(session.PreviousPage).tap(session.PickProcedure, "1.001193").want(session.Procedure)
	d := v.s.Detail()
	if d.Time.Value.Key != "kiosk.time.same-day" || len(d.Notes) != 1 || len(d.Papers) != 2 || !d.CanTake {
		t.Errorf("got %+v", d)
	}
	v.tap(session.NextPage)
	if d := v.s.Detail(); d.First != 3 || d.Papers[0].Count.Raw != "nếu có" {
		t.Errorf("got %+v", d)
	}
	v.tap(session.NumberFor)
	if ask := effect[session.IssueTicket](v); ask.Service != "civil" {
		t.Errorf("got %+v", ask)
	}
}

func TestBackReturnsToThePageOneCameFrom(t *testing.T) {
	v := start(t).tap(session.OpenFeature, "procedures")
	v.send(session.Replied{Ask: effect[session.ListProcedures](v).Ask, Procedures: procedures()})
	v.tap(session.PickGroup, "civil").tap(session.NextPage).tap(session.PickProcedure, "2.000815").tap(session.GoBack).want(session.Procedures)
	if v.s.Page != 1 {
		t.Errorf("got page %d, want 1", v.s.Page)
	}
	v.tap(session.GoBack).want(session.Groups).tap(session.GoBack).want(session.Home)
}

func TestFeatureThatTheOfficeDoesNotHaveDoesNothing(t *testing.T) {
	v := &visit{t: t, now: at, s: session.New(session.Config{Features: []session.Feature{"pay", session.FeatureDossier}}, at)}
	if tiles := v.s.Tiles(); len(tiles) != 1 || tiles[0].Press.Arg != "dossier" {
		t.Errorf("got tiles %+v", tiles)
	}
	v.tap(session.OpenFeature, "rating").want(session.Home).tap(session.OpenFeature, "pay").want(session.Home)
}

func TestWaitWords(t *testing.T) {
	m := time.Minute
	for _, c := range []struct {
		low, high time.Duration
		want      string
		args      []string
	}{
		{0, 0, "kiosk.wait.now", nil},
		{0, 3 * m, "kiosk.wait.under", []string{"n", "5"}},
		{0, 5*m + time.Second, "kiosk.wait.minutes", []string{"low", "1", "high", "6"}},
		{8 * m, 12 * m, "kiosk.wait.minutes", []string{"low", "8", "high", "12"}},
		{17 * m, 23 * m, "kiosk.wait.minutes", []string{"low", "15", "high", "25"}},
		{70 * m, 130 * m, "kiosk.wait.hours", []string{"low", "1", "high", "3"}},
	} {
		got := session.WaitWords(queue.Estimate{Low: c.low, High: c.high})
		if got.Key != c.want || !cmp.Equal(got.Args, c.args) {
			t.Errorf("%v to %v: got %+v, want %s %v", c.low, c.high, got, c.want, c.args)
		}
	}
}

func TestCatalogueWords(t *testing.T) {
	v := start(t).tap(session.OpenFeature, "procedures")
	v.send(session.Replied{Ask: effect[session.ListProcedures](v).Ask, Procedures: procedures()}).tap(session.PickGroup, "civil").tap(session.SetLang, "en")
	items := v.s.Items()
	if items[0].Name != "Birth registration" || items[0].Fee.Key != "kiosk.fee.none" {
		t.Errorf("got %+v", items[0])
	}
	if got := items[1].Fee; got.Key != "kiosk.fee.per" || got.Args[1] != "150.000" {
		t.Errorf("got %+v", got)
	}
	if got := items[1].Name; got != "Đăng ký kết hôn" {
		t.Errorf("a procedure without an English name is called %q", got)
	}
}

var _ = dossier.Ready
