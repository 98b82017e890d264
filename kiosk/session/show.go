package session

import (
	"math"
	"strconv"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
)

// Clock is the time of day for the corner of the screen.
func (s State) Clock() string { return queue.Local(s.Now).Format("15:04") }

// Office is the office's name and the authority it belongs to.
func (s State) Office() (name, parent string) {
	if s.Queue == nil {
		return "", ""
	}
	return s.in(s.Queue.Config.Name), s.in(s.Queue.Config.Parent)
}

// Away is the line that says that what is shown may be old, and how strongly;
// short is the same where there is little room. Both are empty while the office
// answers and has everything.
func (s State) Away() (line, short Say, level silent.Level) {
	switch level = s.Silence(s.Now); {
	case level == silent.Here && s.Unsent > 0:
		line = say("kiosk.catching-up", "n", strconv.Itoa(s.Unsent))
		return line, line, level
	case level == silent.Here:
		return Say{}, Say{}, level
	case s.Queue == nil:
		return say("kiosk.offline.never"), say("kiosk.offline.never.short"), level
	case level == silent.Long && s.alone():
		line = say("kiosk.offline.long", "at", s.At(s.Now))
	default:
		line = say("kiosk.offline", "at", s.At(s.Now))
	}
	return line, say("kiosk.offline.short", "at", s.At(s.Now)), level
}

// alone reports that this kiosk gives numbers by itself while the office is
// silent.
func (s State) alone() bool {
	if s.Queue == nil {
		return false
	}
	_, known := s.Queue.Stations[s.Config.Device]
	return known
}

// Tile is one thing the home screen offers beside the number.
type Tile struct {
	Icon        string
	Title, Hint Say
	Press       Tap
}

// Tiles lists the home screen's offers in the office's order.
func (s State) Tiles() []Tile {
	var list []Tile
	for _, f := range s.features() {
		t := Tile{Title: say("kiosk.tile." + string(f)), Hint: say("kiosk.tile." + string(f) + ".hint"), Press: Tap{OpenFeature, string(f)}}
		switch f {
		case FeatureDossier:
			t.Icon = "barcode"
		case FeatureRating:
			t.Icon = "smiley"
		case FeatureAppointment:
			t.Icon = "calendar-check"
		case FeatureProcedures:
			t.Icon = "files"
		default:
			continue
		}
		list = append(list, t)
	}
	return list
}

// Crowd is the line under "take a number": how many wait and are served, or
// why there is no number now.
func (s State) Crowd() Say {
	switch {
	case s.Queue == nil && s.Silence(s.Now) == silent.Long:
		return say("kiosk.crowd.never")
	case s.Queue == nil:
		return say("kiosk.crowd.connecting")
	case s.closed() != nil:
		return s.Closed()
	}
	waiting, open := s.Queue.Waiting(""), s.Queue.Working("")
	switch {
	case open == 0:
		return say("kiosk.crowd.no-counter", "n", strconv.Itoa(waiting))
	case waiting == 0:
		return say("kiosk.crowd.nobody", "counters", strconv.Itoa(open))
	}
	return say("kiosk.crowd", "n", strconv.Itoa(waiting), "counters", strconv.Itoa(open))
}

// HelpLabel is what the button that calls a person says.
func (s State) HelpLabel() (icon string, label Say) {
	switch s.Help {
	case Asking, Asked:
		return "check", say("kiosk.help.asked")
	case Coming:
		return "user-check", say("kiosk.help.coming")
	case NotHeard:
		return "warning", say("kiosk.help.not-heard")
	}
	return "hand-waving", say("kiosk.help")
}

// Line is one service to choose.
type Line struct {
	ID, Icon   string
	Name, Hint string
	Wait       Say
	Tone       Tone // Good: soon; Warn: long, or nobody there
	People     Say
}

// services are the office's services in the order citizens see them.
func (s State) services() []queue.Service {
	if s.Queue == nil {
		return nil
	}
	return s.Queue.Config.Services
}

// Lines lists the services of the present page with what waiting would mean.
func (s State) Lines() []Line {
	class := ""
	if s.Priority {
		class = queue.ClassPriority
	}
	var list []Line
	for _, v := range page(s.services(), s.Page, s.room().Services) {
		l := Line{
			ID: v.ID, Icon: v.Icon, Name: s.in(v.Name), Hint: s.in(v.Hint),
		}
		l.Wait, l.Tone = s.wait(v.ID, class)
		l.People = s.people(v.ID)
		list = append(list, l)
	}
	return list
}

// people says how many wait for a service, and what they bring when that is
// more than one dossier each (scenario 22).
func (s State) people(service string) Say {
	n, dossiers := 0, 0
	line := s.Queue.WaitingFor(func(t *queue.Ticket) bool { return t.Service == service })
	if !s.laterOnly().IsZero() {
		line = s.waitLater(service)
	}
	for _, t := range line {
		n, dossiers = n+1, dossiers+max(1, t.Dossiers)
	}
	if dossiers > n {
		return say("kiosk.people-dossiers", "n", strconv.Itoa(n), "m", strconv.Itoa(dossiers))
	}
	return say("kiosk.people-waiting", "n", strconv.Itoa(n))
}

func (s State) wait(service, class string) (Say, Tone) {
	if at := s.laterOnly(); !at.IsZero() {
		return say("kiosk.wait.from", "at", queue.Local(at).Format("15:04")), Warn
	}
	if s.Silence(s.Now) != silent.Here { // nobody can promise anything
		return say("kiosk.wait.by-call"), Warn
	}
	if s.Queue.Working(service) == 0 {
		return say("kiosk.wait.no-counter"), Warn
	}
	e := s.Queue.Estimate(service, class, s.Now)
	if e.Low >= 15*time.Minute {
		return WaitWords(e), Warn
	}
	return WaitWords(e), Good
}

// WaitWords puts an estimate into words a citizen uses: "straight away", "less
// than 5 minutes", "15–25 minutes", "1–2 hours".
func WaitWords(e queue.Estimate) Say {
	low, high := int(e.Low/time.Minute), int(math.Ceil(e.High.Minutes()))
	switch {
	case high <= 0:
		return say("kiosk.wait.now")
	case high <= 5:
		return say("kiosk.wait.under", "n", "5")
	case high <= 90:
		if high > 20 { // nobody can promise 17 to 23
			low, high = low/5*5, (high+4)/5*5
		}
		return say("kiosk.wait.minutes", "low", strconv.Itoa(max(1, low)), "high", strconv.Itoa(high))
	}
	return say("kiosk.wait.hours", "low", strconv.Itoa(max(1, low/60)), "high", strconv.Itoa((high+59)/60))
}

// ScanFor is the tile that led to the scanner.
func (s State) ScanFor() Feature {
	switch s.purpose {
	case toRate:
		return FeatureRating
	case toCheckIn:
		return FeatureAppointment
	}
	return FeatureDossier
}

// ScanHint says what to hold under the scanner.
func (s State) ScanHint() Say {
	switch s.purpose {
	case toRate:
		return say("kiosk.scan.rate")
	case toCheckIn:
		return say("kiosk.scan.check-in")
	}
	return say("kiosk.scan.look-up")
}
