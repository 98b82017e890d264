package segment_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"motcua/queue/chain"
	"motcua/queue/journal/segment"
)

// write makes a segment of n records after a head and returns it with its lines.
func write(t testing.TB, before chain.Head, n int, size func(i int) int) ([]byte, []string, chain.Head) {
	t.Helper()
	var b bytes.Buffer
	w, err := segment.NewWriter(&b, before)
	if err != nil {
		t.Fatal(err)
	}
	head, want := before, []string(nil)
	for i := range n {
		r, next, err := head.Append(chain.Fact{Type: "x", V: 1, Data: fmt.Appendf(nil, `"%0*d"`, size(i), i)})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
		head, want = next, append(want, string(r.Line()))
	}
	last, err := w.Close()
	if err != nil || last != head {
		t.Fatalf("got last %v, %v, want %v", last, err, head)
	}
	return b.Bytes(), want, head
}

func small(int) int { return 40 }

func read(raw []byte) (*segment.File, error) {
	return segment.Read(bytes.NewReader(raw), int64(len(raw)))
}

func TestEveryPageOfASegment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		before := chain.Head{Seq: rapid.Uint64Range(0, 1<<40).Draw(rt, "before")}
		n := rapid.IntRange(1, 1500).Draw(rt, "n")
		raw, want, last := write(t, before, n, small)
		f, err := read(raw)
		if err != nil {
			rt.Fatal(err)
		}
		if f.Before() != before || f.Last() != last {
			rt.Fatalf("got %v to %v, want %v to %v", f.Before(), f.Last(), before, last)
		}
		limit := rapid.IntRange(1, 700).Draw(rt, "limit")
		from := rapid.IntRange(0, n-1).Draw(rt, "from")
		for at := from; at < n; {
			page, err := f.Page(before.Seq+uint64(at), limit)
			if err != nil || len(page) == 0 || len(page) > limit {
				rt.Fatalf("page after %d: %d lines, %v", at, len(page), err)
			}
			for _, line := range page {
				if string(line) != want[at] {
					rt.Fatalf("record %d differs", at)
				}
				at++
			}
		}
		for _, outside := range []uint64{last.Seq, last.Seq + 5, before.Seq - 1} {
			if page, err := f.Page(outside, 9); len(page) > 0 || err != nil {
				rt.Fatalf("after %d: got %d lines, %v", outside, len(page), err)
			}
		}
	})
}

func TestAnyZstdReaderHasTheLines(t *testing.T) {
	t.Parallel()
	raw, want, _ := write(t, chain.Head{}, 1300, small)
	d, err := zstd.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	got, err := io.ReadAll(d)
	if err != nil || bytes.Count(got, []byte("\n")) != len(want) || !bytes.HasPrefix(got, []byte(want[0]+"\n"+want[1]+"\n")) {
		t.Fatalf("got %d bytes, %v", len(got), err)
	}
}

func TestLargeRecordsStayReadable(t *testing.T) {
	t.Parallel()
	raw, want, _ := write(t, chain.Head{}, 6, func(i int) int { return 900_000 - i })
	f, err := read(raw)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(want); {
		page, err := f.Page(uint64(at), 100)
		if err != nil || len(page) == 0 {
			t.Fatal(err)
		}
		at += len(page)
	}
}

func TestRecordOutOfOrderIsRefused(t *testing.T) {
	t.Parallel()
	w, err := segment.NewWriter(io.Discard, chain.Head{Seq: 3})
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := chain.Head{}.Append(chain.Fact{Type: "x", Data: []byte("1")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(r); !errors.Is(err, chain.ErrGap) {
		t.Errorf("got %v, want ErrGap", err)
	}
}

// TestScenario29_EveryFlipAndCutIsNoticed: no bit of the file can change and no
// byte be missing without an error or, at least, a chain that breaks.
func TestScenario29_EveryFlipAndCutIsNoticed(t *testing.T) {
	t.Parallel()
	whole, _, last := write(t, chain.Head{}, 600, small)
	check := func(raw []byte) error {
		f, err := read(raw)
		if err != nil {
			return err
		}
		head := f.Before()
		for head.Seq < f.Last().Seq {
			page, err := f.Page(head.Seq, 512)
			if err != nil {
				return err
			}
			for _, line := range page {
				r, err := chain.Parse(line)
				if err != nil {
					return err
				}
				if head, err = head.Check(r); err != nil {
					return err
				}
			}
		}
		if head != last {
			return chain.ErrFork
		}
		return nil
	}
	if err := check(whole); err != nil {
		t.Fatal(err)
	}
	cuts := 0
	for n := 0; n < len(whole); n += 1 + n/50 {
		if cuts++; check(whole[:n]) == nil {
			t.Fatalf("a file cut to %d bytes goes unnoticed", n)
		}
	}
	flips := 0
	for at := 0; at < len(whole); at += 1 + at/300 {
		raw := bytes.Clone(whole)
		raw[at] ^= 1 << (at % 8)
		if flips++; check(raw) == nil {
			t.Fatalf("a flip in byte %d of %d goes unnoticed", at, len(whole))
		}
	}
	t.Logf("%d cuts, %d flips, all noticed", cuts, flips)
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log.zst")
	if _, err := segment.Open(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := segment.Open(path); !errors.Is(err, segment.ErrDamaged) {
		t.Errorf("got %v, want ErrDamaged", err)
	}
	raw, _, _ := write(t, chain.Head{}, 3, small)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := segment.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	raw, _, _ := write(f, chain.Head{}, 3, small)
	f.Add(raw)
	f.Add(raw[:len(raw)/2])
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := read(raw)
		if err != nil {
			return
		}
		for seq := s.Before().Seq; seq < s.Last().Seq && seq < s.Before().Seq+2000; {
			page, err := s.Page(seq, 512)
			if err != nil {
				return
			}
			if len(page) == 0 {
				t.Fatal("an empty page inside the segment")
			}
			seq += uint64(len(page))
		}
	})
}
