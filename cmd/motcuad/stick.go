package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
	"motcua/queue/uplink/wire/stick"
)

// stickSocket is where motcuactl reaches the running office on its own machine:
// a socket in the data folder, so that whoever may read the folder may use it.
const stickSocket = "motcuad.sock"

// serveSticks offers batches to carry away and takes receipts, until ctx ends.
// An office whose folder cannot hold a socket works without.
func (m *Main) serveSticks(ctx context.Context) error {
	path := filepath.Join(m.data, stickSocket)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		m.Log.Warn("no socket for motcuactl usb", "err", err)
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		m.Log.Warn("no socket for motcuactl usb", "err", err)
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /export", m.exportStick)
	mux.HandleFunc("POST /receipt", m.takeReceipt)
	return m.serve(ctx, l, mux)
}

func (m *Main) cityKey() (wire.CityKey, error) {
	raw, err := os.ReadFile(cmp.Or(m.centralKey, filepath.Join(m.data, cityKeyFile)))
	if err != nil {
		return wire.CityKey{}, fmt.Errorf("the city's key is not known here yet: %w", err)
	}
	return wire.ParseCityKey(raw)
}

func (m *Main) source(ctx context.Context) stick.Source {
	return func(after uint64, limit int) ([]chain.Record, error) {
		return m.office.Journal().Range(ctx, after, limit)
	}
}

// exportStick writes what the city lacks as a batch file; its name comes in the
// header.
func (m *Main) exportStick(w http.ResponseWriter, r *http.Request) {
	city, err := m.cityKey()
	var after uint64
	if err == nil {
		after, err = m.office.Journal().Acked(r.Context())
	}
	if text := r.FormValue("after"); text != "" && err == nil {
		after, err = strconv.ParseUint(text, 10, 63)
	}
	end := m.office.Checkpoint()
	if err == nil && after >= end.Seq {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var about stick.Manifest
	if err == nil {
		about, err = stick.NewManifest(uint64(max(1, m.office.Seat().Led)), after, end, m.source(r.Context()), time.Now())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+about.FileName()+`"`)
	if err := stick.Write(w, about, city, m.source(r.Context())); err != nil {
		m.Log.Error("a batch file was not written whole", "err", err)
		panic(http.ErrAbortHandler) // the reader must see that it is not whole
	}
}

// takeReceipt moves the office's position to what the city has, and carries out
// what the city says on the same stick.
func (m *Main) takeReceipt(w http.ResponseWriter, r *http.Request) {
	taken, err := m.receive(r.Context(), http.MaxBytesReader(w, r.Body, stick.MaxReceipt))
	if err != nil {
		m.Log.Error("a receipt was not taken", "err", err)
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(taken) // the caller has gone: nothing to do
}

// received says what a receipt came to.
type received struct {
	Acked   uint64 `json:"acked"`
	Notices int    `json:"notices"`
}

func (m *Main) receive(ctx context.Context, body io.Reader) (received, error) {
	city, err := m.cityKey()
	if err != nil {
		return received{}, err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return received{}, fmt.Errorf("read receipt: %w", err)
	}
	receipt, err := stick.ParseReceipt(raw, m.office.State().Config.Office, city)
	if err == nil {
		err = receipt.Agrees(m.source(ctx))
	}
	if err != nil {
		return received{}, err
	}
	j := m.office.Journal()
	acked, err := j.Acked(ctx)
	if err == nil && receipt.Have.Seq > acked {
		acked = receipt.Have.Seq
		err = j.SetAcked(ctx, receipt.Have)
	}
	if err != nil {
		return received{}, err
	}
	take := deliver(m.office, m.Log)
	for i, n := range receipt.Notices {
		if err := take(ctx, n); err != nil {
			return received{Acked: acked, Notices: i}, fmt.Errorf("notice %d: %w", n.ID, err)
		}
	}
	return received{Acked: acked, Notices: len(receipt.Notices)}, nil
}
