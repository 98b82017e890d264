package queue

import (
	"fmt"
	"slices"
	"time"
)

// Text is a short text in both languages of the product.
type Text struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In returns the text in a language ("vi" or "en"), Vietnamese when unknown.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.VI
}

// Config is everything an office sets about its queue. It arrives in an
// office.configured event, so a replay needs nothing beside the journal.
type Config struct {
	// Office is the office's electronic identifier, e.g. "H26.138"
	// (Decision 20/2020/QĐ-TTg); it also begins its dossier codes.
	Office string `json:"office"`
	Name   Text   `json:"name"`   // "Bộ phận Một cửa"
	Parent Text   `json:"parent"` // "UBND phường Tây Hồ, Hà Nội"
	// TicketLink begins the text of the ticket's QR code; upper case keeps the
	// code small (QR alphanumeric mode). The ticket's Code follows it.
	TicketLink string    `json:"ticket_link"`
	Services   []Service `json:"services"`
	Counters   []Counter `json:"counters"`
	Officers   []Officer `json:"officers"`
	Classes    []Class   `json:"classes"`
	// Hours are the sessions in which the kiosk issues tickets, by weekday
	// (time.Weekday). Empty means always, as in the demo office.
	Hours map[time.Weekday][]Span `json:"hours,omitempty"`
	// Days are the sessions of single dates ("2006-01-02") whatever the
	// weekday: none for a holiday, some for a worked Saturday.
	Days map[string][]Span `json:"days,omitempty"`
	// RecallLimit is how often a ticket may be called again; after that it
	// is absent. RecallPause is the least time between two calls of one
	// ticket, in seconds (scenario 9).
	RecallLimit int `json:"recall_limit"`
	RecallPause int `json:"recall_pause_s"`
	// AbsentPenalty is how many minutes a returning absent ticket queues
	// behind its old place, as printed on the slip (scenario 10).
	AbsentPenalty int `json:"absent_penalty_min"`
	// AutoFinish: "next" finishes the open ticket first instead of being
	// refused (scenario 8).
	AutoFinish bool `json:"auto_finish"`
	// KioskDailyCap bounds the tickets one kiosk issues in a day to people
	// who show no identity; 0 is no bound (scenario 21).
	KioskDailyCap int `json:"kiosk_daily_cap,omitempty"`
	// PersonDailyCap bounds the numbers of one service that one identity
	// takes in a day; 0 is no bound. One open number at a time is always the
	// rule.
	PersonDailyCap int `json:"person_daily_cap,omitempty"`
	// Booking are the rules of appointments.
	Booking Booking `json:"booking,omitzero"`
	// Keep is how long the office keeps what it has recorded.
	Keep Keep `json:"keep,omitzero"`
}

// Keep is how long an office keeps what it has recorded, in days; 0 is for
// good. Nothing goes before the city has it, where there is a city.
type Keep struct {
	// Records is for whole months of the journal: what counts of them has long
	// been counted, and dossiers go to the archive with the city (Law on
	// Archives 33/2024/QH15).
	Records int `json:"records_days,omitempty"`
	// Applicants is for who handed a dossier in, from the day the dossier was
	// finished (Law 91/2025/QH15: no longer than it is needed).
	Applicants int `json:"applicants_days,omitempty"`
}

// Booking are an office's rules of appointments, in minutes but for Days. The
// head start of an appointment on time is that of ClassAppointment.
type Booking struct {
	Slot  int `json:"slot_min,omitempty"`  // length of a slot; 0 means 30
	Days  int `json:"days,omitempty"`      // how far ahead; 0 means 7
	Early int `json:"early_min,omitempty"` // check-in opens so long before the slot; 0 means all day
	// Grace is how late one still counts as on time; after it the number is
	// an ordinary one.
	Grace int `json:"grace_min,omitempty"`
}

// Span is a part of a day, in minutes from local midnight: [From, To).
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Service is a line of the queue (dịch vụ, lĩnh vực).
type Service struct {
	ID     string `json:"id"`
	Letter string `json:"letter"` // its number series: a capital, but neither Q nor X
	Name   Text   `json:"name"`
	Hint   Text   `json:"hint"` // what citizens call it, one line
	Icon   string `json:"icon"` // name in assets/icons
	// First and Last bound the series; 0 means 1 and 999.
	First int `json:"first,omitempty"`
	Last  int `json:"last,omitempty"`
	// DailyCap bounds the tickets of a day; 0 is no bound but the series.
	DailyCap int `json:"daily_cap,omitempty"`
	// Pace is the expected service time in seconds before the day has
	// measured its own.
	Pace int `json:"pace_s"`
	// Returns marks the service where results are handed out.
	Returns bool `json:"returns,omitempty"`
	// PerSlot is how many appointments one slot takes; 0 offers none.
	PerSlot int `json:"per_slot,omitempty"`
}

// Counter is a desk (quầy). Tiers are service ids by rank: a counter serves
// the first tier that has anybody waiting.
type Counter struct {
	ID    string     `json:"id"`
	Name  Text       `json:"name"`
	Tiers [][]string `json:"tiers"`
}

// Serves reports whether the counter serves a service, and in which tier.
func (c Counter) Serves(service string) (tier int, ok bool) {
	for i, t := range c.Tiers {
		if slices.Contains(t, service) {
			return i, true
		}
	}
	return 0, false
}

// Officer is a member of staff. ID is a staff code.
type Officer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Services are all that the officer does of a counter's; empty means
	// whatever the counter does.
	Services []string `json:"services,omitempty"`
	// Supervisor may close sessions. Where nobody is named, every officer may.
	Supervisor bool `json:"supervisor,omitempty"`
}

// Class is a reason for being called earlier. HeadStart moves the arrival
// that many minutes back (design: effective arrival = arrival − head start).
type Class struct {
	ID        string `json:"id"`
	Name      Text   `json:"name"`
	HeadStart int    `json:"head_start_min"`
}

// ClassPriority is the class that the kiosk's own priority switch gives
// (Luật Người cao tuổi 39/2009/QH12, Luật Người khuyết tật 51/2010/QH12 and
// house rules); its head start is the office's to set.
const ClassPriority = "priority"

// ClassAppointment is the class of a booked slot on time; its head start is
// the office's to set.
const ClassAppointment = "appointment"

// maxHeadStart, a day in minutes, is strict priority: nobody waits longer.
const maxHeadStart = 24 * 60

// Service returns the service with an id.
func (c Config) Service(id string) (Service, bool) {
	for i := range c.Services {
		if c.Services[i].ID == id {
			return c.Services[i], true
		}
	}
	return Service{}, false
}

// Counter returns the counter with an id.
func (c Config) Counter(id string) (Counter, bool) {
	for i := range c.Counters {
		if c.Counters[i].ID == id {
			return c.Counters[i], true
		}
	}
	return Counter{}, false
}

// Officer returns the officer with a staff code.
func (c Config) Officer(id string) (Officer, bool) {
	for i := range c.Officers {
		if c.Officers[i].ID == id {
			return c.Officers[i], true
		}
	}
	return Officer{}, false
}

// Class returns the class with an id.
func (c Config) Class(id string) (Class, bool) {
	for i := range c.Classes {
		if c.Classes[i].ID == id {
			return c.Classes[i], true
		}
	}
	return Class{}, false
}

// HeadStart is the head start of a class; none for the ordinary class "".
func (c Config) HeadStart(class string) time.Duration {
	k, _ := c.Class(class)
	return time.Duration(k.HeadStart) * time.Minute
}

// Check names every fault of a configuration, not only the first.
func (c Config) Check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Office == "" {
		bad("office: the identifier is missing")
	}
	if len(c.Services) == 0 {
		bad("services: there is none")
	}
	if len(c.Counters) == 0 {
		bad("counters: there is none")
	}
	letters, ids := map[string]string{}, map[string]bool{}
	for _, s := range c.Services {
		if ids[s.ID] || s.ID == "" {
			bad("service %q: the id is missing or used twice", s.ID)
		}
		ids[s.ID] = true
		if len(s.Letter) != 1 || s.Letter[0] < 'A' || s.Letter[0] > 'Z' {
			bad("service %q: letter %q is not one capital", s.ID, s.Letter)
		}
		if s.Letter == letterKiosk || s.Letter == letterCounter {
			bad("service %q: letter %s is kept for numbers that a device gives by itself", s.ID, s.Letter)
		}
		if other, taken := letters[s.Letter]; taken {
			bad("service %q: letter %s belongs to %q", s.ID, s.Letter, other)
		}
		letters[s.Letter] = s.ID
		if first, last := s.Range(); first < 1 || last > 9999 || first > last {
			bad("service %q: numbers %d to %d", s.ID, first, last)
		}
	}
	desks := map[string]bool{}
	for _, k := range c.Counters {
		if desks[k.ID] || k.ID == "" {
			bad("counter %q: the id is missing or used twice", k.ID)
		}
		desks[k.ID] = true
		for _, tier := range k.Tiers {
			for _, id := range tier {
				if !ids[id] {
					bad("counter %q: there is no service %q", k.ID, id)
				}
			}
		}
	}
	return append(faults, c.checkRules(ids)...)
}

// Range returns the first and last number of the service's series.
func (s Service) Range() (first, last int) {
	first, last = s.First, s.Last
	if first == 0 {
		first = 1
	}
	if last == 0 {
		last = 999
	}
	return first, last
}

// checkRules names the faults of classes, officers, hours and appointments.
func (c Config) checkRules(services map[string]bool) []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, k := range c.Classes {
		if k.HeadStart < 0 || k.HeadStart > maxHeadStart {
			bad("class %q: a head start of %d minutes", k.ID, k.HeadStart)
		}
	}
	for _, o := range c.Officers {
		for _, id := range o.Services {
			if !services[id] {
				bad("officer %q: there is no service %q", o.ID, id)
			}
		}
	}
	for d, spans := range c.Hours {
		if fault := checkSpans(spans); fault > 0 {
			bad("hours of %s: session %d is empty or overlaps", d, fault)
		}
	}
	for date, spans := range c.Days {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			bad("days: %q is not a date", date)
		}
		if fault := checkSpans(spans); fault > 0 {
			bad("hours of %s: session %d is empty or overlaps", date, fault)
		}
	}
	if b := c.Booking; min(b.Slot, b.Days, b.Early, b.Grace) < 0 || b.Days > maxBookingDays {
		bad("booking: a rule is negative or more than %d days ahead", maxBookingDays)
	}
	return faults
}

// checkSpans is the number of the first session that is empty or overlaps, 0
// for none.
func checkSpans(spans []Span) int {
	for i, s := range spans {
		if s.From < 0 || s.To > 24*60 || s.From >= s.To || i > 0 && spans[i-1].To > s.From {
			return i + 1
		}
	}
	return 0
}
