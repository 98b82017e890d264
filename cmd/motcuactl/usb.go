package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/uplink/wire"
	"motcua/queue/uplink/wire/stick"
)

// usb carries the office's record to the city and its receipt back, on a stick.
func usb(ctx context.Context, c *call) error {
	verbs := map[string]func(context.Context, *call) error{"export": usbExport, "receipt": usbReceipt, "key": usbKey}
	if len(c.args) == 0 || verbs[c.args[0]] == nil {
		if len(c.args) > 0 && (c.args[0] == "-h" || c.args[0] == "--help") {
			fmt.Fprintln(c.stdout, c.usage)
			return nil
		}
		return fmt.Errorf("usb wants export, receipt or key: %w", errUsage)
	}
	verb := verbs[c.args[0]]
	c.usage = "Usage: motcuactl usb " + c.args[0] + " [flags]"
	c.args = c.args[1:]
	return verb(ctx, c)
}

// stickCall is the office that a stick is for.
type stickCall struct{ data, cityKey, after string }

// usbExport writes a batch file into a folder: from the running office, or from
// the journal when nobody has it open.
func usbExport(ctx context.Context, c *call) error {
	var s stickCall
	f := c.flags()
	f.StringVar(&s.data, "data", "", "the office's data `folder`")
	f.StringVar(&s.cityKey, "city-key", "", "`file` with the city's public key (default city.pub in the data folder)")
	f.StringVar(&s.after, "after", "", "begin after this record `number` (default: what the city has, as far as known)")
	to := f.String("to", "", "`folder` of the stick")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if s.data == "" || *to == "" {
		return fmt.Errorf("usb export needs --data and --to: %w", errUsage)
	}
	if s.after != "" {
		if _, err := strconv.ParseUint(s.after, 10, 63); err != nil {
			return fmt.Errorf("--after %q is no number: %w", s.after, errUsage)
		}
	}
	write := s.running
	if !s.runs(ctx) {
		write = s.resting
	}
	name, err := whole(*to, func(w io.Writer) (string, error) { return write(ctx, w) })
	if errors.Is(err, errNothingNew) {
		fmt.Fprintln(c.stdout, "the city has everything; nothing to carry")
		return nil
	}
	if err != nil {
		return fmt.Errorf("usb export: %w", err)
	}
	fmt.Fprintln(c.stdout, name)
	return nil
}

var errNothingNew = errors.New("nothing new")

// whole writes a file so that it is there whole, on the stick, or not at all.
// fill writes it and says what it is called.
func whole(dir string, fill func(io.Writer) (string, error)) (path string, err error) {
	f, err := os.CreateTemp(dir, ".motcua-*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	name, err := fill(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	path = filepath.Join(dir, filepath.Base(name))
	if err = os.Rename(f.Name(), path); err != nil {
		return "", err
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync() // not every stick can
		_ = d.Close()
	}
	return path, nil
}

// socket is a client of the running office.
func (s stickCall) socket() *http.Client {
	path := filepath.Join(s.data, "motcuad.sock")
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
}

func (s stickCall) runs(ctx context.Context) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", filepath.Join(s.data, "motcuad.sock"))
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

// running asks the office at work.
func (s stickCall) running(ctx context.Context, w io.Writer) (name string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://office/export?"+url.Values{"after": {s.after}}.Encode(), nil)
	if err != nil {
		return "", err
	}
	resp, err := s.socket().Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNoContent {
		return "", errNothingNew
	}
	if resp.StatusCode != http.StatusOK {
		return "", officeSaid(resp)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return "", err
	}
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition"))
	if err != nil || params["filename"] == "" {
		return "", errors.New("the office did not name the file")
	}
	return params["filename"], nil
}

// officeSaid is the error that the office answered with.
func officeSaid(resp *http.Response) error {
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	return errors.New(string(bytes.TrimSpace(raw)))
}

// resting reads a journal that nobody has open, or a backup beside its key.
func (s stickCall) resting(ctx context.Context, w io.Writer) (name string, err error) {
	raw, err := os.ReadFile(cmp.Or(s.cityKey, filepath.Join(s.data, "city.pub")))
	if err != nil {
		return "", fmt.Errorf("the city's key: %w", err)
	}
	city, err := wire.ParseCityKey(raw)
	if err != nil {
		return "", err
	}
	key, err := office.SigningKey(s.data)
	if err != nil {
		return "", err
	}
	r, err := openRecords(ctx, s.data)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.j.Close()) }()
	after, err := r.j.Acked(ctx)
	if s.after != "" && err == nil {
		after, err = strconv.ParseUint(s.after, 10, 63)
	}
	if err != nil {
		return "", err
	}
	head := r.j.Head()
	if after >= head.Seq {
		return "", errNothingNew
	}
	from := func(after uint64, limit int) ([]chain.Record, error) { return r.j.Range(ctx, after, limit) }
	name, term, err := whose(ctx, r.j)
	if err != nil {
		return "", err
	}
	end := chain.Checkpoint{Office: name, Head: head, At: time.Now()}.Sign(key)
	about, err := stick.NewManifest(term, after, end, from, time.Now())
	if err != nil {
		return "", err
	}
	return about.FileName(), stick.Write(w, about, city, from)
}

// whose reads from the end of a record which office it is of, and the term.
func whose(ctx context.Context, j *journal.Journal) (name string, term uint64, err error) {
	base := j.Base().Seq
	for end := j.Head().Seq; end > base && term == 0; {
		from := end - min(end-base, recordsPage)
		page, err := j.Range(ctx, from, int(end-from))
		if err != nil && name != "" {
			break // months that were dropped by rule
		}
		if err != nil {
			return "", 0, err
		}
		for _, r := range slices.Backward(page) {
			switch r.Type {
			case chain.KindSigned:
				if c, ok, err := chain.ReadCheckpoint(r); ok && err == nil {
					name = cmp.Or(name, c.Office)
				}
			case (queue.Configured{}).Kind(), (queue.TermBegan{}).Kind():
				switch e, _, _ := queue.DecodeEvent(r.Type, r.V, r.Data); e := e.(type) {
				case queue.Configured:
					name = cmp.Or(name, e.Config.Office)
				case queue.TermBegan:
					term = max(term, uint64(max(0, e.Term)))
				}
			}
		}
		end = from
	}
	if name == "" {
		return "", 0, errors.New("the journal does not say which office it is")
	}
	return name, max(1, term), nil
}

// usbReceipt hands the city's receipts to the running office.
func usbReceipt(ctx context.Context, c *call) error {
	var s stickCall
	f := c.flags()
	f.StringVar(&s.data, "data", "", "the office's data `folder`")
	if err := c.parse(f, 1000); err != nil {
		return err
	}
	if s.data == "" || f.NArg() == 0 {
		return fmt.Errorf("usb receipt needs --data and the files: %w", errUsage)
	}
	if !s.runs(ctx) {
		return fmt.Errorf("usb receipt: the office in %s is not running; start motcuad first", s.data)
	}
	for _, name := range f.Args() {
		raw, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("usb receipt: %w", err)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://office/receipt", bytes.NewReader(raw))
		if err != nil {
			return err
		}
		resp, err := s.socket().Do(req)
		if err != nil {
			return fmt.Errorf("usb receipt: %w", err)
		}
		if resp.StatusCode != http.StatusOK {
			return errors.Join(fmt.Errorf("usb receipt: %s: %w", filepath.Base(name), officeSaid(resp)), resp.Body.Close())
		}
		_, err = io.Copy(c.stdout, resp.Body)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return fmt.Errorf("usb receipt: %w", err)
		}
	}
	return nil
}

// usbKey shows the key that the office signs with, for the city to compare.
func usbKey(_ context.Context, c *call) error {
	f := c.flags()
	data := f.String("data", "", "the office's data `folder`")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	key, err := office.SigningKey(*data)
	if err != nil {
		return fmt.Errorf("usb key: %w", err)
	}
	fmt.Fprintln(c.stdout, chain.PublicOf(key))
	return nil
}
