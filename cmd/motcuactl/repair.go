package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/uplink"
)

// repair brings an office that was put back from a backup up to date with what
// the city has of it, before it works again. A fork is shown with what to do.
func repair(ctx context.Context, c *call) (err error) {
	f := c.flags()
	data := f.String("data", "", "the office's data `folder`; nobody may have it open")
	central := f.String("central", "", "`address` of the city's server")
	token := f.String("token-file", "", "`file` with the office's token for the city")
	look := f.Bool("look", false, "only say how the two records stand")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if *data == "" || *central == "" || *token == "" {
		return fmt.Errorf("repair needs --data, --central and --token-file: %w", errUsage)
	}
	j, err := journal.Open(ctx, filepath.Join(*data, office.JournalFile), journal.Options{ReadOnly: *look})
	if errors.Is(err, journal.ErrInUse) {
		return fmt.Errorf("repair: %w; end motcuad first", err)
	}
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	name, _, err := whose(ctx, j)
	if err != nil {
		return fmt.Errorf("repair: %w; restore a backup first", err)
	}
	key := filepath.Join(*data, "city.pub")
	if _, err := os.Stat(key); err != nil {
		key = "" // motcuad keeps it elsewhere, or has never met the city
	}
	line, err := uplink.New(uplink.Config{
		URL: *central, Office: name, TokenFile: *token, KeyFile: key,
		// A backup may be from before the term in force; asking is no claim to lead.
		Term: func() uint64 { return math.MaxInt32 },
	}, j, j)
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	stand, err := line.Compare(ctx)
	if err != nil {
		return fmt.Errorf("repair: ask the city: %w", err)
	}
	fmt.Fprintf(c.stdout, "office %s: here up to record %d, in the city up to %d, the same up to %d\n",
		name, stand.Office.Seq, stand.City.Seq, stand.Common)
	switch {
	case stand.Common == stand.City.Seq:
		fmt.Fprintln(c.stdout, "the city has nothing that is not here; start motcuad")
		return nil
	case stand.Common < stand.Office.Seq:
		fmt.Fprintf(c.stdout, forked, stand.Common, stand.Common+1, stand.Office.Seq, stand.City.Seq, name, stand.Common)
		return errFound
	case *look:
		fmt.Fprintf(c.stdout, "%d records are to be fetched; nothing was changed\n", stand.City.Seq-stand.Office.Seq)
		return nil
	}
	return fetch(ctx, c, j, line)
}

// forked is what to do about two histories.
const forked = `FORK: both went on by themselves after record %d: here %d to %d, in the city up to %d.
Nothing was changed. A person must choose, and nothing is lost either way:
  - keep what is here (usual when the office has worked since): an administrator of the city has
    POST /v1/offices/%s/fork/rewind {"to":%d}; the city puts its own records aside and takes these;
  - keep what the city has (when nothing of worth was done here since): restore a backup from before
    that record, and run this command again.
`

// fetch copies what the city has beyond this journal and says what a backup
// cannot bring back.
func fetch(ctx context.Context, c *call, j *journal.Journal, line *uplink.Uplink) error {
	from := j.Head().Seq
	head, err := j.CatchUp(ctx, line.Fetch)
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	if err := j.SetAcked(ctx, head); err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	fmt.Fprintf(c.stdout, "fetched records %d to %d; the record is whole again\n", from+1, head.Seq)
	codes, err := sealedFor(ctx, j, from)
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	if len(codes) > 0 {
		fmt.Fprintf(c.stdout, "the keys of %d applicants were only on the lost disk; ask them again for these dossiers:\n", len(codes))
		for _, code := range codes {
			fmt.Fprintln(c.stdout, "  "+code)
		}
	}
	if err := line.TellAgain(ctx); err != nil {
		fmt.Fprintf(c.stderr, "motcuactl: the city could not be asked to send its documents again: %v; publish them anew there\n", err)
		return nil
	}
	fmt.Fprintln(c.stdout, "the city will send its documents again; start motcuad")
	return nil
}

// sealedFor lists the dossiers received after a record whose applicants nobody
// can read.
func sealedFor(ctx context.Context, j *journal.Journal, after uint64) (codes []string, err error) {
	for {
		page, err := j.Range(ctx, after, recordsPage)
		if err != nil || len(page) == 0 {
			return codes, err
		}
		for _, r := range page {
			after = r.Seq
			code, err := lostKey(j, r)
			if err != nil {
				return codes, err
			}
			if code != "" {
				codes = append(codes, code)
			}
		}
	}
}

// lostKey is the code of the dossier that a record received, if its key is not
// here.
func lostKey(j *journal.Journal, r chain.Record) (code string, err error) {
	if r.Type != (dossier.DossierReceived{}).Kind() {
		return "", nil
	}
	e, ok, err := dossier.DecodeEvent(r.Type, r.V, r.Data)
	received, is := e.(dossier.DossierReceived)
	if err != nil || !ok || !is {
		return "", err
	}
	err = j.View(func(v journal.View) error {
		key, err := v.CaseKey(received.Code)
		if key == nil {
			code = received.Code
		}
		return err
	})
	return code, err
}
