package succession_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/chain"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

func TestClaimsTravel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]succession.Claim{
		"": {}, "1": {Term: 1}, "2 counter-1": {Term: 2, Hub: "counter-1"},
	} {
		got, err := succession.ParseClaim(text)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
		if text != "" && got.String() != text {
			t.Errorf("written again: got %q, want %q", got.String(), text)
		}
	}
	for _, text := range []string{"x", "-1", "2 a b", "2  a", "99999999999999999999", "2 a\r\nSet-Cookie: x"} {
		if c, err := succession.ParseClaim(text); !errors.Is(err, succession.ErrClaim) {
			t.Errorf("%q: got %v, %v, want ErrClaim", text, c, err)
		}
	}
}

func FuzzParseClaim(f *testing.F) {
	f.Add("2 counter-1")
	f.Add("1")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := succession.ParseClaim(s)
		if err != nil {
			return
		}
		if again, err := succession.ParseClaim(c.String()); err != nil || again != c {
			t.Fatalf("%q: got %v, %v the second time, want %v", s, again, err, c)
		}
	})
}

func TestHubRetiresBeforeItAnswers(t *testing.T) {
	t.Parallel()
	old := succession.NewHub("kiosk-1")
	standby, word := succession.NewStandby("counter-1").Meet(old.Seen)
	if word != succession.News || standby.Refusal() == nil {
		t.Fatalf("standby that met its hub: got %s, refusal %v", word, standby.Refusal())
	}
	hub, began, err := standby.Promote(chain.Head{Seq: 40})
	if err != nil || !hub.Leads() || began != (succession.Beginning{Claim: succession.Claim{Term: 2, Hub: "counter-1"}, After: 40}) {
		t.Fatalf("promoted: got %+v, %+v, %v", hub, began, err)
	}
	if same, word := hub.Meet(old.Seen); word != succession.Stale || same != hub {
		t.Errorf("new hub meets the old term: got %s, want stale", word)
	}
	old, word = old.Meet(hub.Seen)
	if word != succession.News || old.Role != succession.Retired {
		t.Fatalf("old hub meets the new term: got %s, %+v", word, old)
	}
	want := refusal.New("office-superseded", "term", "2", "hub", "counter-1")
	if diff := cmp.Diff(error(want), old.Refusal()); diff != "" {
		t.Errorf("refusal of the old hub (-want +got):\n%s", diff)
	}
	old, err = old.Rejoin()
	if err != nil || old.Role != succession.Standby {
		t.Errorf("rejoined: got %+v, %v", old, err)
	}
}

func TestWhoCannotBePromoted(t *testing.T) {
	t.Parallel()
	for code, s := range map[string]succession.Seat{
		"promote-leads-already": succession.NewHub("a"),
		"promote-no-standby":    succession.NewTerminal("a"),
	} {
		if same, _, err := s.Promote(chain.Head{Seq: 1}); !errors.Is(err, refusal.New(code)) || same != s {
			t.Errorf("%s: got %+v, %v", code, same, err)
		}
	}
	if _, _, err := succession.NewStandby("a").Promote(chain.Head{}); !errors.Is(err, refusal.New("promote-empty-copy")) {
		t.Errorf("empty copy: got %v", err)
	}
	if _, err := succession.NewHub("a").Rejoin(); !errors.Is(err, refusal.New("rejoin-not-retired")) {
		t.Errorf("hub rejoins: got %v", err)
	}
}

// TestTwoHubsOfOneTermAgreeOnOne: two standbys promoted apart from each other
// make the same term; whatever the order of messages, one of them remains.
func TestTwoHubsOfOneTermAgreeOnOne(t *testing.T) {
	t.Parallel()
	a, _, _ := succession.NewStandby("counter-1").Promote(chain.Head{Seq: 9})
	b, _, _ := succession.NewStandby("counter-2").Promote(chain.Head{Seq: 7})
	a2, _ := a.Meet(b.Seen)
	b2, _ := b.Meet(a.Seen)
	if a2.Leads() || !b2.Leads() {
		t.Errorf("got %+v and %+v, want the greater name to lead", a2, b2)
	}
}

// machines is a handful of seats that send each other claims in any order, are
// promoted at any time, and forget nothing that they were told to keep.
type machines struct {
	seats []succession.Seat
	led   map[succession.Claim]int // who led a claim
}

func (m *machines) step(t *rapid.T) {
	i := rapid.IntRange(0, len(m.seats)-1).Draw(t, "machine")
	s := m.seats[i]
	switch rapid.IntRange(0, 3).Draw(t, "act") {
	case 0:
		next, began, err := s.Promote(chain.Head{Seq: 1})
		if err == nil {
			if who, taken := m.led[began.Claim]; taken {
				t.Fatalf("claim %v made by %d and by %d", began.Claim, who, i)
			}
			m.led[began.Claim] = i
			if !began.Beats(s.Seen) {
				t.Fatalf("promoted to %v although %v was seen", began.Claim, s.Seen)
			}
		}
		m.keep(t, i, next)
	case 1:
		if next, err := s.Rejoin(); err == nil {
			m.keep(t, i, next)
		}
	default:
		from := m.seats[rapid.IntRange(0, len(m.seats)-1).Draw(t, "from")]
		next, word := s.Meet(from.Seen)
		if word == succession.Stale && next != s {
			t.Fatalf("a stale claim changed %+v to %+v", s, next)
		}
		if word != succession.Stale && from.Seen.Beats(next.Seen) {
			t.Fatalf("%+v met %v and obeys less", next, from.Seen)
		}
		m.keep(t, i, next)
	}
}

// keep stores a seat through JSON, as a machine does, and checks what must hold
// from one seat to the next.
func (m *machines) keep(t *rapid.T, i int, next succession.Seat) {
	s := m.seats[i]
	if s.Seen.Beats(next.Seen) {
		t.Fatalf("%+v fell back to %+v", s, next)
	}
	if next.Leads() && next.Led == s.Led && !s.Leads() {
		t.Fatalf("%+v leads its term again: %+v", s, next)
	}
	raw, err := json.Marshal(next)
	if err != nil {
		t.Fatal(err)
	}
	var read succession.Seat
	if err := json.Unmarshal(raw, &read); err != nil || read != next {
		t.Fatalf("read back: got %+v, %v, want %+v", read, err, next)
	}
	if err := read.Check(); err != nil {
		t.Fatal(err)
	}
	m.seats[i] = read
}

func TestSeatsNeverGoBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := &machines{led: map[succession.Claim]int{{Term: 1, Hub: "m0"}: 0}}
		m.seats = []succession.Seat{
			succession.NewHub("m0"), succession.NewStandby("m1"), succession.NewStandby("m2"), succession.NewTerminal("k"),
		}
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			m.step(rt)
		}
		// Once everybody has met everybody, one leads and all obey it.
		for range m.seats {
			for i := range m.seats {
				for _, from := range m.seats {
					next, _ := m.seats[i].Meet(from.Seen)
					m.keep(rt, i, next)
				}
			}
		}
		leads := 0
		for _, s := range m.seats {
			if s.Leads() {
				leads++
			}
			if s.Seen.Term != m.seats[0].Seen.Term {
				rt.Fatalf("%+v and %+v do not agree", s, m.seats[0])
			}
		}
		if leads > 1 {
			rt.Fatalf("%d hubs: %+v", leads, m.seats)
		}
	})
}

func TestSeatFromDiskIsChecked(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]succession.Seat{
		"zero":                        {},
		"hub that leads nothing":      {Device: "a", Role: succession.Hub, Seen: succession.Claim{Term: 1, Hub: "a"}},
		"hub that saw a later term":   {Device: "a", Role: succession.Hub, Seen: succession.Claim{Term: 2, Hub: "b"}, Led: 1},
		"retired without a successor": {Device: "a", Role: succession.Retired, Seen: succession.Claim{Term: 1, Hub: "a"}, Led: 1},
		"terminal that led":           {Device: "a", Role: succession.Terminal, Seen: succession.Claim{Term: 1, Hub: "a"}, Led: 1},
		"unknown role":                {Device: "a", Role: "king"},
	} {
		if err := s.Check(); !errors.Is(err, succession.ErrSeat) {
			t.Errorf("%s: got %v, want ErrSeat", name, err)
		}
	}
}

// TestSharedAgainstTheRecords grows a family of chains by promotions from
// prefixes, and compares Shared with a comparison record by record.
func TestSharedAgainstTheRecords(t *testing.T) {
	t.Parallel()
	type copyOf struct {
		records []int // each record has a name of its own
		terms   succession.Lineage
	}
	rapid.Check(t, func(rt *rapid.T) {
		all, name := []copyOf{{}}, 0
		grow := func(c *copyOf) {
			for range rapid.IntRange(0, 5).Draw(rt, "records") {
				name++
				c.records = append(c.records, name)
			}
		}
		grow(&all[0])
		for term := 2; term < 2+rapid.IntRange(0, 5).Draw(rt, "promotions"); term++ {
			from := all[rapid.IntRange(0, len(all)-1).Draw(rt, "from")]
			k := rapid.IntRange(0, len(from.records)).Draw(rt, "k")
			next := copyOf{records: append([]int(nil), from.records[:k]...)}
			for _, b := range from.terms {
				if b.After < uint64(k) {
					next.terms = append(next.terms, b)
				}
			}
			next.terms = append(next.terms, succession.Beginning{Claim: succession.Claim{Term: term, Hub: "h"}, After: uint64(k)})
			name++
			next.records = append(next.records, name) // term.began
			grow(&next)
			all = append(all, next)
		}
		mine := all[rapid.IntRange(0, len(all)-1).Draw(rt, "mine")]
		theirs := all[rapid.IntRange(0, len(all)-1).Draw(rt, "theirs")]
		have := rapid.IntRange(0, len(mine.records)).Draw(rt, "have")
		want := 0
		for want < have && want < len(theirs.records) && mine.records[want] == theirs.records[want] {
			want++
		}
		var known succession.Lineage // what a copy of so many records can know
		for _, b := range mine.terms {
			if b.After < uint64(have) {
				known = append(known, b)
			}
		}
		got := succession.Shared(theirs.terms, known, uint64(have))
		// A copy that is ahead of its own hub's end cannot exist here, so the
		// two agree except that the other chain may be shorter.
		if got != uint64(want) && !(want == len(theirs.records) && got >= uint64(want)) {
			rt.Fatalf("got %d, want %d", got, want)
		}
	})
}
