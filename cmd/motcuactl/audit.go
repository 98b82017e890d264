package main

import (
	"context"
	"fmt"
	"strconv"

	"motcua/queue"
	"motcua/queue/audit"
	"motcua/queue/chain"
)

const auditExamples = `

Examples:
  motcuactl audit --data /var/lib/motcua/office
  motcuactl audit --data backup.db --day 2026-11 --lang en
  motcuactl audit --data backup.db --json | jq .chosen_calls

Exit status 1: a call is unexplained, or the record has another fault.
`

// audited is what --json writes: the audit and the head of the chain that it
// rests on.
type audited struct {
	Clean bool       `json:"clean"`
	Head  chain.Head `json:"head"`
	audit.Report
}

// runAudit proves the order of calls.
func runAudit(ctx context.Context, c *call) error {
	c.usage += auditExamples
	flags := c.flags()
	var p period
	p.flags(flags)
	asJSON := flags.Bool("json", false, "one JSON object")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	var fold *audit.Fold
	head, err := p.fold(ctx, c, func(wanted func(string) bool, from *queue.State) func(chain.Record) {
		fold = audit.New(wanted)
		fold.Begin(from)
		return fold.Add
	})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	report := fold.Report()
	switch {
	case report.Days == 0:
		return fmt.Errorf("audit: %w", p.noDay())
	case *asJSON:
		err = writeJSON(c.stdout, audited{Clean: report.Clean(), Head: head, Report: report})
	default:
		err = report.WriteText(c.stdout, p.texts, p.lang)
		fmt.Fprintf(c.stdout, "\n%s\n", p.texts.Get(p.lang, "audit.head",
			"n", strconv.FormatUint(head.Seq, 10), "hash", head.Hash.String()))
	}
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if !report.Clean() {
		return errFound
	}
	return nil
}
