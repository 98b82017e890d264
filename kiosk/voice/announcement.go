package voice

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Kind is the place of a reading among the readings of one call.
type Kind string

// Kinds of announcement.
const (
	First  Kind = "first"  // chime, then the line
	Recall Kind = "recall" // chime, "xin nhắc lại", then the line
	Second Kind = "second" // the line once more, without a chime
)

// Announcement is one thing to say in the hall.
type Announcement struct {
	// Ticket is the label on the slip, "A012"; in a later hub term "A2-001", in
	// a device's own series "X12-001" (queue.TicketID.Label).
	Ticket string
	// Counter is what stands on the counter's sign, "3" or "Quầy số 3". The
	// number at its end is spoken; a sign without one is not read out, people
	// are asked to look at the screen instead.
	Counter string
	Kind    Kind
	// Langs are the languages of the line in speaking order ("vi", "en").
	// None means the chime alone, for quiet hours.
	Langs []string
	// Gain is the change of volume in dB, see Sound.Gain; 0 is as recorded.
	Gain float64
}

// Step is one clip with the silence before it. Clip is "language/name", or
// ChimeClip.
type Step struct {
	Clip  string
	Pause time.Duration
}

// ChimeClip is the sound before a first reading and a recall.
const ChimeClip = "chime/chime"

// Silences, between clips that are themselves cut to 10 ms of edge. Words of
// one number stand closer than words; the place is a phrase of its own.
const (
	pauseNumber = 30 * time.Millisecond
	pauseWord   = 80 * time.Millisecond
	pausePhrase = 250 * time.Millisecond
	pauseLine   = 600 * time.Millisecond
)

var (
	labelShape = regexp.MustCompile(`^([A-Z])(?:([1-9][0-9]?)-)?([0-9]{3,4})$`)
	signShape  = regexp.MustCompile(`(?:^|[^0-9])0*([1-9][0-9]{0,2})([A-Za-z]?)$`)
)

// Compose lists the clips of an announcement in order. It fails on a label
// that is no ticket's and on an unknown kind or language: nothing is better
// than a wrong number.
func Compose(a Announcement) ([]Step, error) {
	m := labelShape.FindStringSubmatch(a.Ticket)
	if m == nil {
		return nil, fmt.Errorf("compose announcement: %q is not a ticket label", a.Ticket)
	}
	var steps []Step
	switch a.Kind {
	case First, Recall:
		steps = append(steps, Step{Clip: ChimeClip})
	case Second:
	default:
		return nil, fmt.Errorf("compose announcement: unknown kind %q", a.Kind)
	}
	for _, name := range a.Langs {
		l, ok := languages()[name]
		if !ok {
			return nil, fmt.Errorf("compose announcement: no voice speaks %q", name)
		}
		for i, s := range l.line(a, m) {
			switch {
			case i > 0:
			case len(steps) == 1 && steps[0].Clip == ChimeClip:
				s.Pause = pausePhrase
			case len(steps) > 0:
				s.Pause = pauseLine
			}
			steps = append(steps, Step{Clip: name + "/" + s.Clip, Pause: s.Pause})
		}
	}
	return steps, nil
}

// Clips lists the names that a voice of a language must have, and with
// language "chime" the chime's; nil for a language that is not spoken.
func Clips(lang string) []string {
	if lang == "chime" {
		return []string{"chime"}
	}
	l, ok := languages()[lang]
	if !ok {
		return nil
	}
	names := []string{l.invite, l.again, l.place, l.screen}
	for c := 'a'; c <= 'z'; c++ {
		names = append(names, "letter_"+string(c))
	}
	for _, w := range l.words {
		names = append(names, w.name)
		if w.ends && w.goesOn {
			names = append(names, w.name+endTake)
		}
	}
	return names
}

// endTake marks the take of a word that ends a phrase. Every word that stands
// both inside and at the end is recorded twice: a number in list intonation
// sounds unfinished at the end of a line.
const endTake = "_end"

// word is a word of a number: whether it can stand before another one, at the
// end, or both.
type word struct {
	name         string
	goesOn, ends bool
}

// language is how one language says a call. The strings name clips.
type language struct {
	invite string // before the ticket's number
	again  string // before invite, in a recall
	place  string // before the counter's number
	screen string // instead of a counter's number
	words  []word
	number func(n int) []string // 1–99 as words
}

func languages() map[string]language {
	return map[string]language{"vi": vietnamese(), "en": english()}
}

// line says ticket and counter; m is the label as labelShape splits it.
func (l language) line(a Announcement, m []string) []Step {
	var steps []Step
	if a.Kind == Recall {
		steps = append(steps, Step{Clip: l.again}, Step{Clip: l.invite, Pause: pausePhrase})
	} else {
		steps = append(steps, Step{Clip: l.invite})
	}
	steps = append(steps, Step{Clip: letter(m[1]), Pause: pauseWord})
	if m[2] != "" { // the term belongs to the letter: "A hai, không không một", "X mười hai, …"
		n, _ := strconv.Atoi(m[2]) // two digits at most
		steps = append(steps, l.join(l.number(n), pauseWord, pauseNumber)...)
		steps = append(steps, l.join(digits(m[3]), pausePhrase, pauseWord)...)
	} else {
		steps = append(steps, l.join(digits(m[3]), pauseWord, pauseWord)...)
	}
	return append(steps, l.where(a.Counter)...)
}

// where says the place: "đến quầy số hai mươi mốt". From 100 on, counters are
// read by digits, as rooms are.
func (l language) where(sign string) []Step {
	m := signShape.FindStringSubmatch(sign)
	if m == nil {
		return []Step{{Clip: l.screen, Pause: pausePhrase}}
	}
	steps := []Step{{Clip: l.place, Pause: pausePhrase}}
	n, _ := strconv.Atoi(m[1]) // three digits at most
	if n > 99 {
		steps = append(steps, l.join(digits(m[1]), pauseWord, pauseWord)...)
	} else {
		steps = append(steps, l.join(l.number(n), pauseWord, pauseNumber)...)
	}
	if m[2] != "" {
		steps = append(steps, Step{Clip: letter(m[2]), Pause: pauseWord})
	}
	return steps
}

// join sets words in a row, the last one as it sounds at the end of a phrase.
func (l language) join(names []string, before, between time.Duration) []Step {
	steps := make([]Step, len(names))
	for i, name := range names {
		steps[i] = Step{Clip: name, Pause: between}
	}
	steps[0].Pause = before
	last := &steps[len(steps)-1]
	for _, w := range l.words {
		if w.name == last.Clip && w.goesOn && w.ends {
			last.Clip += endTake
		}
	}
	return steps
}

// digits spells a string of digits.
func digits(s string) []string {
	names := make([]string, len(s))
	for i, c := range s {
		names[i] = "n" + string(c)
	}
	return names
}

// letter names the clip of a letter.
func letter(s string) string { return "letter_" + string(s[0]|0x20) }
