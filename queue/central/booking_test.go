package central_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

func allDay() map[time.Weekday][]queue.Span {
	hours := map[time.Weekday][]queue.Span{}
	for day := range time.Weekday(7) {
		hours[day] = []queue.Span{{From: 450, To: 1020}}
	}
	return hours
}

// bookable is an office with one place a slot.
func bookable() fact {
	f := configured("Bộ phận Một cửa")
	c := f.data.(queue.Configured)
	c.Config.Services[0].PerSlot, c.Config.Hours = 1, allDay()
	return fact{f.kind, c}
}

// said is an office's word about a notice.
func said(notice uint64, no *refusal.Refusal) fact {
	return fact{"notice.answered", map[string]any{"notice": notice, "kind": "appointment.book", "refusal": no}}
}

// desk plays the city and an office that a test answers for.
type desk struct {
	t *testing.T
	s *central.Store
	o *office
}

func (d *desk) send() {
	d.t.Helper()
	c, err := d.s.Cursor(d.t.Context(), "H1")
	if err != nil {
		d.t.Fatal(err)
	}
	ingest(d.t, d.s, "H1", d.o.batch(int(c.Have)+1, len(d.o.records)))
}

// last is the newest notice.
func (d *desk) last() wire.Notice {
	d.t.Helper()
	list, err := d.s.Notices(d.t.Context(), "H1", 0)
	if err != nil || len(list) == 0 {
		d.t.Fatal(list, err)
	}
	return list[len(list)-1]
}

func (d *desk) standing(code string) central.Appointment {
	d.t.Helper()
	list, err := d.s.Appointments(d.t.Context(), "H1", noon)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, a := range list {
		if a.Code == code {
			return a
		}
	}
	d.t.Fatalf("no appointment %s in %+v", code, list)
	return central.Appointment{}
}

func (d *desk) is(code string, want central.Standing) {
	d.t.Helper()
	if got := d.standing(code); got.Standing != want {
		d.t.Errorf("%s is %s, want %s", code, got.Standing, want)
	}
}

// TestTheCityBooksAndHearsWhatBecameOfIt follows bookings from the wish to the
// office's own record, on a line that may be away.
func TestTheCityBooksAndHearsWhatBecameOfIt(t *testing.T) {
	ctx := context.Background()
	onEngines(t, func(t *testing.T, e *engine) {
		d := &desk{t, e.open(t), newOffice()}
		slot := time.Date(2026, 11, 24, 9, 0, 0, 0, vietnam)
		book := func(at time.Time, key string) (string, error) {
			return d.s.Book(ctx, "H1", queue.BookAppointment{Service: "civil", Slot: at}, key, noon)
		}
		if _, err := book(slot, ""); !errors.Is(err, central.ErrUnknown) {
			t.Fatalf("an office never heard from: %v", err)
		}
		d.o.write(t, morning, bookable(), event(queue.DayOpened{Day: today}))
		d.send()

		code, err := book(slot, "wish-1")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := book(slot, "wish-1"); err != nil || again != code {
			t.Fatalf("the same wish: %q, %v", again, err)
		}
		var told queue.BookAppointment
		n := d.last()
		if err := json.Unmarshal(n.Data, &told); err != nil || n.Kind != wire.NoticeBook || told.Code != code || !told.Slot.Equal(slot) {
			t.Fatalf("told %s %s, %v", n.Kind, n.Data, err)
		}
		d.is(code, central.BookingWaiting)
		if err := d.s.Attend(ctx, "H1", n.ID, noon); err != nil {
			t.Fatal(err)
		}
		d.is(code, central.BookingAsked)
		d.o.write(t, noon, event(queue.AppointmentBooked{Appointment: queue.Appointment{Code: code, Service: "civil", Slot: slot}}), said(n.ID, nil))
		d.send()
		d.is(code, central.BookingBooked)

		for at, want := range map[time.Time]string{
			slot: "appointment-full", slot.Add(time.Minute): "appointment-no-slot", noon.Add(-24 * time.Hour): "appointment-no-slot",
		} {
			if _, err := book(at, ""); !errors.Is(err, refusal.New(want)) {
				t.Errorf("at %s: %v, want %s", at, err, want)
			}
		}

		// The office has given the slot away meanwhile, and says so.
		late, err := book(slot.Add(time.Hour), "")
		if err != nil {
			t.Fatal(err)
		}
		no := refusal.New("appointment-full", "at", "10:00 24/11/2026")
		d.o.write(t, noon, event(queue.AppointmentBooked{Appointment: queue.Appointment{Code: "H261124-A1", Service: "civil", Slot: slot.Add(time.Hour)}}),
			said(d.last().ID, no))
		d.send()
		d.is(late, central.BookingRefused)
		if diff := cmp.Diff(no, d.standing(late).Refusal); diff != "" {
			t.Errorf("the reason (-want +got):\n%s", diff)
		}
		if own := d.standing("H261124-A1"); own.ByCity || own.Standing != central.BookingBooked {
			t.Errorf("the office's own: %+v", own)
		}

		for range 2 {
			if err := d.s.Cancel(ctx, "H1", code, "bận", noon); err != nil {
				t.Fatal(err)
			}
		}
		d.is(code, central.BookingEnding)
		d.o.write(t, noon, event(queue.AppointmentCancelled{Code: code}), said(d.last().ID, nil),
			event(queue.TicketIssued{Ticket: queue.NewTicketID(today, "A", 1), Service: "civil", Appointment: "H261124-A1"}))
		d.send()
		d.is(code, central.BookingCancelled)
		d.is("H261124-A1", central.BookingArrived)
		if err := d.s.Cancel(ctx, "H1", "H261124-A1", "", noon); !errors.Is(err, refusal.New("appointment-arrived")) {
			t.Errorf("after arrival: %v", err)
		}
		if err := d.s.Cancel(ctx, "H1", "NOBODY", "", noon); !errors.Is(err, central.ErrUnknown) {
			t.Errorf("an unknown one: %v", err)
		}
		if _, err := book(slot, ""); err != nil {
			t.Errorf("a slot given back: %v", err)
		}

		// What is heard does not depend on how often.
		before, err := d.s.Appointments(ctx, "H1", noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.s.Rewind(ctx, "H1", 1, noon); err != nil {
			t.Fatal(err)
		}
		d.send()
		after, err := d.s.Appointments(ctx, "H1", noon)
		if diff := cmp.Diff(before, after); diff != "" || err != nil {
			t.Errorf("counted anew (-before +after): %v\n%s", err, diff)
		}
	})
}

// TestPromisesThatHeld compares first calls with what the slips said.
func TestPromisesThatHeld(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		o.write(t, morning, configured("Một cửa"), event(queue.DayOpened{Day: today}))
		for i, c := range []struct {
			low, high, wait time.Duration
			after           time.Time
		}{
			{10 * time.Minute, 20 * time.Minute, 10 * time.Minute, time.Time{}},                // kept
			{10 * time.Minute, 20 * time.Minute, 20 * time.Minute, time.Time{}},                // kept
			{10 * time.Minute, 20 * time.Minute, 20*time.Minute + time.Second, time.Time{}},    // late
			{10 * time.Minute, 20 * time.Minute, 9 * time.Minute, time.Time{}},                 // early
			{0, 0, time.Minute, time.Time{}},                                                   // kept: straight away
			{0, 0, 61 * time.Second, time.Time{}},                                              // late
			{10 * time.Minute, 20 * time.Minute, 15 * time.Minute, morning.Add(6 * time.Hour)}, // for a later session
			{10 * time.Minute, 20 * time.Minute, 0, time.Time{}},                               // never called
		} {
			id := queue.NewTicketID(today, "A", i+1)
			o.write(t, morning, event(queue.TicketIssued{Ticket: id, Service: "civil", After: c.after, Estimate: queue.Estimate{Low: c.low, High: c.high}}))
			if c.wait > 0 {
				o.write(t, morning.Add(c.wait), event(queue.TicketCalled{Ticket: id}))
				o.write(t, morning.Add(c.wait+time.Hour), event(queue.TicketMissed{Ticket: id}), event(queue.TicketReturned{Ticket: id}),
					event(queue.TicketCalled{Ticket: id})) // only the first call counts
			}
		}
		for n := 1; n <= len(o.records); n++ { // across batches
			ingest(t, s, "H1", o.batch(n, n))
		}
		r := city(t, s, noon)
		if r.City.Promised != 6 || r.City.Kept != 3 || r.Offices[0].Totals != r.City && r.Offices[0].Totals.Kept != 3 {
			t.Errorf("got %d of %d", r.City.Kept, r.City.Promised)
		}
		if share, ok := r.City.KeptShare(); !ok || share != .5 {
			t.Errorf("share %v, %t", share, ok)
		}
	})
}

// TestBookingsPage drives the form as a browser does.
func TestBookingsPage(t *testing.T) {
	s, o := newSite(t, central.TokenLine(central.Booking, "book-secret")), newOffice()
	o.write(t, morning, bookable())
	if _, err := s.store.Ingest(t.Context(), "H26.138", o.batch(1, 1), noon.Add(-time.Hour), 0); err != nil {
		t.Fatal(err)
	}
	const page, api = "/offices/H26.138/appointments", "/v1/offices/H26.138/appointments"
	for token, want := range map[string]int{"": 401, secret: 401, "book-secret": 200, "admin-secret": 200} {
		for _, path := range []string{page, api} {
			if r := s.do("GET", path, token, ""); r.StatusCode != want {
				t.Errorf("%s with %q: got %d, want %d", path, token, r.StatusCode, want)
			}
		}
	}
	form := func(values url.Values) (int, string, string) {
		r := s.do("POST", page, "book-secret", values.Encode(), "Content-Type", "application/x-www-form-urlencoded")
		return r.StatusCode, r.Header.Get("Location"), text(t, r)
	}
	show := text(t, s.do("GET", page+"?service=civil&day=2026-11-24", "book-secret", ""))
	for _, want := range []string{"09:00 (còn 1 chỗ)", "đang mất đường truyền", "Chưa có lịch hẹn nào"} {
		if !strings.Contains(show, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	wish := url.Values{"service": {"civil"}, "slot": {"2026-11-24T09:00:00+07:00"}, "dossiers": {"2"}, "once": {"x"}}
	status, to, _ := form(wish)
	_, code, _ := strings.Cut(to, "said=")
	if status != 303 || code == "" {
		t.Fatalf("booked: %d %q", status, to)
	}
	if _, again, _ := form(wish); again != to {
		t.Errorf("pressed twice: %q, then %q", to, again)
	}
	if show := text(t, s.do("GET", to, "book-secret", "")); !strings.Contains(show, code) || !strings.Contains(show, "Chờ đường truyền") {
		t.Errorf("the page does not show that the booking waits")
	}
	wish.Set("once", "y")
	if status, _, body := form(wish); status != 409 || !strings.Contains(body, "đã đủ người") {
		t.Errorf("a full slot: %d", status)
	}
	if status, _, _ := form(url.Values{"service": {"civil"}}); status != 422 {
		t.Errorf("no slot: %d", status)
	}
	if status, to, _ := form(url.Values{"cancel": {code}, "lang": {"en"}}); status != 303 || !strings.Contains(to, "lang=en") {
		t.Errorf("cancelled: %d %q", status, to)
	}
	if r := s.do("DELETE", api+"/"+code, "book-secret", ""); r.StatusCode != 200 {
		t.Errorf("cancelled again: %d", r.StatusCode)
	}
	if r := s.do("POST", api, "book-secret", `{"service":"civil","slot":"2026-11-24T08:55:00+07:00"}`); r.StatusCode != 409 ||
		!strings.Contains(text(t, r), `"code":"appointment-no-slot"`) {
		t.Errorf("no such slot: %d", r.StatusCode)
	}
	for _, body := range []string{``, `{}`, `{"service":"civil"}`, `{"service":"civil","slot":"2026-11-24T09:00:00Z","dossiers":-1}`, `{"service":"civil","slot":"2026-11-24T09:00:00Z","code":"a b"}`} {
		if r := s.do("POST", api, "book-secret", body); r.StatusCode != 422 {
			t.Errorf("%s: %d", body, r.StatusCode)
		}
	}
	if got := text(t, s.do("GET", "/v1/offices/H26.138/slots?service=civil&day=2026-11-24", "book-secret", "")); strings.Count(got, `"at"`) != 19 {
		t.Errorf("slots: %s", got)
	}
}
