package view_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"motcua/assets/i18n"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
	"motcua/kiosk/silent"
	"motcua/kiosk/view"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// kioskMorning is 09:42 in Vietnam.
var kioskMorning = time.Date(2026, 11, 22, 2, 42, 0, 0, time.UTC)

// kioskPanels are the panels that must do: upright, and lying on its side
// large and small.
var kioskPanels = map[string]kit.Panel{
	"upright": kit.KioskPanel(),
	"lying":   {WidthMM: 531, HeightMM: 299, PxW: 1920, PxH: 1080},
	"small":   {WidthMM: 345, HeightMM: 194, PxW: 1366, PxH: 768},
}

// kioskRig is a kiosk in a window of the test driver, over a queue in memory.
type kioskRig struct {
	t       testing.TB
	now     time.Time
	s       session.State
	effects []session.Effect
	k       *view.Kiosk
	w       fyne.Window
	panel   kit.Panel
}

func newKioskRig(t testing.TB, p kit.Panel) *kioskRig {
	t.Helper()
	test.NewTempApp(t)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &kioskRig{t: t, panel: p, now: kioskMorning}
	look := kit.NewLook(p, kit.Kiosk)
	tick := r.now
	look.SetClock(func() time.Time { tick = tick.Add(time.Second); return tick })
	r.k = view.NewKiosk(look, texts, r.send)
	r.w = test.NewTempWindow(t, r.k.Root())
	r.w.SetPadded(false)
	r.w.Resize(fyne.NewSize(p.PxW, p.PxH))
	r.begin("vi", kit.Mode{})
	return r
}

// reset begins a new visit at an open office.
func (r *kioskRig) reset() {
	r.s = session.New(session.Config{
		Device:   "kiosk-1",
		Features: []session.Feature{session.FeatureDossier, session.FeatureRating, session.FeatureProcedures},
		Criteria: kioskCriteria(), Room: view.KioskRoom(r.panel),
	}, r.now)
	r.quiet(session.OfficeChanged{State: kioskOffice()})
}

// begin starts a visit in the modes of a citizen, drawn once.
func (r *kioskRig) begin(lang string, m kit.Mode) {
	r.reset()
	r.quiet(session.Tap{Action: session.SetLang, Arg: lang})
	if m.Large {
		r.quiet(session.Tap{Action: session.ToggleLarge})
	}
	if m.Contrast {
		r.quiet(session.Tap{Action: session.ToggleContrast})
	}
	r.k.Render(r.s)
}

// quiet is send without drawing.
func (r *kioskRig) quiet(in session.Intent) { r.s, r.effects = session.Handle(r.s, in, r.now) }

func kioskCriteria() []dossier.Criterion {
	names := [][2]string{
		{"Đúng hẹn", "On time"},
		{"Cán bộ lịch sự", "Polite staff"},
		{"Hướng dẫn rõ, một lần", "Clear advice, once"},
		{"Không phải bổ sung giấy tờ", "No extra papers"},
		{"Nơi chờ thoải mái", "Good waiting room"},
		{"Lệ phí đúng quy định", "Correct fees"},
	}
	var list []dossier.Criterion
	for i, n := range names {
		list = append(list, dossier.Criterion{ID: fmt.Sprint("c", i), Text: queue.Text{VI: n[0], EN: n[1]}})
	}
	return list
}

func (r *kioskRig) send(in session.Intent) {
	r.quiet(in)
	r.k.Render(r.s)
}

func (r *kioskRig) tap(a session.Action, arg string) { r.send(session.Tap{Action: a, Arg: arg}) }

func (r *kioskRig) pass(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(time.Second)
		r.send(session.Tick{})
	}
}

// reply answers the last question.
func (r *kioskRig) reply(in session.Replied) {
	r.t.Helper()
	for _, e := range r.effects {
		switch e := e.(type) {
		case session.IssueTicket:
			in.Ask = e.Ask
		case session.CheckIn:
			in.Ask = e.Ask
		case session.LookUpDossier:
			in.Ask = e.Ask
		case session.LookUpTicket:
			in.Ask = e.Ask
		case session.ListProcedures:
			in.Ask = e.Ask
		case session.Rate:
			in.Ask = e.Ask
		case session.RequestHelp:
			in.Ask = e.Ask
		}
	}
	r.send(in)
}

func kioskText(vi, en string) queue.Text { return queue.Text{VI: vi, EN: en} }

// kioskOffice is the office of the design pictures, with people waiting.
func kioskOffice() *queue.State {
	q, seq := queue.NewState(), uint64(0)
	apply := func(e queue.Event, by chain.Actor) { seq++; q.Apply(e, kioskMorning.Add(-20*time.Minute), seq, by) }
	cfg := queue.Config{
		Office: "H26.138", Name: kioskText("Bộ phận Một cửa", "One-stop office"), Parent: kioskText("UBND phường Tây Hồ, Hà Nội", "Tây Hồ ward, Hà Nội"),
		TicketLink: "HTTPS://MC.TAYHO.GOV.VN/T/",
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: kioskText("Hộ tịch, chứng thực", "Civil status, notarising"), Hint: kioskText("Khai sinh, khai tử, kết hôn, sao y", "Birth, death, marriage, copies"), Icon: "baby", Pace: 420},
			{ID: "land", Letter: "D", Name: kioskText("Đất đai, môi trường", "Land, environment"), Hint: kioskText("Cấp giấy chứng nhận, biến động", "Certificates, changes"), Icon: "map-trifold", Pace: 300},
			{ID: "build", Letter: "X", Name: kioskText("Xây dựng, đô thị", "Building"), Hint: kioskText("Giấy phép xây dựng, số nhà", "Building permits, house numbers"), Icon: "buildings", Pace: 600},
			{ID: "trade", Letter: "B", Name: kioskText("Kinh doanh, thuế", "Business, tax"), Hint: kioskText("Hộ kinh doanh, an toàn thực phẩm", "Household business, food safety"), Icon: "storefront", Pace: 420},
			{ID: "labour", Letter: "L", Name: kioskText("Lao động, người có công", "Labour, social support"), Hint: kioskText("Trợ cấp, bảo trợ xã hội", "Allowances, social protection"), Icon: "hand-heart", Pace: 240},
			{ID: "result", Letter: "K", Name: kioskText("Nhận kết quả", "Collect a result"), Hint: kioskText("Đã có giấy hẹn trả kết quả", "You have a receipt"), Icon: "envelope-open", Pace: 120, Returns: true},
		},
		Classes: []queue.Class{{ID: queue.ClassPriority, HeadStart: 60}},
	}
	for i, s := range cfg.Services {
		id := fmt.Sprint(i + 1)
		cfg.Counters = append(cfg.Counters, queue.Counter{ID: id, Name: kioskText("Quầy "+id, "Counter "+id), Tiers: [][]string{{s.ID}}})
	}
	apply(queue.Configured{Config: cfg}, chain.Actor{})
	apply(queue.DayOpened{Day: "2026-11-22"}, chain.Actor{})
	for _, c := range cfg.Counters {
		apply(queue.CounterOpened{Counter: c.ID, Officer: "o" + c.ID}, chain.Actor{Counter: c.ID, Officer: "o" + c.ID})
	}
	for i, n := range []int{7, 2, 0, 1, 3, 1} {
		for j := range n {
			s := cfg.Services[i]
			apply(queue.TicketIssued{Ticket: queue.NewTicketID("2026-11-22", s.Letter, j+1), Service: s.ID, Code: fmt.Sprint(s.Letter, j), Dossiers: 1, Lang: "vi"}, chain.Actor{Device: "kiosk-2"})
		}
	}
	return q
}

func kioskTicketOf(id queue.TicketID, st queue.Status) *queue.Ticket {
	t := &queue.Ticket{
		ID: id, Service: "civil", Code: string(id) + "-7F3K", Arrived: kioskMorning, Counter: "1",
		Estimate: queue.Estimate{Ahead: 4, Low: 13 * time.Minute, High: 23 * time.Minute},
		History:  []queue.Interval{{Status: st, From: kioskMorning, Counter: "1"}},
	}
	if st == queue.Done {
		t.FirstCall = kioskMorning
	}
	return t
}

func kioskDossierOf(title string) *dossier.Dossier {
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h-7, m, 0, 0, time.UTC) }
	return &dossier.Dossier{
		Code: "H26.138-261120-0007", Title: kioskText(title, ""), Domain: "Hộ tịch", Counter: "3",
		Received: day(20, 8, 15), Due: day(24, 17, 0), Finished: day(22, 8, 50),
		Steps: []dossier.Step{
			{At: day(20, 8, 15), Status: dossier.Received, Unit: "Quầy 3", Note: "Tiếp nhận tại quầy 3, đủ 3/3 giấy tờ"},
			{At: day(20, 15, 40), Status: dossier.Processing, Note: "Tư pháp – Hộ tịch: đã đăng ký khai sinh"},
			{At: day(21, 10, 5), Status: dossier.Processing, Note: "Công an phường: đã đăng ký thường trú"},
			{At: day(22, 8, 50), Status: dossier.Ready},
		},
	}
}

const (
	kioskTitle = "Đăng ký khai sinh, thường trú và cấp thẻ BHYT trẻ em"
	kioskLong  = "Thủ tục đăng ký lại kết hôn có yếu tố nước ngoài, ghi vào Sổ hộ tịch việc kết hôn, ly hôn của công dân Việt Nam đã được giải quyết tại cơ quan có thẩm quyền của nước ngoài, kể cả trường hợp đã đăng ký tại cơ quan đại diện"
)

func kioskProceduresList() []catalogue.Procedure {
	var list []catalogue.Procedure
	for i := range 14 {
		p := catalogue.Procedure{Code: fmt.Sprintf("1.0011%02d", i), Name: "Đăng ký khai sinh", Service: "civil", Time: catalogue.Duration{Unit: "same-day", CutOff: 900}}
		if i%2 == 1 {
			p.Name, p.Time = kioskLong, catalogue.Duration{N: 25, Unit: "workday"}
			p.Fee = catalogue.Fee{Amount: 1500000, Per: "trường hợp", Note: "Miễn lệ phí cho người thuộc gia đình có công với cách mạng, hộ nghèo, người khuyết tật"}
		}
		for j := range 5 {
			k := catalogue.Paper{Name: "Tờ khai theo mẫu", Original: 1, Required: true}
			if j%2 == 1 {
				k = catalogue.Paper{Name: strings.TrimSpace(strings.Repeat("Giấy chứng nhận tình trạng hôn nhân do cơ quan có thẩm quyền cấp ", 2)), Original: 1, Copies: 2, Required: j == 1, Note: "nếu có"}
			}
			p.Papers = append(p.Papers, k)
		}
		list = append(list, p)
	}
	for i, s := range []string{"land", "build", "trade", "labour"} {
		list = append(list, catalogue.Procedure{Code: fmt.Sprint("2.", i), Name: "Thủ tục " + s, Service: s})
	}
	return list
}

// kioskScenes are the screens that are checked, in every language, size,
// palette and panel.
var kioskScenes = []struct {
	name string
	set  func(*kioskRig)
}{
	{"home", func(*kioskRig) {}},
	{"home-trouble", func(r *kioskRig) {
		r.send(session.DevicesChanged{ScannerDown: true})
		r.tap(session.CallHelp, "")
		r.reply(session.Replied{})
	}},
	{"services", func(r *kioskRig) { r.tap(session.TakeNumber, "") }},
	{"services-priority", func(r *kioskRig) {
		q := kioskOffice()
		for i := range 4 {
			s := q.Config.Services[0]
			s.ID, s.Letter, s.Name = fmt.Sprint("more", i), string(rune('P'+i)), kioskText("Bảo trợ xã hội, người có công, trẻ em", "Social protection of children")
			q.Config.Services = append(q.Config.Services, s)
		}
		r.send(session.OfficeChanged{State: q})
		r.tap(session.TakeNumber, "")
		r.tap(session.TogglePriority, "")
	}},
	{"services-many", func(r *kioskRig) {
		q := kioskOffice()
		for i := range 3 {
			q.Apply(queue.TicketIssued{Ticket: queue.NewTicketID("2026-11-22", "D", i+8), Service: "land", Dossiers: 12}, r.now, q.Seq+1, chain.Actor{Device: "kiosk-2"})
		}
		r.send(session.OfficeChanged{State: q})
		r.tap(session.TakeNumber, "")
		r.tap(session.ToggleMany, "")
	}},
	{"services-closed", func(r *kioskRig) { r.tap(session.TakeNumber, ""); r.hours(9*60+42, 13*60+30, 17*60) }},
	{"home-closed", func(r *kioskRig) { r.hours(9*60+42, 13*60+30, 17*60) }},
	{"home-appointments", func(r *kioskRig) { r.books() }},
	{"message-closed", func(r *kioskRig) { r.hours(9*60+42, 13*60+30, 17*60); r.tap(session.TakeNumber, "") }},
	{"scan-appointment", func(r *kioskRig) { r.books(); r.tap(session.OpenFeature, "appointment") }},
	{"message-early", func(r *kioskRig) {
		r.books()
		r.send(session.Scanned{Kind: session.ScanAppointment, Code: "H261122-A9-K7Q2M5XP"})
		r.reply(session.Replied{Refusal: refusal.New("appointment-early", "at", "10:30", "from", "10:00")})
	}},
	{"message-other-day", func(r *kioskRig) {
		r.books()
		r.send(session.Scanned{Kind: session.ScanAppointment, Code: "H261124-A9-K7Q2M5XP"})
		r.reply(session.Replied{Refusal: refusal.New("appointment-other-day", "at", "10:30 24/11/2026")})
	}},
	{"ticket-appointment", func(r *kioskRig) { r.arrive(kioskMorning.Add(18 * time.Minute)) }},
	{"ticket-late", func(r *kioskRig) { r.arrive(kioskMorning.Add(-42 * time.Minute)) }},
	{"ticket-afternoon", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
		k := kioskTicketOf("261122-A012", queue.Waiting)
		k.After, k.Dossiers = kioskMorning.Add(228*time.Minute), 12
		k.Estimate = queue.Estimate{Ahead: 2, Low: 228 * time.Minute, High: 245 * time.Minute}
		r.reply(session.Replied{Ticket: k})
	}},
	{"count", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.ToggleMany, "")
		r.tap(session.PickService, "civil")
		r.tap(session.SetDossiers, "15")
	}},
	{"closing", func(r *kioskRig) {
		r.hours(10*60, 13*60+30, 17*60)
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
	}},
	{"closing-last", func(r *kioskRig) {
		r.hours(9*60+50, 0, 0)
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
	}},
	{"ticket", func(r *kioskRig) {
		r.ticket("261122-A012", queue.Waiting)
		r.send(session.PaperCame{Ticket: "261122-A012", OK: true})
	}},
	{"home-quiet", func(r *kioskRig) { r.silent(10 * time.Second) }},
	{"home-silent", func(r *kioskRig) { r.silent(12 * time.Minute) }},
	{"home-catching-up", func(r *kioskRig) {
		r.send(session.OfficeChanged{State: kioskOffice(), Hearing: silent.Hearing{Unsent: 7}})
	}},
	{"home-never", func(r *kioskRig) {
		r.send(session.OfficeChanged{Hearing: silent.Hearing{Lost: r.now.Add(-time.Minute)}})
	}},
	{"services-silent", func(r *kioskRig) { r.silent(12 * time.Minute); r.tap(session.TakeNumber, "") }},
	{"ticket-alone", func(r *kioskRig) {
		r.silent(12 * time.Minute)
		r.ticket("261122-X1-007", queue.Waiting)
		r.send(session.PaperCame{Ticket: "261122-X1-007", OK: true})
	}},
	{"needs-office", func(r *kioskRig) {
		r.silent(12 * time.Minute)
		r.send(session.Scanned{Kind: session.ScanAppointment, Code: "x"})
		r.reply(session.Replied{Refusal: refusal.New("office-silent")})
	}},
	{"ticket-unprinted", func(r *kioskRig) {
		r.ticket("261122-X1-0070", queue.Waiting)
		r.send(session.PaperCame{Ticket: "261122-X1-0070"})
	}},
	{"ticket-absent", func(r *kioskRig) {
		r.send(session.Scanned{Kind: session.ScanTicket, Code: "x"})
		r.reply(session.Replied{Ticket: kioskTicketOf("261122-A012", queue.Absent)})
	}},
	{"ticket-called", func(r *kioskRig) {
		r.send(session.Scanned{Kind: session.ScanTicket, Code: "x"})
		r.reply(session.Replied{Ticket: kioskTicketOf("261122-A012", queue.Called)})
	}},
	{"scan", func(r *kioskRig) { r.tap(session.OpenFeature, "dossier") }},
	{"scan-rating", func(r *kioskRig) { r.tap(session.OpenFeature, "rating") }},
	{"dossier", func(r *kioskRig) { r.dossier(kioskDossierOf(kioskTitle)) }},
	{"dossier-long", func(r *kioskRig) {
		d := kioskDossierOf(kioskLong)
		for i := range 5 {
			d.Steps = append(d.Steps[:2:2], append([]dossier.Step{{At: d.Received, Status: dossier.Processing, Unit: "Phòng Tư pháp", Note: fmt.Sprint("Chuyển xác minh lần ", i, " tại cơ quan có thẩm quyền nơi cư trú trước đây")}}, d.Steps[2:]...)...)
		}
		d.Due = d.Received.Add(30 * time.Hour)
		r.dossier(d)
		r.send(session.OfficeChanged{State: kioskOffice(), Hearing: silent.Hearing{Lost: r.now.Add(-52 * time.Minute)}})
	}},
	{"dossier-supplement", func(r *kioskRig) {
		d := kioskDossierOf(kioskTitle)
		d.Finished, d.PausedAt = time.Time{}, kioskMorning
		d.Steps[3] = dossier.Step{At: kioskMorning, Status: dossier.Supplement, Note: "Thiếu giấy chứng sinh"}
		r.dossier(d)
	}},
	{"rating-empty", func(r *kioskRig) { r.rating() }},
	{"rating", func(r *kioskRig) {
		r.rating()
		r.tap(session.PickLevel, "4")
		r.tap(session.TogglePick, "c0")
		r.tap(session.TogglePick, "c1")
	}},
	{"rating-bad", func(r *kioskRig) { r.rating(); r.tap(session.PickLevel, "1") }},
	{"thanks", func(r *kioskRig) {
		r.rating()
		r.tap(session.PickLevel, "5")
		r.tap(session.SendRating, "")
		r.reply(session.Replied{})
	}},
	{"groups", func(r *kioskRig) { r.procedures() }},
	{"procedures", func(r *kioskRig) { r.procedures(); r.tap(session.PickGroup, "civil") }},
	{"procedure", func(r *kioskRig) {
		r.procedures()
		r.tap(session.PickGroup, "civil")
		r.tap(session.PickProcedure, "1.001100")
	}},
	{"procedure-long", func(r *kioskRig) {
		r.procedures()
		r.tap(session.PickGroup, "civil")
		r.tap(session.PickProcedure, "1.001101")
	}},
	{"services-card", func(r *kioskRig) { r.send(session.Scanned{Kind: session.ScanCard, Card: 1}) }},
	{"message-card", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.ToggleMany, "")
		r.tap(session.PickService, "civil")
		r.send(session.Scanned{Kind: session.ScanCard, Card: 1})
	}},
	{"ticket-held", func(r *kioskRig) {
		r.send(session.Scanned{Kind: session.ScanCard, Card: 1})
		r.tap(session.PickService, "civil")
		r.reply(session.Replied{Refusal: refusal.New("number-held", "ticket", "A004", "id", "261122-A004")})
	}},
	{"ticket-again", func(r *kioskRig) {
		r.send(session.Scanned{Kind: session.ScanTicket, Code: "x"})
		r.reply(session.Replied{Ticket: kioskTicketOf("261122-A012", queue.Waiting)})
	}},
	{"home-stopped", func(r *kioskRig) { r.stop() }},
	{"services-stopped", func(r *kioskRig) { r.stop(); r.tap(session.TakeNumber, "") }},
	{"closing-stopped", func(r *kioskRig) { r.stop(); r.tap(session.TakeNumber, ""); r.tap(session.PickService, "civil") }},
	{"message-unknown", func(r *kioskRig) { r.send(session.Scanned{}) }},
	{"message-away", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
		r.reply(session.Replied{Failed: true})
	}},
	{"message-refused", func(r *kioskRig) { r.tap(session.TakeNumber, ""); r.tap(session.PickService, "gone") }},
	{"working", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
		r.pass(2 * time.Second)
	}},
	{"working-slow", func(r *kioskRig) {
		r.tap(session.TakeNumber, "")
		r.tap(session.PickService, "civil")
		r.pass(12 * time.Second)
	}},
	{"still-there", func(r *kioskRig) { r.tap(session.TakeNumber, ""); r.pass(63 * time.Second) }},
}

func (r *kioskRig) ticket(id queue.TicketID, st queue.Status) {
	r.tap(session.TakeNumber, "")
	r.tap(session.PickService, "civil")
	r.reply(session.Replied{Ticket: kioskTicketOf(id, st)})
}

// silent is a kiosk that has not heard its office for so long; it has a series
// of its own.
func (r *kioskRig) silent(since time.Duration) {
	q := kioskOffice()
	q.Stations = map[string]queue.Station{"kiosk-1": {Role: queue.RoleKiosk, Series: "X1"}}
	r.send(session.OfficeChanged{State: q, Hearing: silent.Hearing{Lost: r.now.Add(-since)}})
}

// hours sets today's sessions, in minutes from midnight: until the end of the
// present one, and another one.
func (r *kioskRig) hours(end, from, to int) {
	q := kioskOffice()
	spans := []queue.Span{{From: 450, To: end}}
	if to > 0 {
		spans = append(spans, queue.Span{From: from, To: to})
	}
	q.Config.Days = map[string][]queue.Span{"2026-11-22": spans}
	r.send(session.OfficeChanged{State: q})
}

// stop is a morning that the leader ended early; two wait for the afternoon.
func (r *kioskRig) stop() {
	q := kioskOffice()
	q.Config.Days = map[string][]queue.Span{"2026-11-22": {{From: 450, To: 690}, {From: 13*60 + 30, To: 17 * 60}}}
	q.Stopped, q.Resume = true, kioskMorning.Add(228*time.Minute)
	for i := range 2 {
		q.Apply(queue.TicketIssued{Ticket: queue.NewTicketID("2026-11-22", "A", i+8), Service: "civil", Dossiers: 1, After: q.Resume}, r.now, q.Seq+1, chain.Actor{Device: "kiosk-2"})
	}
	r.send(session.OfficeChanged{State: q})
}

// books makes the office one that gives appointments.
func (r *kioskRig) books() {
	q := kioskOffice()
	q.Config.Services[0].PerSlot = 2
	r.send(session.OfficeChanged{State: q})
}

// arrive checks in for a slot.
func (r *kioskRig) arrive(slot time.Time) {
	q := kioskOffice()
	q.Appointments = map[string]queue.Appointment{"H261122-A9-K7Q2M5XP": {Code: "H261122-A9-K7Q2M5XP", Service: "civil", Slot: slot}}
	q.Config.Booking = queue.Booking{Grace: 15}
	r.send(session.OfficeChanged{State: q})
	r.send(session.Scanned{Kind: session.ScanAppointment, Code: "H261122-A9-K7Q2M5XP"})
	k := kioskTicketOf("261122-A012", queue.Waiting)
	k.Appointment = "H261122-A9-K7Q2M5XP"
	r.reply(session.Replied{Ticket: k})
}

func (r *kioskRig) dossier(d *dossier.Dossier) {
	r.send(session.Scanned{Kind: session.ScanDossier, Code: d.Code})
	r.reply(session.Replied{Dossier: d})
}

func (r *kioskRig) rating() {
	r.dossier(kioskDossierOf(kioskTitle))
	r.tap(session.RateThis, "")
}

func (r *kioskRig) procedures() {
	r.tap(session.OpenFeature, "procedures")
	r.reply(session.Replied{Procedures: kioskProceduresList()})
}
