package stick_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
	"motcua/queue/uplink/wire/stick"
)

// rig is an office's record and a city's keys.
type rig struct {
	t       *testing.T
	records []chain.Record
	key     ed25519.PrivateKey
	seal    *age.X25519Identity
	sign    ed25519.PrivateKey
}

func newRig(t *testing.T, n, size int) *rig {
	t.Helper()
	r := &rig{t: t, key: ed25519.NewKeyFromSeed(make([]byte, 32)), sign: ed25519.NewKeyFromSeed(append(make([]byte, 31), 1))}
	var err error
	if r.seal, err = age.GenerateX25519Identity(); err != nil {
		t.Fatal(err)
	}
	var head chain.Head
	for i := range n {
		rec, next, err := head.Append(chain.Fact{Type: "test.happened", V: 1, Data: fmt.Appendf(nil, `{"n":%d,"x":%q}`, i, bytes.Repeat([]byte("x"), size))})
		if err != nil {
			t.Fatal(err)
		}
		r.records, head = append(r.records, rec), next
	}
	return r
}

func (r *rig) city() wire.CityKey {
	return wire.CityKey{Sign: r.sign.Public().(ed25519.PublicKey), Seal: r.seal.Recipient().String()}
}

func (r *rig) at(n int) chain.Head {
	if n == 0 {
		return chain.Head{}
	}
	return chain.Head{Seq: uint64(n), Hash: r.records[n-1].Hash()}
}

func (r *rig) manifest(from, to int) stick.Manifest {
	return stick.Manifest{Office: "H26.138", Term: 1, After: r.at(from), End: chain.Checkpoint{Office: "H26.138", Head: r.at(to)}.Sign(r.key)}
}

func (r *rig) source(after uint64, limit int) ([]chain.Record, error) {
	return r.records[after:min(uint64(len(r.records)), after+uint64(limit))], nil
}

func (r *rig) file(m stick.Manifest) []byte {
	r.t.Helper()
	var b bytes.Buffer
	if err := stick.Write(&b, m, r.city(), r.source); err != nil {
		r.t.Fatal(err)
	}
	return b.Bytes()
}

func anybody(stick.Manifest) error { return nil }

func TestABatchComesOutAsItWentIn(t *testing.T) {
	r := newRig(t, 2500, 700)
	m := r.manifest(100, 2500)
	file := r.file(m)
	if m.FileName() != "motcua-H26.138-00000101-00002500.age" {
		t.Errorf("the file is called %s", m.FileName())
	}
	if bytes.Contains(file, []byte("test.happened")) || len(file) > 300_000 {
		t.Errorf("%d bytes, or readable", len(file))
	}
	next := uint64(101)
	got, err := stick.Read(bytes.NewReader(file), r.seal, anybody, func(b wire.Batch) error {
		size := 0
		for i, line := range b.Lines {
			if !bytes.Equal(line, r.records[next-1].Line()) || i == 0 && (b.First != next || b.Prev != r.at(int(next-1)).Hash) {
				t.Fatalf("record %d differs", next)
			}
			size += len(line) + 1
			next++
		}
		if len(b.Lines) > wire.MaxEvents || size > wire.MaxBytes {
			t.Errorf("a batch of %d lines, %d bytes", len(b.Lines), size)
		}
		return nil
	})
	if err != nil || next != 2501 {
		t.Fatalf("ended before %d: %v", next, err)
	}
	if diff := cmp.Diff(m, got); diff != "" {
		t.Error(diff)
	}
}

// TestNothingOfAFileThatIsNotWholeIsTaken: bits flipped, cut off, another
// city's, another office's words.
func TestNothingOfAFileThatIsNotWholeIsTaken(t *testing.T) {
	r, other := newRig(t, 300, 10), newRig(t, 300, 11)
	file := r.file(r.manifest(0, 300))
	try := func(name string, file []byte, key age.Identity, trusted func(stick.Manifest) error) {
		t.Helper()
		taken := 0
		_, err := stick.Read(bytes.NewReader(file), key, trusted, func(wire.Batch) error { taken++; return nil })
		if err == nil || taken > 0 {
			t.Errorf("%s: %d batches, %v", name, taken, err)
		}
	}
	for at := 0; at < len(file); at += 97 {
		bad := bytes.Clone(file)
		bad[at] ^= 0x40
		try(fmt.Sprintf("byte %d", at), bad, r.seal, anybody)
		try(fmt.Sprintf("cut at %d", at), file[:at], r.seal, anybody)
	}
	try("another city's", file, other.seal, anybody)
	stranger := errors.New("a stranger")
	try("nobody we know", file, r.seal, func(stick.Manifest) error { return stranger })
	try("no file", []byte("hello"), r.seal, anybody)
	// Sealed rightly, with a manifest that promises something else.
	wrong := r.manifest(0, 300)
	wrong.End = chain.Checkpoint{Office: "H26.138", Head: other.at(300)}.Sign(r.key)
	if err := stick.Write(new(bytes.Buffer), wrong, r.city(), r.source); !errors.Is(err, chain.ErrFork) {
		t.Errorf("another end: %v", err)
	}
	unsigned := r.manifest(0, 300)
	unsigned.End.Seq--
	if err := stick.Write(new(bytes.Buffer), unsigned, r.city(), r.source); !errors.Is(err, chain.ErrSignature) {
		t.Errorf("a checkpoint of another record: %v", err)
	}
	if err := stick.Write(new(bytes.Buffer), r.manifest(0, 300), r.city(), func(uint64, int) ([]chain.Record, error) { return nil, nil }); !errors.Is(err, chain.ErrGap) {
		t.Errorf("a source that ends early: %v", err)
	}
}

func TestAReceiptIsTheCitysAndForOneOffice(t *testing.T) {
	r := newRig(t, 3, 1)
	n, err := wire.Notice{ID: 9, Kind: "settings", Version: 2, Data: []byte(`{"a":"<"}`)}.Sign("H1", r.sign)
	if err != nil {
		t.Fatal(err)
	}
	good := stick.Receipt{Office: "H1", Have: r.at(3), At: time.Unix(1e9, 5), Notices: []wire.Notice{n}}.Sign(r.sign)
	raw := func(edit func(*stick.Receipt)) []byte {
		c := good
		c.Notices = append([]wire.Notice(nil), good.Notices...)
		edit(&c)
		return mustJSON(t, c)
	}
	got, err := stick.ParseReceipt(raw(func(*stick.Receipt) {}), "H1", r.city())
	if diff := cmp.Diff(good, got); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	for name, file := range map[string][]byte{
		"another record": raw(func(r *stick.Receipt) { r.Have.Seq++ }),
		"another office": raw(func(r *stick.Receipt) { r.Office = "H2" }),
		"another notice": raw(func(r *stick.Receipt) { r.Notices[0].Version++ }),
		"unsigned":       raw(func(r *stick.Receipt) { r.Sig = nil }),
	} {
		if _, err := stick.ParseReceipt(file, "H1", r.city()); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := stick.ParseReceipt([]byte("<html>"), "H1", r.city()); err == nil {
		t.Error("a web page is taken for a receipt")
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func FuzzParseReceipt(f *testing.F) {
	f.Add([]byte(`{"office":"H1","have":{"seq":1}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		key := ed25519.NewKeyFromSeed(make([]byte, 32))
		if _, err := stick.ParseReceipt(raw, "H1", wire.CityKey{Sign: key.Public().(ed25519.PublicKey)}); err == nil {
			t.Error("taken without a signature")
		}
	})
}
