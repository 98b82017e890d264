package office_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/health"
	"motcua/queue/office"
	"motcua/queue/uplink"
)

// request does one plain HTTP request and reads the answer.
func request(t testing.TB, method, url, kind, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

func TestRefusalsOnTheWire(t *testing.T) {
	t.Parallel()
	_, server := serve(t, open(t, t.TempDir(), nil))
	good := `{"n":1,"by":{"device":"k"},"type":"ticket.issue","data":{"service":"civil"}}`
	for name, tt := range map[string]struct {
		method, path, kind, body string
		status                   int
		code                     string
	}{
		"not JSON":          {"POST", "/v1/commands", "application/json", "{", 422, "request-invalid"},
		"two values":        {"POST", "/v1/commands", "application/json", good + good, 422, "request-invalid"},
		"unknown field":     {"POST", "/v1/commands", "application/json", `{"m":1}`, 422, "request-invalid"},
		"misspelt data":     {"POST", "/v1/commands", "application/json", strings.Replace(good, "service", "servise", 1), 422, "request-invalid"},
		"a web form":        {"POST", "/v1/commands", "text/plain", good, 422, "request-invalid"},
		"unknown command":   {"POST", "/v1/commands", "application/json", strings.Replace(good, "issue", "steal", 1), 422, "command-unknown"},
		"no device":         {"POST", "/v1/commands", "application/json", strings.Replace(good, `"k"`, `""`, 1), 422, "call-invalid"},
		"understood, no":    {"POST", "/v1/commands", "application/json", strings.Replace(good, "civil", "none", 1), 409, "service-unknown"},
		"unknown ticket":    {"GET", "/v1/tickets/261120-A555", "", "", 404, "ticket-unknown"},
		"unknown dossier":   {"GET", "/v1/dossiers/H26.138-261120-0001", "", "", 404, "dossier-unknown"},
		"wrong limit":       {"GET", "/v1/dossiers?limit=-1", "", "", 422, "request-invalid"},
		"unknown path":      {"GET", "/v2/commands", "", "", 404, "request-invalid"},
		"too large":         {"POST", "/v1/commands", "application/json", `{"type":"` + strings.Repeat("x", 17<<20) + `"}`, 422, "request-invalid"},
		"hostile procedure": {"GET", "/v1/promises/%3Cscript%3E", "", "", 409, "procedure-unknown"},
	} {
		status, body := request(t, tt.method, server.URL+tt.path, tt.kind, tt.body)
		var f struct {
			Code    string
			Message struct{ VI, EN string }
		}
		if err := json.Unmarshal([]byte(body), &f); err != nil {
			t.Fatalf("%s: %q is not JSON: %v", name, body, err)
		}
		if status != tt.status || f.Code != tt.code {
			t.Errorf("%s: got %d %s, want %d %s", name, status, f.Code, tt.status, tt.code)
		}
		if f.Message.VI == "" || f.Message.EN == "" || strings.ContainsAny(f.Message.VI+f.Message.EN, "⟦{}") {
			t.Errorf("%s: got sentences %q, %q", name, f.Message.VI, f.Message.EN)
		}
	}
}

// TestDescriptionIsWhole: every path answers, every command and every path is
// described, every reference leads somewhere, and docs/api.md names them all.
func TestDescriptionIsWhole(t *testing.T) {
	t.Parallel()
	_, server := serve(t, open(t, t.TempDir(), nil))
	_, body := request(t, "GET", server.URL+"/openapi.json", "", "")
	var api struct {
		OpenAPI    string
		Paths      map[string]map[string]struct{ OperationID, Summary string }
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal([]byte(body), &api); err != nil {
		t.Fatal(err)
	}
	if api.OpenAPI != "3.1.0" || len(api.Paths) < 13 {
		t.Errorf("got OpenAPI %q with %d paths", api.OpenAPI, len(api.Paths))
	}
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for path, operations := range api.Paths {
		begin, _, _ := strings.Cut(path, "{")
		if !bytes.Contains(doc, []byte(begin)) {
			t.Errorf("docs/api.md does not name %s", path)
		}
		for method, op := range operations {
			if op.OperationID == "" || op.Summary == "" {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	for rest := body; ; {
		_, after, found := strings.Cut(rest, `"$ref": "#/components/schemas/`)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, `"`)
		if len(api.Components.Schemas[name]) < 3 {
			t.Errorf("the description refers to %q, which is not in it", name)
		}
		rest = tail
	}
	var names struct{ Enum []string }
	if err := json.Unmarshal(api.Components.Schemas["CommandName"], &names); err != nil || len(names.Enum) < 30 {
		t.Fatalf("got %d command names, %v", len(names.Enum), err)
	}
	for _, name := range names.Enum {
		if !bytes.Contains(doc, []byte("`"+name+"`")) {
			t.Errorf("docs/api.md does not name the command %s", name)
		}
		// A described command is understood: whatever it answers, not "unknown".
		call := fmt.Sprintf(`{"n":1,"by":{"device":"%s"},"type":%q}`, strings.ReplaceAll(name, ".", "-"), name)
		if _, answer := request(t, "POST", server.URL+"/v1/commands", "application/json", call); strings.Contains(answer, "command-unknown") {
			t.Errorf("%s is described and not understood", name)
		}
	}
}

// stream reads server-sent events until want blocks have come.
func stream(t *testing.T, url, last string, want int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", url+"/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var blocks []string
	var block strings.Builder
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for len(blocks) < want && lines.Scan() {
		if lines.Text() != "" {
			block.WriteString(lines.Text() + "\n")
			continue
		}
		if strings.Contains(block.String(), "event: ") {
			blocks = append(blocks, block.String())
		}
		block.Reset()
	}
	return blocks
}

func TestStreamResumes(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	_, server := serve(t, o)
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	for range 5 {
		do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
	}
	head := o.Journal().Head().Seq
	for name, tt := range map[string]struct {
		last   string
		blocks int
		event  string
		id     uint64
	}{
		"new follower":           {"", 1, "state", head},
		"two records missed":     {fmt.Sprint(head - 2), 2, "record", head - 1},
		"ahead of the journal":   {fmt.Sprint(head + 7), 1, "state", head},
		"not a number":           {"x", 1, "state", head},
		"from the very begining": {"0", int(head), "record", 1},
	} {
		blocks := stream(t, server.URL, tt.last, tt.blocks)
		want := fmt.Sprintf("id: %d\nevent: %s\n", tt.id, tt.event)
		if len(blocks) != tt.blocks || !strings.HasPrefix(blocks[0], want) {
			t.Errorf("%s: got %d messages beginning %.60q, want %d beginning %q", name, len(blocks), blocks, tt.blocks, want)
		}
	}
}

func TestHealthHasWordsAndMetricsHaveNoNames(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	_, server := serve(t, o)
	do(t, office.NewCaller(office.Local(o), "kiosk-1"), "", "", queue.IssueTicket{Service: "civil"})
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	o.SetLink(office.Link{Since: morningOf().Now().Add(-100 * time.Hour), Acked: 1, Latest: 3})
	checks := o.Health(t.Context())
	if health.Worst(checks) != health.Fail {
		t.Errorf("a line that is away for 100 hours: got %s, want fail", health.Worst(checks))
	}
	for _, c := range checks {
		for _, lang := range i18n.Languages {
			if s := texts.Get(lang, c.Title()) + texts.Get(lang, c.Text, c.Pairs()...); strings.ContainsAny(s, "⟦{}") {
				t.Errorf("%s: got %q", c.Name, s)
			}
		}
	}
	if status, _ := request(t, "GET", server.URL+"/v1/health", "", ""); status != http.StatusServiceUnavailable {
		t.Errorf("got status %d, want 503", status)
	}
	_, metrics := request(t, "GET", server.URL+"/metrics", "", "")
	for _, want := range []string{"motcua_tickets_waiting 1\n", "motcua_store_suspect 0\n", "motcua_uplink_behind_records 2\n", "motcua_commit_seconds_count ", `motcua_check{name="link"} 2`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %q:\n%s", want, metrics)
		}
	}
	if strings.Contains(metrics, "261120") || strings.Contains(metrics, "kiosk-1") {
		t.Error("the metrics name a ticket or a device")
	}
}

// A line that is up and moves nothing is not well: a person is told why.
func TestTroubleOfTheLineIsShown(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, trouble := range []uplink.Trouble{
		uplink.TroubleToken, uplink.TroubleVersion, uplink.TroubleFork, uplink.TroubleJournal, uplink.TroubleRecord,
	} {
		o.SetLink(office.Link{Up: true, Acked: 3, Latest: 3, Trouble: string(trouble)})
		i := slices.IndexFunc(o.Health(t.Context()), func(c health.Check) bool { return c.Name == "link" })
		link := o.Health(t.Context())[i]
		if link.Level != health.Warn || !texts.Has("vi", link.Text) || !texts.Has("en", link.Text) {
			t.Errorf("%s: got %+v, want a warning with words", trouble, link)
		}
	}
}

func TestVerifyOverHTTP(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	_, server := serve(t, o)
	status, body := request(t, "GET", server.URL+"/v1/verify", "", "")
	var head chain.Head
	if err := json.Unmarshal([]byte(body), &head); err != nil || status != 200 || head != o.Journal().Head() {
		t.Errorf("got %d %s, want %v", status, body, o.Journal().Head())
	}
}

func FuzzCommandBody(f *testing.F) {
	o := open(f, f.TempDir(), nil)
	h, err := office.Handler(o)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"n":1,"by":{"device":"k"},"type":"ticket.issue","data":{"service":"civil"}}`)
	f.Add(`{"n":2,"by":{"device":"k","officer":"cb01","counter":"1"},"type":"dossier.receive","data":{"procedure":"1.001193","applicant":{"name":"a","id":"1"},"papers":[{"name":"Tờ khai","present":true}]}}`)
	f.Add(`{"n":18446744073709551615,"by":{},"type":"","data":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		req, err := http.NewRequest("POST", "/v1/commands", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.RemoteAddr, req.Host = "127.0.0.1:1", "localhost"
		w := &recorder{header: http.Header{}}
		h.ServeHTTP(w, req)
		if w.status >= 500 || !json.Valid(w.body.Bytes()) {
			t.Fatalf("got %d %s", w.status, w.body.String())
		}
	})
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
