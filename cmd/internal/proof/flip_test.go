package proof

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"motcua/queue/office"
)

// everything is a sum over all that an office can be asked for: the queue, each
// ticket and dossier with its applicant, each record, each stored answer.
func everything(ctx context.Context, o *office.Office, ask face, answers []said) (string, error) {
	sum := sha256.New()
	get := func(path string) error {
		status, raw, err := ask(ctx, http.MethodGet, path, nil)
		if err == nil && status >= http.StatusInternalServerError {
			err = fmt.Errorf("refused: %s: %d %s", path, status, raw)
		}
		fmt.Fprintf(sum, "%s %d %s\n", path, status, raw)
		return err
	}
	state := o.State()
	raw, err := json.Marshal(state)
	if err != nil {
		return "", err
	}
	sum.Write(raw)
	for _, id := range slices.Sorted(maps.Keys(state.Tickets)) {
		if err := get("/v1/tickets/" + string(id)); err != nil {
			return "", err
		}
	}
	list, err := o.Dossiers(ctx, office.DossierQuery{Limit: 500})
	if err != nil {
		return "", err
	}
	for _, d := range list {
		for _, query := range []string{"/v1/dossiers?limit=500&status=" + string(d.Status()), "/v1/dossiers/" + d.Code, "/v1/cases/" + d.Code} {
			if err := get(query); err != nil {
				return "", err
			}
		}
	}
	if err := get("/v1/dossiers?limit=500&card=001099012345"); err != nil {
		return "", err
	}
	records, err := o.Journal().Range(ctx, 0, int(o.Journal().Head().Seq))
	if err != nil {
		return "", err
	}
	for _, r := range records {
		sum.Write(r.Line())
	}
	for _, s := range answers {
		status, raw, err := ask(ctx, http.MethodPost, "/v1/commands", s.Call)
		switch {
		case err != nil:
			return "", err
		case status >= http.StatusInternalServerError:
			return "", fmt.Errorf("refused: %s command %d: %d %s", s.Device, s.N, status, raw)
		}
		fmt.Fprintf(sum, "%d %s\n", status, raw)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// sample is an office with a little of everything, at rest, and the last
// answers of each machine.
func sample(t *testing.T, dir string) []said {
	t.Helper()
	o, err := open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	ask, err := within(o)
	if err != nil {
		t.Fatal(err)
	}
	list, err := machines()
	if err != nil {
		t.Fatal(err)
	}
	var answers []said
	for range 60 {
		for _, m := range list {
			s, err := m.speak(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, s)
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	return answers
}

// damage copies an office's folder with one file changed.
func damage(t *testing.T, from, to, name string, change func([]byte) []byte) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, name), change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

// used are the offsets of a file's pages that are not all zeros: bits of the
// room kept for later are in nobody's data.
func used(raw []byte) (pages []int) {
	for at := 0; at < len(raw); at += 4096 {
		if slices.ContainsFunc(raw[at:min(len(raw), at+4096)], func(b byte) bool { return b != 0 }) {
			pages = append(pages, at)
		}
	}
	return pages
}

// keep saves a damaged folder where MOTCUA_PROOF_KEEP says.
func keep(t *testing.T, dir string) {
	to := os.Getenv("MOTCUA_PROOF_KEEP")
	if to == "" {
		return
	}
	if err := os.CopyFS(filepath.Join(to, fmt.Sprint(rand.Uint32())), os.DirFS(dir)); err != nil {
		t.Error(err)
	}
}

// TestScenario29_FlippedBits flips one bit anywhere in the office's files, and
// cuts them short: either the office says so, on opening, on reading or on
// verifying, or every answer is what it was.
func TestScenario29_FlippedBits(t *testing.T) {
	t.Parallel()
	whole, work := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	answers := sample(t, whole)
	q := question{Dir: work, Recent: answers[len(answers)-40:], Read: true}
	var j judge
	defer j.end()
	ask := func() verdict {
		t.Helper()
		v, err := j.ask(q)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	damage(t, whole, work, office.JournalFile, func(b []byte) []byte { return b })
	control := ask()
	if control.Wrong != "" || control.Read == "" {
		t.Fatalf("control, nothing flipped: %+v", control)
	}
	files, err := filepath.Glob(filepath.Join(whole, "*"))
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 29))
	found, harmless, silent := map[string]int{}, 0, 0
	judged := func(what string) {
		t.Helper()
		switch v := ask(); {
		case v.Wrong != "":
			kind, _, _ := strings.Cut(v.Wrong, ":")
			if found[kind]++; found[kind] == 1 {
				t.Logf("first of its kind, %s: %.300s", what, v.Wrong)
			}
		case v.Read != control.Read:
			silent++
			t.Errorf("%s: another answer than before, and nobody noticed", what)
			keep(t, work)
		default:
			harmless++
		}
	}
	const lengths = 20
	flips := times(150, 2000)
	for _, path := range files {
		name := filepath.Base(path)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pages := used(raw)
		n := flips
		if len(raw) < 4096 { // the key
			n = 20
		}
		for range n {
			at := pages[random.IntN(len(pages))]
			at += random.IntN(min(4096, len(raw)-at))
			bit := byte(1) << random.IntN(8)
			damage(t, whole, work, name, func(b []byte) []byte { b[at] ^= bit; return b })
			judged(fmt.Sprintf("%s, byte %d, bit %#x", name, at, bit))
		}
		for range lengths {
			end := random.IntN(pages[len(pages)-1] + 1)
			damage(t, whole, work, name, func(b []byte) []byte { return b[:end] })
			judged(fmt.Sprintf("%s cut to %d bytes", name, end))
		}
	}
	noticed := 0
	for _, n := range found {
		noticed += n
	}
	t.Logf("%d flips and cuts: %d noticed %v, %d harmless (every answer as before), %d silently wrong",
		noticed+harmless+silent, noticed, found, harmless, silent)
	if noticed < flips/10 {
		t.Errorf("only %d of %d were in live data: the proof proves little", noticed, noticed+harmless)
	}
}
