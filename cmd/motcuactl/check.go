package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"

	"motcua/assets/i18n"
	"motcua/queue/health"
)

// check prints the office's own checks in words: what is well, what is not and
// what to do about it.
func check(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	lang := f.String("lang", "vi", `"vi" or "en"`)
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if err := r.open(); err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	report, err := r.health(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	for _, k := range report.Checks {
		fmt.Fprintf(w, "%s\t%s\t%s\n", k.Level, texts.Get(*lang, k.Title()), texts.Get(*lang, k.Text, k.Pairs()...))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if report.Level == health.Fail {
		return errFound
	}
	return nil
}

// healthReport is the answer of /v1/health.
type healthReport struct {
	Level  health.Level
	Checks []health.Check
}

// health asks for the checks; an office that is not well answers 503, and tells
// them all the same.
func (r *running) health(ctx context.Context) (report healthReport, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.way.Base+"/v1/health", nil)
	if err != nil {
		return report, fmt.Errorf("--office %s: %w", r.address, err)
	}
	res, err := (&http.Client{Transport: r.way.RoundTripper()}).Do(req)
	if err != nil {
		return report, fmt.Errorf("reach the office at %s: %w", r.address, err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&report); err != nil || len(report.Checks) == 0 {
		return report, fmt.Errorf("%s did not answer as an office: status %d", r.address, res.StatusCode)
	}
	return report, nil
}
