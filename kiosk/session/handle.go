package session

import (
	"slices"
	"time"
)

// step carries one Handle.
type step struct {
	State
	effects []Effect
}

// Handle turns a state, what happened and the time into the next state and the
// work to do.
func Handle(s State, in Intent, now time.Time) (State, []Effect) {
	s.Now = now
	s.trail, s.Praise, s.orphans = slices.Clone(s.trail), slices.Clone(s.Praise), slices.Clone(s.orphans)
	t, cards := &step{State: s}, s.cards()
	switch in := in.(type) {
	case Tap:
		t.tap(in)
	case Scanned:
		cards = append(cards, in.Card)
		t.scanned(in)
	case OfficeChanged:
		t.Queue, t.Hearing = in.State, in.Hearing
		t.helpListed()
	case DevicesChanged:
		t.PrinterDown, t.ScannerDown = in.PrinterDown, in.ScannerDown
	case CriteriaCame:
		t.Config.Criteria = in.List
	case Replied:
		t.replied(in)
	case PaperCame:
		t.paperCame(in)
	case Tick:
		t.tick()
	}
	t.forgetCards(cards)
	if t.Paged() { // the office may have fewer services than a moment ago
		t.Page = min(t.Page, t.Pages()-1)
	}
	return t.State, t.effects
}

func (t *step) do(e Effect) { t.effects = append(t.effects, e) }

func (t *step) play(s Sound) { t.do(PlaySound{Sound: s}) }

// wipe ends the visit: nothing of it is left.
func (t *step) wipe() {
	t.abandon()
	t.Visit = t.fresh()
}

// alive notes a sign of life and wakes the kiosk from its warning.
func (t *step) alive() {
	t.touched = t.Now
	if t.Screen == StillThere {
		t.Screen = t.under
	}
	switch {
	case t.Screen == Ticket && !t.until.IsZero():
		t.until = t.Now.Add(t.ticketTime())
	case t.Screen == Thanks:
		t.until = t.Now.Add(t.Config.Thanks)
	}
}

// open goes on to a screen, from which Back returns here.
func (t *step) open(to Screen) {
	if from := t.Screen; from != to && from != Message && from != Working && from != StillThere {
		t.trail = append(t.trail, from)
	}
	t.Screen, t.until = to, time.Time{}
}

// home shows the first screen to the same person: what was looked up is
// forgotten, language and size stay.
func (t *step) home() {
	t.abandon()
	v := t.fresh()
	v.Lang, v.Large, v.Contrast, v.Help, v.call = t.Lang, t.Large, t.Contrast, t.Help, t.call
	t.Visit = v
}

// back returns to where the person came from.
func (t *step) back() {
	n := len(t.trail) - 1
	if n <= 0 {
		t.home()
		return
	}
	t.abandon()
	t.until, t.Page = time.Time{}, 0
	t.Screen, t.trail = t.trail[n], t.trail[:n]
	if t.Screen == Procedures {
		t.Page = min(t.listPage, t.Pages()-1)
	}
}

// tap carries out a touch.
func (t *step) tap(in Tap) {
	warned := t.Screen == StillThere
	t.alive()
	t.play(Click)
	if warned && in.Action != GoHome {
		return // the touch only says: still here
	}
	if t.setting(in) {
		return
	}
	if t.waiting != nil {
		// One question at a time. Leaving is offered when it takes long; the
		// answer then finds nobody and a number in it is withdrawn.
		if (in.Action == GoHome || in.Action == GoBack) && t.Slow() {
			t.home()
		}
		return
	}
	switch in.Action {
	case GoHome:
		t.home()
	case GoBack:
		t.back()
	case Done:
		t.wipe()
	case NextPage, PreviousPage:
		t.turn(in.Action)
	case TakeNumber, PickService, TogglePriority, ToggleMany, SetDossiers, TakeCounted, TakeNow, TakeLater, Collect, NumberFor, Rejoin, Reprint:
		t.number(in)
	case OpenFeature:
		t.feature(Feature(in.Arg))
	case PickGroup, PickProcedure:
		t.choose(in)
	case RateThis, PickLevel, TogglePick, SendRating:
		t.rating(in)
	case Retry:
		t.retry()
	}
}

// setting carries out what works on every screen, also during a question.
func (t *step) setting(in Tap) bool {
	switch in.Action {
	case SetLang:
		if in.Arg == "vi" || in.Arg == "en" {
			t.Lang = in.Arg
		}
	case ToggleLarge:
		t.Large = !t.Large
		t.Page = 0
	case ToggleContrast:
		t.Contrast = !t.Contrast
	case CallHelp:
		t.callHelp()
	case Stay:
	default:
		return false
	}
	return true
}

// feature opens a tile of the home screen.
func (t *step) feature(f Feature) {
	if !slices.Contains(t.features(), f) {
		return
	}
	switch f {
	case FeatureDossier:
		t.purpose = toLookUp
		t.open(ScanPrompt)
	case FeatureRating:
		t.purpose = toRate
		t.open(ScanPrompt)
	case FeatureAppointment:
		t.purpose = toCheckIn
		t.open(ScanPrompt)
	case FeatureProcedures:
		t.ask(func(n uint64) Effect { return ListProcedures{Ask: n} })
	}
}

// scanned opens the right thing, whatever the screen shows.
func (t *step) scanned(in Scanned) {
	if t.waiting != nil {
		return
	}
	switch t.Screen {
	case Ticket, Thanks: // the next person does not wait for the last one's time
		t.home()
	case StillThere:
		t.alive()
	}
	t.alive()
	t.play(Click)
	t.OnlyOne = false
	switch {
	case in.Kind == ScanTicket && in.Code != "":
		t.ask(func(n uint64) Effect { return LookUpTicket{Ask: n, Code: in.Code} })
	case in.Kind == ScanDossier && in.Code != "":
		t.ask(func(n uint64) Effect { return LookUpDossier{Ask: n, Code: in.Code} })
	case in.Kind == ScanAppointment && in.Code != "":
		t.ask(func(n uint64) Effect { return CheckIn{Ask: n, Code: in.Code, Lang: t.Lang} })
	case in.Kind == ScanCard:
		t.cardShown(in.Card)
	default:
		t.play(Problem)
		t.show(Notice{Tone: Warn, Icon: "barcode", Title: say("kiosk.unknown-code.title"), Body: say("kiosk.unknown-code.body"), Code: "scan-unknown"})
	}
}

// show opens the message screen.
func (t *step) show(n Notice) {
	t.Notice = n
	t.open(Message)
}

// turn pages through services or procedures.
func (t *step) turn(a Action) {
	pages := t.Pages()
	switch {
	case a == NextPage && t.Page+1 < pages:
		t.Page++
	case a == PreviousPage && t.Page > 0:
		t.Page--
	}
}
