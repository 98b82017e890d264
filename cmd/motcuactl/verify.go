package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// verifying tells the process that it is the one that looks at the file: a
// damaged one can hang or fault whoever opens it.
const verifying = "MOTCUACTL_VERIFYING"

// verify checks the record of an office that is not running, against its links,
// its signed checkpoints and what is known from elsewhere. The first false
// record is named.
func verify(ctx context.Context, c *call) error {
	flags := c.flags()
	data := flags.String("data", "", "the office's data `folder`")
	keys := flags.String("key", "", "the office's public key, 64 hex `digits` (motcuactl checkpoint prints it); several with commas")
	known := flags.String("known", "", "`file` of checkpoints kept elsewhere, one JSON object a line")
	limit := flags.Duration("limit", 10*time.Minute, "longest `time` that it may take")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	if *data == "" {
		return fmt.Errorf("verify needs --data, the office's data folder: %w", errUsage)
	}
	e, err := evidence(*keys, *known)
	if err != nil {
		return err
	}
	if os.Getenv(verifying) == "" {
		return verifyApart(ctx, c, *limit)
	}
	return verifyHere(ctx, c, *data, e)
}

// evidence reads what the record is held against.
func evidence(keys, known string) (e chain.Evidence, err error) {
	for _, text := range strings.FieldsFunc(keys, func(r rune) bool { return r == ',' }) {
		k, err := chain.ParsePublicKey(strings.TrimSpace(text))
		if err != nil {
			return e, fmt.Errorf("--key %q is not 64 hex digits: %w", text, errUsage)
		}
		e.Keys = append(e.Keys, k)
	}
	if known == "" {
		return e, nil
	}
	raw, err := os.ReadFile(known)
	if err != nil {
		return e, fmt.Errorf("read the known checkpoints: %w", err)
	}
	for line := range bytes.Lines(raw) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c, err := readCheckpoint(line)
		if err != nil {
			return e, fmt.Errorf("%s: %w", known, err)
		}
		e.Known = append(e.Known, c)
	}
	return e, nil
}

// readCheckpoint reads a checkpoint, alone or as the record that carries it.
func readCheckpoint(line []byte) (c chain.Checkpoint, err error) {
	if r, err := chain.Parse(line); err == nil && r.Type == chain.KindSigned {
		c, _, err := chain.ReadCheckpoint(r)
		return c, err
	}
	if err := json.Unmarshal(line, &c); err != nil {
		return c, fmt.Errorf("no checkpoint: %.60s", line)
	}
	return c, nil
}

// verifyApart does the work in a process of its own, so that damage which hangs
// or kills it is a verdict too.
func verifyApart(ctx context.Context, c *call, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	cmd := exec.CommandContext(ctx, program, slices.Concat([]string{"verify"}, c.args)...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), verifying+"=1")
	var said, faults bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &faults
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil || errors.As(err, &exit) && exit.Exited() && exit.ExitCode() == exitFailed:
		_, _ = said.WriteTo(c.stdout)
		_, _ = faults.WriteTo(c.stderr)
		if err != nil {
			return errFound
		}
		return nil
	case ctx.Err() != nil:
		fmt.Fprintf(c.stdout, "DAMAGED: reading it did not end within %s; restore a backup\n", limit)
		return errFound
	case errors.As(err, &exit):
		first, _, _ := strings.Cut(faults.String(), "\n")
		fmt.Fprintf(c.stdout, "DAMAGED: reading it ended the program that read it (%s); restore a backup\n", first)
		return errFound
	}
	return fmt.Errorf("verify: %w", err)
}

func verifyHere(ctx context.Context, c *call, data string, e chain.Evidence) error {
	j, err := journal.Open(ctx, filepath.Join(data, office.JournalFile), journal.Options{ReadOnly: true})
	if errors.Is(err, journal.ErrInUse) {
		return fmt.Errorf("verify: %w; end motcuad first, or verify a copy", err)
	}
	if errors.Is(err, journal.ErrDamaged) {
		fmt.Fprintf(c.stdout, "DAMAGED: %v\n", err)
		return errFound
	}
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer j.Close() //nolint:errcheck // only read
	head, signed, err := j.VerifyAgainst(ctx, e)
	var wrong *journal.FalseRecord
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintf(c.stdout, "FALSE: record %d: %v\n", wrong.Seq, wrong.Err)
		return errFound
	case errors.Is(err, journal.ErrDamaged):
		fmt.Fprintf(c.stdout, "DAMAGED: %v\n", err)
		return errFound
	case err != nil:
		return fmt.Errorf("verify: %w", err)
	}
	fmt.Fprintf(c.stdout, "whole: %d records, head %s\n", head.Seq, head.Hash)
	if base := j.Base(); base.Seq > 0 {
		fmt.Fprintf(c.stdout, "kept: from record %d on; those before are past their time\n", base.Seq+1)
	}
	if signed.Seq == 0 {
		fmt.Fprintln(c.stdout, "signed: no")
		return nil
	}
	fmt.Fprintf(c.stdout, "signed: up to record %d, by key %s\n", signed.Seq, signed.Key)
	return nil
}

// checkpoint prints the last signed checkpoint as one line.
func checkpoint(ctx context.Context, c *call) error {
	flags := c.flags()
	data := flags.String("data", "", "the office's data `folder`, or a backup of its journal; nobody may have it open")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	r, err := openRecords(ctx, *data)
	if err != nil {
		return err
	}
	defer r.j.Close() //nolint:errcheck // only read
	for end := r.j.Head().Seq; end > r.j.Base().Seq; {
		from := max(end-min(end, recordsPage), r.j.Base().Seq)
		page, err := r.j.Range(ctx, from, int(end-from))
		if err != nil {
			return err
		}
		for _, rec := range slices.Backward(page) {
			found, ok, err := chain.ReadCheckpoint(rec)
			if err != nil || !ok {
				continue
			}
			raw, err := json.Marshal(found)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.stdout, "%s\n", raw)
			return nil
		}
		end = from
	}
	return errors.New("the record has no checkpoint yet")
}
