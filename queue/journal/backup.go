package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"motcua/queue/chain"
)

// Backup writes a copy of the journal as of one commit, beside the writer, and
// verifies the copy from its first record to its last before it gets its name;
// it returns the copy's head. Nothing is left behind on failure. The copy is
// made inside one read transaction, which is the only long one there is: do it
// outside office hours. The office's key is not in it.
func (j *Journal) Backup(ctx context.Context, path string) (chain.Head, error) {
	part := path + ".part"
	head, err := j.backup(ctx, part)
	if err == nil {
		err = os.Rename(part, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(part) // it may never have been made
		return chain.Head{}, fmt.Errorf("back up to %s: %w", path, err)
	}
	return head, nil
}

func (j *Journal) backup(ctx context.Context, part string) (chain.Head, error) {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return chain.Head{}, err
	}
	err = j.View(func(v View) error {
		_, err := v.tx.WriteTo(f)
		return err
	})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return chain.Head{}, err
	}
	copied, err := Open(ctx, part, Options{ReadOnly: true, MinFree: -1})
	if err != nil {
		return chain.Head{}, err
	}
	head, err := copied.Verify(ctx)
	return head, errors.Join(err, copied.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
