package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"motcua/queue/chain"
)

// keptAnswers is how many answers of one device are kept: more than the busiest
// machine's 7 days, because after a change of the hub each offers its commands
// of 7 days again and must hear the same answers.
const keptAnswers = 4096

// answerKey is device, NUL, n: the answers of a device lie together in order.
func answerKey(device string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(append(join(device), 0), n)
}

// Answer returns the stored answer to a device's command, nil when there is
// none: the command is new, or it is not after LastN and was carried out so long
// ago, or elsewhere, that its answer is not here.
func (v View) Answer(device string, n uint64) ([]byte, error) {
	raw, err := getValue(v.tx.Bucket(bucketAnswers), answerKey(device, n))
	if len(raw) == 0 {
		return nil, err
	}
	return bytes.Clone(raw), err
}

// LastN is the number of the last command of a device that has been carried out;
// 0 when it has never sent one.
func (v View) LastN(device string) uint64 {
	prefix := append(join(device), 0)
	c := v.tx.Bucket(bucketAnswers).Cursor()
	k, _ := c.Seek(append(join(device), 1)) // the first key after all of the device's
	var framed []byte
	if k == nil {
		k, framed = c.Last()
	} else {
		k, framed = c.Prev()
	}
	for ; len(k) == len(prefix)+8 && bytes.HasPrefix(k, prefix); k, framed = c.Prev() {
		if _, err := unframe(k, framed); err == nil { // else its number cannot be trusted; Verify says so
			return binary.BigEndian.Uint64(k[len(prefix):])
		}
	}
	return 0
}

// PutAnswer stores the answer to a device's command and forgets its oldest one.
func (tx *Tx) PutAnswer(device string, n uint64, answer []byte) error {
	b := tx.tx.Bucket(bucketAnswers)
	if err := putValue(b, answerKey(device, n), answer); err != nil {
		return fmt.Errorf("store answer %d of %s: %w", n, device, err)
	}
	if n <= keptAnswers {
		return nil
	}
	// Numbers may have gaps, so look for the oldest instead of computing it.
	c := b.Cursor()
	prefix := append(join(device), 0)
	k, _ := c.Seek(prefix)
	if !bytes.HasPrefix(k, prefix) || len(k) != len(prefix)+8 || binary.BigEndian.Uint64(k[len(prefix):]) > n-keptAnswers {
		return nil
	}
	if err := dropValue(b, bytes.Clone(k)); err != nil {
		return fmt.Errorf("forget an answer of %s: %w", device, err)
	}
	return nil
}

// carriedOut marks the commands that made records as carried out. A mark is an
// answer without content, where the answer itself has not come along.
func (tx *Tx) carriedOut(records []chain.Record) error {
	b := tx.tx.Bucket(bucketAnswers)
	for i, r := range records {
		again := i > 0 && records[i-1].N == r.N && records[i-1].By.Device == r.By.Device
		if r.N == 0 || again || b.Get(answerKey(r.By.Device, r.N)) != nil {
			continue
		}
		if err := tx.PutAnswer(r.By.Device, r.N, nil); err != nil {
			return err
		}
	}
	return nil
}

// CaseKey returns the wrapped key of a case, nil when it was dropped or never
// kept.
func (v View) CaseKey(code string) ([]byte, error) {
	raw, err := getValue(v.tx.Bucket(bucketKeys), join(code))
	return bytes.Clone(raw), err
}

// CaseCodes lists cases whose key is kept, by code, from after one on.
func (v View) CaseCodes(after string, limit int) []string {
	var codes []string
	c := v.tx.Bucket(bucketKeys).Cursor()
	for k, _ := c.Seek(append(join(after), 0)); k != nil && len(codes) < limit; k, _ = c.Next() {
		codes = append(codes, string(k))
	}
	return codes
}

// PutCaseKey keeps the wrapped key of a case.
func (tx *Tx) PutCaseKey(code string, wrapped []byte) error {
	if err := putValue(tx.tx.Bucket(bucketKeys), join(code), wrapped); err != nil {
		return fmt.Errorf("keep case key: %w", err)
	}
	return nil
}

// DropCaseKey erases a case: what was sealed under its key cannot be opened
// again. bbolt keeps old pages until they are used again; docs/journal.md says
// when the bytes are really gone.
func (tx *Tx) DropCaseKey(code string) error {
	if err := dropValue(tx.tx.Bucket(bucketKeys), join(code)); err != nil {
		return fmt.Errorf("drop case key: %w", err)
	}
	n, err := tx.Erasures()
	if err != nil {
		return err
	}
	return putValue(tx.tx.Bucket(bucketMeta), metaErased, number(n+1))
}

// Erasures counts the case keys that were ever dropped: whoever keeps copies of
// the keys must renew them when it changes.
func (v View) Erasures() (uint64, error) {
	raw, err := getValue(v.tx.Bucket(bucketMeta), metaErased)
	if raw == nil || err != nil {
		return 0, err
	}
	if len(raw) != 8 {
		return 0, fmt.Errorf("count of dropped keys: %w", ErrDamaged)
	}
	return binary.BigEndian.Uint64(raw), nil
}

// CaseKey is one wrapped case key.
type CaseKey struct {
	Code string `json:"code"`
	Key  []byte `json:"key"`
}

// CaseKeys lists up to limit wrapped case keys after a code, in order.
func (v View) CaseKeys(after string, limit int) (list []CaseKey, err error) {
	c := v.tx.Bucket(bucketKeys).Cursor()
	for k, framed := c.Seek(join(after)); k != nil && len(list) < limit; k, framed = c.Next() {
		if string(k) == after {
			continue
		}
		wrapped, err := unframe(k, framed)
		if err != nil {
			return nil, err
		}
		list = append(list, CaseKey{Code: string(k), Key: bytes.Clone(wrapped)})
	}
	return list, nil
}

// Document returns a stored document, nil when there is none.
func (v View) Document(name string) ([]byte, error) {
	raw, err := getValue(v.tx.Bucket(bucketDocuments), join(name))
	return bytes.Clone(raw), err
}

// Documents lists the names of the stored documents, in order.
func (v View) Documents() []string {
	var names []string
	c := v.tx.Bucket(bucketDocuments).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		names = append(names, string(k))
	}
	return names
}

// PutDocument stores a document under a name; documents are what a record
// names but is too large to carry.
func (tx *Tx) PutDocument(name string, doc []byte) error {
	if err := putValue(tx.tx.Bucket(bucketDocuments), join(name), doc); err != nil {
		return fmt.Errorf("store document %s: %w", name, err)
	}
	return nil
}

// record reads one record inside a transaction; ok is false when it is missing.
func (v View) record(seq uint64) (r chain.Record, ok bool, err error) {
	line := v.tx.Bucket(bucketEvents).Get(number(seq))
	if line == nil {
		return chain.Record{}, false, nil
	}
	r, err = chain.Parse(line)
	return r, err == nil, err
}
