package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/stats"
	"motcua/queue/stats/xlsx"
)

const statsExamples = `

Examples:
  motcuactl stats --data /var/lib/motcua/office
  motcuactl stats --data /var/lib/motcua/office --day 2026-11 -o thang-11.xlsx
  motcuactl stats --data backup.db --day 2026-11-23 --format csv > ngay.csv
  motcuactl stats --data backup.db --format json | jq .total.wait
`

// runStats counts a day, a month or a year.
func runStats(ctx context.Context, c *call) error {
	c.usage += statsExamples
	flags := c.flags()
	var p period
	p.flags(flags)
	format := flags.String("format", "", "text, csv, xlsx or json; by default what the name of -o ends in, else text")
	out := flags.String("o", "", "write to this `file` instead of standard output")
	target := flags.Int("target", int(stats.Target/time.Minute), "the wait to be kept, in `minutes`")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	write, err := statsWriter(*format, *out, p)
	if err != nil {
		return err
	}
	if *target < 1 || *target > 24*60 {
		return fmt.Errorf("--target %d is not between 1 and 1440 minutes: %w", *target, errUsage)
	}
	var fold *stats.Fold
	if _, err := p.fold(ctx, c, func(wanted func(string) bool, from *queue.State) func(chain.Record) {
		fold = stats.New(stats.Options{Wanted: wanted, Target: time.Duration(*target) * time.Minute})
		fold.Begin(from)
		return fold.Add
	}); err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	report := fold.Report()
	if len(report.Days) == 0 {
		return fmt.Errorf("stats: %w", p.noDay())
	}
	var b bytes.Buffer
	if err := write(&b, report); err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	if *out == "" {
		_, err = c.stdout.Write(b.Bytes())
	} else {
		err = os.WriteFile(*out, b.Bytes(), 0o600)
	}
	if err != nil {
		return fmt.Errorf("stats: %w", err)
	}
	return nil
}

// statsWriter is how a report is written in a format.
func statsWriter(format, out string, p period) (func(io.Writer, stats.Report) error, error) {
	if format == "" {
		format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
	}
	switch format {
	case "", "text", "txt":
		return func(w io.Writer, r stats.Report) error { return r.WriteText(w, p.texts, p.lang) }, nil
	case "csv":
		return func(w io.Writer, r stats.Report) error { return r.WriteCSV(w, p.texts) }, nil
	case "xlsx":
		if out == "" {
			return nil, fmt.Errorf("a workbook needs -o FILE: %w", errUsage)
		}
		return func(w io.Writer, r stats.Report) error { return xlsx.Write(w, r, p.texts) }, nil
	case "json":
		return func(w io.Writer, r stats.Report) error { return writeJSON(w, r) }, nil
	}
	return nil, fmt.Errorf("there is no format %q; text, csv, xlsx or json: %w", format, errUsage)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
