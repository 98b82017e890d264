package catalogue

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxSize bounds a catalogue read from outside, in bytes. The whole national
// portal, about 6,000 procedures, is under 10 MB in this schema.
const MaxSize = 32 << 20

// maxQuery bounds a search, in bytes; nobody types more into a search field.
const maxQuery = 256

// Catalogue is a set of procedure versions with an index over them. It never
// changes after New, Parse or UnmarshalJSON and is safe for many goroutines;
// a literal has no index and finds nothing.
type Catalogue struct {
	Version    string      `json:"version"` // of the whole set, e.g. "2026-11-20"
	Procedures []Procedure `json:"procedures"`

	byCode map[string][]int // versions of a code
	texts  []text           // by position in Procedures
}

// text is what a search looks at: words, each with a space before it.
type text struct {
	plain  string // without accents
	marked string // with accents
	name   string // plain, the name only
}

// New indexes procedures. It does not judge them: see Check.
func New(version string, procedures []Procedure) *Catalogue {
	c := &Catalogue{Version: version, Procedures: procedures}
	c.index()
	return c
}

// Parse reads a catalogue and refuses one with faults; the error joins them
// all.
func Parse(raw []byte) (*Catalogue, error) {
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("catalogue of %d bytes: larger than %d", len(raw), MaxSize)
	}
	c := &Catalogue{}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("read catalogue: %w", err)
	}
	if err := errors.Join(c.Check()...); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", c.Version, err)
	}
	return c, nil
}

// UnmarshalJSON reads and indexes a catalogue. It does not judge it: see Check.
func (c *Catalogue) UnmarshalJSON(raw []byte) error {
	type plain Catalogue
	var p plain
	if err := json.Unmarshal(raw, &p); err != nil {
		return err
	}
	*c = Catalogue(p)
	c.index()
	return nil
}

func (c *Catalogue) index() {
	c.byCode = map[string][]int{}
	c.texts = make([]text, len(c.Procedures))
	for i, p := range c.Procedures {
		c.byCode[p.Code] = append(c.byCode[p.Code], i)
		all := strings.Join([]string{p.Name, p.NameEN, p.Domain, p.Code, digits(p.Code)}, " ")
		c.texts[i] = text{plain: spaced(Fold(all)), marked: spaced(lower(all)), name: spaced(Fold(p.Name))}
	}
}

// Find returns the version of a procedure that is in force on a local date.
// The local and online forms of a code ("2.000815.000.00.00.H55.02") find the
// national procedure.
func (c *Catalogue) Find(code string, day time.Time) (Procedure, bool) {
	for _, i := range c.byCode[National(code)] {
		if c.Procedures[i].InForce(day) {
			return c.Procedures[i], true
		}
	}
	return Procedure{}, false
}

// Search lists the procedures in force on a local date whose words begin with
// the query's words, in any order, accents optional; words typed with accents
// rank the ones that agree first. A query of digits searches codes. "" lists
// everything by name. limit 0 or less is no limit.
func (c *Catalogue) Search(query string, day time.Time, limit int) []Procedure {
	if len(query) > maxQuery {
		return nil
	}
	q := newQuery(query)
	type hit struct{ at, score int }
	var hits []hit
	date := day.Format(time.DateOnly)
	for i := range c.texts {
		if score := q.score(&c.texts[i]); score > 0 && c.Procedures[i].holds(date) {
			hits = append(hits, hit{i, score})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		shorter := 0 // the shorter name is nearer to what was typed
		if q.phrase != "" {
			shorter = cmp.Compare(len(c.texts[a.at].name), len(c.texts[b.at].name))
		}
		return cmp.Or(
			cmp.Compare(b.score, a.score),
			shorter,
			cmp.Compare(c.texts[a.at].name, c.texts[b.at].name),
			cmp.Compare(c.Procedures[a.at].Code, c.Procedures[b.at].Code))
	})
	if limit > 0 && len(hits) > limit {
		hits = hits[:limit]
	}
	found := make([]Procedure, len(hits))
	for i, h := range hits {
		found[i] = c.Procedures[h.at]
	}
	return found
}

// query is what somebody typed, cut into words in both spellings.
type query struct {
	plain  []string // its words, each with its leading space
	marked []string // those typed with accents
	phrase string
	code   string // the digits, when there is nothing else
}

func newQuery(s string) query {
	q := query{phrase: spaced(Fold(s))}
	for _, w := range words(Fold(s)) {
		q.plain = append(q.plain, " "+w)
	}
	for _, w := range words(lower(s)) {
		if w != Fold(w) {
			q.marked = append(q.marked, " "+w)
		}
	}
	if d := digits(s); d != "" && strings.Trim(s, "0123456789. ") == "" {
		q.code = " " + d
	}
	return q
}

// score is 0 for no match, more for a better one.
func (q query) score(t *text) int {
	if q.code != "" {
		if strings.Contains(t.plain, q.code) {
			return 1
		}
		return 0
	}
	score := 1
	for _, w := range q.plain {
		if !strings.Contains(t.plain, w) {
			return 0
		}
	}
	for _, w := range q.marked {
		if strings.Contains(t.marked, w) {
			score += 4
		}
	}
	if strings.HasPrefix(t.name, q.phrase) {
		score += 3
	} else if strings.Contains(t.name, q.phrase) {
		score += 2
	}
	return score
}

// Fold spells a text for comparison: lower case, no accents, đ as d. It is how
// a citizen in a hurry types.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(strings.ToValidUTF8(s, " ")) {
		switch r = unicode.ToLower(r); {
		case r == 'đ':
			b.WriteByte('d')
		case !unicode.Is(unicode.Mn, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

func lower(s string) string { return strings.ToLower(norm.NFC.String(s)) }

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func spaced(s string) string {
	w := words(s)
	if len(w) == 0 {
		return ""
	}
	return " " + strings.Join(w, " ")
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
