package desk

import (
	"slices"
	"strconv"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
)

// Devices are this terminal's machines, each by a code: scanner "ready",
// "camera", "missing"; printer "ready", "paper-low", "paper-out", "cover-open",
// "offline", "missing". "" is not yet known.
type Devices struct {
	Scanner string
	Printer string
}

// Link is how the lines are: to the office service, and the office's to the
// city.
type Link struct {
	// Office: the office service has been heard.
	Office bool
	silent.Hearing
	// City: the office has a city at all; CityUp that it answers.
	City     bool
	CityUp   bool
	SyncedAt time.Time // when the city last answered
	Pending  uint64    // records the city does not have yet
	// Trouble is office.Link.Trouble: why nothing moves until a person helps.
	Trouble string
}

// Pill is one thing in the top bar: an icon's name of assets/icons and words.
type Pill struct {
	Icon string
	Say  Say
	Tone Tone
}

// deviceTones are the codes that are known, and how serious each is.
var deviceTones = map[string]Tone{
	"ready": Plain, "camera": Plain, "missing": Warn,
	"paper-low": Warn, "paper-out": Bad, "cover-open": Bad, "offline": Bad,
}

// Pills are the states of scanner, printer and line, in words with what to do.
func (s State) Pills() []Pill {
	device := func(icon, what, code string) Pill {
		tone, known := deviceTones[code]
		if !known {
			code = "unknown"
		}
		return Pill{Icon: icon, Say: say("counter." + what + "." + code), Tone: tone}
	}
	return []Pill{
		device("scan", "scanner", s.Devices.Scanner),
		device("printer", "printer", s.Devices.Printer),
		s.linkPill(),
	}
}

func (s State) linkPill() Pill {
	l := s.Link
	at := func(t time.Time) string {
		if t.IsZero() {
			return "--:--"
		}
		return queue.Local(t).Format("15:04")
	}
	switch {
	case !l.Office:
		return Pill{Icon: "cloud-slash", Say: say("counter.link.connecting"), Tone: Warn}
	case s.alone():
		return Pill{Icon: "cloud-slash", Say: say("counter.link.office-lost", "at", l.At(s.Now)), Tone: Warn}
	case l.Unsent > 0:
		return Pill{Icon: "cloud-arrow-up", Say: say("counter.link.catching-up", "n", strconv.Itoa(l.Unsent)), Tone: Plain}
	case !l.City:
		return Pill{Icon: "cloud-check", Say: say("counter.link.alone"), Tone: Good}
	case l.Trouble != "":
		return Pill{Icon: "cloud-slash", Say: say("counter.link.trouble"), Tone: Warn}
	case !l.CityUp:
		return Pill{Icon: "cloud-slash", Say: say("counter.link.city-lost", "n", strconv.FormatUint(l.Pending, 10)), Tone: Warn}
	case l.SyncedAt.IsZero():
		return Pill{Icon: "cloud-check", Say: say("counter.link.syncing", "n", strconv.FormatUint(l.Pending, 10)), Tone: Plain}
	}
	return Pill{Icon: "cloud-check", Say: say("counter.link.synced", "at", at(l.SyncedAt)), Tone: Good}
}

// troubles are the troubles of the city's line that have a sentence.
var troubles = []string{"token", "version", "fork", "journal", "record"}

// trouble is what to do about the line to the city, empty when nothing is.
func (s State) trouble() Say {
	switch l := s.Link; {
	case s.alone() || !l.City || l.Trouble == "":
		return Say{}
	case slices.Contains(troubles, l.Trouble):
		return say("central.trouble." + l.Trouble)
	default:
		return say("counter.link.trouble-other", "code", l.Trouble)
	}
}

// OfficerLabel is the name in the top bar, "" before signing in.
func (s State) OfficerLabel() string {
	if !s.SignedIn() {
		return ""
	}
	return s.officerName(s.Officer)
}
