package chain_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"motcua/queue/chain"
)

func fixedRandom() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }

func TestSealOpensOnlyWithItsKeyAndContext(t *testing.T) {
	t.Parallel()
	random := fixedRandom()
	rapid.Check(t, func(rt *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		key, err := chain.NewKey(random)
		if err != nil {
			rt.Fatal(err)
		}
		sealed, err := chain.Seal(random, key, plain, "case A")
		if err != nil {
			rt.Fatal(err)
		}
		got, err := chain.Open(key, sealed, "case A")
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("got %q, %v, want %q", got, err, plain)
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			rt.Fatal("sealed bytes contain the plain text")
		}
		if _, err := chain.Open(key, sealed, "case B"); !errors.Is(err, chain.ErrSealed) {
			rt.Fatalf("other context: got %v, want ErrSealed", err)
		}
		other, _ := chain.NewKey(random)
		if _, err := chain.Open(other, sealed, "case A"); !errors.Is(err, chain.ErrSealed) {
			rt.Fatalf("other key: got %v, want ErrSealed", err)
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(rt, "flip")
		sealed[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if _, err := chain.Open(key, sealed, "case A"); !errors.Is(err, chain.ErrSealed) {
			rt.Fatalf("flipped bit in byte %d: got %v, want ErrSealed", i, err)
		}
	})
}

func TestSealNeverUsesANonceTwice(t *testing.T) {
	t.Parallel()
	random := fixedRandom()
	key, _ := chain.NewKey(random)
	a, _ := chain.Seal(random, key, []byte("x"), "")
	b, _ := chain.Seal(random, key, []byte("x"), "")
	if bytes.Equal(a, b) {
		t.Fatal("the same text sealed twice gives the same bytes")
	}
}

func TestSealNeedsRandom(t *testing.T) {
	t.Parallel()
	if _, err := chain.NewKey(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("got a key from 31 bytes, want an error")
	}
	if _, err := chain.Seal(bytes.NewReader(nil), chain.Key{}, nil, ""); err == nil {
		t.Error("got sealed bytes without random, want an error")
	}
}

func FuzzOpen(f *testing.F) {
	random := fixedRandom()
	key, _ := chain.NewKey(random)
	good, _ := chain.Seal(random, key, []byte("Nguyễn Thị A"), "c")
	f.Add(good)
	f.Add([]byte{})
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := chain.Open(key, b, "c")
		if err == nil && !bytes.Equal(b, good) {
			t.Fatalf("opened %x as %q", b, plain)
		}
	})
}

func FuzzParse(f *testing.F) {
	r, _, err := chain.Head{}.Append(chain.Fact{Type: "day.opened", V: 1, By: chain.Actor{Device: "k1"}, Data: []byte(`{"day":"2026-11-22"}`)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.Line())
	f.Add([]byte(`{"seq":1}`))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := chain.Parse(b)
		if err != nil {
			return
		}
		again, err := chain.Parse(r.Line())
		if err != nil || again.Hash() != r.Hash() {
			t.Fatalf("a parsed record does not parse again the same: %v", err)
		}
	})
}
