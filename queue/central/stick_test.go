package central_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
	"motcua/queue/uplink/wire/stick"
)

// onStick is a part of an office's record as a file.
func (o *office) onStick(t *testing.T, key ed25519.PrivateKey, from, to int) *bytes.Reader {
	t.Helper()
	source := func(after uint64, limit int) ([]chain.Record, error) { return o.Range(t.Context(), after, limit) }
	end := chain.Checkpoint{Office: "H26.138", Head: o.backup(to).head, At: noon}.Sign(key)
	m, err := stick.NewManifest(1, uint64(from), end, source, noon)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := stick.Write(&b, m, cityKey(t).Public(), source); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}

// TestASticksBatchesCountOnceBesideTheLine: the same file twice, out of order,
// overlapping what came over the line, of a stranger, of another history.
func TestASticksBatchesCountOnceBesideTheLine(t *testing.T) {
	ctx := t.Context()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	public := chain.PublicOf(key)
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		want := o.busyDay(t, 31, 500)
		n := len(o.records)
		city := cityKey(t)
		load := func(from, to int, signer *chain.PublicKey) (central.Imported, error) {
			return s.Import(ctx, o.onStick(t, key, from, to), city, signer, noon)
		}
		if _, err := load(0, 1000, nil); !errors.Is(err, central.ErrSigner) {
			t.Fatalf("an office whose key is not known: %v", err)
		}
		var gap *central.Conflict
		if _, err := load(1000, n, &public); !errors.As(err, &gap) || gap.Fork || gap.Have.Seq != 0 {
			t.Fatalf("the second stick first: %v", err)
		}
		first, err := load(0, 1000, &public)
		if err != nil || first.Fresh != 1000 || first.Receipt.Have.Seq != 1000 {
			t.Fatalf("%+v, %v", first, err)
		}
		if again, err := load(0, 1000, &public); err != nil || again.Fresh != 0 || again.Receipt.Have.Seq != 1000 {
			t.Fatalf("the same stick again: %+v, %v", again, err)
		}
		ingest(t, s, "H26.138", o.batch(1001, 1200)) // the line was there for a while
		o.write(t, noon, fact{chain.KindSigned, chain.Checkpoint{Office: "H26.138", Head: o.Head()}.Sign(key)})
		if _, err := s.Publish(ctx, "settings", "", []byte(`{"recall_limit":4}`), noon); err != nil {
			t.Fatal(err)
		}
		last, err := load(900, n+1, &public)
		if err != nil || last.Fresh != n+1-1200 || len(last.Rejected) > 0 {
			t.Fatalf("%+v, %v", last, err)
		}
		copyOf(t, s, "H26.138", o)
		if got := counted(totals(t, s)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		raw, err := json.Marshal(last.Receipt)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := stick.ParseReceipt(raw, "H26.138", city.Public())
		if err != nil || receipt.Have != o.Head() || len(receipt.Notices) != 1 || receipt.Notices[0].Kind != wire.NoticeSettings {
			t.Fatalf("receipt %+v, %v", receipt, err)
		}
		source := func(after uint64, limit int) ([]chain.Record, error) { return o.Range(ctx, after, limit) }
		if err := receipt.Agrees(source); err != nil {
			t.Error(err)
		}

		// The key is known from the record now, and another one is a stranger's.
		thief := ed25519.NewKeyFromSeed(append(make([]byte, 31), 9))
		forged := newOffice()
		forged.busyDay(t, 32, 600)
		if _, err := s.Import(ctx, forged.onStick(t, thief, 0, n+50), city, nil, noon); !errors.Is(err, central.ErrSigner) {
			t.Errorf("a stranger's stick: %v", err)
		}
		var fork *central.Conflict
		if _, err := s.Import(ctx, forged.onStick(t, key, 0, n+50), city, nil, noon); !errors.As(err, &fork) || !fork.Fork {
			t.Errorf("another history: %v", err)
		}
		if err := (stick.Receipt{Have: forged.Head()}).Agrees(source); !errors.Is(err, chain.ErrFork) && !errors.Is(err, chain.ErrGap) {
			t.Errorf("a receipt of another history: %v", err)
		}
		copyOf(t, s, "H26.138", o)
	})
}

func totals(t *testing.T, s *central.Store) central.Totals { return city(t, s, noon).City }

func TestAStickOverTheAPI(t *testing.T) {
	s, o := newSite(t), newOffice()
	o.busyDay(t, 1, 20)
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	file := new(bytes.Buffer)
	if _, err := file.ReadFrom(o.onStick(t, key, 0, len(o.records))); err != nil {
		t.Fatal(err)
	}
	const path = "/v1/stick"
	if r := s.do("POST", path, secret, file.String()); r.StatusCode != 401 {
		t.Errorf("an office's token: %d", r.StatusCode)
	}
	if r := s.do("POST", path, "admin-secret", file.String()); r.StatusCode != 422 {
		t.Errorf("an unknown key: %d", r.StatusCode)
	}
	if r := s.do("POST", path, "admin-secret", "hello"); r.StatusCode != 422 {
		t.Errorf("no file: %d", r.StatusCode)
	}
	r := s.do("POST", path+"?signer="+chain.PublicOf(key).String(), "admin-secret", file.String())
	if r.StatusCode != 200 {
		t.Fatalf("got %d %s", r.StatusCode, text(t, r))
	}
	if _, err := stick.ParseReceipt([]byte(text(t, r)), "H26.138", cityKey(t).Public()); err != nil {
		t.Error(err)
	}
}
