package session

import (
	"slices"
	"strconv"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// dossierFound shows a dossier; the ticket that is already held for it comes
// first, so that scanning twice gives no second number (scenario 17).
func (t *step) dossierFound(in Replied) {
	switch {
	case in.Dossier == nil:
		t.refused(nil, Replied{Refusal: refusal.New("dossier-unknown", "code", "")})
	case in.Held != nil && t.purpose != toRate && !over(in.Held.Status()):
		t.showTicket(in.Held, NotPrinting)
	case t.purpose == toRate && !slices.Contains(in.Dossier.Rated, in.Dossier.Stage()):
		t.Case, t.Issued, t.Level, t.Praise = in.Dossier, nil, 0, nil
		t.open(Rating)
	default:
		t.Case, t.Issued = in.Dossier, nil
		t.open(Dossier)
	}
}

func over(s queue.Status) bool {
	return s == queue.Done || s == queue.Void || s == queue.NotServed
}

// rating carries out the rating screen.
func (t *step) rating(in Tap) {
	if in.Action == RateThis {
		if t.CanRate() {
			t.Level, t.Praise = 0, nil
			t.open(Rating)
		}
		return
	}
	if t.Screen != Rating {
		return
	}
	switch in.Action {
	case PickLevel:
		if n, err := strconv.Atoi(in.Arg); err == nil && n >= 1 && n <= 5 {
			t.Level = n
			if !t.Praising() {
				t.Praise = nil
			}
		}
	case TogglePick:
		t.togglePraise(in.Arg)
	case SendRating:
		t.sendRating()
	}
}

func (t *step) togglePraise(id string) {
	known := slices.ContainsFunc(t.Config.Criteria, func(c dossier.Criterion) bool { return c.ID == id })
	if !known || !t.Praising() {
		return
	}
	if i := slices.Index(t.Praise, id); i >= 0 {
		t.Praise = slices.Delete(t.Praise, i, i+1)
		return
	}
	t.Praise = append(t.Praise, id)
}

func (t *step) sendRating() {
	if t.Level == 0 {
		return
	}
	r := Rate{Level: t.Level, Praise: slices.Clone(t.Praise)}
	switch {
	case t.Case != nil:
		r.Dossier = t.Case.Code
	case t.Issued != nil:
		r.Ticket = t.Issued.ID
	default:
		return
	}
	t.ask(func(n uint64) Effect {
		r.Ask = n
		return r
	})
}

// rated thanks; the visit then ends by itself.
func (t *step) rated(Rate) {
	t.open(Thanks)
	t.trail, t.Case, t.Issued, t.Level, t.Praise = nil, nil, nil, 0, nil
	t.until = t.Now.Add(t.Config.Thanks)
	t.play(Success)
}

// Praising reports that what went well may be chosen: with the two best faces.
func (s State) Praising() bool { return s.Level >= 4 }

// Praised reports that a criterion is chosen.
func (s State) Praised(id string) bool { return slices.Contains(s.Praise, id) }

// CanRate reports that the dossier on the screen has not been rated at its
// present stage.
func (s State) CanRate() bool {
	return s.Screen == Dossier && s.Case != nil && slices.Contains(s.Config.Features, FeatureRating) &&
		!slices.Contains(s.Case.Rated, s.Case.Stage())
}

// CanCollect reports that a number for handing out the result may be taken.
func (s State) CanCollect() bool {
	_, ok := s.returns()
	return ok && s.Case != nil && s.Case.Status() == dossier.Ready
}
