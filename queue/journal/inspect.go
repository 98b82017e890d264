package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"
)

// How one process asks another to look at a file.
const (
	inspectFile  = "MOTCUA_INSPECT_FILE"
	inspectWhole = "MOTCUA_INSPECT_WHOLE"
)

// A file whose opening did not end the last time is looked at for so long.
const inspectOpening = 30 * time.Second

// finding is what the other process says.
type finding struct {
	Seq     uint64 `json:"seq,omitempty"` // of a false record
	Damaged bool   `json:"damaged,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Inspect reads a journal in a process of its own: all of it, or only what an
// opening reads. A damaged file can hang, fault or kill whoever reads it, and
// then it is that process, which makes it ErrDamaged like any other damage. The
// program must call InspectMain first in its main.
func Inspect(ctx context.Context, path string, whole bool, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	program, err := os.Executable()
	if os.Getenv(inspectFile) != "" {
		err = errors.New("this program does not call InspectMain")
	}
	if err != nil {
		return fmt.Errorf("inspect %s: %w", path, err)
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(os.Environ(), inspectFile+"="+path)
	if whole {
		cmd.Env = append(cmd.Env, inspectWhole+"=1")
	}
	var faults bytes.Buffer
	cmd.Stderr = &faults
	said, err := cmd.Output()
	var f finding
	switch first, _, _ := strings.Cut(faults.String(), "\n"); {
	case ctx.Err() != nil:
		return fmt.Errorf("inspect %s: reading it did not end within %s: %w", path, limit, ErrDamaged)
	case err != nil:
		return fmt.Errorf("inspect %s: reading it ended the program that read it (%s): %w", path, first, ErrDamaged)
	}
	if err := json.Unmarshal(said, &f); err != nil {
		return fmt.Errorf("inspect %s: %w", path, err)
	}
	switch {
	case f.Seq > 0:
		return fmt.Errorf("inspect %s: %w", path, &FalseRecord{Seq: f.Seq, Err: errors.New(f.Text)})
	case f.Damaged:
		return fmt.Errorf("inspect %s: %w: %s", path, ErrDamaged, f.Text)
	case f.Text != "":
		return fmt.Errorf("inspect %s: %s", path, f.Text)
	}
	return nil
}

// InspectMain is the main of the process that Inspect starts; done is false in
// any other.
func InspectMain() (done bool) {
	path := os.Getenv(inspectFile)
	if path == "" {
		return false
	}
	var f finding
	if err := inspectHere(path, os.Getenv(inspectWhole) != ""); err != nil {
		var wrong *FalseRecord
		f.Text, f.Damaged = err.Error(), errors.Is(err, ErrDamaged)
		if errors.As(err, &wrong) {
			f.Seq, f.Text = wrong.Seq, wrong.Err.Error()
		}
	}
	if json.NewEncoder(os.Stdout).Encode(f) != nil {
		os.Exit(1)
	}
	return true
}

func inspectHere(path string, whole bool) error {
	ctx := context.Background()
	j, err := Open(ctx, path, Options{ReadOnly: true, freePages: true})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer j.Close() //nolint:errcheck // only read
	if whole {
		_, err = j.Verify(ctx)
		return err
	}
	return guarded(func() error { return errors.Join(j.loadHead(), j.loadToday(ctx)) })
}

// opening marks a file as being opened, until ended is called. A mark that is
// found there was left by a process that did not come through, or by a power
// cut: then the file is inspected first.
func (j *Journal) opening(ctx context.Context) (ended func() error, err error) {
	mark := j.path + ".opening"
	if !j.opt.Inspected {
		return func() error { return nil }, nil
	}
	if _, err := os.Stat(mark); err == nil {
		if err := Inspect(ctx, j.path, false, inspectOpening); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil && j.opt.Log != nil {
		j.opt.Log.Warn("the opening of the journal is not marked", "err", err) // a full disk must not be in the way
	}
	return func() error {
		if err := os.Remove(mark); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the mark of opening: %w", err)
		}
		return nil
	}, nil
}
