package desk

import (
	"cmp"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// Bounds of typing a PIN: how long one can be, and how long a half-typed one
// stays on the screen.
const (
	longestPIN = 12
	pinFor     = time.Minute
)

// askPIN opens the question for an officer's PIN: the office wants one.
func (p *step) askPIN(officer string) {
	p.dialog = dialog{kind: menuPIN, officer: officer, typed: p.Now}
}

// pinMenu asks for the PIN. What was typed is not shown, only how much.
func (s State) pinMenu() *Menu {
	m := &Menu{
		Title: say("counter.pin.title", "officer", s.officerName(s.dialog.officer)), Typing: true,
		Lines: []Say{say("counter.pin.how")},
		Items: []Item{
			{Hot: "PIN", Raw: cmp.Or(strings.TrimSpace(strings.Repeat("• ", len(s.dialog.pin))), "–"), Primary: true},
			{Hot: "Return", Label: say("counter.pin.enter")},
		},
	}
	if s.dialog.pin != "" && !s.busy[kindCommand].on {
		m.Items[1].Do = KeyPressed{"Return"}
	}
	return m
}

// pinKey takes a key that belongs to the PIN; false means that it does not.
func (p *step) pinKey(k Key) bool {
	if p.dialog.kind != menuPIN {
		return false
	}
	d := &p.dialog
	switch {
	case len(k) == 1 && k[0] >= '0' && k[0] <= '9':
		if len(d.pin) < longestPIN {
			d.pin += string(k)
		}
	case k == "BackSpace":
		d.pin = d.pin[:max(0, len(d.pin)-1)]
	case k == "Return" || k == "KP_Enter":
		if d.pin != "" && p.sitDown(d.officer, d.pin) {
			d.pin = ""
		}
	default:
		return false
	}
	d.typed = p.Now
	return true
}

// pinTick forgets a half-typed PIN that nobody goes on with.
func (p *step) pinTick() {
	if p.dialog.kind == menuPIN && p.Now.Sub(p.dialog.typed) >= pinFor {
		p.dialog = dialog{}
	}
}

// pinRefused does what a refusal about PINs asks for; false means that it was
// about something else. Whoever is not signed in for the office any more signs
// in again.
func (p *step) pinRefused(cmd Command, r *refusal.Refusal) bool {
	switch _, opens := cmd.Command.(queue.OpenCounter); {
	case opens && r.Code == "pin-needed":
		p.Officer, p.Notice = "", Notice{}
		p.askPIN(cmd.Officer)
		return true
	case opens && r.Code == "pin-wrong":
		p.askPIN(cmd.Officer)
	case opens && r.Code == "pin-locked":
		p.dialog = dialog{}
	case r.Code == "officer-not-here":
		p.Officer, p.dialog = "", dialog{}
	default:
		return false
	}
	p.refused(r)
	return true
}
