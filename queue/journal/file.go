package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// openFile opens bbolt as measured to be best for one small record per commit:
// no free list on disk, and an address space (not memory) of 1 GiB so that a
// reader never stops the writer from growing the file.
func openFile(path string, opt Options) (db *bolt.DB, err error) {
	if err := makeFile(path, opt); err != nil {
		return nil, fmt.Errorf("make a new journal: %w", err)
	}
	err = guarded(func() (err error) {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout:         time.Second,
			FreelistType:    bolt.FreelistMapType,
			NoFreelistSync:  true,
			InitialMmapSize: 1 << 30,
			MaxSize:         opt.MaxSize,
			ReadOnly:        opt.ReadOnly,
			PreLoadFreelist: opt.freePages,
		})
		return err
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, ErrInUse
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return db, err
}

// makeFile makes a journal's file where there is none: whole under another name
// first, because bbolt's own first pages can be torn by a power cut and then
// nothing opens them.
func makeFile(path string, opt Options) error {
	if info, err := os.Stat(path); opt.ReadOnly || err == nil && info.Size() > 0 || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil //nolint:nilerr // opening says what is wrong
	}
	part := path + ".new"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bolt.Open(part, 0o600, &bolt.Options{Timeout: time.Second, NoFreelistSync: true})
	if err != nil {
		return err
	}
	if err := errors.Join(createIn(db), db.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// createIn makes the buckets that are missing and settles the format.
func createIn(db *bolt.DB) error {
	return db.Update(func(tx *bolt.Tx) error {
		for _, name := range append(kept(), readModels()...) {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return fmt.Errorf("create bucket %s: %w", name, err)
			}
		}
		return putValue(tx.Bucket(bucketMeta), metaSchema, schemaBytes(schema))
	})
}

// fromFormat1 brings a file of format 1 up to date in one transaction: checksums
// that cover the keys, counts, and the buckets that were not there.
func fromFormat1(db *bolt.DB, to uint32) error {
	return db.Update(func(tx *bolt.Tx) error {
		for _, name := range append(kept(), readModels()...) {
			b, err := tx.CreateBucketIfNotExists(name)
			if err != nil {
				return fmt.Errorf("create bucket %s: %w", name, err)
			}
			if bytes.Equal(name, bucketEvents) {
				continue // the chain is the records' own check
			}
			var keys, values [][]byte
			if err := b.ForEach(func(k, framed []byte) error {
				value, err := unframe(k, framed)
				keys, values = append(keys, bytes.Clone(k)), append(values, bytes.Clone(value))
				return err
			}); err != nil {
				return err
			}
			if err := b.SetSequence(uint64(len(keys))); err != nil {
				return fmt.Errorf("count %s: %w", name, err)
			}
			for i, k := range keys {
				if err := putValue(b, k, values[i]); err != nil {
					return fmt.Errorf("frame %q anew: %w", k, err)
				}
			}
		}
		meta := tx.Bucket(bucketMeta)
		if morning, err := getValue(meta, stateMorning); err != nil {
			return err
		} else if morning != nil {
			if err := errors.Join(putValue(tx.Bucket(bucketStates), stateMorning, bytes.Clone(morning)), dropValue(meta, stateMorning)); err != nil {
				return fmt.Errorf("move the morning state: %w", err)
			}
		}
		return putValue(meta, metaSchema, schemaBytes(to))
	})
}

// inFormat1 tells whether a bucket was in format 1.
func inFormat1(name []byte) bool {
	return !bytes.Equal(name, bucketSealed) && !bytes.Equal(name, bucketStates)
}

// states is the bucket of the states; in format 1 they stood in meta.
func (v View) states() *bolt.Bucket {
	if b := v.tx.Bucket(bucketStates); b != nil {
		return b
	}
	return v.tx.Bucket(bucketMeta)
}

// guarded runs what reads the file. bbolt answers damage with a panic or, as it
// reads through mapped memory, with a fault; both become ErrDamaged.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return fn()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
