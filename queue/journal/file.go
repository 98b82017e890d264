package journal

import (
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
