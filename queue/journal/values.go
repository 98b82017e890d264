package journal

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Bucket names; docs/journal.md says what each holds.
var (
	bucketMeta      = []byte("meta")
	bucketEvents    = []byte("events")
	bucketAnswers   = []byte("answers")
	bucketDossiers  = []byte("dossiers")
	bucketByDay     = []byte("dossiers-by-day")
	bucketByStatus  = []byte("dossiers-by-status")
	bucketByCard    = []byte("dossiers-by-card")
	bucketSerials   = []byte("dossier-serials")
	bucketKeys      = []byte("keys")
	bucketDocuments = []byte("documents")
	bucketSealed    = []byte("sealed")
	bucketStates    = []byte("states") // large, so apart from the small values of each commit
)

// kept are the buckets that hold what cannot be read from the records;
// readModels are dropped and rebuilt.
func kept() [][]byte {
	return [][]byte{bucketMeta, bucketEvents, bucketAnswers, bucketKeys, bucketDocuments, bucketSealed, bucketStates}
}

func readModels() [][]byte {
	return [][]byte{bucketDossiers, bucketByDay, bucketByStatus, bucketByCard, bucketSerials}
}

// Keys of the meta bucket.
var (
	metaSchema = []byte("schema")
	metaHead   = []byte("head")
	metaErased = []byte("erased") // how many case keys were dropped
	metaAcked  = []byte("acked")
)

// Keys of the states bucket.
var (
	stateMorning = []byte("morning") // right after the latest day.opened
	stateGround  = []byte("ground")  // after the last dropped record
)

// ErrDamaged means that a stored value is not what was written: its checksum
// does not agree. Read models can be rebuilt; anything else comes from a backup.
var ErrDamaged = errors.New("stored value is damaged")

// sum is CRC-32C, which amd64 and arm64 compute in hardware, over a key and its
// value.
func sum(key, value []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(key, table), table, value)
}

// putValue stores a value behind a checksum of its key and itself: bbolt checks
// only its two meta pages, so a flipped bit elsewhere would be a silent wrong
// answer, or the right one to another question. What a bucket should hold is
// counted in its sequence, so that an entry lost with a page's header is missed.
func putValue(b *bolt.Bucket, key, value []byte) error {
	if b.Get(key) == nil {
		if _, err := b.NextSequence(); err != nil {
			return err
		}
	}
	framed := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(value)), sum(key, value))
	return b.Put(key, append(framed, value...))
}

// dropValue removes a value; one that is not there is no fault.
func dropValue(b *bolt.Bucket, key []byte) error {
	if b.Get(key) == nil {
		return nil
	}
	if err := b.SetSequence(b.Sequence() - 1); err != nil {
		return err
	}
	return b.Delete(key)
}

// counted checks that a bucket holds as many values as were put there.
func counted(b *bolt.Bucket, name []byte) error {
	n := uint64(0)
	c := b.Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	if want := b.Sequence(); n != want {
		return fmt.Errorf("%s holds %d values of %d: %w", name, n, want, ErrDamaged)
	}
	return nil
}

// getValue returns a stored value, nil when there is none. The bytes are the
// transaction's; copy what outlives it.
func getValue(b *bolt.Bucket, key []byte) ([]byte, error) {
	framed := b.Get(key)
	if framed == nil {
		return nil, nil
	}
	return unframe(key, framed)
}

// unframe checks a value's checksum. That of format 1 was over the value alone;
// it is still read, and cannot be had by a flipped bit in one of today's.
func unframe(key, framed []byte) ([]byte, error) {
	if len(framed) >= 4 {
		value, have := framed[4:], binary.BigEndian.Uint32(framed)
		if have == sum(key, value) || have == sum(nil, value) {
			return value, nil
		}
	}
	return nil, fmt.Errorf("value of %q: %w", key, ErrDamaged)
}

// putJSON and getJSON are putValue and getValue for structures. getJSON
// reports whether there was a value.
func putJSON(b *bolt.Bucket, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode value of %q: %w", key, err)
	}
	return putValue(b, key, raw)
}

func getJSON(b *bolt.Bucket, key []byte, v any) (bool, error) {
	raw, err := getValue(b, key)
	if raw == nil || err != nil {
		return false, err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, fmt.Errorf("value of %q: %w (%w)", key, ErrDamaged, err)
	}
	return true, nil
}

// number writes a sequence number so that keys sort by it.
func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// join makes a key of parts with NUL between; a part that contains NUL loses
// it, so no part can pose as two.
func join(parts ...string) []byte {
	for i, p := range parts {
		if strings.IndexByte(p, 0) >= 0 {
			parts[i] = strings.ReplaceAll(p, "\x00", "")
		}
	}
	return []byte(strings.Join(parts, "\x00"))
}
