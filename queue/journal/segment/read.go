package segment

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sort"

	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
)

// File is a segment open for reading. It is for one goroutine at a time.
type File struct {
	in      io.ReaderAt
	closer  io.Closer
	end     int64 // of the frames
	index   index
	decoder *zstd.Decoder
}

// Open reads a segment's index. A file that is not whole is ErrDamaged.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open segment: %w", err), f.Close())
	}
	s, err := Read(f, info.Size())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s.closer = f
	return s, nil
}

// Read is Open for what is no file.
func Read(in io.ReaderAt, size int64) (*File, error) {
	var tail [tailSize]byte
	if size < headSize+tailSize {
		return nil, fmt.Errorf("segment of %d bytes: %w", size, ErrDamaged)
	}
	if err := readAt(in, tail[:], size-tailSize); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail[4:]))
	end := size - tailSize - length - headSize
	if length > maxIndex || end < 0 {
		return nil, fmt.Errorf("segment without an index, it may have been cut off: %w", ErrDamaged)
	}
	text := make([]byte, headSize+length)
	if err := readAt(in, text, end); err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(text) != skippable || int64(binary.LittleEndian.Uint32(text[4:])) != length+tailSize {
		return nil, fmt.Errorf("segment without an index, it may have been cut off: %w", ErrDamaged)
	}
	x, err := decodeIndex(text[headSize:], binary.LittleEndian.Uint32(tail[:]), end)
	if err != nil {
		return nil, err
	}
	d, err := newDecoder()
	if err != nil {
		return nil, fmt.Errorf("prepare zstd: %w", err)
	}
	return &File{in: in, end: end, index: x, decoder: d}, nil
}

func readAt(in io.ReaderAt, b []byte, at int64) error {
	if _, err := in.ReadAt(b, at); err != nil {
		return fmt.Errorf("read segment at %d: %w (%w)", at, ErrDamaged, err)
	}
	return nil
}

// Before is the head that the first record follows; Last is the last record's.
func (f *File) Before() chain.Head { return f.index.Before }

// Last is the head of the last record.
func (f *File) Last() chain.Head { return f.index.Last }

// Page returns up to limit lines of the records after a sequence number, which
// must lie in the segment; it stops at a frame's end, so ask again for more.
// The lines are not checked against the chain: their reader does that.
func (f *File) Page(after uint64, limit int) ([][]byte, error) {
	seq := after + 1
	if seq <= f.index.Before.Seq || seq > f.index.Last.Seq {
		return nil, nil
	}
	i := sort.Search(len(f.index.Frames), func(i int) bool { return f.index.Frames[i].First > seq }) - 1
	end, next := f.end, f.index.Last.Seq+1
	if i+1 < len(f.index.Frames) {
		end, next = f.index.Frames[i+1].At, f.index.Frames[i+1].First
	}
	at, first := f.index.Frames[i].At, f.index.Frames[i].First
	if next-first > frameRecords {
		return nil, fmt.Errorf("frame of records %d to %d: too many: %w", first, next-1, ErrDamaged)
	}
	packed := make([]byte, end-at)
	if err := readAt(f.in, packed, at); err != nil {
		return nil, err
	}
	if crc32.Checksum(packed, castagnoli) != f.index.Frames[i].Sum {
		return nil, fmt.Errorf("frame of records %d to %d: checksum: %w", first, next-1, ErrDamaged)
	}
	raw, err := f.decoder.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("frame of records %d to %d: %w (%w)", first, next-1, ErrDamaged, err)
	}
	list := lines(raw)
	if uint64(len(list)) != next-first {
		return nil, fmt.Errorf("frame of records %d to %d holds %d: %w", first, next-1, len(list), ErrDamaged)
	}
	list = list[seq-first:]
	return list[:min(limit, len(list))], nil
}

// Close ends the reading.
func (f *File) Close() error {
	f.decoder.Close()
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}
