package central

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// cell is a number of an office in the city's table.
type cell struct{ Value, Tone string }

// officeView is an office as both pages show it.
type officeView struct {
	ID, Name, Parent         string
	Line, LineText, LineMore string
	Href                     string
	Cells                    []cell
}

// maxAlerts bounds what stands above the numbers.
const maxAlerts = 5

type cityPage struct {
	frame
	Count   string
	Columns []string
	Offices []officeView
}

// getCityPage shows all offices.
func (s *Server) getCityPage(w http.ResponseWriter, r *http.Request) {
	report, err := s.store.City(r.Context(), s.day(r), s.now(), s.tokens.Load().Offices())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	p := cityPage{frame: s.frame(r, "/", report.Day, report.At)}
	p.Title = p.text("central.city.title") + " · Một Cửa"
	p.Count = p.text("central.offices.up", "up", p.number(report.Up), "all", p.number(len(report.Offices)))
	p.Figures = p.figures(report.City, targetOn(s.targets, report.Day))
	for _, k := range []string{"tickets", "waiting", "median", "promise", "ontime", "satisfaction"} {
		p.Columns = append(p.Columns, p.text("central."+k))
	}
	today, down := s.now().In(vietnam).Format(time.DateOnly), 0
	for _, o := range report.Offices {
		v := p.office(o, report.At)
		v.Href = link("/offices/"+url.PathEscape(o.ID), p.Lang, report.Day, today)
		p.Offices = append(p.Offices, v)
		if o.Line == LineDown {
			down++
		}
		p.Alerts = append(p.Alerts, p.alerts(o)...)
	}
	slices.SortStableFunc(p.Alerts, func(a, b alert) int { return -cmp.Compare(a.Tone, b.Tone) }) // urgent first
	if more := len(p.Alerts) - maxAlerts; more > 0 {
		p.Alerts = append(p.Alerts[:maxAlerts], alert{"soon", p.text("central.alert.more", "n", p.number(more))})
	}
	if down > 0 {
		p.Alerts = append(p.Alerts, alert{"soon", p.text("central.alert.down", "n", p.number(down))})
	}
	s.render(w, r, "city", p)
}

// office describes an office and its row of numbers.
func (w words) office(o OfficeLine, now time.Time) officeView {
	v := officeView{
		ID: o.ID, Name: w.name(o), Parent: o.Parent.In(w.Lang),
		Line: string(o.Line), LineText: w.text("central.line." + string(o.Line)),
	}
	switch o.Line {
	case LineNever:
		v.LineMore = w.text("central.line.waiting")
	case LineDown:
		v.LineMore = w.text("central.line.since", "at", w.when(o.SeenAt, now))
	default:
		v.LineMore = w.text("central.line.last", "at", w.when(o.EventAt, now))
	}
	quiet := func(n int) string {
		if n == 0 {
			return "quiet"
		}
		return ""
	}
	t := o.Totals
	share := func(part, whole int) cell {
		if s, ok := ratio(part, whole); ok {
			return cell{Value: w.percent(s)}
		}
		return cell{w.text("central.nothing"), "quiet"}
	}
	v.Cells = []cell{
		{w.number(t.Tickets), quiet(t.Tickets)},
		{w.number(t.Waiting), quiet(t.Waiting)},
		{w.minutes(t.WaitMedian), ""},
		share(t.Kept, t.Promised),
		share(t.OnTime, t.OnTime+t.Late),
		share(t.Satisfied, t.Rated),
	}
	if t.WaitMedian == nil {
		v.Cells[2].Tone = "quiet"
	}
	return v
}

// alerts are what a person should look at in an office.
func (w words) alerts(o OfficeLine) []alert {
	var list []alert
	if o.Line == LineFork {
		list = append(list, alert{"urgent", w.text("central.alert.fork", "office", w.name(o))})
	}
	if o.SetAside > 0 {
		list = append(list, alert{"soon", w.text("central.alert.aside", "office", w.name(o), "n", w.number(o.SetAside))})
	}
	if off := time.Duration(o.ClockOffset) * time.Millisecond; off.Abs() > clockTolerance {
		list = append(list, alert{"soon", w.text("central.alert.clock", "office", w.name(o), "seconds", w.number(int(off.Seconds())))})
	}
	return list
}

// sliceView is a row of an hour or a service. The shares are percents of the
// widest bar.
type sliceView struct {
	Name                            string
	Issued, Served, Waiting, Median string
	IssuedShare, ServedShare        string
}

type officePage struct {
	frame
	Office          officeView
	Hours, Services []sliceView
	Facts           []named
	Appointments    string // their page
}

// getOfficePage shows one office's day.
func (s *Server) getOfficePage(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("office")
	report, err := s.store.Office(r.Context(), id, s.day(r), s.now())
	if errors.Is(err, ErrUnknown) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	p := officePage{frame: s.frame(r, "/offices/"+url.PathEscape(id), report.Day, report.At)}
	p.Office = p.office(report.OfficeLine, report.At)
	p.Title = p.Office.Name + " · Một Cửa"
	p.Alerts = p.alerts(report.OfficeLine)
	if report.Fork != nil {
		p.Alerts = append(p.Alerts, alert{"soon", p.text("central.fork.todo", "common", p.number(int(report.Fork.Common)))})
	}
	p.Figures = p.figures(report.Totals, targetOn(s.targets, report.Day))
	widest := 1
	for _, h := range report.Hours {
		widest = max(widest, h.Issued)
	}
	for _, h := range report.Hours {
		v := p.slice(h, widest)
		v.Name = fmt.Sprintf("%02d–%02d", h.Hour, h.Hour+1)
		p.Hours = append(p.Hours, v)
	}
	for _, sv := range report.Services {
		v := p.slice(sv, 1)
		v.Name = sv.Name.In(p.Lang)
		p.Services = append(p.Services, v)
	}
	p.Facts = p.facts(report)
	p.Appointments = bookingLink(id, p.Lang, "")
	s.render(w, r, "office", p)
}

func (w words) slice(s Slice, widest int) sliceView {
	share := func(n int) string { return strconv.FormatFloat(100*float64(n)/float64(widest), 'f', 1, 64) }
	return sliceView{
		Issued: w.number(s.Issued), Served: w.number(s.Served), Waiting: w.number(s.Waiting), Median: w.minutes(s.WaitMedian),
		IssuedShare: share(s.Issued), ServedShare: share(s.Served),
	}
}

// facts are the line and the journal of an office, for IT.
func (w words) facts(r OfficeReport) []named {
	day := w.text("central.nothing")
	if d, err := time.Parse(time.DateOnly, r.BusinessDay); err == nil {
		key := "central.fact.day-closed"
		if r.DayOpen {
			key = "central.fact.day-open"
		}
		day = w.text(key, "day", d.Format("02/01/2006"))
	}
	list := []named{
		{w.text("central.line"), w.text("central.line." + string(r.Line))},
		{w.text("central.fact.seen"), w.when(r.SeenAt, r.At)},
		{w.text("central.fact.event"), w.when(r.EventAt, r.At)},
		{w.text("central.fact.records"), w.number(int(r.Records))},
		{w.text("central.fact.aside"), w.number(r.SetAside)},
		{w.text("central.fact.day"), day},
		{w.text("central.fact.clock"), w.text("central.fact.seconds", "n", w.number(int(r.ClockOffset/1000)))},
	}
	if r.Fork != nil {
		list = append(list, named{w.text("central.fact.common"), w.number(int(r.Fork.Common))})
	}
	if r.Term > 1 {
		list = append(list, named{w.text("central.fact.term"), w.text("central.fact.term-of", "term", w.number(int(r.Term)), "hub", r.Hub)})
	}
	for _, t := range r.Tails {
		list = append(list, named{
			w.text("central.fact.tail", "term", w.number(int(t.Term))),
			w.text("central.fact.tail-back", "n", w.number(t.N), "back", w.number(t.Back)),
		})
	}
	for _, d := range r.Documents {
		list = append(list, named{w.text("central.document." + d.Kind), w.document(d, r.At)})
	}
	return list
}

// document says how a document of the city stands in an office.
func (w words) document(d Document, now time.Time) string {
	at := w.when(d.At, now)
	switch {
	case d.AnsweredAt.IsZero():
		return w.text("central.document.waiting", "at", at)
	case d.Refusal != nil:
		return w.text("central.document.refused", "at", at, "code", d.Refusal.Code)
	}
	return w.text("central.document.applied", "at", at)
}
