package session_test

import (
	"testing"
	"time"

	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
)

// at is a Sunday in the office's life, which the demo hours allow.
var at = time.Date(2026, 11, 22, 9, 42, 0, 0, time.FixedZone("+07", 7*3600))

func config() session.Config {
	return session.Config{
		Device:   "kiosk-1",
		Features: []session.Feature{session.FeatureDossier, session.FeatureRating, session.FeatureProcedures},
		Criteria: []dossier.Criterion{{ID: "on-time", Text: queue.Text{VI: "Đúng hẹn"}}, {ID: "polite", Text: queue.Text{VI: "Lịch sự"}}},
		Room:     [2]session.Room{{Services: 2, Procedures: 2, Papers: 2}, {Services: 1, Procedures: 1, Papers: 1}},
	}
}

// office is an open office: three services, two counters, one officer, and two
// people waiting for "civil".
func office() *queue.State {
	q := queue.NewState()
	seq := uint64(0)
	apply := func(e queue.Event, when time.Time, by chain.Actor) {
		seq++
		q.Apply(e, when, seq, by)
	}
	apply(queue.Configured{Config: queue.Config{
		Office: "H26.138", Name: queue.Text{VI: "Bộ phận Một cửa", EN: "One-stop office"}, Parent: queue.Text{VI: "UBND phường Tây Hồ"},
		TicketLink: "HTTPS://MC.EXAMPLE/T/",
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: queue.Text{VI: "Hộ tịch, chứng thực", EN: "Civil status"}, Icon: "baby", Pace: 360},
			{ID: "land", Letter: "B", Name: queue.Text{VI: "Đất đai"}, Icon: "map-trifold", Pace: 600},
			{ID: "return", Letter: "K", Name: queue.Text{VI: "Nhận kết quả"}, Icon: "envelope-open", Pace: 120, Returns: true},
		},
		Counters: []queue.Counter{
			{ID: "3", Name: queue.Text{VI: "Quầy 3", EN: "Counter 3"}, Tiers: [][]string{{"civil"}}},
			{ID: "5", Name: queue.Text{VI: "Quầy 5", EN: "Counter 5"}, Tiers: [][]string{{"return"}}},
		},
		Classes: []queue.Class{{ID: queue.ClassPriority, HeadStart: 60}},
	}}, at, chain.Actor{})
	apply(queue.DayOpened{Day: "2026-11-22"}, at, chain.Actor{})
	apply(queue.CounterOpened{Counter: "3", Officer: "ha"}, at, chain.Actor{Counter: "3"})
	for _, id := range []queue.TicketID{"261122-A001", "261122-A002"} {
		apply(queue.TicketIssued{Ticket: id, Service: "civil", Code: string(id) + "-X", Dossiers: 1}, at.Add(-10*time.Minute), chain.Actor{Device: "kiosk-2"})
	}
	return q
}

func procedures() []catalogue.Procedure {
	return []catalogue.Procedure{
		{
			Code: "1.001193", Name: "Đăng ký khai sinh", NameEN: "Birth registration", Service: "civil", Domain: "Hộ tịch",
			Time: catalogue.Duration{N: 1, Unit: "same-day", CutOff: 900}, Papers: []catalogue.Paper{{Name: "Tờ khai", Original: 1, Required: true}, {Name: "Giấy chứng sinh", Original: 1, Copies: 2, Required: true}, {Name: "Ủy quyền", Note: "nếu có"}},
		},
		{Code: "1.000894", Name: "Đăng ký kết hôn", Service: "civil", Domain: "Hộ tịch", Time: catalogue.Duration{N: 3, Unit: "workday"}, Fee: catalogue.Fee{Amount: 150000, Per: "bản", Note: "Miễn cho hộ nghèo"}},
		{Code: "2.000815", Name: "Chứng thực bản sao", Service: "civil", Domain: "Chứng thực", Fee: catalogue.Fee{Local: true}},
		{Code: "1.012756", Name: "Đăng ký đất đai", Service: "land", Domain: "Đất đai", Time: catalogue.Duration{N: 20, Unit: "workday"}},
		{Code: "3.000001", Name: "Hỗ trợ sản xuất", Service: "farm", Domain: "Nông nghiệp"},
	}
}

func ready() *dossier.Dossier {
	return &dossier.Dossier{
		Code: "H26.138-261120-0007", Title: queue.Text{VI: "Đăng ký khai sinh", EN: "Birth registration"}, Domain: "Hộ tịch", Counter: "3",
		Received: at.AddDate(0, 0, -2), Due: at.AddDate(0, 0, 2), Finished: at.Add(-time.Hour), Mask: "001*****2345",
		Steps: []dossier.Step{
			{At: at.AddDate(0, 0, -2), Status: dossier.Received, Unit: "Quầy 3"},
			{At: at.AddDate(0, 0, -1), Status: dossier.Processing, Unit: "Tư pháp", Note: "Đã đăng ký khai sinh"},
			{At: at.Add(-time.Hour), Status: dossier.Ready},
		},
	}
}

func newTicket(id queue.TicketID, service string, st queue.Status) *queue.Ticket {
	t := &queue.Ticket{
		ID: id, Service: service, Code: string(id) + "-7F3K", Arrived: at, Rank: at, Estimate: queue.Estimate{Ahead: 2, Low: 13 * time.Minute, High: 23 * time.Minute},
		History: []queue.Interval{{Status: st, From: at, Counter: "3"}}, Counter: "3",
	}
	if st == queue.Done {
		t.FirstCall = at
	}
	return t
}

// visit drives the presenter and plays a runner that answers at once, unless
// a reply is held back.
type visit struct {
	t       *testing.T
	s       session.State
	now     time.Time
	effects []session.Effect // of the last intent
}

func start(t *testing.T) *visit {
	t.Helper()
	v := &visit{t: t, now: at, s: session.New(config(), at)}
	v.send(session.OfficeChanged{State: office()})
	return v
}

func (v *visit) send(in session.Intent) *visit {
	v.t.Helper()
	v.s, v.effects = session.Handle(v.s, in, v.now)
	return v
}

func (v *visit) tap(a session.Action, arg ...string) *visit {
	v.t.Helper()
	in := session.Tap{Action: a}
	if len(arg) > 0 {
		in.Arg = arg[0]
	}
	return v.send(in)
}

// pass lets time go by, second by second.
func (v *visit) pass(d time.Duration) *visit {
	v.t.Helper()
	for end := v.now.Add(d); v.now.Before(end); {
		v.now = v.now.Add(time.Second)
		v.send(session.Tick{})
	}
	return v
}

func (v *visit) want(s session.Screen) *visit {
	v.t.Helper()
	if v.s.Screen != s {
		v.t.Fatalf("got screen %d, want %d", v.s.Screen, s)
	}
	return v
}

// effect returns the effect of a type from the last intent.
func effect[E session.Effect](v *visit) E {
	v.t.Helper()
	for _, e := range v.effects {
		if e, ok := e.(E); ok {
			return e
		}
	}
	var none E
	v.t.Fatalf("got effects %#v, want a %T", v.effects, none)
	return none
}

func has[E session.Effect](v *visit) bool {
	for _, e := range v.effects {
		if _, ok := e.(E); ok {
			return true
		}
	}
	return false
}

func newCode() session.Scanned {
	return session.Scanned{Kind: session.ScanDossier, Code: "H26.138-261120-0007"}
}
