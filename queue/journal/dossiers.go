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

// Dossier returns a dossier by its code.
func (v View) Dossier(code string) (d dossier.Dossier, found bool, err error) {
	found, err = getJSON(v.tx.Bucket(bucketDossiers), join(code), &d)
	return d, found, err
}

// Serial is the last serial given to a dossier on a local date; 0 before the
// first.
func (v View) Serial(day string) (int, error) {
	var n int
	_, err := getJSON(v.tx.Bucket(bucketSerials), join(day), &n)
	return n, err
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

// putDossier stores a dossier and moves its index entries.
func (tx *Tx) putDossier(d dossier.Dossier) error {
	before, known, err := tx.Dossier(d.Code)
	if err != nil {
		return err
	}
	code := []byte(d.Code)
	if known {
		for bucket, key := range indexKeys(before) {
			if err := tx.tx.Bucket([]byte(bucket)).Delete(key); err != nil {
				return fmt.Errorf("move dossier in %s: %w", bucket, err)
			}
		}
	}
	for bucket, key := range indexKeys(d) {
		if err := putValue(tx.tx.Bucket([]byte(bucket)), key, code); err != nil {
			return fmt.Errorf("file dossier in %s: %w", bucket, err)
		}
	}
	if !known {
		if err := tx.countSerial(d.Code); err != nil {
			return err
		}
	}
	return putJSON(tx.tx.Bucket(bucketDossiers), join(d.Code), d)
}

// indexKeys are a dossier's entries by bucket; each ends with the time of
// receipt, newest first, and the code.
func indexKeys(d dossier.Dossier) map[string][]byte {
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

func (tx *Tx) countSerial(text string) error {
	code, ok := dossier.ParseCode(text)
	if !ok {
		return nil // a foreign code takes no serial of ours
	}
	last, err := tx.Serial(code.Day)
	if err != nil || code.Serial <= last {
		return err
	}
	return putJSON(tx.tx.Bucket(bucketSerials), join(code.Day), code.Serial)
}
