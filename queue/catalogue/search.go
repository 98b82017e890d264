package catalogue

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a search: nobody types more into a search field.
const (
	maxQuery = 256 // bytes
	maxWords = 16
)

// What a word's match is worth. An abbreviation or a typing error is a guess,
// and ranks below everything that was typed as it stands.
const (
	worthWhole   = 6 // the whole word
	worthPrefix  = 4 // its beginning
	worthInitial = 2 // initials of neighbouring words: "dk" for "đăng ký"
	worthTypo    = 1 // one letter wrong, missing, too many or swapped

	worthAccent = 8  // typed with accents, and they agree
	worthPhrase = 24 // the name holds what was typed, in this order
	worthStart  = 40 // the name begins with it
	worthTitle  = 1  // the word is of the name
	worthCode   = 60 // the code begins with the digits
	worthExact  = 99 // it is the code
)

// Length of words that stand for initials, and from which one wrong letter is
// forgiven.
const (
	minInitials = 2
	maxInitials = 8
	minTypo     = 5
)

// Search lists the procedures in force on a local date that have every word of
// the query, in any order, accents optional: as a word's beginning, as the
// initials of neighbouring words ("dk khai sinh", "gpxd"), or with one wrong
// letter in a longer word. Words typed with accents rank the ones that agree
// first. A query of digits searches codes. "" lists everything by name. limit
// 0 or less is no limit.
func (c *Catalogue) Search(query string, day time.Time, limit int) []Procedure {
	if len(query) > maxQuery {
		return nil
	}
	hits := c.words.search(query, dayNumber(day.Format(time.DateOnly)), limit)
	found := make([]Procedure, len(hits))
	for i, at := range hits {
		found[i] = c.Procedures[at]
	}
	return found
}

// index finds procedures by words. Every word that occurs stands once in a
// sorted vocabulary with the procedures that have it.
type index struct {
	texts    []text
	spans    []span     // validity, close together: every search looks at all
	byRank   []int      // positions in the order of names
	vocab    []string   // plain words, sorted
	postings [][]int32  // procedures of each word, ascending
	title    [][]uint64 // of them, those that have it in the name: a bit each
}

// span is a validity in numbers like 20261201.
type span struct{ from, to int32 }

func (s span) holds(day int32) bool { return s.from <= day && day <= s.to }

// dayNumber is a date "2006-01-02" as a number; what is none is no day.
func dayNumber(date string) int32 {
	n, err := strconv.ParseInt(strings.ReplaceAll(date, "-", ""), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// text is what is compared of one procedure.
type text struct {
	rank     int    // place in the order of names
	code     string // its digits
	name     string // plain, a space before each word
	marked   string // name, English name and domain with their accents, likewise
	initials string // of the name's words
}

func newIndex(procedures []Procedure) index {
	x := index{texts: make([]text, len(procedures)), byRank: make([]int, len(procedures)), spans: make([]span, len(procedures))}
	at := map[string]int{}
	add := func(i int, s string, title bool) {
		for _, w := range words(Fold(s)) {
			n, known := at[w]
			if !known {
				n = len(x.vocab)
				at[w] = n
				x.vocab, x.postings = append(x.vocab, w), append(x.postings, nil)
				x.title = append(x.title, make([]uint64, (len(procedures)+63)/64))
			}
			if list := x.postings[n]; len(list) == 0 || list[len(list)-1] != int32(i) {
				x.postings[n] = append(list, int32(i))
			}
			if title {
				x.title[n][i/64] |= 1 << (i % 64)
			}
		}
	}
	for i, p := range procedures {
		name := Fold(p.Name)
		x.texts[i] = text{
			code: digits(p.Code), name: spaced(name), initials: initials(name),
			marked: spaced(lower(p.Name + " " + p.NameEN + " " + p.Domain)),
		}
		x.byRank[i] = i
		x.spans[i] = span{from: dayNumber(p.From), to: math.MaxInt32}
		if p.To != "" {
			x.spans[i].to = dayNumber(p.To)
		}
		add(i, p.Name, true)
		add(i, p.NameEN, false)
		add(i, p.Domain, false)
		add(i, p.Code+" "+digits(p.Code), false)
	}
	x.sort(procedures)
	return x
}

// sort orders the vocabulary, and the procedures by name and code.
func (x *index) sort(procedures []Procedure) {
	order := make([]int, len(x.vocab))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x.vocab[a], x.vocab[b]) })
	vocab, postings, title := make([]string, len(order)), make([][]int32, len(order)), make([][]uint64, len(order))
	for i, from := range order {
		vocab[i], postings[i], title[i] = x.vocab[from], x.postings[from], x.title[from]
	}
	x.vocab, x.postings, x.title = vocab, postings, title
	slices.SortStableFunc(x.byRank, func(a, b int) int {
		return cmp.Or(cmp.Compare(x.texts[a].name, x.texts[b].name), cmp.Compare(procedures[a].Code, procedures[b].Code))
	})
	for rank, i := range x.byRank {
		x.texts[i].rank = rank
	}
}

// query is what somebody typed.
type query struct {
	words  []string // plain
	marked []string // those typed with accents, each with a space before it
	phrase string
	code   string // the digits, when there is nothing else
}

func newQuery(s string) query {
	folded := Fold(s)
	q := query{words: words(folded), phrase: spaced(folded)}
	if len(q.words) > maxWords {
		q.words = q.words[:maxWords]
	}
	for _, w := range words(lower(s)) {
		if w != Fold(w) {
			q.marked = append(q.marked, " "+w)
		}
	}
	if s = National(s); strings.Trim(s, "0123456789. ") == "" {
		q.code = digits(s)
	}
	return q
}

// search lists the positions that match and are valid on a day, best first.
func (x *index) search(s string, day int32, limit int) []int {
	q := newQuery(s)
	if len(q.words) == 0 {
		var all []int
		for _, i := range x.byRank {
			if x.spans[i].holds(day) && (limit <= 0 || len(all) < limit) {
				all = append(all, i)
			}
		}
		return all
	}
	var scores []int
	if q.code != "" {
		scores = x.codes(q.code)
	} else {
		scores = x.match(q)
	}
	// One number holds the order: score, then the shorter name, which is nearer
	// to what was typed, then the order of names.
	var keys []uint64
	for i, score := range scores {
		if score == 0 || !x.spans[i].holds(day) {
			continue
		}
		t := &x.texts[i]
		key := uint64(1<<15-min(score, 1<<15-1))<<48 | uint64(min(len(t.name), 1<<16-1))<<32 | uint64(t.rank)
		switch {
		case limit <= 0 || len(keys) < limit:
			keys = append(keys, key)
			if len(keys) == limit {
				slices.Sort(keys)
			}
		case key < keys[limit-1]:
			at, _ := slices.BinarySearch(keys, key)
			copy(keys[at+1:], keys[at:limit-1])
			keys[at] = key
		}
	}
	slices.Sort(keys)
	hits := make([]int, len(keys))
	for i, k := range keys {
		hits[i] = x.byRank[uint32(k)]
	}
	return hits
}

// codes scores a query of digits.
func (x *index) codes(code string) []int {
	scores := make([]int, len(x.texts))
	for i := range x.texts {
		switch has := x.texts[i].code; {
		case has == code:
			scores[i] = worthExact
		case strings.HasPrefix(has, code):
			scores[i] = worthCode
		case strings.HasSuffix(has, code) || len(code) >= 3 && strings.Contains(has, code):
			scores[i] = 1
		}
	}
	return scores
}

// match scores the procedures that have every word.
func (x *index) match(q query) []int {
	scores := make([]int, len(x.texts))
	best := make([]int, len(x.texts))
	for n, w := range q.words {
		clear(best)
		x.word(w, best)
		for i, worth := range best {
			switch {
			case worth == 0:
				scores[i] = 0
			case n == 0 || scores[i] > 0:
				scores[i] += worth
			}
		}
	}
	for i, score := range scores {
		if score == 0 {
			continue
		}
		t := &x.texts[i]
		for _, w := range q.marked {
			if strings.Contains(t.marked, w) {
				scores[i] += worthAccent
			}
		}
		if strings.HasPrefix(t.name, q.phrase) {
			scores[i] += worthStart
		} else if strings.Contains(t.name, q.phrase) {
			scores[i] += worthPhrase
		}
	}
	return scores
}

// word scores one word against every procedure.
func (x *index) word(w string, best []int) {
	give := func(n, worth int) {
		for _, i := range x.postings[n] {
			got := worth
			if x.title[n][i/64]>>(i%64)&1 == 1 {
				got += worthTitle
			}
			best[i] = max(best[i], got)
		}
	}
	from, exact := slices.BinarySearch(x.vocab, w)
	for n := from; n < len(x.vocab) && strings.HasPrefix(x.vocab[n], w); n++ {
		if x.vocab[n] == w {
			give(n, worthWhole)
		} else {
			give(n, worthPrefix)
		}
	}
	if len(w) >= minTypo && !exact {
		for n, v := range x.vocab {
			if d := len(v) - len(w); d >= -1 && d <= 1 && near(w, v) {
				give(n, worthTypo)
			}
		}
	}
	if len(w) >= minInitials && len(w) <= maxInitials {
		for i := range x.texts {
			if best[i] == 0 && strings.Contains(x.texts[i].initials, w) {
				best[i] = worthInitial
			}
		}
	}
}

// near reports whether two plain words differ by one letter: changed, missing,
// too many, or two neighbours swapped.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func initials(plain string) string {
	var b strings.Builder
	for _, w := range words(plain) {
		b.WriteByte(w[0])
	}
	return b.String()
}
