package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
)

// Errors of a batch that cannot be read. ErrTooLarge is answered 413,
// ErrVersion 426, ErrBadBatch 400.
var (
	ErrTooLarge = errors.New("batch is too large")
	ErrVersion  = errors.New("sync version is not spoken here")
	ErrBadBatch = errors.New("batch cannot be read")
)

// Batch is a range of a journal as it travels: the lines of records First,
// First+1, … byte for byte, after the record whose hash is Prev.
type Batch struct {
	First uint64
	Prev  chain.Hash
	Lines [][]byte
	Term  uint64 // of the hub that sends; 0 is 1
}

// NewBatch takes as many of the records as fit, at most events and bytes but
// at least one. The records must follow each other; records must not be empty.
func NewBatch(records []chain.Record, events, bytes int) Batch {
	b := Batch{First: records[0].Seq, Prev: records[0].Prev, Term: 1}
	size := 0
	for _, r := range records {
		size += len(r.Line()) + 1
		if len(b.Lines) > 0 && (len(b.Lines) >= events || size > bytes) {
			break
		}
		b.Lines = append(b.Lines, r.Line())
	}
	return b
}

// Last is the sequence of the last line.
func (b Batch) Last() uint64 { return b.First + uint64(len(b.Lines)) - 1 }

// Codec compresses and reads batches. It is safe for concurrent use; make one
// per process with NewCodec.
type Codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

// NewCodec makes a codec that never takes more memory than a batch is allowed.
func NewCodec() (*Codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("make zstd encoder: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxDecoded))
	if err != nil {
		return nil, fmt.Errorf("make zstd decoder: %w", err)
	}
	return &Codec{enc: enc, dec: dec}, nil
}

// Encode returns the request body and sets the batch's headers.
func (c *Codec) Encode(b Batch, h http.Header) []byte {
	h.Set("Content-Type", ContentType)
	h.Set("Content-Encoding", Encoding)
	h.Set(HeaderVersion, strconv.Itoa(Version))
	h.Set(HeaderFirst, strconv.FormatUint(b.First, 10))
	h.Set(HeaderCount, strconv.Itoa(len(b.Lines)))
	h.Set(HeaderPrev, b.Prev.String())
	h.Set(HeaderTerm, strconv.FormatUint(max(1, b.Term), 10))
	plain := bytes.Join(b.Lines, []byte("\n"))
	return c.enc.EncodeAll(append(plain, '\n'), nil)
}

// Decode reads a request made by Encode (or the same uncompressed, as a person
// with a text editor would send it). It checks the envelope only: what the
// lines say is the receiver's to judge.
func (c *Codec) Decode(h http.Header, body io.Reader) (Batch, error) {
	b, count, err := readEnvelope(h)
	if err != nil {
		return Batch{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if err != nil {
		return Batch{}, fmt.Errorf("%w: read body: %w", ErrBadBatch, err)
	}
	if len(raw) > MaxBody {
		return Batch{}, ErrTooLarge
	}
	switch enc := h.Get("Content-Encoding"); enc {
	case Encoding:
		raw, err = c.dec.DecodeAll(raw, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
			return Batch{}, ErrTooLarge
		}
		if err != nil {
			return Batch{}, fmt.Errorf("%w: decompress: %w", ErrBadBatch, err)
		}
	case "", "identity":
	default:
		return Batch{}, fmt.Errorf("%w: content encoding %q", ErrBadBatch, enc)
	}
	b.Lines = bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	if len(b.Lines) != count {
		return Batch{}, fmt.Errorf("%w: %d lines where %d were announced", ErrBadBatch, len(b.Lines), count)
	}
	return b, nil
}

func readEnvelope(h http.Header) (b Batch, count int, err error) {
	if h.Get(HeaderVersion) != strconv.Itoa(Version) {
		return b, 0, fmt.Errorf("%w: %q", ErrVersion, h.Get(HeaderVersion))
	}
	if b.First, err = strconv.ParseUint(h.Get(HeaderFirst), 10, 63); err != nil || b.First == 0 {
		return b, 0, fmt.Errorf("%w: %s %q", ErrBadBatch, HeaderFirst, h.Get(HeaderFirst))
	}
	if count, err = strconv.Atoi(h.Get(HeaderCount)); err != nil || count < 1 {
		return b, 0, fmt.Errorf("%w: %s %q", ErrBadBatch, HeaderCount, h.Get(HeaderCount))
	}
	if count > MaxEvents {
		return b, 0, ErrTooLarge
	}
	if err := b.Prev.UnmarshalText([]byte(h.Get(HeaderPrev))); err != nil {
		return b, 0, fmt.Errorf("%w: %s: %w", ErrBadBatch, HeaderPrev, err)
	}
	b.Term = 1
	if text := h.Get(HeaderTerm); text != "" {
		if b.Term, err = strconv.ParseUint(text, 10, 31); err != nil || b.Term == 0 {
			return b, 0, fmt.Errorf("%w: %s %q", ErrBadBatch, HeaderTerm, text)
		}
	}
	return b, count, nil
}
