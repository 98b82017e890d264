package catalogue

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// MaxSize bounds a catalogue read from outside, in bytes. The whole national
// portal, about 6,000 procedures, is under 10 MB in this schema.
const MaxSize = 32 << 20

// Catalogue is a set of procedure versions with an index over them. It never
// changes after New, Parse or UnmarshalJSON and is safe for many goroutines;
// a literal has no index and finds nothing.
type Catalogue struct {
	Version    string      `json:"version"` // of the whole set, e.g. "2026-11-20"
	Procedures []Procedure `json:"procedures"`

	byCode map[string][]int // versions of a code
	words  index
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
	for i, p := range c.Procedures {
		c.byCode[p.Code] = append(c.byCode[p.Code], i)
	}
	c.words = newIndex(c.Procedures)
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

// FindVersion returns the version of a procedure by its VersionID, in force or
// not: what a dossier was received under.
func (c *Catalogue) FindVersion(code, id string) (Procedure, bool) {
	for _, i := range c.byCode[National(code)] {
		if c.Procedures[i].VersionID() == id {
			return c.Procedures[i], true
		}
	}
	return Procedure{}, false
}
