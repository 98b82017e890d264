package chain_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue/chain"
)

var (
	officeKey  = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	foreignKey = ed25519.NewKeyFromSeed([]byte("somebody else's key, 32 bytes ok"))
)

// office writes a chain as an office does: n records, a checkpoint after every
// fifth. forge changes a fact before it is placed; everything after is made to
// fit, checkpoints excepted, which only the office can sign.
type office struct {
	records []chain.Record
	head    chain.Head
	marks   chain.Marks
}

func (o *office) add(t testing.TB, f chain.Fact) {
	t.Helper()
	r, head, err := o.head.Append(f)
	if err != nil {
		t.Fatal(err)
	}
	o.records, o.head = append(o.records, r), head
	o.marks.Add(r)
}

func (o *office) work(t testing.TB, n int) *office {
	t.Helper()
	at := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	for i := range n {
		o.add(t, chain.Fact{At: at.Add(time.Duration(i) * time.Minute), Type: "ticket.issued", V: 1, Data: fmt.Appendf(nil, `{"ticket":"A%03d"}`, i+1)})
		if i%5 == 4 {
			o.sign(t, officeKey)
		}
	}
	return o
}

func (o *office) checkpoint(key ed25519.PrivateKey) chain.Checkpoint {
	at := o.records[len(o.records)-1].At
	return chain.Checkpoint{Office: "H26.138", Head: o.head, At: at, Marks: o.marks.Bytes()}.Sign(key)
}

func (o *office) sign(t testing.TB, key ed25519.PrivateKey) {
	t.Helper()
	c := o.checkpoint(key)
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	o.add(t, chain.Fact{At: c.At, Type: chain.KindSigned, V: 1, Data: data})
}

// rewritten is the chain with record seq changed and all after it made to fit.
func (o *office) rewritten(t testing.TB, seq int) *office {
	t.Helper()
	forged := &office{}
	for i, r := range o.records {
		f := r.Fact
		if i+1 == seq {
			f.Data = []byte(`{"ticket":"Z999"}`)
		}
		forged.add(t, f)
	}
	return forged
}

func verify(o *office, e chain.Evidence) error {
	v, err := chain.NewVerifier(chain.Head{}, e)
	if err != nil {
		return err
	}
	for _, r := range o.records {
		if err := v.Check(r); err != nil {
			return err
		}
	}
	return v.End()
}

func falseAt(t testing.TB, err error) uint64 {
	t.Helper()
	var f *chain.FalseRecord
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a false record", err)
	}
	return f.Seq
}

func ours() chain.Evidence { return chain.Evidence{Keys: []chain.PublicKey{chain.PublicOf(officeKey)}} }

func TestScenario39_RewrittenChainIsFoundAtItsFirstFalseRecord(t *testing.T) {
	t.Parallel()
	whole := (&office{}).work(t, 60)
	if err := verify(whole, ours()); err != nil {
		t.Fatal(err)
	}
	for seq := 1; seq <= len(whole.records)-1; seq++ {
		if whole.records[seq-1].Type == chain.KindSigned {
			continue
		}
		forged := whole.rewritten(t, seq)
		if got := falseAt(t, verify(forged, ours())); got != uint64(seq) {
			t.Errorf("record %d was changed: got %d", seq, got)
		}
	}
	// The control: the links alone see nothing.
	head := chain.Head{}
	for _, r := range whole.rewritten(t, 17).records {
		var err error
		if head, err = head.Check(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestScenario39_ForgersOwnSignatureAndNone(t *testing.T) {
	t.Parallel()
	// Everything from record 20 on is the forger's, signed with his key.
	forged := (&office{}).work(t, 15)
	at := len(forged.records)
	for range 5 {
		forged.add(t, chain.Fact{Type: "ticket.issued", V: 1, Data: []byte(`{}`)})
	}
	forged.sign(t, foreignKey)
	if err := verify(forged, chain.Evidence{}); err != nil {
		t.Errorf("control: without the office's key nothing can be said, got %v", err)
	}
	err := verify(forged, ours())
	if got := falseAt(t, err); got != uint64(at+6) || !errors.Is(err, chain.ErrSignature) {
		t.Errorf("got %v, want the signature of record %d", err, at+6)
	}
	// With a checkpoint kept elsewhere the first of them is named.
	known := ours()
	honest := (&office{}).work(t, 20)
	known.Known = []chain.Checkpoint{honest.checkpoint(officeKey)}
	known.Known[0].Marks = nil
	if _, err := chain.NewVerifier(chain.Head{}, known); !errors.Is(err, chain.ErrSignature) {
		t.Errorf("a known checkpoint that was changed: got %v", err)
	}
	last, _, _ := chain.ReadCheckpoint(honest.records[len(honest.records)-1])
	known.Known = []chain.Checkpoint{last}
	known.Keys = append(known.Keys, chain.PublicOf(foreignKey)) // even if his key were trusted
	if got := falseAt(t, verify(forged, known)); got != uint64(at+1) {
		t.Errorf("got %d, want %d", got, at+1)
	}
	// No signatures at all.
	bare := &office{}
	for range 5000 {
		bare.add(t, chain.Fact{Type: "ticket.issued", V: 1, Data: []byte(`{}`)})
	}
	if err := verify(bare, ours()); !errors.Is(err, chain.ErrUnsigned) {
		t.Errorf("got %v, want ErrUnsigned", err)
	}
}

func TestScenario39_CutEndIsFoundByAKnownCheckpoint(t *testing.T) {
	t.Parallel()
	whole := (&office{}).work(t, 30)
	last, ok, err := chain.ReadCheckpoint(whole.records[len(whole.records)-1])
	if !ok || err != nil {
		t.Fatal(err)
	}
	e := ours()
	e.Known = []chain.Checkpoint{last}
	if err := verify(whole, e); err != nil {
		t.Fatal(err)
	}
	for n := range len(whole.records) - 2 {
		cut := &office{records: whole.records[:n]}
		err := verify(cut, e)
		if got := falseAt(t, err); got != uint64(n+1) || !errors.Is(err, chain.ErrCut) {
			t.Fatalf("cut after %d: got %v", n, err)
		}
		if err := verify(cut, ours()); err != nil {
			t.Fatalf("control: without the checkpoint a cut end cannot be seen, got %v", err)
		}
	}
}

func TestCheckpointKeepsItsWord(t *testing.T) {
	t.Parallel()
	o := (&office{}).work(t, 7)
	rapid.Check(t, func(rt *rapid.T) {
		c := o.checkpoint(officeKey)
		raw, err := json.Marshal(c)
		if err != nil {
			rt.Fatal(err)
		}
		var again chain.Checkpoint
		if err := json.Unmarshal(raw, &again); err != nil || again.Check() != nil {
			rt.Fatalf("read back: %v, %v", err, again.Check())
		}
		switch rapid.IntRange(0, 6).Draw(rt, "change") {
		case 0:
			again.Office += rapid.StringN(1, 5, -1).Draw(rt, "text")
		case 1:
			again.Term += rapid.Uint64Range(1, 1<<40).Draw(rt, "term")
		case 2:
			again.Seq += rapid.Uint64Range(1, 1<<40).Draw(rt, "seq")
		case 3:
			again.Hash[rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1
		case 4:
			again.At = again.At.Add(time.Second)
		case 5:
			again.Marks[rapid.IntRange(0, len(again.Marks)-1).Draw(rt, "byte")] ^= 1
		case 6:
			again.Sig[rapid.IntRange(0, 63).Draw(rt, "byte")] ^= 1
		}
		if again.Check() == nil {
			rt.Fatal("a changed checkpoint still holds")
		}
	})
}

func FuzzReadCheckpoint(f *testing.F) {
	o := (&office{}).work(f, 5)
	f.Add([]byte(o.records[5].Data))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"seq":1,"marks":"AAAA","sig":"AAAA"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, head, err := chain.Head{Seq: 41}.Append(chain.Fact{Type: chain.KindSigned, V: 1, Data: data})
		if err != nil {
			return
		}
		v, err := chain.NewVerifier(chain.Head{Seq: head.Seq - 1}, chain.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Check(r); err == nil {
			t.Fatalf("a checkpoint that the office never made holds: %s", data)
		}
	})
}
