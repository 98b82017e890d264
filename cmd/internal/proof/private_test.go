package proof

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"motcua/cmd/internal/day"
	"motcua/cmd/internal/faultdisk"
	"motcua/cmd/internal/faultnet"
	"motcua/queue/dossier"
	"motcua/queue/office"
)

// secrets are texts by which a person could be known.
func secrets(people []dossier.Person) [][]byte {
	var list [][]byte
	for _, p := range people {
		for _, text := range []string{p.Name, strings.ToUpper(p.Name), p.ID, p.Phone, url.QueryEscape(p.Name), url.PathEscape(p.Name)} {
			if len(text) > 6 {
				list = append(list, []byte(text))
			}
		}
	}
	return list
}

// leaks looks for secrets and says where the first is.
func leaks(where string, text []byte, list [][]byte) error {
	for _, secret := range list {
		if at := bytes.Index(text, secret); at >= 0 {
			return fmt.Errorf("%s names a person: …%q", where, text[max(0, at-60):min(len(text), at+len(secret)+20)])
		}
	}
	return nil
}

// TestNothingPersonalIsTold plays a whole day with known people through the
// real office and the real city, over a bad line, with hostile requests and a
// failing disk. No log, no metric, no health page and no file name names any of
// them, and neither do the office's files: applicants are sealed.
func TestNothingPersonalIsTold(t *testing.T) {
	t.Parallel()
	h, err := hall()
	if err != nil {
		t.Fatal(err)
	}
	people, err := day.People(h.Cards)
	if err != nil {
		t.Fatal(err)
	}
	list := secrets(people)
	if len(list) < 20 {
		t.Fatalf("%d secrets: the proof proves little", len(list))
	}
	c, w := newCity(t), newWard(t)
	line := badLine(t, "http://"+c.addr, 0.3)
	w.now.kill()
	w.flags = []string{"--central", "http://" + line.Addr(), "--token-file", c.path("office.token"), "--log-json"}
	w.start()
	tally := playDay(t, w, people)
	shown := pages(t, w, c, people[0])
	line.Set(1, faultnet.Cut)
	w.disk.Set(faultdisk.Mood{Free: -1})
	w.press()
	w.failFlush()
	w.ended()
	shown["the office's log"] = bytes.Clone(w.now.log.Bytes())
	w.disk.Set(faultdisk.Mood{})
	w.start()
	shown["the log after the fault"] = logged(t, w)
	c.program.Stop()
	if shown["the city's log"], err = os.ReadFile(c.path("log")); err != nil {
		t.Fatal(err)
	}
	files := 0
	for name, dir := range map[string]string{"the office": w.dir, "the city": c.dir} {
		if err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			files++
			raw, err := os.ReadFile(path)
			shown[name+"'s file "+filepath.Base(path)] = append([]byte(path+"\n"), raw...)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	size := 0
	for _, where := range slices.Sorted(maps.Keys(shown)) {
		size += len(shown[where])
		if err := leaks(where, shown[where], list); err != nil {
			t.Error(err)
		}
	}
	if !bytes.HasPrefix(shown["the office's log"], []byte(`{"time":`)) || leaks("control", append([]byte("x "), list[0]...), list) == nil {
		t.Error("control: the log is not JSON, or a leak is not seen")
	}
	if tally.Dossiers < 5 {
		t.Errorf("only %d dossiers: the proof proves little", tally.Dossiers)
	}
	t.Logf("%d tickets, %d dossiers of %d people; %d pages, logs and %d files, %d kB: no person named", tally.Tickets, tally.Dossiers, len(people), len(shown)-files, files, size/1000)
}

// playDay plays a scripted day as fast as it goes.
func playDay(t *testing.T, w *ward, people []dossier.Person) *day.Tally {
	t.Helper()
	h, err := hall()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	tally, err := day.Script{
		Client: office.Dial(w.now.url, office.DialOptions{}), Config: h.Config, People: people, Seed: 38, Speed: 20_000, Citizens: times(40, 300),
	}.Play(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return tally
}

// pages asks for everything that a monitor sees, after requests that carry a
// person's data where it does not belong.
func pages(t *testing.T, w *ward, c *city, p dossier.Person) map[string][]byte {
	t.Helper()
	name := url.PathEscape(p.Name)
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/v1/cases/" + name, ""},
		{"GET", "/v1/tickets/" + p.ID, ""},
		{"GET", "/" + name, ""},
		{"GET", "/v1/dossiers?card=" + p.ID + "&limit=" + name, ""},
		{"GET", "/v1/devices/" + name, ""},
		{"POST", "/v1/commands", `{"n":1,"by":{"device":"` + p.Name + `"},"type":"` + p.Name + `"}`},
		{"POST", "/v1/commands", `{"n":1,"by":{"device":"desk-9"},"type":"dossier.receive","data":{"applicant":{"name":"` + p.Name + `","id":` + p.ID + `}`},
		{"POST", "/v1/commands", `{"` + p.Name + `":1}`},
	} {
		if _, _, err := w.now.ask(t.Context(), r.method, r.path, []byte(r.body)); err != nil {
			t.Fatal(err)
		}
	}
	shown := map[string][]byte{}
	for _, path := range []string{"/metrics", "/v1/health", "/openapi.json"} {
		status, raw, err := w.now.ask(t.Context(), http.MethodGet, path, nil)
		if err != nil || len(raw) == 0 {
			t.Fatal(path, status, err)
		}
		shown["the office's "+path] = raw
	}
	status, raw, err := over("http://"+c.addr)(t.Context(), http.MethodGet, "/metrics", nil)
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	shown["the city's /metrics"] = raw
	for _, want := range []string{
		"motcua_queue_length{", "motcua_commit_seconds_bucket{", "motcua_oldest_unsent_seconds ", "motcua_clock_offset_seconds ",
		"motcua_read_tx_open ", "motcua_store_suspect 0",
	} {
		if !bytes.Contains(shown["the office's /metrics"], []byte(want)) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	return shown
}

// logged ends the office in order and returns its log.
func logged(t *testing.T, w *ward) []byte {
	t.Helper()
	if err := w.now.stop(); err != nil {
		t.Fatal(err)
	}
	return w.now.log.Bytes()
}
