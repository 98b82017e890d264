package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
)

// scanned bounds how many dossiers one query looks at, so that a read
// transaction stays short whatever is asked.
const scanned = 5000

// DossierQuery selects dossiers; empty fields do not select.
type DossierQuery struct {
	Day    string // received on, local date "2006-01-02"
	Status dossier.Status
	Card   string // keyed hash of the personal number
	Limit  int    // at most so many; 0 means none
}

// Dossier returns a dossier by its code; one that was numbered is found by its
// provisional code as well.
func (v View) Dossier(code string) (d dossier.Dossier, found bool, err error) {
	found, err = getJSON(v.tx.Bucket(bucketDossiers), join(code), &d)
	if !found || err != nil || d.Code == code {
		return d, found, err
	}
	// What is filed under the provisional code only names the official one.
	code, d = d.Code, dossier.Dossier{}
	found, err = getJSON(v.tx.Bucket(bucketDossiers), join(code), &d)
	return d, found, err
}

// Serial is the last serial of a count (dossier.Serial), such as that of a local
// date; 0 before the first.
func (v View) Serial(count string) (int, error) {
	var n int
	_, err := getJSON(v.tx.Bucket(bucketSerials), join(count), &n)
	return n, err
}

// unnumbered begins the keys of dossiers without an official code, in the order
// of their records. It is no status, so that no query selects it.
const unnumbered = "unnumbered"

// Unnumbered lists up to limit dossiers that have provisional codes only, in the
// order in which they were recorded.
func (v View) Unnumbered(limit int) ([]dossier.Dossier, error) {
	prefix := append(join(unnumbered), 0)
	c := v.tx.Bucket(bucketByStatus).Cursor()
	k, framed := c.Seek(prefix)
	return v.collect(DossierQuery{Limit: limit}, func() ([]byte, []byte) {
		k0, v0 := k, framed
		if k0 == nil || !bytes.HasPrefix(k0, prefix) {
			return nil, nil
		}
		k, framed = c.Next()
		return k0, v0
	})
}

// Dossiers lists dossiers, newest first. It uses the index that selects most
// and filters by the rest.
func (v View) Dossiers(q DossierQuery) ([]dossier.Dossier, error) {
	bucket, prefix := bucketByDay, []byte(nil)
	switch {
	case q.Card != "":
		bucket, prefix = bucketByCard, append(join(q.Card), 0)
	case q.Day != "":
		start, err := time.ParseInLocation(time.DateOnly, q.Day, queue.Local(time.Time{}).Location())
		if err != nil {
			return nil, nil // no such day, no dossiers
		}
		return v.listDay(start, q)
	case q.Status != "":
		bucket, prefix = bucketByStatus, append(join(string(q.Status)), 0)
	}
	c := v.tx.Bucket(bucket).Cursor()
	k, framed := c.Seek(prefix)
	return v.collect(q, func() ([]byte, []byte) {
		k0, v0 := k, framed
		if k0 == nil || !bytes.HasPrefix(k0, prefix) {
			return nil, nil
		}
		k, framed = c.Next()
		return k0, v0
	})
}

// listDay lists what was received on the local day that begins at start.
func (v View) listDay(start time.Time, q DossierQuery) ([]dossier.Dossier, error) {
	end := newest(start.Add(-time.Millisecond))
	c := v.tx.Bucket(bucketByDay).Cursor()
	k, framed := c.Seek(newest(start.AddDate(0, 0, 1).Add(-time.Millisecond)))
	return v.collect(q, func() ([]byte, []byte) {
		k0, v0 := k, framed
		if k0 == nil || bytes.Compare(k0, end) >= 0 {
			return nil, nil
		}
		k, framed = c.Next()
		return k0, v0
	})
}

// collect reads the dossiers that index entries name and keeps those that the
// query selects.
func (v View) collect(q DossierQuery, next func() (key, framed []byte)) ([]dossier.Dossier, error) {
	var list []dossier.Dossier
	for range scanned {
		if len(list) >= q.Limit {
			break
		}
		key, framed := next()
		if key == nil {
			break
		}
		code, err := unframe(key, framed)
		if err != nil {
			return nil, err
		}
		d, found, err := v.Dossier(string(code))
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("dossier %s is in an index only: %w", code, ErrDamaged)
		}
		if q.selects(d) {
			list = append(list, d)
		}
	}
	return list, nil
}

func (q DossierQuery) selects(d dossier.Dossier) bool {
	return (q.Day == "" || queue.Local(d.Received).Format(time.DateOnly) == q.Day) &&
		(q.Status == "" || d.Status() == q.Status) &&
		(q.Card == "" || d.CardHash == q.Card)
}

// newest is a key part that sorts later moments first.
func newest(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, ^uint64(t.UnixMilli()))
}

// putDossier stores a dossier in place of what it was before, with the record
// that changed it, and moves its index entries.
func (tx *Tx) putDossier(before, d dossier.Dossier, seq uint64) error {
	for bucket, key := range indexKeys(before) {
		if err := dropValue(tx.tx.Bucket([]byte(bucket)), key); err != nil {
			return fmt.Errorf("move dossier in %s: %w", bucket, err)
		}
	}
	code := []byte(d.Code)
	for bucket, key := range indexKeys(d) {
		if err := putValue(tx.tx.Bucket([]byte(bucket)), key, code); err != nil {
			return fmt.Errorf("file dossier in %s: %w", bucket, err)
		}
	}
	if before.Code != d.Code {
		if err := tx.countSerial(d.Code); err != nil {
			return err
		}
		if err := tx.number(before, d, seq); err != nil {
			return err
		}
	}
	return putJSON(tx.tx.Bucket(bucketDossiers), join(d.Code), d)
}

// number keeps what is found by provisional codes true when a dossier gets a
// code.
func (tx *Tx) number(before, d dossier.Dossier, seq uint64) error {
	waiting := tx.tx.Bucket(bucketByStatus)
	key := func(seq uint64) []byte { return append(append(join(unnumbered), 0), number(seq)...) }
	if !d.Numbered() {
		if err := putValue(waiting, key(seq), []byte(d.Code)); err != nil {
			return fmt.Errorf("file dossier to be numbered: %w", err)
		}
		return nil
	}
	if d.Provisional == "" {
		return nil
	}
	if before.Code != "" {
		if err := tx.numbered(before.Code); err != nil {
			return err
		}
	}
	if err := tx.countSerial(d.Provisional); err != nil {
		return err
	}
	return putJSON(tx.tx.Bucket(bucketDossiers), join(d.Provisional), dossier.Dossier{Code: d.Code})
}

// numbered takes a dossier off the list of those without an official code.
func (tx *Tx) numbered(code string) error {
	prefix := append(join(unnumbered), 0)
	b := tx.tx.Bucket(bucketByStatus)
	c := b.Cursor()
	for k, framed := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, framed = c.Next() {
		listed, err := unframe(k, framed)
		if err != nil {
			return err
		}
		if string(listed) == code {
			if err := dropValue(b, bytes.Clone(k)); err != nil {
				return fmt.Errorf("number dossier %s: %w", code, err)
			}
			return nil
		}
	}
	return nil
}

// indexKeys are a dossier's entries by bucket; each ends with the time of
// receipt, newest first, and the code.
func indexKeys(d dossier.Dossier) map[string][]byte {
	if d.Code == "" {
		return nil
	}
	tail := append(newest(d.Received), d.Code...)
	keys := map[string][]byte{
		string(bucketByDay):    tail,
		string(bucketByStatus): append(append(join(string(d.Status())), 0), tail...),
	}
	if d.CardHash != "" {
		keys[string(bucketByCard)] = append(append(join(d.CardHash), 0), tail...)
	}
	return keys
}

func (tx *Tx) countSerial(code string) error {
	count, n, ok := dossier.Serial(code)
	if !ok {
		return nil // a foreign code takes no serial of ours
	}
	last, err := tx.Serial(count)
	if err != nil || n <= last {
		return err
	}
	return putJSON(tx.tx.Bucket(bucketSerials), join(count), n)
}
