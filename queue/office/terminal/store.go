package terminal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/field"
	"motcua/queue/succession"
)

// The file's buckets.
var (
	bucketMeta     = []byte("meta")     // kept, proof, about and the lists of the office
	bucketField    = []byte("field")    // own records: sequence → line
	bucketCopy     = []byte("copy")     // the office's records: term, sequence → line
	bucketDossiers = []byte("dossiers") // code → dossier without its applicant
)

// Keys of the meta bucket.
const (
	metaKept       = "kept"
	metaState      = "state" // of the office, as of its Seq
	metaProof      = "proof"
	metaBox        = "box"
	metaProcedures = "procedures"
	metaCriteria   = "criteria"
	metaReceipts   = "receipts" // given while the office was silent, by call
	metaSkew       = "skew"
)

// errDamaged: a stored value is not what was written.
var errDamaged = errors.New("the terminal's memory is damaged")

// store is the terminal's file.
type store struct{ db *bolt.DB }

// openStore opens the file. One that cannot be used is put aside: the office
// has everything that it confirmed, and the terminal must work today.
func openStore(path string) (*store, bool, error) {
	s, err := tryStore(path)
	if err == nil {
		return s, false, nil
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, false, fmt.Errorf("open %s: another program of this machine has it: %w", path, err)
	}
	aside := fmt.Sprintf("%s.damaged-%d", path, time.Now().Unix())
	if moved := os.Rename(path, aside); moved != nil {
		return nil, false, errors.Join(err, moved)
	}
	s, err = tryStore(path)
	return s, true, err
}

func tryStore(path string) (*store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{
		Timeout: time.Second, FreelistType: bolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: 1 << 28,
	})
	if err != nil {
		return nil, fmt.Errorf("open the terminal's memory: %w", err)
	}
	s := &store{db: db}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketField, bucketCopy, bucketDossiers} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		_, _, _, err = s.load()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the terminal's memory: %w", err), db.Close())
	}
	return s, nil
}

func (s *store) close() error { return s.db.Close() }

// load reads what a terminal begins with. kept is nil in a new file.
func (s *store) load() (kept *field.Kept, records []field.Entry, state *queue.State, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		kept = new(field.Kept)
		if ok, err := get(tx, metaKept, kept); !ok || err != nil {
			kept = nil
			return err
		}
		if records, err = entries(tx); err != nil {
			return err
		}
		state = queue.NewState()
		if ok, err := get(tx, metaState, state); !ok || err != nil {
			state = nil
			return err
		}
		return forward(tx, state, *kept)
	})
	return kept, records, state, err
}

// entries reads the field records.
func entries(tx *bolt.Tx) (list []field.Entry, err error) {
	err = tx.Bucket(bucketField).ForEach(func(_, line []byte) error {
		r, err := chain.Parse(line)
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		e, _, err := queue.DecodeEvent(r.Type, r.V, r.Data)
		if err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		list = append(list, field.Entry{Record: r, Event: e})
		return nil
	})
	return list, err
}

// forward applies the copied records since a stored state.
func forward(tx *bolt.Tx, state *queue.State, kept field.Kept) error {
	b := tx.Bucket(bucketCopy)
	for seq := state.Seq + 1; seq <= kept.Copy; seq++ {
		r, err := chain.Parse(b.Get(copyKey(kept.Terms, seq)))
		if err != nil {
			return fmt.Errorf("copied record %d: %w (%w)", seq, errDamaged, err)
		}
		apply(state, r)
	}
	return nil
}

// copyKey is where a record of the office stands. Two hubs that led apart made
// different records of one number, so the term comes first.
func copyKey(terms succession.Lineage, seq uint64) []byte {
	return termKey(terms.Term(seq), seq)
}

func termKey(term int, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint16(nil, uint16(term)), seq)
}

// apply brings a state up to date with a record. Kinds of other packages only
// move its place.
func apply(state *queue.State, r chain.Record) {
	if e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data); ok && err == nil {
		state.Apply(e, r.At, r.Seq, r.By)
		return
	}
	state.Seq = r.Seq
}

// change is what one transaction writes; zero fields write nothing.
type change struct {
	kept   *field.Kept
	own    []chain.Record // field records to add
	gone   []chain.Record // field records to drop
	copied []chain.Record // the office's records
	ahead  []chain.Record // those that came with an answer, made in term
	term   int
	terms  succession.Lineage
	state  *queue.State // a snapshot
	meta   map[string]any
	forget time.Time // copied records before it are dropped
	// catalogue: another one is in use since these records.
	catalogue bool
}

func (s *store) write(c change) error {
	err := s.db.Update(func(tx *bolt.Tx) error {
		own, copied := tx.Bucket(bucketField), tx.Bucket(bucketCopy)
		for _, r := range c.own {
			if err := own.Put(key(r.Seq), r.Line()); err != nil {
				return err
			}
		}
		for _, r := range c.gone {
			if err := own.Delete(key(r.Seq)); err != nil {
				return err
			}
		}
		for _, r := range c.copied {
			if err := errors.Join(copied.Put(copyKey(c.terms, r.Seq), r.Line()), keepDossier(tx, r)); err != nil {
				return err
			}
		}
		for _, r := range c.ahead {
			if err := copied.Put(termKey(c.term, r.Seq), r.Line()); err != nil {
				return err
			}
		}
		if err := drop(copied, c.forget); err != nil {
			return err
		}
		return putAll(tx, c)
	})
	if err != nil {
		return fmt.Errorf("keep the terminal's memory: %w", err)
	}
	return nil
}

func putAll(tx *bolt.Tx, c change) error {
	if c.kept != nil {
		if err := put(tx.Bucket(bucketMeta), []byte(metaKept), c.kept); err != nil {
			return err
		}
	}
	if c.state != nil {
		if err := put(tx.Bucket(bucketMeta), []byte(metaState), c.state); err != nil {
			return err
		}
	}
	for name, v := range c.meta {
		if err := put(tx.Bucket(bucketMeta), []byte(name), v); err != nil {
			return err
		}
	}
	return nil
}

// drop removes copied records from before a moment, from the oldest on.
func drop(copied *bolt.Bucket, before time.Time) error {
	if before.IsZero() {
		return nil
	}
	c := copied.Cursor()
	for k, line := c.First(); k != nil; k, line = c.Next() {
		if r, err := chain.Parse(line); err == nil && !r.At.Before(before) {
			return nil
		}
		if err := c.Delete(); err != nil {
			return err
		}
	}
	return nil
}

// keepDossier keeps what a citizen may know of a dossier: no applicant.
func keepDossier(tx *bolt.Tx, r chain.Record) error {
	e, ok, err := dossier.DecodeEvent(r.Type, r.V, r.Data)
	if !ok || err != nil {
		return nil // of another package, or of a later version: not for this copy
	}
	b := tx.Bucket(bucketDossiers)
	d, known, err := findDossier(b, dossier.CodeOf(e))
	if err != nil {
		return err
	}
	_, first := e.(dossier.DossierReceived)
	if !known && !first {
		return nil
	}
	if first {
		d = dossier.Dossier{}
	}
	return putDossier(b, dossier.Apply(d, e, r.At, r.By))
}

// putDossier files a dossier under its code. Under that of a provisional receipt
// stands where it went.
func putDossier(b *bolt.Bucket, d dossier.Dossier) error {
	d.Sealed, d.CardHash, d.Mask = nil, "", ""
	if d.Provisional != "" && d.Provisional != d.Code {
		if err := put(b, []byte(d.Provisional), dossier.Dossier{Code: d.Code}); err != nil {
			return err
		}
	}
	return put(b, []byte(d.Code), d)
}

// findDossier finds one by its code or that of its provisional receipt.
func findDossier(b *bolt.Bucket, code string) (d dossier.Dossier, ok bool, err error) {
	if ok, err = read(b, []byte(code), &d); !ok || err != nil || d.Code == code {
		return d, ok, err
	}
	moved := d.Code
	d = dossier.Dossier{}
	ok, err = read(b, []byte(moved), &d)
	return d, ok, err
}

// keepReceipt files what a provisional receipt says.
func (s *store) keepReceipt(d dossier.Dossier) error {
	err := s.db.Update(func(tx *bolt.Tx) error { return putDossier(tx.Bucket(bucketDossiers), d) })
	if err != nil {
		return fmt.Errorf("keep a receipt: %w", err)
	}
	return nil
}

// own and copied read records by their place; what is no longer there is passed
// over.
func (s *store) own(first, last uint64) ([]queue.MergeItem, error) {
	return s.lines(bucketField, key(first), key(last))
}

func (s *store) copied(term int, first, last uint64) ([]queue.MergeItem, error) {
	return s.lines(bucketCopy, termKey(term, first), termKey(term, last))
}

func (s *store) lines(bucket, first, last []byte) (items []queue.MergeItem, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		for k, line := c.Seek(first); k != nil && bytes.Compare(k, last) <= 0; k, line = c.Next() {
			items = append(items, queue.MergeItem{Index: binary.BigEndian.Uint64(k[len(k)-8:]), Record: string(line)})
		}
		return nil
	})
	return items, err
}

// dossier finds a dossier in the copy.
func (s *store) dossier(code string) (d dossier.Dossier, ok bool, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		d, ok, err = findDossier(tx.Bucket(bucketDossiers), code)
		return err
	})
	return d, ok, err
}

// recall reads a value of the meta bucket.
func (s *store) recall(name string, v any) (ok bool, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		ok, err = get(tx, name, v)
		return err
	})
	return ok, err
}

func key(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func get(tx *bolt.Tx, name string, v any) (bool, error) {
	return read(tx.Bucket(bucketMeta), []byte(name), v)
}

// put and read frame a value with its checksum: bbolt has none.
func put(b *bolt.Bucket, k []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", k, err)
	}
	return b.Put(k, append(binary.BigEndian.AppendUint32(nil, sum(raw)), raw...))
}

func read(b *bolt.Bucket, k []byte, v any) (bool, error) {
	raw := b.Get(k)
	if raw == nil {
		return false, nil
	}
	if len(raw) < 4 || binary.BigEndian.Uint32(raw) != sum(raw[4:]) {
		return false, fmt.Errorf("%s: %w", k, errDamaged)
	}
	if err := json.Unmarshal(raw[4:], v); err != nil {
		return false, fmt.Errorf("%s: %w (%w)", k, errDamaged, err)
	}
	return true, nil
}

func sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
