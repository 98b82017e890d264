package central_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/letter"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// TestDocumentsComeDownSignedOnceAndAreAnswered: the newest of a kind, for one
// office or for all, and what the office's record says of it.
func TestDocumentsComeDownSignedOnceAndAreAnswered(t *testing.T) {
	ctx := t.Context()
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		o.write(t, morning, configured("Một cửa"))
		ingest(t, s, "H1", o.batch(1, 1))
		told := func(office string, after uint64) []wire.Notice {
			t.Helper()
			if err := s.Attend(ctx, office, after, noon); err != nil {
				t.Fatal(err)
			}
			list, err := s.Notices(ctx, office, after)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		publish := func(kind, office, body string) uint64 {
			t.Helper()
			v, err := s.Publish(ctx, kind, office, []byte(body), noon)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		all := publish("settings", "", `{"recall_limit":4}`)
		own := publish("settings", "H1", `{"recall_limit":5}`)
		staff := publish("staff", "H1", `{"officers":[{"id":"cb01"}]}`)
		if again := publish("settings", "H1", `{"recall_limit":5}`); again != own || own <= all {
			t.Errorf("versions %d, %d, again %d", all, own, again)
		}
		list := told("H1", 0)
		if len(list) != 2 || list[0].Kind != "settings" || list[0].Version != own || string(list[0].Data) != `{"recall_limit":5}` || list[1].Version != staff {
			t.Fatalf("told %+v", list)
		}
		if other := told("H2", 0); len(other) != 1 || other[0].Version != all {
			t.Errorf("another office is told %+v", other)
		}
		if again := told("H1", list[1].ID); len(again) != 0 {
			t.Errorf("told again: %+v", again)
		}
		o.write(t, noon, said(list[0].ID, nil), said(list[1].ID, refusal.New("notice-unfit", "fault", "x")))
		ingest(t, s, "H1", o.batch(2, 3))
		docs, err := s.Documents(ctx, "H1")
		if err != nil || len(docs) != 2 || docs[0].AnsweredAt.IsZero() || docs[0].Refusal != nil || docs[0].ToAll ||
			!errors.Is(docs[1].Refusal, refusal.New("notice-unfit")) {
			t.Errorf("documents %+v, %v", docs, err)
		}
		newer := publish("settings", "", `{"recall_limit":6}`)
		if next := told("H1", list[1].ID); len(next) != 1 || next[0].Version != newer {
			t.Errorf("a newer one for all: %+v", next)
		}
	})
}

func TestDocumentsOverTheAPI(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]struct {
		path, body string
		want       int
	}{
		"staff":               {"/v1/offices/H26.138/documents/staff", `{"officers":[{"id":"cb01","name":"A"}]}`, 200},
		"staff for all":       {"/v1/documents/staff", `{"officers":[{"id":"cb01"}]}`, 422},
		"nobody":              {"/v1/offices/H26.138/documents/staff", `{"officers":[]}`, 422},
		"an officer twice":    {"/v1/offices/H26.138/documents/staff", `{"officers":[{"id":"a"},{"id":"a"}]}`, 422},
		"settings for all":    {"/v1/documents/settings", `{"recall_limit":3}`, 200},
		"a list of settings":  {"/v1/documents/settings", `[]`, 422},
		"officers by setting": {"/v1/documents/settings", `{"officers":[]}`, 422},
		"a catalogue":         {"/v1/documents/catalogue", catalogueText, 200},
		"an unknown kind":     {"/v1/documents/laws", `{}`, 404},
	} {
		if r := s.do("POST", c.path, "admin-secret", c.body); r.StatusCode != c.want {
			t.Errorf("%s: got %d %s", name, r.StatusCode, text(t, r))
		}
		if r := s.do("POST", c.path, secret, c.body); r.StatusCode != 401 {
			t.Errorf("%s by an office: got %d", name, r.StatusCode)
		}
	}
	var answer wire.Notices
	if err := json.Unmarshal([]byte(text(t, s.do("GET", "/v1/offices/H26.138/notices?after=0", secret, ""))), &answer); err != nil || len(answer.Notices) != 3 {
		t.Fatalf("%+v, %v", answer, err)
	}
	key, err := wire.ParseCityKey([]byte(text(t, s.do("GET", "/v1/offices/H26.138/key", secret, ""))))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range answer.Notices {
		if err := n.Verify("H26.138", key); err != nil {
			t.Error(err)
		}
		if err := n.Verify("H26.139", key); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("for another office: %v", err)
		}
	}
	if got := text(t, s.do("GET", "/v1/offices/H26.138/documents", "admin-secret", "")); strings.Count(got, `"version"`) != 3 {
		t.Errorf("documents: %s", got)
	}
}

func TestTheCitysKeyStaysTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "central.key")
	first, err := central.OpenKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := central.OpenKey(path)
	if err != nil || again.Public().String() != first.Public().String() {
		t.Fatalf("got %v, %v", again, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("motcua city key 1\nsign 00\nseal x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := central.OpenKey(path); err == nil {
		t.Error("a damaged key was taken")
	}
}

// TestFirstPINsAreSealedBeforeTheyAreKept: only the office can read them.
func TestFirstPINsAreSealedBeforeTheyAreKept(t *testing.T) {
	s, o := newSite(t), newOffice()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	const path, doc = "/v1/offices/H26.138/documents/staff", `{"officers":[{"id":"cb01","name":"A","pin":"492735"},{"id":"cb02"}]}`
	if r := s.do("POST", path, "admin-secret", doc); r.StatusCode != 409 || !strings.Contains(text(t, r), "office-key-unknown") {
		t.Errorf("an office whose key is not known: %d", r.StatusCode)
	}
	if r := s.do("POST", path, "admin-secret", `{"officers":[{"id":"cb01","pin":"12a456"}]}`); r.StatusCode != 422 {
		t.Errorf("letters in a PIN: %d", r.StatusCode)
	}
	o.write(t, morning, configured("Một cửa"))
	o.write(t, morning, fact{chain.KindSigned, chain.Checkpoint{Office: "H26.138", Head: o.Head()}.Sign(key)})
	ingest(t, s.store, "H26.138", o.batch(1, 2))
	if r := s.do("POST", path, "admin-secret", doc); r.StatusCode != 200 {
		t.Fatalf("%d %s", r.StatusCode, text(t, r))
	}
	if err := s.store.Attend(t.Context(), "H26.138", 0, noon); err != nil {
		t.Fatal(err)
	}
	list, err := s.store.Notices(t.Context(), "H26.138", 0)
	if err != nil || len(list) != 1 || bytes.Contains(list[0].Data, []byte("492735")) {
		t.Fatalf("%+v, %v", list, err)
	}
	var got struct {
		Officers []struct {
			ID, PIN   string
			PINSealed []byte `json:"pin_sealed"`
		} `json:"officers"`
	}
	if err := json.Unmarshal(list[0].Data, &got); err != nil {
		t.Fatal(err)
	}
	if words, err := letter.Open(key, got.Officers[0].PINSealed); err != nil || string(words) != "cb01 492735" || got.Officers[0].PIN != "" || got.Officers[1].PINSealed != nil {
		t.Errorf("%q, %v, %+v", words, err, got)
	}
}
