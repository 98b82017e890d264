package office

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// Codes of what goes wrong between hubs.
const (
	codeForked     = "replica-forked"    // the standby's record is not a part of the hub's
	codeStandby    = "office-standby"    // this machine does not lead; succession.Seat says it
	codeSuperseded = "office-superseded" // it led, and another does now
)

// ErrForked: this machine's record and the hub's went different ways. Nothing
// mends that by itself; docs/cai-dat.md says what to do.
var ErrForked = errors.New("the record is not a part of the hub's")

// peerHub is another machine of the office that leads, or led.
type peerHub struct {
	base string
	http *http.Client
	mine func() Standing
	met  func(context.Context, Standing) error
	// copied is the last record on this machine's disk; nil says nothing of it.
	copied func() uint64
}

// headerCopied tells the hub how far its standby is.
const headerCopied = "Office-Copied"

// reportEvery is how often a standby tells it.
const reportEvery = 2 * time.Second

// hubSilence is how long a feed may say nothing; heartbeats come every 5 s.
const hubSilence = 3 * heartbeat

// get asks the other machine; its standing is taken in before its answer. The
// body must be closed.
func (p peerHub) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return nil, unreachable(http.MethodGet, path, err)
	}
	p.mine().Write(req.Header)
	if p.copied != nil {
		req.Header.Set(headerCopied, strconv.FormatUint(p.copied(), 10))
	}
	res, err := p.http.Do(req)
	if err != nil {
		return nil, unreachable(http.MethodGet, path, err)
	}
	if err := p.met(ctx, ReadStanding(res.Header)); err != nil {
		return nil, errors.Join(err, res.Body.Close())
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	raw, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // a broken answer is no answer
	_ = res.Body.Close()
	err = refused(http.MethodGet, path, res.StatusCode, raw)
	if errors.Is(err, refusal.New(codeForked)) {
		return nil, fmt.Errorf("%w (%w)", ErrForked, err)
	}
	return nil, err
}

// ask gets a small answer of the other machine.
func (p peerHub) ask(ctx context.Context, path string, v any) error {
	res, err := p.get(ctx, path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(v); err != nil {
		return unreachable(http.MethodGet, path, fmt.Errorf("not an answer of an office: %w", err))
	}
	return nil
}

// feed reads the other machine's record after a place and hands it on in
// batches, until take says that it is enough, the line ends or ctx does.
func (p peerHub) feed(ctx context.Context, after chain.Head, take func(context.Context, []replicated) (enough bool, err error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(hubSilence, func() { cancel(errors.New("the hub went silent")) })
	defer silence.Stop()
	q := url.Values{"after": {strconv.FormatUint(after.Seq, 10)}, "hash": {after.Hash.String()}}
	res, err := p.get(ctx, "/v1/replica?"+q.Encode())
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := make(chan replicated, feedPage)
	var broken error // of the reader; read after lines is closed
	go func() {
		defer close(lines)
		broken = readFeed(ctx, res.Body, func() { silence.Reset(hubSilence) }, lines)
	}()
	for first := range lines {
		batch := []replicated{first}
		for more := true; more && len(batch) < feedPage; {
			select {
			case next, ok := <-lines:
				if more = ok; ok {
					batch = append(batch, next)
				}
			default:
				more = false
			}
		}
		if enough, err := take(ctx, batch); enough || err != nil {
			return err
		}
	}
	return unreachable(http.MethodGet, "/v1/replica", errors.Join(broken, context.Cause(ctx)))
}

// readFeed reads lines until the feed ends or says something that is no line.
func readFeed(ctx context.Context, body io.Reader, heard func(), lines chan<- replicated) error {
	scan := bufio.NewScanner(body)
	scan.Buffer(make([]byte, 0, 64<<10), maxAnswer)
	for scan.Scan() {
		heard()
		var r replicated
		if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
			return fmt.Errorf("not a line of a feed: %w", err)
		}
		select {
		case lines <- r:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return scan.Err()
}

// report tells the hub how far the copy is.
func (p peerHub) report(ctx context.Context) error {
	res, err := p.get(ctx, "/v1/seat")
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// FollowOptions tell a standby where its hub is. Only URL is needed.
type FollowOptions struct {
	// URL is the hub's address, e.g. "https://10.0.0.2:8080".
	URL string
	// Transport carries the requests; nil is the default one. With TLS it has
	// the standby's certificate.
	Transport http.RoundTripper
	// Log hears when the hub is lost and found.
	Log *slog.Logger
}

// FetchKey asks the hub for the office's key and keeps it in dir, unless one is
// there already. It is done once, before a standby is opened; the hub gives the
// key to an enrolled standby only, over TLS.
func FetchKey(ctx context.Context, opts FollowOptions, dir string) error {
	path := filepath.Join(dir, KeyFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p := peerHub{
		base: strings.TrimRight(opts.URL, "/"), http: &http.Client{Transport: opts.Transport},
		mine: func() Standing { return Standing{Role: succession.Standby} },
		met:  func(context.Context, Standing) error { return nil },
	}
	res, err := p.get(ctx, "/v1/replica/key")
	if err != nil {
		return fmt.Errorf("ask for the office's key: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if err != nil {
		return unreachable(http.MethodGet, "/v1/replica/key", err)
	}
	s, err := parseSecret(raw)
	if err != nil {
		return fmt.Errorf("read the office's key from %s: %w", opts.URL, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the standby's folder: %w", err)
	}
	return s.write(path)
}

// peer is the other machine at an address.
func (o *Office) peer(opts FollowOptions) peerHub {
	return peerHub{
		base: strings.TrimRight(opts.URL, "/"), mine: o.Standing, met: o.Meet,
		http: &http.Client{Transport: opts.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // nobody but the hub answers for the hub
		}},
	}
}

// FollowHub keeps this machine's record equal to the hub's while it is a
// standby, and once it has been promoted fetches from the hub before it what it
// does not have. It ends with ctx, or with ErrForked, which needs a person.
func (o *Office) FollowHub(ctx context.Context, opts FollowOptions) error {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	p, pause, lost := o.peer(opts), firstFollow, false
	p.copied = func() uint64 { return o.journal.Head().Seq }
	var told time.Time
	for ctx.Err() == nil {
		var err error
		switch seat := o.Seat(); {
		case seat.Role == succession.Standby:
			err = p.feed(ctx, o.journal.Head(), func(ctx context.Context, batch []replicated) (bool, error) {
				if lost {
					opts.Log.Info("the standby follows the hub again", "hub", opts.URL)
				}
				pause, lost = firstFollow, false
				if err := o.copyIn(ctx, batch); err != nil || time.Since(told) < reportEvery {
					return false, err
				}
				told = time.Now()
				return false, p.report(ctx)
			})
		case seat.Leads() && !o.State().Settled():
			err = o.takeOver(ctx, p)
		default:
			return nil // it leads alone, or is retired: nothing to fetch any more
		}
		if errors.Is(err, ErrForked) || errors.Is(err, chain.ErrFork) {
			o.forked.Store(true)
			return fmt.Errorf("follow %s: %w", opts.URL, errors.Join(ErrForked, err))
		}
		if ctx.Err() != nil || err == nil {
			continue
		}
		if !lost {
			opts.Log.Warn("the hub cannot be reached", "hub", opts.URL, "err", err)
			lost = true
		}
		o.awaitHub(ctx, &pause)
	}
	return nil
}

// Pauses between two attempts to reach the hub.
const (
	firstFollow = 200 * time.Millisecond
	lastFollow  = 5 * time.Second
)

// awaitHub waits before the next attempt; a promotion ends the wait.
func (o *Office) awaitHub(ctx context.Context, pause *time.Duration) {
	t := time.NewTimer(*pause/2 + rand.N(*pause/2+1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-o.promoted:
	case <-ctx.Done():
	}
	*pause = min(2**pause, lastFollow)
}

// copyIn makes a batch of the hub's record durable here, byte for byte, with
// what lies beside it.
func (o *Office) copyIn(ctx context.Context, batch []replicated) error {
	records, err := recordsOf(batch)
	if err != nil {
		return err
	}
	o.hubHead.Store(batch[len(batch)-1].Head)
	heard := time.Now()
	o.hubHeard.Store(&heard)
	if ground := batch[0].Ground; ground != nil {
		if err := o.inWriter(ctx, func() error { return o.journal.Begin(*ground) }); err != nil {
			return fmt.Errorf("begin the copy: %w", err)
		}
	}
	if len(records) == 0 {
		return nil
	}
	err = o.inWriter(ctx, func() error {
		if o.Seat().Role != succession.Standby {
			return nil // promoted in the meantime: what comes now is merged
		}
		done, err := o.journal.Update(func(tx *journal.Tx) error {
			if err := tx.Copy(records); err != nil {
				return err
			}
			for i, at := 0, 0; i < len(batch); i++ {
				if batch[i].Record == nil {
					continue
				}
				if err := errors.Join(putBeside(tx, records[at], batch[i]), putBegan(tx, records[at])); err != nil {
					return err
				}
				at++
			}
			return nil
		})
		if err != nil {
			return err
		}
		o.lastAt = records[len(records)-1].At
		o.stream.publish(done)
		return nil
	})
	if err != nil {
		return fmt.Errorf("copy the hub's record: %w", err)
	}
	return o.reload(batch)
}

// putBegan remembers a term that a copied record begins.
func putBegan(tx *journal.Tx, r chain.Record) error {
	if r.Type != (queue.TermBegan{}).Kind() {
		return nil
	}
	var began queue.TermBegan
	if err := json.Unmarshal(r.Data, &began); err != nil {
		return fmt.Errorf("read record %d: %w", r.Seq, err)
	}
	return putLineage(tx, began)
}

// recordsOf reads the records of a batch.
func recordsOf(batch []replicated) ([]chain.Record, error) {
	records := make([]chain.Record, 0, len(batch))
	for _, b := range batch {
		if b.Record == nil {
			continue
		}
		r, err := chain.Parse(b.Record)
		if err != nil {
			return nil, fmt.Errorf("read the hub's record: %w", err)
		}
		records = append(records, r)
	}
	return records, nil
}

// putBeside keeps what lies beside a record.
func putBeside(tx *journal.Tx, r chain.Record, with replicated) error {
	if len(with.Answer) > 0 {
		if err := tx.PutAnswer(r.By.Device, r.N, with.Answer); err != nil {
			return err
		}
	}
	_, code := subject(r)
	switch {
	case r.Type == (dossier.DossierReceived{}).Kind() && len(with.Key) > 0:
		if err := tx.PutCaseKey(code, with.Key); err != nil {
			return err
		}
	case r.Type == (Erased{}).Kind():
		if err := tx.DropCaseKey(code); err != nil {
			return err
		}
	}
	for name, doc := range with.Documents {
		if ownDocument(name) {
			continue
		}
		if err := tx.PutDocument(name, doc); err != nil {
			return err
		}
	}
	return nil
}

// reload uses documents that came with a batch.
func (o *Office) reload(batch []replicated) error {
	for _, b := range batch {
		if len(b.Documents) > 0 {
			return o.loadRules()
		}
	}
	return nil
}

// Behind is how many of the hub's records a standby does not have yet, as of
// the hub's last word; 0 for a machine that is no standby.
func (o *Office) Behind() uint64 {
	if o.Seat().Role != succession.Standby {
		return 0
	}
	head := o.journal.Head().Seq
	return max(o.hubHead.Load(), head) - head
}

// hubThere reports whether a standby has heard its hub lately.
func (o *Office) hubThere() bool {
	last := o.hubHeard.Load()
	return last != nil && time.Since(*last) < hubSilence
}
