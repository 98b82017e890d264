package board

import (
	"cmp"
	"slices"
	"time"

	"motcua/queue"
)

// Times of the voice.
const (
	// together: calls of one ticket to one counter this close are one call.
	together = 5 * time.Second
	// stale: a call older than this is not spoken any more; the screen has it.
	stale = 45 * time.Second
	// crowd is how many calls must be waiting for the voice before second
	// readings and English are dropped.
	crowd = 3
)

// Kind is the place of a reading among the readings of one call. The names are
// those of package voice.
type Kind string

// Kinds, in the order in which they are spoken.
const (
	First  Kind = "first"
	Recall Kind = "recall"
	Second Kind = "second" // and a third
)

// rank orders kinds.
func (k Kind) rank() int {
	switch k {
	case First:
		return 0
	case Recall:
		return 1
	}
	return 2
}

// Announcement is one thing to say, whole and without a break.
type Announcement struct {
	Call    uint64 // the call's sequence
	Ticket  string // label, "A012"
	Counter string // what stands on the counter's sign, "Quầy 3"
	Kind    Kind
	Langs   []string // in speaking order
	At      time.Time
}

// Voice holds what the loudspeaker still has to say. It is a value: methods
// return the next one.
type Voice struct {
	begun   bool
	last    uint64 // the newest call heard of
	waiting []reading
	recent  []queue.Call // accepted within the last moments
}

type reading struct {
	call queue.Call
	kind Kind
	nth  int // 1 is the first time this call is spoken
}

// Hear takes the calls of a snapshot that are new. Those of the very first
// snapshot are history: a board that starts does not shout the morning again.
func (v Voice) Hear(q *queue.State) Voice {
	v.waiting, v.recent = slices.Clone(v.waiting), slices.Clone(v.recent)
	for _, c := range q.Calls {
		if c.Seq <= v.last {
			continue
		}
		v.last = c.Seq
		if v.begun {
			v.accept(c)
		}
	}
	v.begun = true
	return v
}

// accept puts a call in line. It replaces what is still to be said about the
// same ticket: only its latest call is true.
func (v *Voice) accept(c queue.Call) {
	for _, old := range v.recent {
		if old.Ticket == c.Ticket && old.Counter == c.Counter && c.At.Sub(old.At) < together {
			return
		}
	}
	v.recent = slices.DeleteFunc(v.recent, func(old queue.Call) bool { return c.At.Sub(old.At) >= together })
	v.recent = append(v.recent, c)
	r := reading{call: c, kind: First, nth: 1}
	if c.Nth > 1 {
		r.kind = Recall
	}
	v.waiting = slices.DeleteFunc(v.waiting, func(old reading) bool {
		if old.call.Ticket != c.Ticket {
			return false
		}
		if old.kind == First { // never said yet, so this one is its first
			r.kind = First
		}
		return true
	})
	v.waiting = append(v.waiting, r)
}

// NextAnnouncement says what to speak now, and the voice after it. First
// readings go by time, then recalls, then second readings, so that repeating
// never delays news; calls that are answered, moved or too old are passed over;
// when three or more wait, second readings and English are dropped.
func (v Voice) NextAnnouncement(q *queue.State, o Options, now time.Time) (Announcement, Voice, bool) {
	now = q.Logical(now)
	list := slices.DeleteFunc(slices.Clone(v.waiting), func(r reading) bool { return !current(q, r.call, now) })
	news := 0
	for _, r := range list {
		if r.kind != Second {
			news++
		}
	}
	hurry := news >= crowd
	if hurry {
		list = slices.DeleteFunc(list, func(r reading) bool { return r.kind == Second })
	}
	slices.SortStableFunc(list, func(a, b reading) int {
		return cmp.Or(cmp.Compare(a.kind.rank(), b.kind.rank()), cmp.Compare(a.nth, b.nth), cmp.Compare(a.call.Seq, b.call.Seq))
	})
	v.waiting = list
	if len(list) == 0 {
		return Announcement{}, v, false
	}
	r := list[0]
	v.waiting = list[1:]
	if r.nth < o.readings() && !hurry {
		v.waiting = append(v.waiting, reading{call: r.call, kind: Second, nth: r.nth + 1})
	}
	return r.announce(q, o, hurry), v, true
}

// current reports whether a call still calls somebody.
func current(q *queue.State, c queue.Call, now time.Time) bool {
	t := q.Ticket(c.Ticket)
	return t != nil && t.Status() == queue.Called && t.Counter == c.Counter && now.Sub(c.At) <= stale
}

func (r reading) announce(q *queue.State, o Options, hurry bool) Announcement {
	a := Announcement{
		Call: r.call.Seq, Ticket: r.call.Ticket.Label(), Counter: sign(q, r.call.Counter, "vi"),
		Kind: r.kind, Langs: []string{"vi"}, At: r.call.At,
	}
	if !hurry && (o.English == EnglishAlways || o.English == EnglishTicket && r.call.Lang == "en") {
		a.Langs = []string{"vi", "en"}
	}
	return a
}

func (o Options) readings() int {
	if o.Readings == 0 {
		return 2
	}
	return min(max(o.Readings, 1), 3)
}

// sign is what stands on a counter.
func sign(q *queue.State, counter, lang string) string {
	if c, ok := q.Config.Counter(counter); ok {
		return c.Name.In(lang)
	}
	return counter
}
