package queue

import (
	"strconv"
	"strings"

	"motcua/queue/refusal"
)

// Station is a device that the office knows, with the number series that is its
// own: a kiosk's emergency numbers "X1-001", a counter's paper roll "Q1-001".
// The series belongs to the device for good and goes to no other, so that it
// may give numbers while nobody answers (R1).
type Station struct {
	Role   string `json:"role"`
	Series string `json:"series"` // "X1"
}

// Roles of AdmitDevice.
const (
	RoleKiosk   = "kiosk"
	RoleCounter = "counter"
)

// Letters that no service may have: they begin a device's own series.
const (
	letterKiosk   = "X"
	letterCounter = "Q"
)

const (
	maxStations = 99   // of one letter: a series has two digits at most
	maxOwn      = 9999 // numbers of a device's own series in a day
	// sparedStations is how many devices a hub that was lost may have admitted
	// in records that nobody has: their series are given to no other.
	sparedStations = 10
	// originTerm begins the origin of a hub's records; no device may be called so.
	originTerm = "term-"
)

// AdmitDevice makes the calling device known, at its first contact, and gives
// it the series of its own. Sent again it has no second effect.
type AdmitDevice struct {
	Role string `json:"role"`
}

// Name implements Command.
func (AdmitDevice) Name() string { return "device.admit" }

// DeviceAdmitted gives a device its series.
type DeviceAdmitted struct {
	Device string `json:"device"`
	Role   string `json:"role"`
	Series string `json:"series"`
}

// Kind implements Event.
func (DeviceAdmitted) Kind() string { return "device.admitted" }

// admit gives no series while an earlier hub may have given the same one.
func (d decision) admit(c AdmitDevice) ([]Event, error) {
	letter := ""
	switch c.Role {
	case RoleKiosk:
		letter = letterKiosk
	case RoleCounter:
		letter = letterCounter
	default:
		return nil, refusal.New("role-unknown", "role", cut(c.Role))
	}
	device := d.by.Device
	switch {
	case device == "" || strings.HasPrefix(device, originTerm):
		return nil, refusal.New("device-name-reserved", "device", cut(device))
	case d.s.Stations[device].Role == c.Role:
		return nil, nil
	case !d.s.Settled():
		return nil, refusal.New("predecessor-unsettled")
	}
	k := d.s.lastStation(letter) + 1
	if k > maxStations {
		return nil, refusal.New("stations-exhausted", "max", strconv.Itoa(maxStations))
	}
	return []Event{DeviceAdmitted{Device: device, Role: c.Role, Series: letter + strconv.Itoa(k)}}, nil
}

// lastStation is the number of the last series of a letter that was given, or
// may have been.
func (s *State) lastStation(letter string) int {
	last := s.Spared[letter]
	for _, st := range s.Stations {
		if digits, ok := strings.CutPrefix(st.Series, letter); ok {
			k, _ := strconv.Atoi(digits)
			last = max(last, k)
		}
	}
	return last
}

// alone lists what a device may do by itself while the office is silent: give a
// number of its own series, and serve whoever stands there.
func alone(c Command) bool {
	switch c.(type) {
	case IssueTicket, ReportReceipt, ReportPrint, VoidTicket, RateTicket, RequestHelp, RaiseAlarm,
		OpenCounter, ServeByHand, CallTicket, Recall, StartService, MarkAbsent, ReturnTicket, HoldTicket, FinishTicket:
		return true
	}
	return false
}

// series is where the next number of a service comes from, and its bounds.
func (d decision) series(svc Service) (series string, first, last int, err error) {
	if d.env.Station == "" {
		first, last = svc.Range()
		return svc.Letter + termDigits(d.s.Term), first, last, nil
	}
	st, ok := d.s.Stations[d.env.Station]
	if !ok {
		return "", 0, 0, refusal.New("station-unknown", "device", cut(d.env.Station))
	}
	return st.Series, 1, maxOwn, nil
}

// termDigits are what a number shows of its hub's term; nothing in the first.
// Two digits do for ever: a number only needs to be unique in its day.
func termDigits(term int) string {
	if term < 2 {
		return ""
	}
	return strconv.Itoa((term-1)%maxStations + 1)
}

// nextNumber is the next number to give for a service. One that somebody
// already showed at a counter is passed over.
func (d decision) nextNumber(svc Service) (TicketID, error) {
	series, first, last, err := d.series(svc)
	if err != nil {
		return "", err
	}
	n := max(d.s.Numbers[series]+1, first)
	if d.env.Station != "" && d.env.Given != nil {
		n = max(n, d.env.Given(d.s.Day)+1)
	}
	for ; n <= last; n++ {
		if id := NewTicketID(d.s.Day, series, n); d.s.Ticket(id) == nil {
			return id, nil
		}
	}
	return "", refusal.New("numbers-exhausted", "service", svc.Name.VI)
}

// given counts today's numbers of a service, in the series of every hub.
func (s *State) given(svc Service) int {
	first, _ := svc.Range()
	n := 0
	for series, last := range s.Numbers {
		if strings.HasPrefix(series, svc.Letter) {
			n += max(0, last-first+1)
		}
	}
	return n
}

// mint makes a ticket's code; a device that cannot leaves the id.
func (d decision) mint(id TicketID) string {
	if d.env.Mint == nil {
		return string(id)
	}
	return d.env.Mint(id)
}

// meant is the service that a number is probably for: that of its letter, else
// what the counter does first.
func (s *State) meant(id TicketID, counter string) string {
	letter := id.Series()
	for _, svc := range s.Config.Services {
		if letter != "" && svc.Letter == letter[:1] {
			return svc.ID
		}
	}
	c, _ := s.Config.Counter(counter)
	for _, tier := range c.Tiers {
		if len(tier) > 0 {
			return tier[0]
		}
	}
	if len(s.Config.Services) == 0 {
		return ""
	}
	return s.Config.Services[0].ID
}
