package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"motcua/queue/journal"
	"motcua/queue/office"
)

// verify checks the record of an office that is not running. The first false
// record is named.
func verify(ctx context.Context, c *call) error {
	flags := c.flags()
	data := flags.String("data", "", "the office's data folder")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	if *data == "" {
		return fmt.Errorf("verify needs --data, the office's data folder: %w", errUsage)
	}
	j, err := journal.Open(ctx, filepath.Join(*data, office.JournalFile), journal.Options{ReadOnly: true})
	if errors.Is(err, journal.ErrInUse) {
		return fmt.Errorf("verify: %w; end motcuad first, or verify a copy", err)
	}
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer j.Close() //nolint:errcheck // only read
	head, err := j.Verify(ctx)
	var wrong *journal.FalseRecord
	if errors.As(err, &wrong) {
		fmt.Fprintf(c.stdout, "FALSE: record %d: %v\n", wrong.Seq, wrong.Err)
		return errFound
	}
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	fmt.Fprintf(c.stdout, "whole: %d records, head %s\n", head.Seq, head.Hash)
	return nil
}
