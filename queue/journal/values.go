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
)

// kept are the buckets that hold what cannot be read from the records;
// readModels are dropped and rebuilt.
func kept() [][]byte {
	return [][]byte{bucketMeta, bucketEvents, bucketAnswers, bucketKeys, bucketDocuments, bucketSealed}
}

func readModels() [][]byte {
	return [][]byte{bucketDossiers, bucketByDay, bucketByStatus, bucketByCard, bucketSerials}
}

// Keys of the meta bucket.
var (
	metaSchema  = []byte("schema")
	metaHead    = []byte("head")
	metaMorning = []byte("morning") // the state right after the latest day.opened
	metaGround  = []byte("ground")  // the state after the last dropped record
	metaErased  = []byte("erased")  // how many case keys were dropped
	metaAcked   = []byte("acked")
	metaCreated = []byte("created")
)

// ErrDamaged means that a stored value is not what was written: its checksum
// does not agree. Read models can be rebuilt; anything else comes from a backup.
var ErrDamaged = errors.New("stored value is damaged")

// sum is CRC-32C, which amd64 and arm64 compute in hardware.
func sum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// putValue stores a value behind its checksum: bbolt checks only its two meta
// pages, so a flipped bit elsewhere would be a silent wrong answer.
func putValue(b *bolt.Bucket, key, value []byte) error {
	framed := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(value)), sum(value))
	return b.Put(key, append(framed, value...))
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

func unframe(key, framed []byte) ([]byte, error) {
	if len(framed) < 4 || binary.BigEndian.Uint32(framed) != sum(framed[4:]) {
		return nil, fmt.Errorf("value of %q: %w", key, ErrDamaged)
	}
	return framed[4:], nil
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
