package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal/segment"
)

// Seal moves the records of finished months out of the live file, each month
// into a file of its own, and returns how many months. It runs beside the
// writer, which it never holds up for more than a short transaction, and may
// be cut off anywhere: a month counts as sealed from the one commit that lists
// it, until then the live file has its records, from then on its own file,
// which was whole on the disk before.
func (j *Journal) Seal(ctx context.Context) (months int, err error) {
	j.sealing.Lock()
	defer j.sealing.Unlock()
	for {
		if err := j.clear(ctx); err != nil {
			return months, err
		}
		m, err := j.finished(ctx)
		if err != nil || m.last == 0 {
			return months, err
		}
		s, err := j.seal(ctx, m)
		if err != nil {
			return months, fmt.Errorf("seal %s: %w", m.name, err)
		}
		state, err := j.stateAt(ctx, s.Last)
		if err != nil {
			return months, fmt.Errorf("seal %s: %w", m.name, err)
		}
		if _, err := j.Update(func(tx *Tx) error {
			return errors.Join(tx.putSealed(s), tx.putStateBefore(s.Last.Seq+1, state))
		}); err != nil {
			return months, fmt.Errorf("list %s: %w", s.File, err)
		}
		j.mu.Lock()
		j.sealed = append(j.sealed, s)
		j.mu.Unlock()
		months++
	}
}

// sealRoom is the room that a month's file may need, in bytes, beside what the
// live file may grow by meanwhile.
const sealRoom = 64 << 20

// month is a run of live records that is over.
type month struct {
	name string // "2026-11"
	last uint64 // its last record; 0 means that no month is over
}

// finished looks for the first day of another month among the live records.
// Months are those of business days: the order is the chain's, not the clock's.
func (j *Journal) finished(ctx context.Context) (month, error) {
	current, after := "", j.sealedTo().Seq
	for ctx.Err() == nil {
		lines, err := j.livePage(after, pageRecords)
		if err != nil || len(lines) == 0 {
			return month{}, err
		}
		for _, line := range lines {
			after++
			day, ok := dayOpened(line)
			switch {
			case !ok:
			case current != "" && day[:7] != current:
				return month{current, after - 1}, nil
			default:
				current = day[:7]
			}
		}
	}
	return month{}, fmt.Errorf("look for a finished month: %w", ctx.Err())
}

// dayOpened is the day that a line opens, without reading the others.
func dayOpened(line []byte) (day string, ok bool) {
	if !bytes.Contains(line, []byte(`"day.opened"`)) {
		return "", false
	}
	r, err := chain.Parse(line)
	if err != nil {
		return "", false
	}
	e, _, err := queue.DecodeEvent(r.Type, r.V, r.Data)
	if opened, is := e.(queue.DayOpened); is && err == nil && len(opened.Day) == len(time.DateOnly) {
		return opened.Day, true
	}
	return "", false
}

// seal writes a month's file, reads it back and gives it its name. A file of
// that name that is not listed is a leftover of a run that was cut off.
func (j *Journal) seal(ctx context.Context, m month) (Sealed, error) {
	if room, err := j.Room(); err == nil && room < sealRoom {
		return Sealed{}, fmt.Errorf("%d bytes left: %w", room, ErrFull) // commands come first
	}
	s := Sealed{File: j.sealedName(m.name), Before: j.sealedTo()}
	path := j.beside(s.File)
	part := path + ".part"
	err := j.writeSealed(ctx, &s, m, part)
	if err == nil {
		err = readBack(ctx, part, s)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(part) // it may never have been made
		return Sealed{}, err
	}
	return s, nil
}

func (j *Journal) writeSealed(ctx context.Context, s *Sealed, m month, part string) error {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	w, err := segment.NewWriter(f, s.Before)
	for after := s.Before.Seq; err == nil && after < m.last; {
		var records []chain.Record
		records, err = j.Range(ctx, after, int(min(pageRecords, m.last-after)))
		if err == nil && len(records) == 0 {
			err = fmt.Errorf("record %d is missing: %w", after+1, ErrDamaged)
		}
		for _, r := range records {
			if err = w.Add(r); err != nil {
				break
			}
			after, s.Until = r.Seq, r.At
		}
	}
	if err == nil {
		s.Last, err = w.Close()
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// readBack checks a written file from its first record to its last.
func readBack(ctx context.Context, path string, s Sealed) error {
	f, err := segment.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // only read
	head := s.Before
	for head.Seq < s.Last.Seq && ctx.Err() == nil {
		lines, err := f.Page(head.Seq, pageRecords)
		if err != nil {
			return err
		}
		for _, line := range lines {
			r, err := chain.Parse(line)
			if err != nil {
				return err
			}
			if head, err = head.Check(r); err != nil {
				return err
			}
		}
	}
	if head != s.Last {
		return errors.Join(fmt.Errorf("read back: it ends at record %d, not %d", head.Seq, s.Last.Seq), ctx.Err())
	}
	return nil
}

// clear removes from the live file what stands in sealed ones, some at a time
// so that no command waits long.
func (j *Journal) clear(ctx context.Context) error {
	last := j.sealedTo().Seq
	for ctx.Err() == nil {
		gone := 0
		if _, err := j.Update(func(tx *Tx) error {
			b := tx.tx.Bucket(bucketEvents)
			var keys [][]byte
			c := b.Cursor()
			for k, _ := c.First(); k != nil && len(keys) < pageRecords && binary.BigEndian.Uint64(k) <= last; k, _ = c.Next() {
				keys = append(keys, bytes.Clone(k))
			}
			for _, k := range keys {
				if err := b.Delete(k); err != nil {
					return fmt.Errorf("remove a sealed record: %w", err)
				}
			}
			if gone = len(keys); gone == 0 {
				return errNothing
			}
			return nil
		}); err != nil {
			if errors.Is(err, errNothing) {
				return nil
			}
			return fmt.Errorf("clear sealed records: %w", err)
		}
	}
	return fmt.Errorf("clear sealed records: %w", ctx.Err())
}

// errNothing undoes a transaction in which nothing was to be written.
var errNothing = errors.New("nothing to write")
