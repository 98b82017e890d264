package wire_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

func cityKeys(seed byte) (ed25519.PrivateKey, wire.CityKey) {
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), seed))
	return key, wire.CityKey{Sign: key.Public().(ed25519.PublicKey), Seal: "age1test"}
}

func TestNoticesAreSignedForOneOffice(t *testing.T) {
	key, city := cityKeys(1)
	_, other := cityKeys(2)
	good, err := wire.Notice{ID: 7, Kind: "staff", Version: 3, Data: json.RawMessage("{ \"name\" : \"<Bí thư> & \\u2028\" }")}.Sign("H1", key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(wire.Notices{Office: "H1", Notices: []wire.Notice{good}})
	if err != nil {
		t.Fatal(err)
	}
	var there wire.Notices
	if err := json.Unmarshal(raw, &there); err != nil {
		t.Fatal(err)
	}
	if err := there.Notices[0].Verify("H1", city); err != nil {
		t.Errorf("over the wire: %v", err)
	}
	for name, c := range map[string]struct {
		edit   func(*wire.Notice)
		office string
		city   wire.CityKey
	}{
		"another office":  {func(*wire.Notice) {}, "H2", city},
		"another city":    {func(*wire.Notice) {}, "H1", other},
		"no city":         {func(*wire.Notice) {}, "H1", wire.CityKey{}},
		"another id":      {func(n *wire.Notice) { n.ID++ }, "H1", city},
		"another kind":    {func(n *wire.Notice) { n.Kind = "settings" }, "H1", city},
		"another version": {func(n *wire.Notice) { n.Version-- }, "H1", city},
		"other data":      {func(n *wire.Notice) { n.Data = []byte("{}") }, "H1", city},
		"unsigned":        {func(n *wire.Notice) { n.Sig = nil }, "H1", city},
	} {
		n := good
		c.edit(&n)
		if err := n.Verify(c.office, c.city); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCityKeyAsText(t *testing.T) {
	_, city := cityKeys(1)
	got, err := wire.ParseCityKey([]byte("\r\n" + city.String()))
	if err != nil || got.String() != city.String() {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "motcua city 2\nsign 00\nseal age1x", "motcua city 1\nsign zz\nseal age1x", "motcua city 1\nsign 00\nseal x"} {
		if _, err := wire.ParseCityKey([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
}

func TestPositionsAreSignedForOneOffice(t *testing.T) {
	key, city := cityKeys(1)
	_, other := cityKeys(2)
	at := chain.Head{Seq: 7, Hash: chain.Hash{1}}
	sig := wire.SignPosition("H1", at, key)
	if err := city.VerifyPosition("H1", at, sig); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another office": city.VerifyPosition("H2", at, sig),
		"another city":   other.VerifyPosition("H1", at, sig),
		"another place":  city.VerifyPosition("H1", chain.Head{Seq: 8, Hash: at.Hash}, sig),
		"another record": city.VerifyPosition("H1", chain.Head{Seq: 7}, sig),
		"unsigned":       city.VerifyPosition("H1", at, nil),
		"no city":        wire.CityKey{}.VerifyPosition("H1", at, sig),
	} {
		if !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
