// Package segment is a file of consecutive records that will never change: a
// finished month of an office's journal.
//
// The file is zstd frames (RFC 8878) of at most 512 lines each and an index in
// a skippable frame at its end. So it is a tenth of what the records take in
// the journal, any record is found with one read, damage is noticed by a
// checksum per frame, and nothing but `zstd -dc` is needed to have the lines
// in clear. It is read by offset and bounds, never mapped into memory: a
// damaged file is an error and cannot hang or fault.
package segment

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
)

// ErrDamaged: the file is not what was written.
var ErrDamaged = errors.New("segment is damaged")

// A frame, which is what one read must decode, ends with the record that makes
// it this large.
const (
	frameRecords = 512
	frameBytes   = 1 << 20
)

// Bounds of what a damaged or hostile file can make a reader hold, in bytes.
const (
	maxFrame = frameBytes + chain.MaxLine + 1
	maxIndex = 64 << 20
)

// index is the last frame's content.
type index struct {
	Format int        `json:"format"`
	Before chain.Head `json:"before"` // of the first record
	Last   chain.Head `json:"last"`
	Frames []frame    `json:"frames"`
}

// frame is where some records lie, with the CRC-32C of the packed bytes.
type frame struct {
	First uint64 `json:"first"`
	At    int64  `json:"at"`
	Sum   uint32 `json:"sum"`
}

const format = 1

// The index lies in a skippable frame (RFC 8878 §3.1.2), which every zstd
// reader passes over: magic, size, JSON, then the JSON's CRC-32C and length.
const (
	skippable = 0x184D2A5E
	headSize  = 8
	tailSize  = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (x index) encode() ([]byte, error) {
	text, err := json.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("encode index: %w", err)
	}
	b := binary.LittleEndian.AppendUint32(nil, skippable)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)+tailSize))
	b = append(b, text...)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(text, castagnoli))
	return binary.LittleEndian.AppendUint32(b, uint32(len(text))), nil
}

// decodeIndex reads the JSON between head and tail of the index frame.
func decodeIndex(text []byte, sum uint32, end int64) (x index, err error) {
	if crc32.Checksum(text, castagnoli) != sum {
		return x, fmt.Errorf("index: checksum: %w", ErrDamaged)
	}
	if err := json.Unmarshal(text, &x); err != nil {
		return x, fmt.Errorf("index: %w (%w)", ErrDamaged, err)
	}
	if x.Format != format {
		return x, fmt.Errorf("index of format %d, known is %d: %w", x.Format, format, ErrDamaged)
	}
	next, at := x.Before.Seq+1, int64(0)
	for i, f := range x.Frames {
		first := i == 0 && f.At == 0 && f.First == next
		if !first && (f.At <= at || f.First <= next || i == 0) || f.At >= end || f.First > x.Last.Seq {
			return x, fmt.Errorf("index: frame %d is out of order: %w", i, ErrDamaged)
		}
		next, at = f.First, f.At
	}
	if len(x.Frames) == 0 || x.Last.Seq <= x.Before.Seq {
		return x, fmt.Errorf("index: no records: %w", ErrDamaged)
	}
	return x, nil
}

// lines splits a decoded frame.
func lines(raw []byte) [][]byte {
	list := bytes.Split(raw, []byte("\n"))
	return list[:len(list)-1] // each ends with a newline
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxFrame))
}
