package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// A live file is made smaller when it is opened with more free room inside than
// this, in bytes, and more than it has in use.
const loose = 32 << 20

// compact rewrites a live file that is mostly free pages: bbolt never gives
// room back by itself. The old file is whole until the new one, flushed, takes
// its name.
func (j *Journal) compact() error {
	part := j.path + ".compact"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove an unfinished compaction: %w", err)
	}
	tx, err := j.db.Begin(true) // counts the free pages
	if err != nil {
		return fmt.Errorf("look for free pages: %w", err)
	}
	size := tx.Size()
	if err := tx.Rollback(); err != nil {
		return fmt.Errorf("look for free pages: %w", err)
	}
	if free := int64(j.db.Stats().FreePageN) * int64(os.Getpagesize()); free < loose || free < size/2 {
		return nil
	}
	if room, err := j.opt.Free(); err != nil || room < size {
		return nil //nolint:nilerr // it goes on as it is
	}
	if err := j.copyTo(part); err != nil {
		return errors.Join(fmt.Errorf("compact the journal: %w", err), os.Remove(part))
	}
	if err := j.db.Close(); err != nil {
		return fmt.Errorf("compact the journal: %w", err)
	}
	if err := errors.Join(os.Rename(part, j.path), syncDir(filepath.Dir(j.path))); err != nil {
		return fmt.Errorf("compact the journal: %w", err)
	}
	j.db, err = openFile(j.path, j.opt)
	return err
}

// copyTo writes what is in use into a new, flushed file.
func (j *Journal) copyTo(path string) error {
	dst, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = bolt.Compact(dst, j.db, compactTx)
	if err == nil {
		err = dst.Sync()
	}
	return errors.Join(err, dst.Close())
}

// compactTx is how much one transaction of a compaction copies, in bytes.
const compactTx = 8 << 20
