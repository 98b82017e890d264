package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

func records(t testing.TB, n int) []chain.Record {
	t.Helper()
	var head chain.Head
	var list []chain.Record
	for i := range n {
		r, next, err := head.Append(chain.Fact{Type: "test.happened", V: 1, Data: fmt.Appendf(nil, `{"n":%d}`, i)})
		if err != nil {
			t.Fatal(err)
		}
		list, head = append(list, r), next
	}
	return list
}

func codec(t testing.TB) *wire.Codec {
	t.Helper()
	c, err := wire.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABatchArrivesAsItWasSent(t *testing.T) {
	c, list := codec(t), records(t, 1000)
	b := wire.NewBatch(list[300:], 500, wire.MaxBytes)
	h := http.Header{}
	body := c.Encode(b, h)
	got, err := c.Decode(h, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, got); diff != "" || got.First != 301 || got.Last() != 800 {
		t.Errorf("(-sent +got):\n%s", diff)
	}
	h.Del("Content-Encoding")
	plain := append(bytes.Join(b.Lines, []byte("\n")), '\n')
	if got, err = c.Decode(h, bytes.NewReader(plain)); err != nil || !cmp.Equal(b, got) {
		t.Errorf("uncompressed: %v", err)
	}
}

func TestABadEnvelopeIsRefusedWithTheRightError(t *testing.T) {
	c := codec(t)
	b := wire.NewBatch(records(t, 3), 10, wire.MaxBytes)
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := enc.EncodeAll(make([]byte, 64<<20), nil)
	cases := []struct {
		name string
		do   func(h http.Header, body []byte) []byte
		want error
	}{
		{"a newer version", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderVersion, "2"); return b }, wire.ErrVersion},
		{"no version", func(h http.Header, b []byte) []byte { h.Del(wire.HeaderVersion); return b }, wire.ErrVersion},
		{"first is zero", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderFirst, "0"); return b }, wire.ErrBadBatch},
		{"first overflows", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderFirst, "18446744073709551615"); return b }, wire.ErrBadBatch},
		{"no hash", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderPrev, "abc"); return b }, wire.ErrBadBatch},
		{"another count", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderCount, "4"); return b }, wire.ErrBadBatch},
		{"too many", func(h http.Header, b []byte) []byte { h.Set(wire.HeaderCount, "1001"); return b }, wire.ErrTooLarge},
		{"cut in half", func(h http.Header, b []byte) []byte { return b[:len(b)/2] }, wire.ErrBadBatch},
		{"empty", func(h http.Header, b []byte) []byte { return nil }, wire.ErrBadBatch},
		{"another compression", func(h http.Header, b []byte) []byte { h.Set("Content-Encoding", "br"); return b }, wire.ErrBadBatch},
		{"a bomb", func(h http.Header, b []byte) []byte { return bomb }, wire.ErrTooLarge},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := http.Header{}
			body := tc.do(h, c.Encode(b, h))
			if tc.name == "another count" || tc.name == "too many" || tc.name == "another compression" {
				body = c.Encode(b, http.Header{})
			}
			if _, err := c.Decode(h, bytes.NewReader(body)); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
	h := http.Header{}
	c.Encode(b, h)
	if _, err := c.Decode(h, io.LimitReader(zeros{}, wire.MaxBody+10)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("an endless body: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestOfficeNames(t *testing.T) {
	for name, want := range map[string]bool{
		"H26.138": true, "000.01.02-X_1": true, "": false, "../x": false, ".": false, "a/b": false, "a b": false,
		strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "é": false,
	} {
		if got := wire.ValidOffice(name); got != want {
			t.Errorf("%q: got %t", name, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	c := codec(f)
	h := http.Header{}
	body := c.Encode(wire.NewBatch(records(f, 3), 3, 1000), h)
	f.Add("zstd", "1", "3", h.Get(wire.HeaderPrev), body)
	f.Add("", "1", "1", h.Get(wire.HeaderPrev), []byte("{}\n"))
	f.Fuzz(func(t *testing.T, enc, first, count, prev string, body []byte) {
		h := http.Header{}
		h.Set("Content-Encoding", enc)
		h.Set(wire.HeaderVersion, "1")
		h.Set(wire.HeaderFirst, first)
		h.Set(wire.HeaderCount, count)
		h.Set(wire.HeaderPrev, prev)
		b, err := c.Decode(h, bytes.NewReader(body))
		if err == nil && (len(b.Lines) == 0 || len(b.Lines) > wire.MaxEvents || b.First == 0) {
			t.Errorf("accepted %+v", b)
		}
	})
}
