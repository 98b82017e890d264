package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/journal/backup"
	"motcua/queue/office"
)

// openJournal opens a journal that no motcuad has open, for writing.
func openJournal(ctx context.Context, dir string) (*journal.Journal, error) {
	path := filepath.Join(dir, office.JournalFile)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	j, err := journal.Open(ctx, path, journal.Options{})
	if errors.Is(err, journal.ErrInUse) {
		return nil, fmt.Errorf("%w; end motcuad first", err)
	}
	return j, err
}

// restore makes an office's data folder of a backup.
func restore(ctx context.Context, c *call) error {
	f := c.flags()
	from := f.String("from", "", "the backup's `folder`")
	to := f.String("to", "", "`folder` to make; it must not hold a journal")
	identity := f.String("identity", "", "the backup's key `file`, from the safe")
	key := f.String("office-key", "", "the office's own key `file` (office.key), which no backup holds")
	at := f.String("at", "", "end before the first record after this `time`, e.g. \"2026-11-23 15:04\" (local) or RFC 3339")
	seq := f.Uint64("seq", 0, "end with this record `number`")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if *from == "" || *to == "" || *identity == "" {
		return fmt.Errorf("restore needs --from, --to and --identity: %w", errUsage)
	}
	until := backup.Until{Seq: *seq}
	if *at != "" {
		t, err := parseMoment(*at)
		if err != nil {
			return err
		}
		until.At = t
	}
	r, err := restoreTo(ctx, *from, *to, *identity, until)
	if err != nil {
		return err
	}
	sayRestored(c, r, until)
	if *key == "" {
		fmt.Fprintf(c.stdout, "next: put the office's own %s into %s; without it the office does not open\n", office.KeyFile, *to)
	} else if err := copyKey(*key, filepath.Join(*to, office.KeyFile)); err != nil {
		return err
	}
	if !r.Whole() {
		return errFound
	}
	return nil
}

// parseMoment reads a time as people write it, in the office's zone.
func parseMoment(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	zone := queue.Local(time.Time{}).Location()
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--at %q is no time (2026-11-23 15:04): %w", text, errUsage)
}

// restoreTo makes a journal in a new folder and checks all of it. On an error
// no journal is left there.
func restoreTo(ctx context.Context, from, to, identity string, until backup.Until) (r backup.Report, err error) {
	ids, err := readIdentity(identity)
	if err != nil {
		return r, err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	path := filepath.Join(to, office.JournalFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("restore: %s is there already; choose an empty folder", path)
	}
	// The journal has its name only when it is whole: nothing else is opened
	// by mistake after a power cut.
	part := filepath.Join(to, "restoring.db")
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("restore: %w", err)
	}
	j, err := journal.Open(ctx, part, journal.Options{})
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	r, err = backup.Restore(ctx, from, ids, j, until)
	if err == nil {
		_, err = j.Verify(ctx)
	}
	if err = errors.Join(err, j.Close()); err != nil {
		return r, errors.Join(err, os.Remove(part))
	}
	return r, os.Rename(part, path)
}

func sayRestored(c *call, r backup.Report, until backup.Until) {
	fmt.Fprintf(c.stdout, "restored: office %s, records up to %d of %s, head %s\n",
		r.Office, r.Head.Seq, queue.Local(r.At).Format("2006-01-02 15:04:05"), r.Head.Hash)
	for _, name := range r.Damaged {
		fmt.Fprintf(c.stdout, "DAMAGED: %s\n", name)
	}
	if until == (backup.Until{}) && r.Seen > r.Head.Seq {
		fmt.Fprintf(c.stdout, "MISSING: the backup had records up to %d; fetch what the city has with motcuactl repair\n", r.Seen)
	}
}

func copyKey(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy the office's key: %w", err)
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copy the office's key: %w", err)
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}
