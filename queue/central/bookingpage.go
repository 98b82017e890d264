package central

import (
	"cmp"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"motcua/assets/i18n"
)

// option is a choice of a form.
type option struct {
	Value, Text string
	Chosen      bool
}

// bookingView is a row of the list.
type bookingView struct {
	Slot, Service, Code string
	Standing, Tone, Why string
	Mine                string // booked by the city or at the office
	CanCancel           bool
}

type bookingsPage struct {
	frame
	Office          officeView
	Self            string // the page's own address, for its forms
	Services, Slots []option
	Service, Day    string // chosen
	Once            string // makes sending the form twice book once
	Note            string
	Asked           bool // a service and day are chosen
	Bookings        []bookingView
}

// lang is the page's language as asked for.
func (s *Server) lang(r *http.Request) string {
	if r.FormValue("lang") == i18n.Languages[1] {
		return i18n.Languages[1]
	}
	return i18n.Languages[0]
}

// bookingLink is the page; said is the code just booked, "cancelled" or "".
func bookingLink(office, lang, said string) string {
	q := url.Values{}
	if lang != i18n.Languages[0] {
		q.Set("lang", lang)
	}
	if said != "" {
		q.Set("said", said)
	}
	base := "/offices/" + url.PathEscape(office) + "/appointments"
	if len(q) == 0 {
		return base
	}
	return base + "?" + q.Encode()
}

// getBookings shows the appointments of an office and the form.
func (s *Server) getBookings(w http.ResponseWriter, r *http.Request) {
	s.showBookings(w, r, r.PathValue("office"), "")
}

// showBookings writes the page; fault is a sentence to show above, or "".
func (s *Server) showBookings(w http.ResponseWriter, r *http.Request, office, fault string) {
	now := s.now()
	today := now.In(vietnam).Format(time.DateOnly)
	lines, err := s.store.lines(r.Context(), today, now, office)
	if err == nil && len(lines) == 0 {
		err = ErrUnknown
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	from := s.midnight(r.FormValue("day"))
	f := s.frame(r, "/offices/"+url.PathEscape(office)+"/appointments", today, now)
	p := bookingsPage{frame: f, Self: bookingLink(office, f.Lang, ""), Day: from.Format(time.DateOnly), Service: r.FormValue("service"), Once: rand.Text()}
	p.Office = p.office(lines[0], now)
	p.Office.Href = link("/offices/"+url.PathEscape(office), p.Lang, today, today)
	p.Title = p.text("booking.title") + " · " + p.Office.Name + " · Một Cửa"
	p.Definitions = []named{{p.text("booking.title"), p.text("booking.define")}}
	if fault != "" {
		p.Alerts = append(p.Alerts, alert{"urgent", fault})
	}
	if lines[0].Line != LineUp {
		p.Alerts = append(p.Alerts, alert{"soon", p.text("booking.offline", "at", p.when(lines[0].SeenAt, now))})
	}
	switch said := r.FormValue("said"); {
	case said == "cancelled":
		p.Note = p.text("booking.said.cancelled")
	case codeShape.MatchString(said):
		p.Note = p.text("booking.said.booked", "code", said)
	}
	if err := s.fillBookings(r, &p, office, from, now); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, "bookings", p)
}

// fillBookings puts in the choices of the form and the list.
func (s *Server) fillBookings(r *http.Request, p *bookingsPage, office string, from, now time.Time) error {
	names := map[string]string{}
	c, err := s.store.config(r.Context(), office)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	for _, svc := range c.Services {
		names[svc.ID] = cleanText(svc.Name).In(p.Lang)
		if svc.PerSlot > 0 {
			p.Services = append(p.Services, option{svc.ID, names[svc.ID], svc.ID == p.Service})
			p.Asked = p.Asked || svc.ID == p.Service
		}
	}
	if p.Asked {
		slots, err := s.store.Slots(r.Context(), office, p.Service, from, now)
		if err != nil {
			return err
		}
		for _, slot := range slots {
			if slot.Free > 0 {
				text := p.text("booking.slot", "at", slot.At.In(vietnam).Format("15:04"), "free", p.number(slot.Free))
				p.Slots = append(p.Slots, option{slot.At.Format(time.RFC3339), text, false})
			}
		}
	}
	list, err := s.store.Appointments(r.Context(), office, from)
	for _, a := range list {
		p.Bookings = append(p.Bookings, s.bookingView(p.words, a, names))
	}
	return err
}

func (s *Server) bookingView(w words, a Appointment, names map[string]string) bookingView {
	v := bookingView{
		Slot: a.Slot.In(vietnam).Format("15:04 02/01/2006"), Service: cmp.Or(names[a.Service], a.Service), Code: a.Code,
		Standing: w.text("booking.standing." + string(a.Standing)), Mine: w.text("booking.by.office"),
	}
	if a.ByCity {
		v.Mine = w.text("booking.by.city")
	}
	var why []string
	if a.Refusal != nil {
		why = append(why, s.sentence(w.Lang, a.Refusal))
	}
	if a.CancelRefusal != nil {
		why = append(why, w.text("booking.not-cancelled", "why", s.sentence(w.Lang, a.CancelRefusal)))
	}
	v.Why = strings.Join(why, " ")
	switch a.Standing {
	case BookingWaiting, BookingAsked, BookingBooked:
		v.CanCancel = true
	}
	switch a.Standing {
	case BookingBooked, BookingArrived:
		v.Tone = "up"
	case BookingRefused:
		v.Tone = "fork"
	case BookingWaiting, BookingAsked, BookingEnding:
		v.Tone = "down"
	case BookingCancelled:
		v.Tone = "never"
	}
	return v
}
