package uplink_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// journal is the office's side in memory.
type journal struct {
	mu      sync.Mutex // guards the rest
	records []chain.Record
	head    chain.Head
	changed chan struct{}
	acked   chain.Head
}

func newJournal(t *testing.T, n int) *journal {
	j := &journal{changed: make(chan struct{})}
	j.add(t, n, 20)
	return j
}

func (j *journal) add(t *testing.T, n, size int) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for range n {
		data, _ := json.Marshal(strings.Repeat("x", size))
		r, head, err := j.head.Append(chain.Fact{At: time.Unix(int64(len(j.records)), 0), Type: "test.happened", V: 1, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		j.records, j.head = append(j.records, r), head
	}
	close(j.changed)
	j.changed = make(chan struct{})
}

func (j *journal) Head() chain.Head {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.head
}

func (j *journal) Range(_ context.Context, after uint64, max int) ([]chain.Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.records[after:min(uint64(len(j.records)), after+uint64(max))], nil
}

func (j *journal) Changed() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed
}

func (j *journal) Acked(context.Context) (uint64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.acked.Seq, nil
}

func (j *journal) SetAcked(_ context.Context, at chain.Head) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acked = at
	return nil
}

func (j *journal) at(n int) chain.Head {
	if n == 0 {
		return chain.Head{}
	}
	return chain.Head{Seq: uint64(n), Hash: j.records[n-1].Hash()}
}

// city is a server in a function: it keeps a cursor, and a script may answer
// instead of it.
type city struct {
	t     *testing.T
	codec *wire.Codec

	mu      sync.Mutex // guards the rest
	have    chain.Head
	batches []int       // sizes as taken
	times   []time.Time // of every request for events or the cursor
	script  []func(*http.Request) *http.Response
	notices []wire.Notice
	polls   []string // their queries
	wish    wire.Ack // its wishes about batches
	keys    int      // how often the key was asked for
}

// sign is the city's word on what it has; the caller holds mu.
func (c *city) sign() []byte {
	key, _ := cityKey()
	return wire.SignPosition("H1", c.have, key)
}

func cityKey() (ed25519.PrivateKey, wire.CityKey) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	return key, wire.CityKey{Sign: key.Public().(ed25519.PublicKey), Seal: "age1test"}
}

func newCity(t *testing.T, script ...func(*http.Request) *http.Response) *city {
	codec, err := wire.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return &city{t: t, codec: codec, script: script}
}

func (c *city) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, public := cityKey()
	if strings.HasSuffix(r.URL.Path, "/key") {
		c.keys++
		return answer(200, public.String()), nil
	}
	if strings.HasSuffix(r.URL.Path, "/notices") {
		c.polls = append(c.polls, r.URL.RawQuery)
		var list []wire.Notice
		var after uint64
		fmt.Sscan(r.URL.Query().Get("after"), &after)
		for _, n := range c.notices {
			if n.ID > after {
				signed, err := n.Sign("H1", key)
				if err != nil || n.Sig != nil { // a test's own signature stays
					signed = n
				}
				list = append(list, signed)
			}
		}
		if len(list) == 0 {
			c.mu.Unlock()
			select {
			case <-r.Context().Done():
			case <-time.After(wire.PollWait):
			}
			c.mu.Lock()
			if r.Context().Err() != nil {
				return nil, r.Context().Err()
			}
		}
		return answer(200, wire.Notices{Office: "H1", After: after, Notices: list}), nil
	}
	c.times = append(c.times, time.Now())
	if len(c.script) > 0 {
		next := c.script[0]
		c.script = c.script[1:]
		if resp := next(r); resp == nil {
			return nil, errors.New("the cable is cut")
		} else if resp != pass {
			return resp, nil
		}
	}
	if r.Method == http.MethodGet {
		return answer(200, wire.Cursor{Office: "H1", Have: c.have.Seq, Head: c.have.Hash, Sig: c.sign()}), nil
	}
	return c.take(r), nil
}

// pass lets a scripted request through to the city.
var pass = &http.Response{}

func (c *city) take(r *http.Request) *http.Response {
	b, err := c.codec.Decode(r.Header, r.Body)
	if err != nil {
		c.t.Errorf("decode: %v", err)
		return answer(400, nil)
	}
	if b.First != c.have.Seq+1 || b.Prev != c.have.Hash {
		return answer(409, wire.Conflict{Office: "H1", Have: c.have.Seq, Head: c.have.Hash, Sig: c.sign()})
	}
	for _, line := range b.Lines {
		rec, err := chain.Parse(line)
		if err == nil {
			c.have, err = c.have.Check(rec)
		}
		if err != nil {
			c.t.Errorf("batch: %v", err)
		}
	}
	c.batches = append(c.batches, len(b.Lines))
	return answer(200, wire.Ack{
		Office: "H1", LastSeq: c.have.Seq, Head: c.have.Hash, MaxBatch: c.wish.MaxBatch, NextAfterMS: c.wish.NextAfterMS, Sig: c.sign(),
	})
}

func answer(status int, v any, header ...string) *http.Response {
	raw, _ := json.Marshal(v)
	if s, ok := v.(string); ok {
		raw = []byte(s)
	}
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(string(raw)))}
}

// always answers n times the same.
func always(n int, resp func() *http.Response) []func(*http.Request) *http.Response {
	var list []func(*http.Request) *http.Response
	for range n {
		list = append(list, func(*http.Request) *http.Response { return resp() })
	}
	return list
}

// cable can be cut.
type cable struct {
	http.RoundTripper
	mu  sync.Mutex // guards cut
	cut bool
}

func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
}

func (c *cable) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	cut := c.cut
	c.mu.Unlock()
	if cut {
		return nil, errors.New("no route to host")
	}
	return c.RoundTripper.RoundTrip(r)
}
