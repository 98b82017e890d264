package uplink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// What an exchange can come to beside success. Anything else is "unknown
// outcome": the same again is right.
var (
	errNobody   = errors.New("no answer of the city") // network, portal, nonsense
	errTooLarge = errors.New("batch refused as too large")
	errToken    = errors.New("token refused")
	errVersion  = errors.New("sync version refused")
)

// conflict: the city stands elsewhere.
type conflict struct{ wire.Conflict }

func (c *conflict) Error() string {
	return fmt.Sprintf("the city has %d (fork %t): %s", c.Have, c.Fork, c.Why)
}

// superseded: a hub of a later term sends to the city.
type superseded struct{ by uint64 }

func (s *superseded) Error() string { return fmt.Sprintf("superseded by term %d", s.by) }

// slowDown: the city asks for time.
type slowDown struct{ after time.Duration }

func (s *slowDown) Error() string { return "the city asks to wait " + s.after.String() }

// Answers are small, but notices may carry a whole catalogue.
const maxAnswer = 64 << 20

func (u *Uplink) path(rest string, query url.Values) string {
	p := u.base.JoinPath("v1", "offices", u.cfg.Office, rest)
	p.RawQuery = query.Encode()
	return p.String()
}

// call makes one request and decodes a 200 into answer. Time beyond the
// configured one is granted for a poll's waiting.
func (u *Uplink) call(ctx context.Context, method, target string, body []byte, h http.Header, wait time.Duration, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, u.cfg.Timeout+wait)
	defer cancel()
	token, err := os.ReadFile(u.cfg.TokenFile)
	if err != nil {
		return fmt.Errorf("%w: read token: %w", errToken, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	if h != nil {
		req.Header = h
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	req.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	resp, err := u.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", errNobody, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w: read answer: %w", errNobody, err)
	}
	return u.judge(resp, raw, answer)
}

// judge reads a status as docs of the protocol say (see package wire).
func (u *Uplink) judge(resp *http.Response, raw []byte, answer any) error {
	switch resp.StatusCode {
	case http.StatusOK:
		if lines, ok := answer.(*[]byte); ok {
			*lines = raw
			return nil
		}
		if err := json.Unmarshal(raw, answer); err != nil {
			return fmt.Errorf("%w: a 200 that is not an answer", errNobody)
		}
		return nil
	case http.StatusConflict:
		var c wire.Conflict
		if err := json.Unmarshal(raw, &c); err != nil || c.Office != u.cfg.Office {
			return fmt.Errorf("%w: a 409 that is not an answer", errNobody)
		}
		return &conflict{c}
	case http.StatusRequestEntityTooLarge:
		return errTooLarge
	case http.StatusUpgradeRequired:
		return errVersion
	case http.StatusUnauthorized, http.StatusForbidden:
		return errToken
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return &slowDown{retryAfter(resp.Header.Get("Retry-After"))}
	}
	return fmt.Errorf("%w: status %d", errNobody, resp.StatusCode)
}

// retryAfter reads seconds or a date, at most an hour.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return min(time.Hour, max(0, time.Duration(n)*time.Second))
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(time.Hour, max(0, time.Until(t)))
	}
	return firstWait
}

// ask gets the city's cursor and tells where our journal ends, so that the city
// knows of a fork as well.
func (u *Uplink) ask(ctx context.Context) (wire.Cursor, error) {
	var c wire.Cursor
	head := u.journal.Head()
	q := url.Values{"seq": {strconv.FormatUint(head.Seq, 10)}, "head": {head.Hash.String()}, "term": {strconv.FormatUint(u.term(), 10)}}
	u.mu.Lock()
	if f := u.state.Fork; f != nil && f.Known {
		q.Set("common", strconv.FormatUint(f.Common, 10))
	}
	u.mu.Unlock()
	if err := u.call(ctx, http.MethodGet, u.path("cursor", q), nil, nil, 0, &c); err != nil {
		return c, err
	}
	if c.Office != u.cfg.Office {
		return c, fmt.Errorf("%w: a cursor of %q", errNobody, c.Office)
	}
	if err := u.says(ctx, c.Position(), c.Sig); err != nil {
		return c, err
	}
	c.Term = max(1, c.Term) // a city that knows no terms
	if c.Term > u.term() {
		return c, &superseded{c.Term}
	}
	return c, nil
}

// Fetch reads back records that the city holds: how an office restored from a
// backup gets the days that the backup lacks. The records follow each other
// and the one numbered after; the caller checks the first against its head.
func (u *Uplink) Fetch(ctx context.Context, after uint64, max int) ([]chain.Record, error) {
	var raw []byte
	q := url.Values{"after": {strconv.FormatUint(after, 10)}, "max": {strconv.Itoa(max)}}
	if err := u.call(ctx, http.MethodGet, u.path("events", q), nil, nil, 0, &raw); err != nil {
		return nil, fmt.Errorf("fetch records after %d: %w", after, err)
	}
	var list []chain.Record
	for line := range bytes.Lines(raw) {
		r, err := chain.Parse(line)
		if err != nil {
			return nil, fmt.Errorf("fetch records after %d: %w", after, err)
		}
		if n := len(list); n > 0 {
			last := list[n-1]
			if _, err := (chain.Head{Seq: last.Seq, Hash: last.Hash()}).Check(r); err != nil {
				return nil, fmt.Errorf("fetch records after %d: %w", after, err)
			}
		} else if r.Seq != after+1 {
			return nil, fmt.Errorf("fetch records after %d: got %d: %w", after, r.Seq, chain.ErrGap)
		}
		list = append(list, r)
	}
	return list, nil
}

// Standing is how this office's record and the city's copy stand.
type Standing struct {
	Office, City chain.Head
	Common       uint64 // the last record that both have
}

// Compare asks the city how the two records stand. It changes nothing here.
func (u *Uplink) Compare(ctx context.Context) (Standing, error) {
	c, err := u.ask(ctx)
	if err != nil {
		return Standing{}, err
	}
	s := Standing{Office: u.journal.Head(), City: c.Position()}
	s.Common, err = u.common(ctx, min(s.Office.Seq, s.City.Seq))
	return s, err
}

// TellAgain asks the city to tell all its documents once more, after a backup
// was restored that does not have them.
func (u *Uplink) TellAgain(ctx context.Context) error {
	var answer struct{ Office string }
	if err := u.call(ctx, http.MethodPost, u.path("documents/again", nil), nil, nil, 0, &answer); err != nil {
		return err
	}
	if answer.Office != u.cfg.Office {
		return fmt.Errorf("%w: an answer to %q", errNobody, answer.Office)
	}
	return nil
}
