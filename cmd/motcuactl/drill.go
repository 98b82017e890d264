package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal/backup"
)

// drill proves that a backup can be restored: it does so into a folder that is
// removed again, checks every record, and asks the running office whether it
// is its own record and how much it lacks.
func drill(ctx context.Context, c *call) error {
	f := c.flags()
	from := f.String("from", "", "the backup's `folder`")
	identity := f.String("identity", "", "the backup's key `file`, from the safe")
	at := f.String("office", "http://127.0.0.1:8080", "`address` of the running office, asked on its own machine; empty asks nobody")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if *from == "" || *identity == "" {
		return fmt.Errorf("drill needs --from and --identity: %w", errUsage)
	}
	dir, err := os.MkdirTemp("", "motcua-drill-")
	if err != nil {
		return fmt.Errorf("drill: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	begin := time.Now()
	r, err := restoreTo(ctx, *from, dir, *identity, backup.Until{})
	if err != nil {
		fmt.Fprintf(c.stdout, "FAILED: the backup cannot be restored: %v\n", err)
		return errFound
	}
	sayRestored(c, r, backup.Until{})
	took := time.Since(begin).Round(time.Millisecond)
	if !r.Whole() || r.Head.Seq < r.Seen {
		fmt.Fprintf(c.stdout, "FAILED: the backup is damaged; motcuad mends it at its next run if the medium can take it (%s)\n", took)
		return errFound
	}
	if *at == "" {
		fmt.Fprintf(c.stdout, "GOOD: %d records of %s restored and checked in %s; the running office was not asked\n", r.Head.Seq, r.Office, took)
		return nil
	}
	lacks, err := lag(ctx, *at, r.Head)
	switch {
	case errors.Is(err, errOther):
		fmt.Fprintln(c.stdout, "FAILED: the running office has another record in this place; this is not its backup")
		return errFound
	case err != nil:
		return fmt.Errorf("drill: the backup is whole, but the running office did not answer: %w", err)
	}
	fmt.Fprintf(c.stdout, "GOOD: %d records of %s restored and checked in %s; the running office has the same and %d more, the last copied is of %s\n",
		r.Head.Seq, r.Office, took, lacks, queue.Local(r.At).Format("2006-01-02 15:04:05"))
	return nil
}

// errOther: the running office does not have this record.
var errOther = errors.New("another record")

// lag asks the running office whether a head lies on its chain and how many
// records it has beyond.
func lag(ctx context.Context, office string, head chain.Head) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	q := url.Values{"after": {strconv.FormatUint(head.Seq, 10)}, "hash": {head.Hash.String()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, office+"/v1/replica?"+q.Encode(), nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusConflict {
		return 0, errOther
	}
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 500))
		return 0, fmt.Errorf("%s: %s", answer.Status, text)
	}
	line, err := bufio.NewReaderSize(answer.Body, 1<<20).ReadBytes('\n')
	if err != nil && len(line) == 0 {
		return 0, err
	}
	var first struct {
		Head uint64 `json:"head"`
	}
	if err := json.Unmarshal(line, &first); err != nil || first.Head < head.Seq {
		return 0, fmt.Errorf("an answer that is not the office's: %.100s", line)
	}
	return first.Head - head.Seq, nil
}
