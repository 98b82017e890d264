package sim

import (
	"fmt"
	"slices"
	"time"

	"motcua/queue"
)

// Office says what kind of office is made up.
type Office struct {
	Config queue.Config
	// Visits of an ordinary day; Mondays have more, Fridays fewer.
	Visits int
	// Mix is how much each service is asked for; a service it does not name
	// counts 1.
	Mix map[string]float64
	// Uneven is the spread of days and officers: 0 every day alike, 1 as in
	// life.
	Uneven float64
}

var local = time.FixedZone("+07", 7*60*60)

// hourly is the shape of a day: how much comes in each half hour from 7:30.
var hourly = []float64{2.6, 2.2, 1.8, 1.5, 1.3, 1.0, 0.8, 0.5, 0, 0, 0, 0, 1.9, 1.5, 1.1, 0.9, 0.7, 0.5, 0.3}

var weekly = map[time.Weekday]float64{
	time.Monday: 1.3, time.Tuesday: 1.1, time.Wednesday: 1, time.Thursday: 0.9, time.Friday: 0.8, time.Saturday: 0.4,
}

// Hours are the sessions of a made-up office: 7:30 to 11:30 and 13:30 to 17:00
// on working days.
func Hours() map[time.Weekday][]queue.Span {
	hours := map[time.Weekday][]queue.Span{}
	for d := time.Monday; d <= time.Friday; d++ {
		hours[d] = []queue.Span{{From: 450, To: 690}, {From: 810, To: 1020}}
	}
	return hours
}

// maker makes one day up.
type maker struct {
	Office
	d        dice
	midnight time.Time
	pace     float64            // of the day
	talent   map[string]float64 // by officer, the same every day
}

// Generate makes up a day: the same office, date and seed give the same day.
func Generate(o Office, date string, seed uint64) (Day, error) {
	midnight, err := time.ParseInLocation(time.DateOnly, date, local)
	if err != nil {
		return Day{}, fmt.Errorf("generate a day: %w", err)
	}
	if len(o.Config.Services) == 0 || len(o.Config.Counters) == 0 {
		return Day{}, fmt.Errorf("generate a day: an office without services or counters")
	}
	people := dice(seed)
	m := &maker{Office: o, d: dice(seed ^ uint64(midnight.Unix())*0x9e3779b97f4a7c15), midnight: midnight, talent: map[string]float64{}}
	for _, officer := range o.Config.Officers {
		m.talent[officer.ID] = people.around(0.15 * o.Uneven)
	}
	m.pace = m.d.around(0.06 * o.Uneven)
	day := Day{Date: date, Config: o.Config, Closes: midnight.Add(18 * time.Hour)}
	day.Visits = m.visits()
	day.Shifts = m.shifts()
	return day, nil
}

func (m *maker) at(minute float64) time.Time {
	return m.midnight.Add(time.Duration(minute * float64(time.Minute))).Truncate(time.Second)
}

// visits draws who comes: by the half hour, and now and then a busload.
func (m *maker) visits() []Visit {
	sum := 0.0
	for _, h := range hourly {
		sum += h
	}
	volume := float64(m.Visits) * weekly[m.midnight.Weekday()] * m.d.around(0.15*m.Uneven)
	var all []Visit
	for i, h := range hourly {
		share := volume * h / sum * m.d.around(0.15*m.Uneven)
		for range int(share + m.d.unit()) {
			all = append(all, m.visit(m.at(450+float64(i)*30+30*m.d.unit())))
		}
		if h > 0 && m.d.chance(0.05*m.Uneven) { // a village comes together
			start := 450 + float64(i)*30 + 20*m.d.unit()
			service := m.service()
			for range 3 + int(share/4) {
				v := m.visit(m.at(start + 4*m.d.unit()))
				v.Service = service
				all = append(all, v)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Visit) int { return a.At.Compare(b.At) })
	for i := range all {
		all[i].Legs = m.legs(all[i])
	}
	return all
}

func (m *maker) visit(at time.Time) Visit {
	v := Visit{At: at, Kiosk: fmt.Sprintf("kiosk-%d", 1+m.d.below(2)), Service: m.service(), Dossiers: 1}
	if _, known := m.Config.Class(queue.ClassPriority); known && m.d.chance(0.08) {
		v.Class = queue.ClassPriority
	}
	if m.d.chance(0.03) {
		v.Dossiers = 2 + m.d.below(6)
	}
	if m.d.chance(0.04) {
		v.Misses = true
		if m.d.chance(0.6) {
			v.Back = m.d.seconds(120, 1500)
		}
	}
	if m.d.chance(0.02) {
		v.GivesUp = m.d.seconds(20*60, 70*60)
	}
	return v
}

func (m *maker) service() string {
	weight := func(id string) float64 {
		if w, named := m.Mix[id]; named {
			return w
		}
		return 1
	}
	sum := 0.0
	for _, s := range m.Config.Services {
		sum += weight(s.ID)
	}
	x := sum * m.d.unit()
	for _, s := range m.Config.Services {
		if x -= weight(s.ID); x <= 0 {
			return s.ID
		}
	}
	return m.Config.Services[0].ID
}

// legs draws what happens at the counters: mostly one stay, some with a
// transfer or time aside; service times with a heavy tail.
func (m *maker) legs(v Visit) []Leg {
	first := m.leg(v.Service, v.Dossiers)
	switch {
	case m.d.chance(0.03):
		to := m.service()
		if to == v.Service {
			break
		}
		first.End, first.Service, first.Work = Transferred, to, first.Work/3
		return []Leg{first, m.leg(to, v.Dossiers)}
	case m.d.chance(0.02):
		first.End, first.Aside, first.Work = PutAside, m.d.seconds(180, 900), first.Work/2
		return []Leg{first, m.leg(v.Service, v.Dossiers)}
	}
	return []Leg{first}
}

func (m *maker) leg(service string, dossiers int) Leg {
	svc, _ := m.Config.Service(service)
	pace := float64(svc.Pace)
	if pace == 0 {
		pace = 360
	}
	work := pace * m.pace * m.d.around(0.5)
	if m.d.chance(0.02) {
		work *= 3 // something is wrong with the papers
	}
	work *= 1 + 0.7*float64(dossiers-1)
	return Leg{
		Walk: m.d.seconds(8, 35), Work: min(2*time.Hour, time.Duration(max(20, work))*time.Second), Wrap: m.d.seconds(3, 30),
	}
}

// spans are the day's sessions; an office without hours works as Hours says.
func (m *maker) spans() []queue.Span {
	if spans, bounded := m.Config.Sessions(m.midnight); bounded {
		return spans
	}
	return Hours()[m.midnight.Weekday()]
}

// shifts draws who sits where: nobody is there to the minute, one in twenty is
// away for the day, and half of the sessions have a break.
func (m *maker) shifts() []Shift {
	var all []Shift
	officers := m.Config.Officers
	turn := m.d.below(max(1, len(officers)))
	for i, c := range m.Config.Counters {
		if i >= len(officers) {
			break
		}
		away := i > 0 && m.d.chance(0.05*m.Uneven)
		o := officers[i]
		if m.Uneven > 0 && m.d.chance(0.1) && len(officers) > len(m.Config.Counters) {
			o = officers[len(m.Config.Counters)+turn%(len(officers)-len(m.Config.Counters))]
			turn++
		}
		if away || slices.ContainsFunc(all, func(s Shift) bool { return s.Officer == o.ID }) {
			continue
		}
		for _, span := range m.spans() {
			s := Shift{
				Counter: c.ID, Officer: o.ID, Stays: 40 * time.Minute,
				From: m.at(float64(span.From) - 2 + 7*m.d.unit()), To: m.at(float64(span.To)),
			}
			if m.d.chance(0.5) {
				from := m.at(float64(span.From) + 40 + float64(span.To-span.From-80)*m.d.unit())
				s.Breaks = []Break{{From: from, To: from.Add(m.d.seconds(5*60, 15*60)), Reason: "nghỉ giải lao"}}
			}
			all = append(all, s)
		}
	}
	return all
}
