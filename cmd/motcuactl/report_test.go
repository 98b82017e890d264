package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/replay/replaytest"
)

// worked makes the folders "worked", an office after two days of which one
// call was chosen by an officer, "unfair", the same with a call against the
// rule, and "fresh", an office that never opened.
func worked(t *testing.T, dir string) error {
	o := replaytest.New(t, nil)
	fresh := o.Records
	by := o.Sit("1", "cb01")
	for range 3 {
		o.Issue("ho-tich", "")
		o.Wait(time.Minute)
	}
	o.Must(queue.CallTicket{Ticket: "261123-A003", Reason: "người già yếu"}, by)
	o.Serve(by, 5*time.Minute)
	o.Call(by)
	o.Serve(by, 5*time.Minute)
	o.Must(queue.CloseDay{}, by)
	o.Now = replaytest.Monday.Add(24 * time.Hour)
	o.Issue("ho-tich", "")
	o.Issue("ho-tich", "")
	o.Wait(2 * time.Minute)
	o.Call(by)
	o.Serve(by, time.Minute)
	fair := o.Records
	o.Issue("ho-tich", "")
	o.Keep(by, queue.TicketCalled{Ticket: "261124-A003", Counter: "1", Officer: "cb01", Why: "rule"})
	return errors.Join(
		keep(filepath.Join(dir, "worked"), fair), keep(filepath.Join(dir, "unfair"), o.Records), keep(filepath.Join(dir, "fresh"), fresh))
}

// keep writes records into an office's folder.
func keep(dir string, records []chain.Record) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	j, err := journal.Open(context.Background(), filepath.Join(dir, office.JournalFile), journal.Options{MinFree: -1})
	if err != nil {
		return err
	}
	_, err = j.Update(func(tx *journal.Tx) error {
		for _, r := range records {
			if _, err := tx.Append(r.Fact); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, j.Close())
}

// cell reads a cell of a workbook: cell FILE SHEET CELL WANT.
func cell(ts *testscript.TestScript, _ bool, args []string) {
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	got, err := book.GetCellValue(args[1], args[2])
	ts.Check(errors.Join(err, book.Close()))
	if got != args[3] {
		ts.Fatalf("%s!%s is %q, want %q", args[1], args[2], got, args[3])
	}
}
