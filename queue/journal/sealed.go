package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"motcua/queue/chain"
	"motcua/queue/journal/segment"
)

// ErrDropped: the record was kept for as long as it had to be and is gone; see
// Journal.Base.
var ErrDropped = errors.New("the record is no longer kept")

// Sealed is a finished month: its records stand in a file of their own.
type Sealed struct {
	File   string     `json:"file"`   // beside the journal
	Before chain.Head `json:"before"` // of the first record
	Last   chain.Head `json:"last"`
	Until  time.Time  `json:"until"` // of the last record
	// Dropped: the file is gone by the rule of retention; its heads stay, so
	// that what follows is still proven.
	Dropped bool `json:"dropped,omitempty"`
}

// Sealed lists the finished months, oldest first.
func (j *Journal) Sealed() []Sealed {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.sealed[:len(j.sealed):len(j.sealed)]
}

// Base is the head before the first record that is kept: zero until something
// was dropped.
func (j *Journal) Base() chain.Head {
	var base chain.Head
	for _, s := range j.Sealed() {
		if s.Dropped {
			base = s.Last
		}
	}
	return base
}

// sealedTo is the last record that stands in a file of its own.
func (j *Journal) sealedTo() chain.Head {
	list := j.Sealed()
	if len(list) == 0 {
		return chain.Head{}
	}
	return list[len(list)-1].Last
}

// loadSealed reads the list. What it says must leave no gap.
func (j *Journal) loadSealed() error {
	var list []Sealed
	err := j.View(func(v View) error {
		b := v.tx.Bucket(bucketSealed)
		if b == nil {
			return nil // a file of format 1, open for reading
		}
		return b.ForEach(func(k, framed []byte) error {
			raw, err := unframe(k, framed)
			if err != nil {
				return err
			}
			var s Sealed
			if err := json.Unmarshal(raw, &s); err != nil {
				return fmt.Errorf("list of sealed months: %w (%w)", ErrDamaged, err)
			}
			list = append(list, s)
			return nil
		})
	})
	if err != nil {
		return err
	}
	var last chain.Head
	for i, s := range list {
		if (i > 0 || !s.Dropped) && s.Before != last || s.Last.Seq <= s.Before.Seq || s.File != filepath.Base(s.File) {
			return fmt.Errorf("list of sealed months, %s: %w", s.File, ErrDamaged)
		}
		last = s.Last
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sealed = list
	return nil
}

// putSealed keeps an entry of the list.
func (tx *Tx) putSealed(s Sealed) error {
	b, err := tx.tx.CreateBucketIfNotExists(bucketSealed)
	if err != nil {
		return fmt.Errorf("make the list of sealed months: %w", err)
	}
	return putJSON(b, number(s.Before.Seq+1), s)
}

// sealedWith finds the month that holds a record.
func (j *Journal) sealedWith(seq uint64) (Sealed, bool) {
	list := j.Sealed()
	i := sort.Search(len(list), func(i int) bool { return list[i].Last.Seq >= seq })
	if i == len(list) {
		return Sealed{}, false
	}
	return list[i], true
}

// page copies lines of the records after a sequence number, from wherever they
// stand. It may return fewer than limit, and none only at the end.
func (j *Journal) page(after uint64, limit int) ([][]byte, error) {
	s, ok := j.sealedWith(after + 1)
	if !ok {
		lines, err := j.livePage(after, limit)
		if s, ok = j.sealedWith(after + 1); !ok {
			return lines, err
		}
		// Sealed meanwhile: it may be gone from the live file already.
	}
	lines, err := j.sealedPage(s, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read records after %d in %s: %w", after, s.File, err)
	}
	return lines, nil
}

func (j *Journal) sealedPage(s Sealed, after uint64, limit int) ([][]byte, error) {
	if s.Dropped {
		return nil, ErrDropped
	}
	f, err := segment.Open(j.beside(s.File))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	defer f.Close() //nolint:errcheck // only read
	if f.Before() != s.Before || f.Last() != s.Last {
		return nil, fmt.Errorf("it holds records %d to %d, not %d to %d: %w",
			f.Before().Seq+1, f.Last().Seq, s.Before.Seq+1, s.Last.Seq, ErrDamaged)
	}
	lines, err := f.Page(after, limit)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return lines, nil
}

// livePage copies lines out of one short read transaction.
func (j *Journal) livePage(after uint64, limit int) (lines [][]byte, err error) {
	err = j.View(func(v View) error {
		start := time.Now()
		c := v.tx.Bucket(bucketEvents).Cursor()
		for k, line := c.Seek(number(after + 1)); k != nil && len(lines) < limit; k, line = c.Next() {
			lines = append(lines, append([]byte(nil), line...))
			if len(lines)%64 == 0 && time.Since(start) > pageTime {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read records after %d: %w", after, err)
	}
	return lines, nil
}

// beside is the path of a file that belongs to the journal.
func (j *Journal) beside(name string) string { return filepath.Join(filepath.Dir(j.path), name) }

// sealedName is a name for a month that is not taken yet: "office-202611.zst".
func (j *Journal) sealedName(month string) string {
	stem := strings.TrimSuffix(filepath.Base(j.path), filepath.Ext(j.path)) + "-" + strings.ReplaceAll(month, "-", "")
	taken := map[string]bool{}
	for _, s := range j.Sealed() {
		taken[s.File] = true
	}
	name := stem + ".zst"
	for n := 2; taken[name]; n++ { // a clock that went back made a month twice
		name = fmt.Sprintf("%s-%d.zst", stem, n)
	}
	return name
}
