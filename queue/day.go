package queue

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// longestNight is how long after the last event a clock that nobody set is
// believed about the date. After a longer silence an officer says which day it
// is (R9).
const longestNight = 18 * time.Hour

// OpenDay: an officer says that it is this day ("2006-01-02"), where the clock
// alone is not believed. Where it is, it changes nothing.
type OpenDay struct {
	Day string `json:"day"`
}

// Name implements Command.
func (OpenDay) Name() string { return "day.open" }

// unsure reports whether a day would have to be opened on the word of a clock
// that was not set since the machine started, long after the last event.
func (s *State) unsure(env Env) bool {
	free := env.Clock == chain.ClockFree || env.Clock == chain.ClockJumped
	return free && s.Day != "" && Local(env.Now).Format(time.DateOnly) > s.Day && env.Now.Sub(s.At) > longestNight
}

// vouched reports whether an officer who sits down says that it is the day that
// the clock shows.
func (s *State) vouched(c Command, by chain.Actor, env Env) bool {
	open, ok := c.(OpenCounter)
	_, known := s.Config.Officer(by.Officer)
	return ok && known && open.Day == Local(env.Now).Format(time.DateOnly)
}

// dayless commands are carried out before it is known which day it is: they
// belong to none, or somebody waits for help.
func dayless(c Command) bool {
	switch c.(type) {
	case Merge, AdmitDevice, SettlePredecessor, AcknowledgeAnomaly, ReportReceipt, ReportPrint, RequestHelp, AnswerHelp, RaiseAlarm, AnswerAlarm:
		return true
	}
	return false
}

func (d decision) openDay(c OpenDay) ([]Event, error) {
	if _, ok := d.s.Config.Officer(d.by.Officer); !ok {
		return nil, refusal.New("officer-unknown", "officer", cut(d.by.Officer))
	}
	today := Local(d.env.Now).Format(time.DateOnly)
	if strings.TrimSpace(c.Day) != today {
		return nil, refusal.New("day-other", "day", Local(d.env.Now).Format("02/01/2006"))
	}
	return rollDay(d.s, d.env.Now), nil
}

// rollDay closes the old business day and opens the new one when the local
// date is later than the business day (scenarios 3 and 4).
func rollDay(s *State, now time.Time) []Event {
	day := Local(now).Format(time.DateOnly)
	if day <= s.Day {
		return nil
	}
	events := closing(s)
	return append(events, DayOpened{Day: day, Pace: s.medians()})
}

// closing ends the open day: everyone still here is not served, in order.
func closing(s *State) []Event {
	if !s.Open {
		return nil
	}
	var left []*Ticket
	for _, t := range s.Tickets {
		switch t.Status() {
		case Waiting, Called, Serving, Held, Absent:
			left = append(left, t)
		}
	}
	slices.SortFunc(left, func(a, b *Ticket) int { return cmp.Compare(a.Seq, b.Seq) })
	events := make([]Event, 0, len(left)+1)
	for _, t := range left {
		events = append(events, TicketClosed{Ticket: t.ID, As: NotServed, Reason: "day-closed"})
	}
	return append(events, DayClosed{Day: s.Day})
}

func (d decision) closeDay() ([]Event, error) {
	if !d.s.Open {
		return nil, nil
	}
	events := closing(d.s)
	if Local(d.env.Now).Format(time.DateOnly) < d.s.Day {
		// The clock was a day ahead. The business day is still to come: those
		// who wait are sent home, it stays open for tomorrow's.
		events = events[:len(events)-1]
	}
	return events, nil
}

// medians are the service seconds to expect tomorrow: of today when there were
// enough services, else what was expected before.
func (s *State) medians() map[string]int {
	pace := maps.Clone(s.Pace)
	for service, spells := range s.Spells {
		if len(spells) < enoughSpells {
			continue
		}
		if pace == nil {
			pace = map[string]int{}
		}
		pace[service] = quantile(spells, 0.5)
	}
	return pace
}
