package view_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"motcua/assets/i18n"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/kiosk/kit/kittest"
	"motcua/kiosk/silent"
	"motcua/kiosk/view"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
)

// counterNoon is 09:45 in Vietnam.
var counterNoon = time.Date(2026, 11, 22, 2, 45, 0, 0, time.UTC)

// counterRig is a counter's screen in a window of the test driver, over a
// queue in memory.
type counterRig struct {
	t     testing.TB
	q     *queue.State
	s     desk.State
	now   time.Time
	w     fyne.Window
	c     *view.Counter
	panel kit.Panel
	out   []desk.Effect
}

// counterSizes are the monitors that must do.
var counterSizes = [][2]float32{{1440, 900}, {1366, 768}}

func counterConfig() queue.Config {
	text := func(vi, en string) queue.Text { return queue.Text{VI: vi, EN: en} }
	cfg := queue.Config{
		Office: "H26.138", Name: text("Bộ phận Một cửa", "One-stop office"), Parent: text("UBND phường Tây Hồ", "Tây Hồ ward"),
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: text("Hộ tịch, chứng thực", "Civil status")},
			{ID: "land", Letter: "D", Name: text("Đất đai", "Land")},
			{ID: "trade", Letter: "B", Name: text("Hộ kinh doanh", "Household business")},
			{ID: "result", Letter: "K", Name: text("Nhận kết quả", "Collect results"), Returns: true},
		},
		Classes:     []queue.Class{{ID: "old", Name: text("80 tuổi", "80 years old"), HeadStart: 60}},
		RecallLimit: 3, RecallPause: 20, AbsentPenalty: 10, AutoFinish: true,
		Hours: map[time.Weekday][]queue.Span{}, Booking: queue.Booking{Days: 14},
	}
	cfg.Services[0].PerSlot = 2
	for d := range time.Weekday(7) {
		cfg.Hours[d] = []queue.Span{{From: 7*60 + 30, To: 11*60 + 30}, {From: 13*60 + 30, To: 17 * 60}}
	}
	for i := range 6 {
		id := fmt.Sprint(i + 1)
		cfg.Counters = append(cfg.Counters, queue.Counter{ID: id, Name: text("Quầy "+id, "Counter "+id), Tiers: [][]string{{"civil", "result"}}})
	}
	names := []string{"Nguyễn Thu Hà", "Trần Văn An", "Lê Thị Ngọc Ánh", "Phạm Đức Thịnh", "Hoàng Mỹ Duyên"}
	for i, n := range names {
		cfg.Officers = append(cfg.Officers, queue.Officer{ID: fmt.Sprint("o", i), Name: n})
	}
	return cfg
}

// newCounterRig opens the screen of counter 3 at a size, nobody signed in.
func newCounterRig(t testing.TB, size [2]float32, lang string) *counterRig {
	t.Helper()
	test.NewTempApp(t)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := &counterRig{t: t, q: queue.NewState(), now: counterNoon.Add(-time.Hour), panel: kit.DeskPanel(size[0], size[1])}
	r.s = desk.New("3", lang, r.now)
	look := kit.NewLook(r.panel, kit.Desk)
	tick := r.now
	look.SetClock(func() time.Time { tick = tick.Add(time.Second); return tick })
	r.c = view.NewCounter(look, texts, func() time.Time { return r.now }, r.take)
	r.w = test.NewWindow(r.c.Root())
	r.w.SetPadded(false)
	r.w.Resize(fyne.NewSize(size[0], size[1]))
	r.c.Attach(r.w.Canvas())
	t.Cleanup(r.w.Close)
	r.do(queue.Configure{Config: counterConfig()}, "", "")
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	r.take(desk.DevicesChanged{Devices: desk.Devices{Scanner: "ready", Printer: "ready"}})
	r.take(desk.LinkChanged{Link: desk.Link{Office: true, City: true, CityUp: true, SyncedAt: counterNoon.Add(-4 * time.Minute)}})
	return r
}

// take is what the runner does: handle, carry out, draw.
func (r *counterRig) take(in desk.Intent) {
	r.t.Helper()
	var out []desk.Effect
	r.s, out = desk.Handle(r.s, in, r.now)
	r.out = append(r.out, out...)
	r.c.Render(r.s)
}

func (r *counterRig) do(c queue.Command, counter, officer string) {
	r.t.Helper()
	by := chain.Actor{Device: "kiosk-1", Counter: counter, Officer: officer}
	events, err := queue.Decide(r.q, c, by, queue.Env{Now: r.now, Mint: func(id queue.TicketID) string { return string(id) }})
	if err != nil {
		r.t.Fatalf("%s: %v", c.Name(), err)
	}
	for _, e := range events {
		r.q.Apply(e, r.now, r.q.Seq+1, by)
	}
}

// at lets time pass to a minute before noon and does something there.
func (r *counterRig) at(before int, c queue.Command, counter string) {
	r.t.Helper()
	r.now = counterNoon.Add(-time.Duration(before) * time.Minute)
	officer := ""
	if counter == "3" {
		officer = "o0"
	} else if counter != "" {
		officer = "o" + counter
	}
	r.do(c, counter, officer)
}

// busy plays an hour of work, and signs Hà in at counter 3.
func (r *counterRig) busy() {
	r.t.Helper()
	issue := func(before int, service, class string) {
		r.at(before, queue.IssueTicket{Service: service, Class: class}, "")
	}
	r.at(58, queue.OpenCounter{}, "3")
	r.at(58, queue.OpenCounter{}, "1")
	issue(50, "civil", "")
	issue(46, "civil", "")
	r.at(45, queue.CallNext{}, "3")
	r.at(38, queue.FinishTicket{}, "3")
	issue(33, "civil", "")
	r.at(30, queue.CallNext{}, "3")
	r.at(20, queue.HoldTicket{Reason: "copying"}, "3")
	r.at(19, queue.CallNext{}, "3")
	r.at(18, queue.MarkAbsent{}, "3")
	issue(17, "civil", "")
	issue(16, "civil", "")
	issue(14, "result", "")
	r.at(13, queue.CallNext{}, "1")
	r.at(12, queue.TransferTicket{Counter: "3", Service: "civil"}, "1")
	issue(11, "civil", "")
	r.at(6, queue.CallNext{}, "3")
	issue(6, "civil", "old")
	issue(5, "civil", "")
	issue(3, "civil", "")
	r.now = counterNoon.Add(-2 * time.Minute)
	r.take(desk.SignIn{Officer: "o0"})
	for _, e := range r.out {
		if c, ok := e.(desk.Command); ok {
			r.take(desk.CommandReplied{ID: c.ID})
		}
	}
	r.out = nil
	r.now = counterNoon.Add(-108 * time.Second)
	r.take(desk.OfficeChanged{State: r.q.Clone()})
}

var counterBirth = catalogue.Procedure{
	Code: "1.001193", Name: "Đăng ký khai sinh (liên thông thường trú, BHYT)", NameEN: "Birth registration",
	Papers: []catalogue.Paper{
		{Name: "Tờ khai đăng ký khai sinh", Original: 1, Required: true},
		{Name: "Giấy chứng sinh", Original: 1, Required: true},
		{Name: "Giấy chứng nhận kết hôn của cha mẹ", Copies: 1, Required: true, Note: "xuất trình"},
		{Name: "Văn bản ủy quyền"},
	},
}

// fill works through the form up to printing.
func (r *counterRig) fill() {
	r.t.Helper()
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai sinh"})
	r.take(desk.ProceduresFound{Query: "khai sinh", List: []catalogue.Procedure{counterBirth}})
	r.take(desk.PickProcedure{Code: counterBirth.Code})
	r.take(desk.PromiseCame{Procedure: counterBirth.Code, Promise: dossier.Promise{
		Code: "H26.138-261122-0019", Due: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC), DueRule: "3 ngày làm việc (theo giờ)", Time: catalogue.Duration{N: 3, Unit: "workday", Model: "hour"}, FeeNote: "Miễn phí",
	}})
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{
		Number: "001199012345", Name: "Nguyễn Thị Ánh Tuyết", Address: "12 ngõ 35 Đặng Thai Mai, phường Tây Hồ, Hà Nội",
	}}})
	r.take(desk.Typed{Field: desk.FieldPhone, Text: "0912 345 678"})
	r.take(desk.PickHandover{Handover: dossier.ByPost})
	for i := range 3 {
		r.take(desk.TogglePaper{N: i})
	}
}

func counterDossiers(n int) []dossier.Dossier {
	states := []dossier.Status{dossier.Received, dossier.Ready, dossier.Processing, dossier.Supplement, dossier.Returned}
	var list []dossier.Dossier
	for i := range n {
		list = append(list, dossier.Dossier{
			Code: fmt.Sprintf("H26.138-261122-%04d", 19-i), Title: queue.Text{VI: counterBirth.Name, EN: counterBirth.NameEN},
			Mask: "001*****2345", Received: counterNoon.Add(-time.Duration(i) * time.Minute), Due: counterNoon.Add(time.Duration(72-24*i) * time.Hour),
			Steps: []dossier.Step{{At: counterNoon.Add(-time.Hour), Status: dossier.Received, Unit: "Quầy 3"}, {At: counterNoon, Status: states[i%len(states)], Unit: "Phòng Tư pháp"}},
		})
	}
	return list
}

func (r *counterRig) see() { r.t.Helper(); r.take(desk.OfficeChanged{State: r.q.Clone()}) }

func (r *counterRig) press(k desk.Key) {
	r.t.Helper()
	r.now = r.now.Add(time.Second)
	r.take(desk.KeyPressed{Key: k})
}

// large makes the office one of many services and counters.
func (r *counterRig) large() {
	r.t.Helper()
	cfg := r.q.Config
	cfg.Services, cfg.Counters = slices.Clip(cfg.Services), slices.Clip(cfg.Counters)
	for i := range 22 {
		name := fmt.Sprintf("Lĩnh vực số %d có tên khá dài, tiếp nhận và trả", i)
		cfg.Services = append(cfg.Services, queue.Service{ID: fmt.Sprint("s", i), Letter: string(rune('F' + i)), Name: queue.Text{VI: name, EN: name}})
		cfg.Counters = append(cfg.Counters, queue.Counter{ID: fmt.Sprint("c", i), Name: queue.Text{VI: fmt.Sprint("Quầy số ", i), EN: fmt.Sprint("Counter number ", i)}})
	}
	cfg.Services = slices.DeleteFunc(cfg.Services, func(s queue.Service) bool { // Q and X are kept by the core
		return s.Letter > "Z" || s.Letter == "Q" || s.Letter == "X" || s.Letter == "K" && s.ID != "result"
	})
	r.do(queue.Configure{Config: cfg}, "", "")
	r.see()
}

// booked makes two appointments today, one of them arrived.
func (r *counterRig) booked() {
	r.t.Helper()
	for i, slot := range r.q.Slots("civil", r.now) {
		if slot.At.After(r.now) && i < 8 {
			r.do(queue.BookAppointment{Service: "civil", Slot: slot.At, Dossiers: 3}, "3", "o0")
			r.do(queue.BookAppointment{Code: fmt.Sprint("DVC-2026-00", i), Service: "civil", Slot: slot.At}, "3", "o0")
			r.do(queue.CheckIn{Code: fmt.Sprint("DVC-2026-00", i)}, "", "")
		}
	}
	r.see()
}

// book goes through the menus to the days of the first service.
func (r *counterRig) book() {
	r.t.Helper()
	r.take(desk.Pressed{Action: desk.Account})
	r.press("3")
	r.press("0")
	r.press("1")
}

// lastCommand is the id of the newest command under way.
func (r *counterRig) lastCommand() (id uint64) {
	for _, e := range r.out {
		if c, ok := e.(desk.Command); ok {
			id = c.ID
		}
	}
	return id
}

// answerStart answers the start of service that scanning a card sends.
func (r *counterRig) answerStart() { r.t.Helper(); r.take(desk.CommandReplied{ID: r.lastCommand()}) }

func (r *counterRig) openCase(n int) {
	r.t.Helper()
	d := counterDossiers(n + 1)[n]
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanDossier, Code: d.Code}})
	r.take(desk.CaseCame{Code: d.Code, Case: desk.Case{Dossier: d, Applicant: dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345"}}})
}

// counterLook writes the picture for the eye when MOTCUA_LOOK names a folder.
func counterLook(t testing.TB, name string, w fyne.Window) {
	if dir := os.Getenv("MOTCUA_LOOK"); dir != "" {
		kittest.Save(t, dir+"/"+name+".png", w.Canvas().Capture())
	}
}

// counterScenes are the screens that are checked, each from a busy counter.
var counterScenes = []struct {
	name string
	set  func(*counterRig)
}{
	{"intake", func(r *counterRig) { r.fill() }},
	{"intake-empty", func(*counterRig) {}},
	{"intake-search", func(r *counterRig) {
		r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai"})
		list := make([]catalogue.Procedure, 6)
		for i := range list {
			list[i] = counterBirth
			list[i].Code = fmt.Sprint("1.00119", i)
		}
		list[3].Name = "Đăng ký khai sinh có yếu tố nước ngoài, đăng ký lại khai sinh, đăng ký khai sinh cho người đã có hồ sơ, giấy tờ cá nhân"
		r.take(desk.ProceduresFound{Query: "khai", List: list})
		r.take(desk.KeyPressed{Key: "Down"})
	}},
	{"intake-none-found", func(r *counterRig) {
		r.take(desk.Typed{Field: desk.FieldProcedure, Text: "xyz"})
		r.take(desk.ProceduresFound{Query: "xyz"})
	}},
	{"intake-missing", func(r *counterRig) {
		r.fill()
		r.take(desk.TogglePaper{N: 1})
		r.press("F9")
	}},
	{"intake-many-papers", func(r *counterRig) {
		long := counterBirth
		for i := range 14 {
			long.Papers = append(long.Papers, catalogue.Paper{Name: fmt.Sprintf("Giấy tờ số %d có tên rất dài để xem máy xuống dòng thế nào khi cột không đủ chỗ", i), Original: 1, Copies: 2, Required: true})
		}
		r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai sinh"})
		r.take(desk.ProceduresFound{Query: "khai sinh", List: []catalogue.Procedure{long}})
		r.take(desk.PickProcedure{Code: long.Code})
	}},
	{"intake-done", func(r *counterRig) {
		r.fill()
		r.answerStart()
		r.press("F9")
		d := counterDossiers(1)[0]
		d.DueRule, d.Fee = "3 ngày làm việc (theo giờ)", 150000
		d.Time = catalogue.Duration{N: 3, Unit: "workday", Model: "hour"}
		r.take(desk.CommandReplied{ID: r.lastCommand(), Dossier: &d})
		r.take(desk.ReceiptPrinted{Code: d.Code})
	}},
	{"return-empty", func(r *counterRig) { r.take(desk.OpenTab{Tab: desk.TabReturn}) }},
	{"return-ready", func(r *counterRig) {
		r.openCase(1)
		r.take(desk.ToggleProxy{})
		r.take(desk.Typed{Field: desk.FieldProof, Text: "Giấy ủy quyền số 12/2026"})
	}},
	{"return-processing", func(r *counterRig) { r.openCase(2); r.press("F9") }},
	{"return-found", func(r *counterRig) {
		r.take(desk.OpenTab{Tab: desk.TabReturn})
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199012345"}}})
		r.take(desk.DossiersListed{Of: desk.ListDossiers{Card: "001199012345"}, List: counterDossiers(3)})
	}},
	{"day", func(r *counterRig) {
		r.take(desk.OpenTab{Tab: desk.TabDay})
		r.take(desk.DossiersListed{List: counterDossiers(30)})
	}},
	{"day-empty", func(r *counterRig) { r.take(desk.OpenTab{Tab: desk.TabDay}) }},
	{"menu-help", func(r *counterRig) { r.press("F1") }},
	{"menu-hold", func(r *counterRig) { r.press("F5") }},
	{"menu-transfer", func(r *counterRig) { r.press("F6") }},
	{"menu-ticket", func(r *counterRig) { r.press("Down"); r.press("Down"); r.press("Return") }},
	{"menu-transfer-back", func(r *counterRig) { r.press("F6"); r.press("0") }},
	{"menu-transfer-many", func(r *counterRig) {
		r.large()
		r.press("F6")
	}},
	{"menu-finish", func(r *counterRig) { r.press("F12"); r.press("2"); r.press("1") }},
	{"menu-ticket-next", func(r *counterRig) { r.press("Down"); r.press("Return") }},
	{"menu-session", func(r *counterRig) { r.take(desk.Pressed{Action: desk.Account}); r.press("5") }},
	{"menu-ending", func(r *counterRig) {
		r.take(desk.Pressed{Action: desk.Account})
		r.press("5")
		r.press("3")
	}},
	{"stopped", func(r *counterRig) {
		r.do(queue.CloseSession{How: queue.EndServe, Reason: "crowded"}, "3", "o0")
		r.see()
	}},
	{"carried", func(r *counterRig) {
		r.do(queue.CloseSession{How: queue.EndCarry, Reason: "outage"}, "3", "o0")
		r.see()
	}},
	{"menu-extra", func(r *counterRig) { r.press("Down"); r.press("Return"); r.press("3"); r.press("1") }},
	{"menu-issued", func(r *counterRig) {
		r.take(desk.Order{Command: queue.IssueTicket{Service: "civil", Reason: "helps-elder"}})
		r.take(desk.CommandReplied{ID: r.lastCommand(), Ticket: &queue.Ticket{ID: "261122-A010", Service: "civil"}})
	}},
	{"menu-bookings", func(r *counterRig) { r.booked(); r.take(desk.Pressed{Action: desk.Account}); r.press("3") }},
	{"menu-booking", func(r *counterRig) {
		r.booked()
		r.take(desk.Pressed{Action: desk.Account})
		r.press("3")
		r.press("1")
	}},
	{"menu-book-day", func(r *counterRig) { r.book() }},
	{"menu-book-card", func(r *counterRig) {
		r.booked()
		r.book()
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199012345"}}})
		r.press("1")
	}},
	{"nowhere", func(r *counterRig) {
		r.s = desk.New("Quầy số 9", r.s.Lang, r.now)
		r.see()
	}},
	{"menu-book-slot", func(r *counterRig) { r.booked(); r.book(); r.press("1") }},
	{"menu-booked", func(r *counterRig) {
		r.book()
		r.press("2")
		r.press("1")
		c := r.out[len(r.out)-1].(desk.Command)
		r.do(c.Command, "3", "o0")
		r.see()
		r.take(desk.CommandReplied{ID: c.ID, Seq: r.q.Seq})
	}},
	{"menu-alarm", func(r *counterRig) { r.press("F11") }},
	{"alarm", func(r *counterRig) {
		r.do(queue.RaiseAlarm{Reason: "disorder"}, "1", "o1")
		r.do(queue.RequestHelp{}, "", "")
		r.see()
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}}) // a notice above it
	}},
	{"head-start", func(r *counterRig) {
		r.do(queue.CallNext{}, "3", "o0")
		r.see()
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}})
	}},
	{"menu-transfer-last", func(r *counterRig) {
		r.large()
		r.press("F6")
		r.press("S")
	}},
	{"alarm-own", func(r *counterRig) { r.do(queue.RaiseAlarm{}, "3", "o0"); r.see() }},
	{"alarm-menu", func(r *counterRig) {
		r.do(queue.RaiseAlarm{Reason: "medical"}, "1", "o1")
		r.see()
		r.press("F6")
	}},
	{"chosen", func(r *counterRig) {
		r.do(queue.FinishTicket{}, "3", "o0")
		for i := range 2 {
			r.do(queue.IssueTicket{Service: "civil", Dossiers: 12 - i}, "", "")
		}
		r.do(queue.CallTicket{Ticket: r.q.CounterQueue("3")[6].ID, Reason: "appointment"}, "3", "o0")
		r.do(queue.StartService{}, "3", "o0")
		r.see()
	}},
	{"menu-account", func(r *counterRig) { r.take(desk.Pressed{Action: desk.Account}) }},
	{"menu-absent", func(r *counterRig) { r.take(desk.OpenTicket{Ticket: r.s.AbsentRows()[0].Ticket}) }},
	{"idle", func(r *counterRig) { r.do(queue.FinishTicket{}, "3", "o0"); r.see() }},
	{"pause-menu", func(r *counterRig) { r.do(queue.FinishTicket{}, "3", "o0"); r.see(); r.press("F7") }},
	{"paused", func(r *counterRig) {
		r.do(queue.FinishTicket{}, "3", "o0")
		r.do(queue.PauseCounter{Reason: "meeting"}, "3", "o0")
		r.see()
	}},
	{"trouble", func(r *counterRig) {
		r.do(queue.RequestHelp{}, "", "")
		for range 20 {
			r.do(queue.IssueTicket{Service: "civil"}, "", "")
		}
		r.now = r.now.Add(25 * time.Minute)
		r.see()
		r.take(desk.DevicesChanged{Devices: desk.Devices{Scanner: "missing", Printer: "paper-out"}})
		r.take(desk.LinkChanged{Link: desk.Link{Office: true, Hearing: silent.Hearing{Lost: counterNoon.Add(-time.Minute)}}})
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}})
	}},
	{"signed-out", func(r *counterRig) { r.do(queue.OpenCounter{}, "3", "o2"); r.see() }},
	{"pin", func(r *counterRig) { r.askPIN("pin-needed"); r.press("4"); r.press("9"); r.press("2") }},
	{"pin-wrong", func(r *counterRig) { r.askPIN("pin-wrong") }},
	{"take-over", func(r *counterRig) { r.do(queue.OpenCounter{}, "3", "o2"); r.see(); r.press("2") }},
}

func TestCounterScreens(t *testing.T) {
	for _, size := range counterSizes {
		for _, lang := range i18n.Languages {
			r := newCounterRig(t, size, lang)
			r.busy()
			q, s, now := r.q, r.s, r.now
			for _, scene := range append(counterScenes, counterSilent...) {
				name := fmt.Sprintf("counter-%s-%s-%.0f", scene.name, lang, size[0])
				t.Run(name, func(t *testing.T) {
					r.t, r.q, r.s, r.now, r.out = t, q.Clone(), s, now, nil
					r.c.Render(r.s)
					scene.set(r)
					counterLook(t, name, r.w)
					if faults := r.check(); len(faults) > 0 {
						t.Error(strings.Join(faults, "\n"))
					}
				})
			}
		}
	}
}

// check lists what is wrong with the screen. What lies under a menu or under
// search results is covered on purpose.
func (r *counterRig) check() []string {
	rules := kittest.Rules{Target: 5, Gap: 0, Cap: 2.4}
	if r.s.Menu() != nil || r.s.Suggesting() || r.s.NoneFound() {
		rules.Gap = -1000
	}
	return kittest.Check(r.c.Root(), r.panel, rules)
}
