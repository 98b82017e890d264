package session

import (
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
)

// Standing words of a dossier.
type CaseCard struct {
	Code, Title string
	Status      Say
	Tone        Tone
	Icon        string
	Facts       [3]Fact // received, due, how it stands
	FactTone    Tone    // of the last
	Steps       []CaseStep
}

// CaseStep is a line of the progress list; the last may be where things stand.
type CaseStep struct {
	Title, Sub Say
	Now        bool
	Icon       string
}

// CaseCard describes the dossier screen: no name, no personal number.
func (s State) CaseCard() CaseCard {
	if s.Case == nil {
		return CaseCard{}
	}
	d := *s.Case
	c := CaseCard{Code: d.Code, Title: s.in(d.Title), Status: say("kiosk.status." + string(d.Status()))}
	c.Tone, c.Icon = statusLook(d.Status())
	date := func(t time.Time) Say { return raw(queue.Local(t).Format("02/01/2006")) }
	c.Facts[0] = Fact{say("kiosk.dossier.received"), date(d.Received)}
	c.Facts[1] = Fact{say("kiosk.dossier.due"), date(d.Due)}
	c.Facts[2].Label = say("kiosk.dossier.standing")
	c.Facts[2].Value, c.FactTone = s.timeliness(d)
	for i, step := range d.Steps {
		if step.Status == dossier.Ready && i == len(d.Steps)-1 && step.Note == "" {
			break // what comes next says it
		}
		c.Steps = append(c.Steps, caseStep(step))
	}
	if now, ok := s.caseNow(d); ok {
		c.Steps = append(c.Steps, now)
	}
	return c
}

func statusLook(st dossier.Status) (Tone, string) {
	switch st {
	case dossier.Ready, dossier.Returned:
		return Good, "check-circle"
	case dossier.Supplement:
		return Warn, "warning-circle"
	case dossier.Refused, dossier.Stopped, dossier.Withdrawn:
		return Bad, "x-circle"
	}
	return Calm, "clock"
}

// timeliness says how a dossier stands against its due date.
func (s State) timeliness(d dossier.Dossier) (Say, Tone) {
	end := d.Finished
	if end.IsZero() {
		end = s.Now
	}
	days := strconv.Itoa(max(1, daysBetween(d.Due, end)))
	if !d.PausedAt.IsZero() {
		return say("kiosk.time.paused"), Warn
	}
	switch d.Timeliness(s.Now) {
	case dossier.Early:
		return say("kiosk.time.early", "n", days), Good
	case dossier.OnTime:
		return say("kiosk.time.on-time"), Good
	case dossier.Late:
		if !end.After(d.Due) { // late because papers were asked for twice
			return say("kiosk.time.late"), Warn
		}
		return say("kiosk.time.late-by", "n", days), Warn
	case dossier.Overdue:
		return say("kiosk.time.overdue", "n", days), Bad
	}
	return say("kiosk.time.within"), Good
}

// daysBetween counts calendar days, whichever comes first.
func daysBetween(a, b time.Time) int {
	if b.Before(a) {
		a, b = b, a
	}
	midnight := func(t time.Time) time.Time {
		l := queue.Local(t)
		return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(b).Sub(midnight(a)).Hours() / 24)
}

func caseStep(step dossier.Step) CaseStep {
	c := CaseStep{Title: say("kiosk.step." + string(step.Status)), Sub: raw(queue.Local(step.At).Format("02/01 15:04"))}
	if step.Unit != "" {
		c.Sub.Raw += " · " + step.Unit
	}
	if step.Note != "" {
		c.Title = raw(step.Note)
	}
	return c
}

// caseNow is what happens next, for the last line of the progress list.
func (s State) caseNow(d dossier.Dossier) (CaseStep, bool) {
	switch d.Status() {
	case dossier.Ready:
		c := CaseStep{Title: say("kiosk.now.ready"), Sub: say("kiosk.now.ready.bring"), Now: true, Icon: "envelope-open"}
		if at := s.returnCounters(); at != "" {
			c.Sub = say("kiosk.now.ready.at", "counters", at)
		}
		return c, true
	case dossier.Received, dossier.Processing:
		return CaseStep{Title: say("kiosk.now.processing"), Sub: say("kiosk.now.processing.due", "due", queue.Local(d.Due).Format("15:04 02/01/2006")), Now: true, Icon: "hourglass-medium"}, true
	case dossier.Supplement:
		return CaseStep{Title: say("kiosk.now.supplement"), Sub: say("kiosk.now.supplement.hint"), Now: true, Icon: "files"}, true
	}
	return CaseStep{}, false
}

// returnCounters names the counters that hand out results.
func (s State) returnCounters() string {
	v, ok := s.returns()
	if !ok {
		return ""
	}
	var names []string
	for _, c := range s.Queue.Config.Counters {
		if _, serves := c.Serves(v.ID); serves {
			names = append(names, s.in(c.Name))
		}
	}
	return strings.Join(names[:min(2, len(names))], ", ")
}

// Subject is what is being rated, in one quiet line.
func (s State) Subject() Say {
	switch {
	case s.Case != nil && s.Case.Counter != "":
		return say("kiosk.rating.dossier-at", "code", s.Case.Code, "counter", s.counter(s.Case.Counter), "domain", s.Case.Domain)
	case s.Case != nil:
		return say("kiosk.rating.dossier", "code", s.Case.Code)
	case s.Issued != nil:
		name := ""
		if v, ok := s.service(s.Issued.Service); ok {
			name = s.in(v.Name)
		}
		return say("kiosk.rating.ticket", "ticket", s.Issued.ID.Label(), "service", name)
	}
	return Say{}
}
