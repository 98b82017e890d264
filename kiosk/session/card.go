package session

import (
	"slices"

	"motcua/queue"
)

// CardShown reports that the person has shown a citizen card: numbers taken in
// this visit are held by it (scenario 21).
func (s State) CardShown() bool { return s.card != 0 }

// cardShown takes a citizen card. Where the next step is a number it leads
// there; in the middle of something it only says that it was read.
func (t *step) cardShown(card uint64) {
	t.card = card
	switch t.Screen {
	case Services:
		t.play(Success)
	case Home, ScanPrompt, Message:
		t.takeNumber()
	default:
		t.show(Notice{
			Tone: Good, Icon: "identification-card", Title: say("kiosk.card.title"), Body: say("kiosk.card.body"),
			Button: say("kiosk.card.go-on"), Press: Tap{Action: GoBack},
		})
	}
}

// cards are the handles that something may still be asked with: the visit's,
// and those of numbers that were asked for and not answered yet, which have to
// be asked for as they were.
func (s State) cards() []uint64 {
	var list []uint64
	add := func(card uint64) {
		if card != 0 && !slices.Contains(list, card) {
			list = append(list, card)
		}
	}
	of := func(e Effect) {
		if e, ok := e.(IssueTicket); ok {
			add(e.Card)
		}
	}
	add(s.card)
	for _, q := range []*question{s.waiting, s.failed} {
		if q != nil {
			of(q.effect)
		}
	}
	for _, o := range s.orphans {
		of(o.effect)
	}
	return list
}

// forgetCards ends the handles that are left without a use: at the end of a
// visit, when another card is shown, or when a scan was not heeded.
func (t *step) forgetCards(had []uint64) {
	needed := t.cards()
	for _, card := range had {
		if card != 0 && !slices.Contains(needed, card) {
			t.do(ForgetCard{Card: card})
		}
	}
}

// inHand reports that somebody has a number although whoever asked for it left
// before the answer: the person came back and was shown it, as the card's, or
// took it on paper.
func (s State) inHand(id queue.TicketID) bool {
	if s.Issued != nil && s.Issued.ID == id {
		return true
	}
	if s.Queue == nil {
		return false
	}
	k := s.Queue.Ticket(id)
	return k != nil && k.Print == queue.Printed
}
