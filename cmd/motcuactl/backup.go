package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"filippo.io/age"

	"motcua/queue/journal/backup"
)

// backupKey makes the pair of keys of a backup: the file, which opens it and
// belongs into a safe, and the line that the office is given.
func backupKey(_ context.Context, c *call) error {
	f := c.flags()
	out := f.String("o", "", "`file` of the key; keep it in a safe and not on the office's machine")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if *out == "" {
		return fmt.Errorf("backup-key needs -o, the file of the key: %w", errUsage)
	}
	identity, recipient, err := backup.Key()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(*out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	_, err = fmt.Fprintf(file, "# motcua backup key, %s\n# public key: %s\n%s\n", time.Now().Format(time.DateOnly), recipient, identity)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	fmt.Fprintln(c.stdout, recipient)
	return nil
}

// readIdentity reads a key file.
func readIdentity(file string) ([]age.Identity, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the backup's key: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("%s is not a backup's key", file)
	}
	return ids, nil
}

// backUp makes a disk the medium of an office's backup, or brings the copy of
// an office that is not running up to date.
func backUp(ctx context.Context, c *call) (err error) {
	f := c.flags()
	to := f.String("to", "", "`folder` on the other disk")
	prepare := f.String("prepare", "", "make the folder the medium for the backup of the office with this `code`, and do nothing else")
	data := f.String("data", "", "the office's data `folder`; nobody may have it open (motcuad copies by itself while it runs)")
	recipient := f.String("recipient", "", "the `line` that backup-key printed")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	switch {
	case *to == "":
		return fmt.Errorf("backup needs --to, a folder on another disk: %w", errUsage)
	case *prepare != "":
		if err := backup.Prepare(*to, *prepare); err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "%s is ready for the backup of %s\n", *to, *prepare)
		return nil
	case *data == "" || *recipient == "":
		return fmt.Errorf("backup needs --prepare, or --data and --recipient: %w", errUsage)
	}
	who, err := age.ParseX25519Recipient(strings.TrimSpace(*recipient))
	if err != nil {
		return fmt.Errorf("--recipient is not what backup-key prints: %w", errUsage)
	}
	j, err := openJournal(ctx, *data)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	b, err := backup.New(backup.Config{Dir: *to, Recipients: []age.Recipient{who}}, j)
	if err != nil {
		return err
	}
	if err := b.Once(ctx); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	fmt.Fprintf(c.stdout, "copied: records up to %d, head %s\n", j.Head().Seq, j.Head().Hash)
	return nil
}
