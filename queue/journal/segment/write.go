package segment

import (
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
)

// Writer makes a segment. Its order is NewWriter, Add…, Close.
type Writer struct {
	out     io.Writer
	encoder *zstd.Encoder
	index   index
	at      int64
	page    []byte
	held    int
}

// NewWriter begins a segment of the records after a head.
func NewWriter(out io.Writer, before chain.Head) (*Writer, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return nil, fmt.Errorf("prepare zstd: %w", err)
	}
	return &Writer{out: out, encoder: e, index: index{Format: format, Before: before, Last: before}}, nil
}

// Add writes the next record; one that does not continue the chain is refused.
func (w *Writer) Add(r chain.Record) error {
	last, err := w.index.Last.Check(r)
	if err != nil {
		return fmt.Errorf("write segment: %w", err)
	}
	if w.held == 0 {
		w.index.Frames = append(w.index.Frames, frame{First: r.Seq, At: w.at})
	}
	w.page, w.held, w.index.Last = append(append(w.page, r.Line()...), '\n'), w.held+1, last
	if w.held < frameRecords && len(w.page) < frameBytes {
		return nil
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if w.held == 0 {
		return nil
	}
	packed := w.encoder.EncodeAll(w.page, nil)
	w.page, w.held = w.page[:0], 0
	w.index.Frames[len(w.index.Frames)-1].Sum = crc32.Checksum(packed, castagnoli)
	return w.write(packed)
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.at += int64(n)
	if err != nil {
		return fmt.Errorf("write segment: %w", err)
	}
	return nil
}

// Close writes the index and returns the last record's head. It does not close
// or flush what it writes to.
func (w *Writer) Close() (chain.Head, error) {
	if err := w.flush(); err != nil {
		return w.index.Last, err
	}
	tail, err := w.index.encode()
	if err != nil {
		return w.index.Last, err
	}
	return w.index.Last, w.write(tail)
}
