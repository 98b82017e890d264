package backup

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
)

// Sizes of files, in records: one holds at most so many; this many that are
// smaller than that at the end are joined into one.
const (
	fileRecords = 4096
	smallFile   = 1024
	joinFiles   = 32
)

// opening is the first line of a file of records; the records' lines follow,
// then the answers to their commands.
type opening struct {
	Format  int        `json:"format"`
	Before  chain.Head `json:"before"`
	Last    chain.Head `json:"last"`
	Records int        `json:"records"`
	Answers int        `json:"answers"`
}

// stored is the answer to a device's command.
type stored struct {
	Device string `json:"device"`
	N      uint64 `json:"n"`
	Answer []byte `json:"answer"`
}

// run brings the medium up to date and returns the last record on it.
func (b *Backup) run(ctx context.Context) (uint64, error) {
	if err := b.own(); err != nil {
		return 0, err
	}
	list, torn, err := records(b.cfg.Dir)
	if err != nil {
		return 0, err
	}
	if err := b.agree(ctx, list); err != nil {
		return 0, err
	}
	// Before the records that are no longer kept go, what they came to is there.
	if err := b.writeBeside(); err != nil {
		return 0, err
	}
	if err := b.renewKeys(); err != nil {
		return 0, err
	}
	if list, err = b.tidy(list, torn); err != nil {
		return 0, err
	}
	base, head := b.journal.Base(), b.journal.Head()
	for {
		from, to := gap(list, base.Seq, head.Seq)
		if from == to {
			return from, b.join(ctx, list)
		}
		h, err := b.write(ctx, from, min(to, from+fileRecords))
		if err != nil {
			return from, err
		}
		list = insert(list, h)
	}
}

// own makes sure that the medium is this office's.
func (b *Backup) own() error {
	m, err := readMarker(b.cfg.Dir)
	if err != nil {
		return err
	}
	if ours := b.journal.Snapshot().State.Config.Office; m.Office != ours {
		return fmt.Errorf("the medium is of %q, not of %q: %w", m.Office, ours, ErrOther)
	}
	return nil
}

// tidy removes what is torn, what another file holds as well, and what is no
// longer kept, and returns the rest.
func (b *Backup) tidy(list []held, torn []string) ([]held, error) {
	base := b.journal.Base().Seq
	kept := list[:0:0]
	for i, h := range list {
		within := h.last <= base
		for k, other := range list {
			same := other.first == h.first && other.last == h.last
			within = within || k != i && other.first <= h.first && other.last >= h.last && (!same || k < i)
		}
		if within {
			torn = append(torn, h.name)
		} else {
			kept = append(kept, h)
		}
	}
	return kept, b.remove(recordsDir, torn)
}

// remove deletes our own files; what others put there stays.
func (b *Backup) remove(dir string, names []string) error {
	for _, name := range names {
		if !strings.HasSuffix(name, suffix) && !strings.HasSuffix(name, partial) {
			continue
		}
		if err := os.Remove(filepath.Join(b.cfg.Dir, dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove from the medium: %w", err)
		}
	}
	return nil
}

// agree checks that the furthest file ends on this journal's chain.
func (b *Backup) agree(ctx context.Context, list []held) error {
	if len(list) == 0 {
		return nil
	}
	last := list[0]
	for _, h := range list {
		if h.last > last.last {
			last = h
		}
	}
	if head := b.journal.Head(); last.last > head.Seq {
		return fmt.Errorf("the medium goes to record %d, the journal to %d: %w", last.last, head.Seq, ErrOther)
	}
	if base := b.journal.Base(); last.last < base.Seq {
		return nil // the medium was away while its records were dropped here
	} else if last.last == base.Seq {
		if fmt.Sprintf("%.16s", base.Hash) != last.hash {
			return fmt.Errorf("record %d differs: %w", last.last, ErrOther)
		}
		return nil
	}
	r, err := b.journal.Range(ctx, last.last-1, 1)
	if err != nil || len(r) != 1 {
		return fmt.Errorf("compare record %d: %w", last.last, err)
	}
	if fmt.Sprintf("%.16s", r[0].Hash()) != last.hash {
		return fmt.Errorf("record %d differs: %w", last.last, ErrOther)
	}
	return nil
}

// gap is the first run of records after base that no file holds: those after
// from, up to to. from is to when nothing is missing.
func gap(list []held, base, head uint64) (from, to uint64) {
	from = base
	for _, h := range list {
		if h.first > from+1 {
			return from, min(h.first-1, head)
		}
		from = max(from, h.last)
	}
	return from, max(from, head)
}

func insert(list []held, h held) []held {
	i := 0
	for i < len(list) && list[i].first < h.first {
		i++
	}
	return append(list[:i:i], append([]held{h}, list[i:]...)...)
}

// write makes the file of the records after from, up to to, and before it the
// one of their case keys: records on the medium always have their keys there.
func (b *Backup) write(ctx context.Context, from, to uint64) (held, error) {
	list, err := b.journal.Range(ctx, from, int(to-from))
	if err != nil || uint64(len(list)) != to-from {
		return held{}, fmt.Errorf("read records %d to %d: %w", from+1, to, errors.Join(err, ctx.Err()))
	}
	answers, keys, err := b.belonging(list)
	if err != nil {
		return held{}, err
	}
	if _, err := b.writeKeys(fmt.Sprintf("part-%016d-%016d", from+1, to), keys); err != nil {
		return held{}, err
	}
	last := list[len(list)-1]
	head := opening{
		Format: format, Records: len(list), Answers: len(answers),
		Before: chain.Head{Seq: from, Hash: list[0].Prev}, Last: chain.Head{Seq: to, Hash: last.Hash()},
	}
	if _, err := b.seal(recordsDir, stemOf(from+1, head.Last), func(add func([]byte) error) error {
		err := addJSON(add, head)
		for i := 0; err == nil && i < len(list); i++ {
			err = add(list[i].Line())
		}
		for i := 0; err == nil && i < len(answers); i++ {
			err = addJSON(add, answers[i])
		}
		return err
	}); err != nil {
		return held{}, err
	}
	return held{first: from + 1, last: to}, nil
}

func addJSON(add func([]byte) error, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	return add(raw)
}

func except(names []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == one })
}

// belonging reads what the journal keeps beside some records.
func (b *Backup) belonging(list []chain.Record) (answers []stored, keys []journal.CaseKey, err error) {
	err = b.journal.View(func(v journal.View) error {
		for i, r := range list {
			if code := received(r); code != "" {
				key, err := v.CaseKey(code)
				if err != nil {
					return err
				}
				if key != nil {
					keys = append(keys, journal.CaseKey{Code: code, Key: key})
				}
			}
			if r.N == 0 || i > 0 && list[i-1].N == r.N && list[i-1].By.Device == r.By.Device {
				continue
			}
			raw, err := v.Answer(r.By.Device, r.N)
			if err != nil {
				return err
			}
			if raw != nil {
				answers = append(answers, stored{Device: r.By.Device, N: r.N, Answer: raw})
			}
		}
		return nil
	})
	return answers, keys, err
}

// received is the code of the dossier that a record takes in.
func received(r chain.Record) string {
	if r.Type != (dossier.DossierReceived{}).Kind() {
		return ""
	}
	e, _, err := dossier.DecodeEvent(r.Type, r.V, r.Data)
	if d, ok := e.(dossier.DossierReceived); ok && err == nil {
		return d.Code
	}
	return ""
}

// join makes one file of many small ones at the end; the next run removes them.
func (b *Backup) join(ctx context.Context, list []held) error {
	i := len(list)
	for i > 0 && list[i-1].last-list[i-1].first+1 < smallFile {
		i--
	}
	if len(list)-i <= joinFiles {
		return nil
	}
	from := list[i].first - 1
	_, err := b.write(ctx, from, min(list[len(list)-1].last, from+fileRecords))
	return err
}

// besides is what is neither a record nor a key.
type besides struct {
	Ground    journal.Ground    `json:"ground"`
	Documents map[string][]byte `json:"documents"`
}

// writeBeside replaces the file beside the records when something in it has
// changed.
func (b *Backup) writeBeside() error {
	ground, err := b.journal.Ground()
	if err != nil {
		return err
	}
	x := besides{Ground: ground, Documents: map[string][]byte{}}
	if err := b.journal.View(func(v journal.View) error {
		for _, name := range v.Documents() {
			if x.Documents[name], err = v.Document(name); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	delete(x.Documents, "probe") // the watchdog's, written every few seconds
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("encode documents: %w", err)
	}
	whole, torn, err := others(b.cfg.Dir, besideDir)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	if sum != b.beside || len(whole) == 0 {
		written, err := b.seal(besideDir, fmt.Sprintf("%016d", b.journal.Head().Seq), func(add func([]byte) error) error { return add(raw) })
		if err != nil {
			return err
		}
		b.beside = sum
		torn = append(torn, except(whole, written)...)
	}
	return b.remove(besideDir, torn)
}
