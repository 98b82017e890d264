package main

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	bolt "go.etcd.io/bbolt"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
)

// openOffice opens an office as motcuad does.
func openOffice(dir string) (*office.Office, error) {
	data, err := demo.Load()
	if err != nil {
		return nil, err
	}
	return office.Open(office.Config{Dir: dir, Setup: &data.Config, Rules: data.Rules()})
}

// work makes an office do so many commands more: "work office 250".
func work(ts *testscript.TestScript, _ bool, args []string) {
	o, err := openOffice(ts.MkAbs(args[0]))
	ts.Check(err)
	more, err := strconv.Atoi(args[1])
	ts.Check(err)
	n, err := o.LastN(context.Background(), "kiosk-1")
	ts.Check(err)
	for range more {
		n++
		_, err := o.Do(context.Background(), office.Call{N: n, By: chain.Actor{Device: "kiosk-1"}, Command: queue.RequestHelp{}})
		ts.Check(err)
	}
	ts.Check(o.Close())
}

// rewrite changes a record and makes everything after it fit, as somebody with
// the disk and this program's sources could: "rewrite office 42".
func rewrite(ts *testscript.TestScript, _ bool, args []string) {
	seq, err := strconv.ParseUint(args[1], 10, 64)
	ts.Check(err)
	db, err := bolt.Open(filepath.Join(ts.MkAbs(args[0]), office.JournalFile), 0o600, &bolt.Options{Timeout: time.Second})
	ts.Check(err)
	ts.Check(errors.Join(db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("events"))
		var head chain.Head
		last, _ := b.Cursor().Last()
		for at := uint64(1); at <= binary.BigEndian.Uint64(last); at++ {
			key := binary.BigEndian.AppendUint64(nil, at)
			r, err := chain.Parse(b.Get(key))
			if err != nil {
				return err
			}
			if at == seq {
				r.By.Device = "kiosk-9"
			}
			forged, next, err := head.Append(r.Fact)
			if err != nil {
				return err
			}
			if head = next; b.Put(key, forged.Line()) != nil {
				return err
			}
		}
		return putHead(tx, head)
	}), db.Close()))
}

// demoCode is the demo office's code.
func demoCode() string {
	data, err := demo.Load()
	if err != nil {
		return ""
	}
	return data.Config.Office
}
