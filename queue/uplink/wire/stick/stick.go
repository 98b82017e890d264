// Package stick is the line to the city when there is none: a part of an
// office's record as a file on a USB stick, and the city's receipt on the way
// back.
//
// A batch file is encrypted to the city with age (https://age-encryption.org/v1)
// and holds, in clear:
//
//	motcua stick 1
//	{manifest, one line of JSON}
//	the record's lines, zstd
//
// The manifest carries a signed checkpoint of the last record. Since every
// record names the hash of the one before it, that one signature vouches for
// every byte; Read proves it before the first line is handed out. The receipt
// is JSON, signed by the city. Neither names a person, nor do their file names.
package stick

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// ErrFile: the file is no batch for this city, or not as the office wrote it.
var ErrFile = errors.New("not a whole batch file")

const (
	header      = "motcua stick 1\n"
	maxManifest = 64 << 10
	maxWindow   = 8 << 20
)

// Manifest says what a batch file holds: the records after After up to the
// checkpoint's.
type Manifest struct {
	Office string     `json:"office"`
	Term   uint64     `json:"term"`
	After  chain.Head `json:"after"`
	MadeAt time.Time  `json:"made_at"`
	// End is signed by the office. Without marks: the lines are here.
	End chain.Checkpoint `json:"end"`
}

// FileName is what a batch file is called.
func (m Manifest) FileName() string {
	return fmt.Sprintf("motcua-%s-%08d-%08d.age", m.Office, m.After.Seq+1, m.End.Seq)
}

// check proves the manifest by itself: who the key belongs to, the caller must
// know.
func (m Manifest) check() error {
	if !wire.ValidOffice(m.Office) || m.End.Office != m.Office || m.End.Seq <= m.After.Seq || m.Term == 0 {
		return fmt.Errorf("%w: the manifest does not fit", ErrFile)
	}
	if err := m.End.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	return nil
}

// Source hands over records in order, at most limit, the first being number
// after+1 (journal.Journal.Range is one).
type Source func(after uint64, limit int) ([]chain.Record, error)

// page is how many records are in memory at a time.
const page = 1000

// Write writes the records that m tells of, encrypted to the city. A source that
// does not lead from m.After to m.End is an error, and what was written no batch.
func Write(w io.Writer, m Manifest, city wire.CityKey, from Source) error {
	if err := m.check(); err != nil {
		return err
	}
	to, err := age.ParseX25519Recipient(city.Seal)
	if err != nil {
		return fmt.Errorf("write batch: the city's key: %w", err)
	}
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	about, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	if _, err := sealed.Write(append(append([]byte(header), about...), '\n')); err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	packed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(maxWindow/2))
	if err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	if err := writeLines(packed, m, from); err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	if err := errors.Join(packed.Close(), sealed.Close()); err != nil {
		return fmt.Errorf("write batch: %w", err)
	}
	return nil
}

func writeLines(w io.Writer, m Manifest, from Source) error {
	head := m.After
	for head.Seq < m.End.Seq {
		records, err := from(head.Seq, int(min(page, m.End.Seq-head.Seq)))
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return fmt.Errorf("record %d is not there: %w", head.Seq+1, chain.ErrGap)
		}
		for _, r := range records {
			if head, err = head.Check(r); err != nil {
				return err
			}
			if _, err := w.Write(append(r.Line(), '\n')); err != nil {
				return err
			}
		}
	}
	if head != m.End.Head {
		return chain.ErrFork
	}
	return nil
}

// Read opens a batch file, proves it from its first line to its last and then
// hands out its records again as batches for the city's ordinary ingest, which
// skips what it has. The first error of take ends it and comes back as it is.
func Read(f io.ReadSeeker, key age.Identity, trusted func(Manifest) error, take func(wire.Batch) error) (Manifest, error) {
	m, lines, err := open(f, key)
	if err != nil {
		return m, err
	}
	if err := trusted(m); err != nil {
		return m, err
	}
	head := m.After
	err = each(lines, func(line []byte) error {
		// A line that is no record still has a hash; the city sets it aside.
		if r, err := chain.Parse(line); err == nil {
			if _, err := head.Check(r); err != nil {
				return fmt.Errorf("%w: %w", ErrFile, err)
			}
		}
		head = chain.Head{Seq: head.Seq + 1, Hash: sha256.Sum256(line)}
		return nil
	})
	if err == nil && head != m.End.Head {
		err = fmt.Errorf("%w: it ends at record %d, not at %d", ErrFile, head.Seq, m.End.Seq)
	}
	if err != nil {
		return m, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return m, fmt.Errorf("read batch again: %w", err)
	}
	if _, lines, err = open(f, key); err != nil {
		return m, err
	}
	return m, inBatches(m, lines, take)
}

func open(f io.Reader, key age.Identity) (m Manifest, lines io.Reader, err error) {
	clear, err := age.Decrypt(f, key)
	if err != nil {
		return m, nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	in := bufio.NewReaderSize(clear, maxManifest)
	first, err := in.ReadSlice('\n')
	if err != nil || string(first) != header {
		return m, nil, fmt.Errorf("%w: it does not begin as one", ErrFile)
	}
	about, err := in.ReadSlice('\n')
	if err != nil || json.Unmarshal(about, &m) != nil {
		return m, nil, fmt.Errorf("%w: it has no manifest", ErrFile)
	}
	if err := m.check(); err != nil {
		return m, nil, err
	}
	unpacked, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return m, nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	return m, unpacked.IOReadCloser(), nil
}

// each hands out the lines, whose bytes are the next call's.
func each(lines io.Reader, use func([]byte) error) error {
	s := bufio.NewScanner(lines)
	s.Buffer(make([]byte, 64<<10), chain.MaxLine+1)
	for s.Scan() {
		if err := use(s.Bytes()); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	return nil
}

// inBatches cuts the lines into batches as they would come over a line.
func inBatches(m Manifest, lines io.Reader, take func(wire.Batch) error) error {
	head := m.After
	b := wire.Batch{First: head.Seq + 1, Prev: head.Hash, Term: m.Term}
	size := 0
	flush := func() error {
		if len(b.Lines) == 0 {
			return nil
		}
		err := take(b)
		b = wire.Batch{First: head.Seq + 1, Prev: head.Hash, Term: m.Term}
		size = 0
		return err
	}
	err := each(lines, func(line []byte) error {
		if size += len(line) + 1; len(b.Lines) == wire.MaxEvents || len(b.Lines) > 0 && size > wire.MaxBytes {
			if err := flush(); err != nil {
				return err
			}
			size = len(line) + 1
		}
		b.Lines = append(b.Lines, bytes.Clone(line))
		head = chain.Head{Seq: head.Seq + 1, Hash: sha256.Sum256(line)}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}
