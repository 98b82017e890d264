package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"motcua/queue/central"
	"motcua/queue/chain"
)

const importUsage = `motcua-central import takes batch files that came on a USB stick.

Usage:
  motcua-central import [flags] FILE…

Beside each file it writes the receipt that goes back to the office on the same
stick. Taking a file twice is harmless. The server may be running.

Flags (or environment, e.g. MOTCUA_CENTRAL_DB):
`

// importFiles takes batch files and writes a receipt beside each.
func importFiles(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	m := &Main{Log: newLog(stderr)}
	f := flag.NewFlagSet("motcua-central import", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	m.storeFlags(f)
	signer := f.String("signer", "", "the office's `key`, 64 hex digits, for an office whose record has not told it yet; compare it with the office")
	err := errors.Join(fromEnv(f, env), f.Parse(args))
	var key *chain.PublicKey
	if err == nil && *signer != "" {
		var k chain.PublicKey
		k, err = chain.ParsePublicKey(*signer)
		key = &k
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, importUsage)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return 0
	case err == nil && f.NArg() == 0:
		err = errors.New("which file?")
		fallthrough
	case err != nil:
		fmt.Fprintf(stderr, "motcua-central: import: %v\nmotcua-central import --help shows the flags.\n", err)
		return exitUsage
	}
	code := 0
	for _, name := range f.Args() {
		if err := m.importFile(ctx, name, key, stdout); err != nil {
			fmt.Fprintf(stderr, "motcua-central: %s: %v\n", filepath.Base(name), err)
			code = exitFailed
		}
	}
	if err := m.Close(); err != nil {
		fmt.Fprintln(stderr, "motcua-central:", err)
		return exitFailed
	}
	return code
}

func (m *Main) importFile(ctx context.Context, name string, signer *chain.PublicKey, stdout io.Writer) error {
	key, err := central.OpenKey(m.keyFile())
	if err != nil {
		return err
	}
	if m.store == nil {
		if m.store, err = central.Open(ctx, m.DB); err != nil {
			return err
		}
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	done, err := m.store.Import(ctx, file, key, signer, time.Now())
	var conflict *central.Conflict
	switch {
	case errors.As(err, &conflict) && conflict.Fork:
		return fmt.Errorf("%w\nthe office's record is not the one held here: see its page", err)
	case errors.As(err, &conflict) && conflict.Superseded > 0:
		return err
	case errors.As(err, &conflict):
		return fmt.Errorf("%w\nthe city has up to record %d: the office exports again with --after %d", err, conflict.Have.Seq, conflict.Have.Seq)
	case errors.Is(err, central.ErrSigner):
		return fmt.Errorf("%w\ncompare that key with the office's (motcuactl usb key), then give it with --signer", err)
	case err != nil:
		return err
	}
	receipt := filepath.Join(filepath.Dir(name), done.Receipt.FileName())
	if err := central.WriteReceipt(receipt, done.Receipt); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d new of %d records, up to %d; %d set aside; receipt %s\n", done.Manifest.Office, done.Fresh,
		done.Manifest.End.Seq-done.Manifest.After.Seq, done.Receipt.Have.Seq, len(done.Rejected), filepath.Base(receipt))
	return nil
}
