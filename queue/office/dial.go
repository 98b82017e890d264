package office

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// DialOptions tune a Client over HTTP; the zero value is right on a LAN.
type DialOptions struct {
	// Transport carries the requests, with the client certificate where the
	// office wants one; nil means a plain one.
	Transport http.RoundTripper
	// Timeout bounds one request; 0 means 10 s.
	Timeout time.Duration
	// Silence is how long the event stream may say nothing before it counts as
	// lost; 0 means three heartbeats, 15 s.
	Silence time.Duration
	// Mine is what every request says of who leads; nil says nothing. Told hears
	// what every answer says; nil does not listen.
	Mine func() Standing
	// Heard is called whenever the event stream says anything, a heartbeat
	// included; nil does not listen.
	Heard func()
	// Records asks for the records of each command with its reply.
	Records bool
	Told    func(Standing)
}

// Dial is an office at an address, such as "http://127.0.0.1:8787", as a
// Client. It connects when it is first used.
func Dial(base string, opts DialOptions) Terminal {
	if opts.Transport == nil {
		opts.Transport = &http.Transport{MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 30 * time.Second}
	}
	if opts.Timeout == 0 {
		opts.Timeout = 10 * time.Second
	}
	if opts.Silence == 0 {
		opts.Silence = 3 * heartbeat
	}
	return &remote{base: strings.TrimRight(base, "/"), opts: opts, http: &http.Client{
		Transport: opts.Transport,
		// Nobody but the office answers for the office.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// remote is an office over HTTP.
type remote struct {
	base string
	opts DialOptions
	http *http.Client
}

// maxAnswer bounds what is read of one answer or event.
const maxAnswer = 32 << 20

// Do implements Client.
func (c *remote) Do(ctx context.Context, call Call) (Reply, error) {
	if err := call.check(); err != nil {
		return Reply{}, err
	}
	data, err := json.Marshal(call.Command)
	if err != nil {
		return Reply{}, refusal.New(codeBadCall, "field", "command")
	}
	body, err := json.Marshal(wireCall{N: call.N, By: call.By, Type: call.Command.Name(), Data: data})
	if err != nil {
		return Reply{}, refusal.New(codeBadCall, "field", "actor")
	}
	var r Reply
	return r, c.ask(ctx, http.MethodPost, "/v1/commands", body, &r)
}

// LastN implements Numbered.
func (c *remote) LastN(ctx context.Context, device string) (uint64, error) {
	a, err := c.About(ctx, device)
	return a.Last, err
}

// About tells a device how it stands with the office.
func (c *remote) About(ctx context.Context, device string) (a About, err error) {
	return a, c.ask(ctx, http.MethodGet, "/v1/devices/"+url.PathEscape(device), nil, &a)
}

// Merge offers records made elsewhere; everything up to last is at the office.
func (c *remote) Merge(ctx context.Context, o Offer) (last uint64, err error) {
	body, err := json.Marshal(o)
	if err != nil {
		return 0, fmt.Errorf("encode an offer: %w", err)
	}
	var r mergeReport
	err = c.ask(ctx, http.MethodPost, "/v1/merge", body, &r)
	return r.Last, err
}

// Dossier implements Client.
func (c *remote) Dossier(ctx context.Context, code string) (d dossier.Dossier, err error) {
	return d, c.ask(ctx, http.MethodGet, "/v1/dossiers/"+url.PathEscape(code), nil, &d)
}

// Case implements Client.
func (c *remote) Case(ctx context.Context, code string) (k Case, err error) {
	return k, c.ask(ctx, http.MethodGet, "/v1/cases/"+url.PathEscape(code), nil, &k)
}

// Dossiers implements Client.
func (c *remote) Dossiers(ctx context.Context, q DossierQuery) (list []dossier.Dossier, err error) {
	v := url.Values{}
	for name, value := range map[string]string{"day": q.Day, "status": string(q.Status), "card": q.Card} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.Limit > 0 {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return list, c.ask(ctx, http.MethodGet, "/v1/dossiers?"+v.Encode(), nil, &list)
}

// Procedures implements Client.
func (c *remote) Procedures(ctx context.Context, query string) (list []catalogue.Procedure, err error) {
	return list, c.ask(ctx, http.MethodGet, "/v1/procedures?q="+url.QueryEscape(query), nil, &list)
}

// Criteria implements Client.
func (c *remote) Criteria(ctx context.Context) (list []dossier.Criterion, err error) {
	return list, c.ask(ctx, http.MethodGet, "/v1/criteria", nil, &list)
}

// Promise implements Client.
func (c *remote) Promise(ctx context.Context, procedure string) (p dossier.Promise, err error) {
	return p, c.ask(ctx, http.MethodGet, "/v1/promises/"+url.PathEscape(procedure), nil, &p)
}

// Ticket implements Client.
func (c *remote) Ticket(ctx context.Context, idOrCode string) (t queue.Ticket, err error) {
	return t, c.ask(ctx, http.MethodGet, "/v1/tickets/"+url.PathEscape(idOrCode), nil, &t)
}

// PromoteAt makes the standby at an address the hub (Office.Promote there). Only
// a program on the standby's own machine may.
func PromoteAt(ctx context.Context, base string, p Promotion) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode a promotion: %w", err)
	}
	var r json.RawMessage
	c := &remote{base: strings.TrimRight(base, "/"), opts: DialOptions{Timeout: patienceToPromote}, http: http.DefaultClient}
	return c.ask(ctx, http.MethodPost, "/v1/promote", body, &r)
}

// patienceToPromote bounds PromoteAt: the standby writes one record.
const patienceToPromote = 10 * time.Second

// ask does one request and reads its answer into v.
func (c *remote) ask(ctx context.Context, method, path string, body []byte, v any) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	res, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return unreachable(method, path, err)
	}
	if res.StatusCode != http.StatusOK {
		return refused(method, path, res.StatusCode, raw)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return unreachable(method, path, fmt.Errorf("not an answer of an office: %w", err))
	}
	return nil
}

func (c *remote) send(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	return c.sendWith(ctx, method, path, body, func(http.Header) {})
}

// sendWith is send with more headers.
func (c *remote) sendWith(ctx context.Context, method, path string, body []byte, more func(http.Header)) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, unreachable(method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	more(req.Header)
	if c.opts.Records {
		req.Header.Set(headerRecords, "1")
	}
	if c.opts.Mine != nil {
		c.opts.Mine().Write(req.Header)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(method, path, err)
	}
	if c.opts.Told != nil {
		c.opts.Told(ReadStanding(res.Header))
	}
	return res, nil
}

// unreachable keeps the path without its query, which may name a person.
func unreachable(method, path string, err error) error {
	path, _, _ = strings.Cut(path, "?")
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return fmt.Errorf("%s %s: %w (%w)", method, path, ErrUnreachable, err)
}

// refused reads a refusal. Anything that is not one was not said by an office
// (a proxy, a login page), and an office that is stopping has not answered.
func refused(method, path string, status int, raw []byte) error {
	var f fault
	if json.Unmarshal(raw, &f) != nil || f.Code == "" || f.Code == codeStopping {
		return unreachable(method, path, fmt.Errorf("status %d", status))
	}
	return &refusal.Refusal{Code: f.Code, Args: f.Args}
}

// Follow implements Client.
func (c *remote) Follow(ctx context.Context) (<-chan Update, error) { return c.FollowFrom(ctx, 0) }

// FollowFrom implements Terminal.
func (c *remote) FollowFrom(ctx context.Context, last uint64) (<-chan Update, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	silence := time.AfterFunc(c.opts.Silence, func() { cancel(errors.New("the office went silent")) })
	res, err := c.sendWith(ctx, http.MethodGet, "/v1/events", nil, func(h http.Header) {
		if last > 0 {
			h.Set("Last-Event-ID", strconv.FormatUint(last, 10))
		}
	})
	if err == nil && res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		_ = res.Body.Close()
		err = refused(http.MethodGet, "/v1/events", res.StatusCode, raw)
	}
	if err != nil {
		silence.Stop()
		cancel(err)
		return nil, err
	}
	out := make(chan Update)
	go func() {
		defer close(out)
		defer cancel(nil)
		defer res.Body.Close()
		defer silence.Stop()
		c.read(ctx, res.Body, silence, out, last > 0)
	}()
	return out, nil
}

// read hands on updates until the stream ends, is silent or says something that
// an office would not.
func (c *remote) read(ctx context.Context, body io.Reader, silence *time.Timer, out chan<- Update, started bool) {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 64<<10), maxAnswer)
	for lines.Scan() {
		silence.Reset(c.opts.Silence)
		if c.opts.Heard != nil {
			c.opts.Heard()
		}
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue // ids, names, heartbeats
		}
		var w wireUpdate
		if json.Unmarshal(data, &w) != nil {
			return
		}
		u, err := w.update()
		if err != nil || !started && u.State == nil {
			return
		}
		started = true
		select {
		case out <- u:
		case <-ctx.Done():
			return
		}
		silence.Reset(c.opts.Silence) // a slow reader is not a silent office
	}
}
