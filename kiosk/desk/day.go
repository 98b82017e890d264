package desk

import (
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// ConfirmDay is the officer's word that it is the day in question.
type ConfirmDay struct{}

// dayRefused asks the officer which day it is when the office does not believe
// its clock after a long time off; false means that the refusal was about
// something else. Only who sits down is asked.
func (p *step) dayRefused(cmd Command, r *refusal.Refusal) bool {
	if _, opens := cmd.Command.(queue.OpenCounter); !opens || r.Code != "day-unsure" {
		return false
	}
	day, err := time.Parse("02/01/2006", r.Args["day"])
	if err != nil {
		return false // an office of a later version; its sentence is shown
	}
	p.Officer, p.Notice = "", Notice{}
	p.dialog = dialog{kind: menuDay, officer: cmd.Officer, day: day}
	return true
}

// dayMenu asks whether it is the day that the office's clock shows.
func (s State) dayMenu() *Menu {
	day := s.dialog.day
	return &Menu{
		Title: say("counter.today.title", "day", day.Format("02/01/2006")),
		Lines: []Say{say("counter.today.how"), say("counter.today.weekday." + day.Weekday().String())},
		Items: []Item{
			{Label: say("counter.today.yes"), Primary: true, Do: ConfirmDay{}},
			{Label: say("counter.today.no"), Hint: say("counter.today.no.hint"), Do: CloseMenu{}},
		},
	}
}

// confirmDay sits down again with the officer's word.
func (p *step) confirmDay() {
	d := p.dialog
	if d.kind != menuDay {
		return
	}
	p.dialog, p.vouched = dialog{}, d.day.Format(time.DateOnly)
	p.sitDown(d.officer, "")
}

// sitDown opens the counter for an officer, with what they have said of the day.
func (p *step) sitDown(officer, pin string) bool {
	return p.sendAs(officer, queue.OpenCounter{PIN: pin, Day: p.vouched})
}
