package session_test

import (
	"testing"
	"time"

	"motcua/kiosk/session"
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/refusal"
)

// alone is a kiosk with a series of its own whose office has been silent so long.
func alone(t *testing.T, since time.Duration) *visit {
	t.Helper()
	q := office()
	q.Stations = map[string]queue.Station{config().Device: {Role: queue.RoleKiosk, Series: "X1"}}
	return start(t).send(session.OfficeChanged{State: q, Hearing: silent.Hearing{Lost: at.Add(-since)}})
}

func TestSilenceIsToldWithItsAge(t *testing.T) {
	for _, c := range []struct {
		name string
		v    *visit
		line string
	}{
		{"there", start(t), ""},
		{"for a moment", alone(t, 3*time.Second), ""},
		{"for ten seconds", alone(t, 10*time.Second), "kiosk.offline"},
		{"for a minute", alone(t, time.Minute), "kiosk.offline.long"},
		{"ticks on", alone(t, 30*time.Second).pass(15 * time.Second), "kiosk.offline.long"},
		{"never heard", start(t).send(session.OfficeChanged{Hearing: silent.Hearing{Lost: at.Add(-time.Minute)}}), "kiosk.offline.never"},
		{"sending what happened", start(t).send(session.OfficeChanged{State: office(), Hearing: silent.Hearing{Unsent: 3}}), "kiosk.catching-up"},
		{"back", alone(t, time.Hour).send(session.OfficeChanged{State: office()}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, short, _ := c.v.s.Away()
			if line.Key != c.line || line.Empty() != short.Empty() {
				t.Errorf("says %+v and %+v, want %q", line, short, c.line)
			}
		})
	}
}

// TestNumberWhileTheOfficeIsSilent: the way to a number is the same, nothing is
// promised, and the number says who calls it.
func TestNumberWhileTheOfficeIsSilent(t *testing.T) {
	v := alone(t, time.Minute).tap(session.TakeNumber).want(session.Services)
	if wait := v.s.Lines()[0].Wait; wait.Key != "kiosk.wait.by-call" {
		t.Errorf("the wait is %+v", wait)
	}
	v.tap(session.PickService, "civil")
	k := newTicket("261122-X1-007", "civil", queue.Waiting)
	v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Ticket: k}).want(session.Ticket)
	turn := v.s.Turn()
	if turn.Label != "X1-007" || turn.Left.Value.Key != "kiosk.ticket.alone.value" || !turn.Right.Value.Empty() || turn.QR != "" {
		t.Errorf("the number is shown as %+v", turn)
	}
	// Looked up when the office has it, it stands in line as any other.
	v = start(t).send(session.Scanned{Kind: session.ScanTicket, Code: "x"})
	v.send(session.Replied{Ask: effect[session.LookUpTicket](v).Ask, Ticket: k})
	if turn := v.s.Turn(); turn.Left.Label.Key != "kiosk.ticket.ahead" {
		t.Errorf("looked up later: %+v", turn)
	}
}

// TestWhatNeedsTheOfficeSaysSo and what to do instead.
func TestWhatNeedsTheOfficeSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(v *visit) uint64
		no   string
		want string
	}{
		"an appointment": {func(v *visit) uint64 {
			return effect[session.CheckIn](v.send(session.Scanned{Kind: session.ScanAppointment, Code: "x"})).Ask
		}, "office-silent", "kiosk.away.later"},
		"a dossier that the copy lacks": {func(v *visit) uint64 {
			return effect[session.LookUpDossier](v.send(session.Scanned{Kind: session.ScanDossier, Code: "x"})).Ask
		}, "dossier-not-in-copy", "refusal.dossier-not-in-copy"},
		"a number of a kiosk that the office does not know": {func(v *visit) uint64 {
			return effect[session.IssueTicket](v.tap(session.TakeNumber).tap(session.PickService, "civil")).Ask
		}, "station-unknown", "kiosk.away.number"},
	} {
		t.Run(name, func(t *testing.T) {
			v := alone(t, time.Minute)
			v.send(session.Replied{Ask: c.do(v), Refusal: refusal.New(c.no)}).want(session.Message)
			if n := v.s.Notice; n.Body.Key != c.want || n.Tone != session.Warn {
				t.Errorf("says %+v, want %s", n, c.want)
			}
		})
	}
}
