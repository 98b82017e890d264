package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"filippo.io/age"

	"motcua/queue/chain"
	"motcua/queue/journal"
)

// Until says where a restored journal ends. The zero value is the end of the
// backup.
type Until struct {
	// Seq is the last record wanted; 0 means no bound.
	Seq uint64
	// At ends before the first record made after it; zero means no bound. The
	// order is the chain's: a clock that once ran ahead ends the journal there.
	At time.Time
}

// reached reports whether a record lies behind the end.
func (u Until) reached(r chain.Record) bool {
	return u.Seq > 0 && r.Seq > u.Seq || !u.At.IsZero() && r.At.After(u.At)
}

// Report is what a restoring came to.
type Report struct {
	Office string
	Head   chain.Head // of the journal that was made
	At     time.Time  // of its last record
	Seen   uint64     // last record on the medium, by its names
	Files  int        // read
	// Damaged are the files that could not be read. Records stop before the
	// first that no other file makes up for; what follows can come from the city.
	Damaged []string
}

// Whole reports whether all that was wanted is there.
func (r Report) Whole() bool { return len(r.Damaged) == 0 }

// errEnd ends the reading of a file early.
var errEnd = errors.New("the end that was asked for")

// Restore makes an empty journal what the backup in dir holds, up to an end:
// records, answers, documents and the case keys that still exist. It checks
// the chain as it goes. Its error means that the journal must not be used;
// damaged files are in the Report.
func Restore(ctx context.Context, dir string, ids []age.Identity, j *journal.Journal, until Until) (Report, error) {
	m, err := readMarker(dir)
	if err != nil {
		return Report{}, fmt.Errorf("restore: %w", err)
	}
	r := &restoring{dir: dir, ids: ids, journal: j, until: until, report: Report{Office: m.Office}}
	if j.Head().Seq > 0 {
		return r.report, errors.New("restore: the journal has records already")
	}
	for _, step := range []func(context.Context) error{r.besides, r.records, r.keys} {
		if err := step(ctx); err != nil {
			return r.report, fmt.Errorf("restore: %w", err)
		}
	}
	r.report.Head = j.Head()
	return r.report, nil
}

type restoring struct {
	dir     string
	ids     []age.Identity
	journal *journal.Journal
	until   Until
	report  Report
	ended   bool
	n       map[string]uint64 // the last restored command of each device
}

// read reads a file and notes a damaged one, which is no error.
func (r *restoring) read(sub, name string, line func([]byte) error) (bool, error) {
	err := unseal(filepath.Join(r.dir, sub, name), r.ids, line)
	if errors.Is(err, ErrMedium) {
		var wrong *age.NoIdentityMatchError
		if errors.As(err, &wrong) {
			return false, err // not damage: nothing will open
		}
		r.report.Damaged = append(r.report.Damaged, filepath.Join(sub, name))
		return false, nil
	}
	r.report.Files++
	return true, err
}

// besides restores the newest readable file beside the records.
func (r *restoring) besides(context.Context) error {
	whole, torn, err := others(r.dir, besideDir)
	if err != nil {
		return err
	}
	r.damaged(besideDir, torn)
	for i := len(whole) - 1; i >= 0; i-- {
		var x besides
		ok, err := r.read(besideDir, whole[i], func(line []byte) error { return json.Unmarshal(line, &x) })
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if g := x.Ground; g.Base.Seq > 0 && (r.until.Seq > 0 && r.until.Seq < g.Base.Seq || !r.until.At.IsZero() && r.until.At.Before(g.At)) {
			return fmt.Errorf("records up to %d of %s are no longer kept: %w", g.Base.Seq, g.At.Format(time.DateOnly), journal.ErrDropped)
		}
		if err := r.journal.Begin(x.Ground); err != nil {
			return err
		}
		_, err = r.journal.Update(func(tx *journal.Tx) error {
			for name, doc := range x.Documents {
				if err := tx.PutDocument(name, doc); err != nil {
					return err
				}
			}
			return nil
		})
		return err
	}
	return nil
}

// damaged notes files that were never whole, leftovers of a writing excepted.
func (r *restoring) damaged(sub string, torn []string) {
	for _, name := range torn {
		if filepath.Ext(name) == suffix {
			r.report.Damaged = append(r.report.Damaged, filepath.Join(sub, name))
		}
	}
}

// records restores record by record, from whichever file has the next.
func (r *restoring) records(ctx context.Context) error {
	list, torn, err := records(r.dir)
	if err != nil {
		return err
	}
	r.damaged(recordsDir, torn)
	r.n = map[string]uint64{}
	for _, h := range list {
		r.report.Seen = max(r.report.Seen, h.last)
		have := r.journal.Head().Seq
		if r.ended || h.last <= have || h.first > have+1 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.file(h.name); err != nil {
			return err
		}
	}
	return nil
}

// page is how many records one transaction takes.
const page = 1000

// file takes what is new in one file of records.
func (r *restoring) file(name string) error {
	var head opening
	var records []chain.Record
	var answers []stored
	lines := 0
	ok, err := r.read(recordsDir, name, func(line []byte) error {
		lines++
		switch {
		case lines == 1:
			return json.Unmarshal(line, &head)
		case lines > 1+head.Records:
			var s stored
			err := json.Unmarshal(line, &s)
			answers = append(answers, s)
			return err
		}
		rec, err := chain.Parse(line)
		if err != nil || rec.Seq <= r.journal.Head().Seq || r.ended {
			return err
		}
		if r.ended = r.until.reached(rec); r.ended {
			return nil // answers to what came before follow
		}
		records = append(records, rec)
		if len(records) < page {
			return nil
		}
		return r.take(&records)
	})
	if err != nil || !ok {
		return err
	}
	if err := r.take(&records); err != nil {
		return err
	}
	return r.answer(answers)
}

// take commits some records. Those that do not continue the chain make the
// whole restoring fail: the medium was not written by one office.
func (r *restoring) take(records *[]chain.Record) error {
	if len(*records) == 0 {
		return nil
	}
	if _, err := r.journal.Update(func(tx *journal.Tx) error { return tx.Copy(*records) }); err != nil {
		return err
	}
	for _, rec := range *records {
		r.n[rec.By.Device] = max(r.n[rec.By.Device], rec.N)
		r.report.At = rec.At
	}
	*records = nil
	return nil
}

// answer stores the answers to commands that were restored; a later command is
// to be carried out again when its device asks.
func (r *restoring) answer(list []stored) error {
	_, err := r.journal.Update(func(tx *journal.Tx) error {
		for _, s := range list {
			if s.N > r.n[s.Device] {
				continue
			}
			if err := tx.PutAnswer(s.Device, s.N, s.Answer); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// keys restores the case keys of the dossiers that were restored.
func (r *restoring) keys(context.Context) error {
	whole, torn, err := others(r.dir, keysDir)
	if err != nil {
		return err
	}
	r.damaged(keysDir, torn)
	for _, name := range whole {
		var keys []journal.CaseKey
		if _, err := r.read(keysDir, name, func(line []byte) error {
			var k journal.CaseKey
			err := json.Unmarshal(bytes.Clone(line), &k)
			keys = append(keys, k)
			return err
		}); err != nil {
			return err
		}
		if _, err := r.journal.Update(func(tx *journal.Tx) error {
			for _, k := range keys {
				_, found, err := tx.Dossier(k.Code)
				if err == nil && found {
					err = tx.PutCaseKey(k.Code, k.Key)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
