package central_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/uplink/wire"
)

// site is a running server over its own SQLite.
type site struct {
	t     testing.TB
	store *central.Store
	http.Handler
}

func newSite(t testing.TB, tokens ...string) *site {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	e := &engine{dsn: filepath.Join(t.TempDir(), "central.db")}
	s := e.open(t)
	return &site{t, s, newServer(t, ctx, s, func() time.Time { return noon }, tokens...)}
}

func (s *site) do(method, path, token, body string, header ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func text(t testing.TB, r *http.Response) string {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestWhoMayDoWhat(t *testing.T) {
	s := newSite(t, central.TokenLine("H26.139", "other-secret"))
	guarded := newSite(t, central.TokenLine(central.Staff, "staff-secret"))
	cases := []struct {
		site          *site
		method, path  string
		token         string
		want          int
		authenticates bool
	}{
		{s, "GET", "/v1/offices/H26.138/cursor", secret, 200, false},
		{s, "GET", "/v1/offices/H26.138/cursor", "", 401, false},
		{s, "GET", "/v1/offices/H26.138/cursor", "wrong", 401, false},
		{s, "GET", "/v1/offices/H26.138/cursor", "other-secret", 401, false},
		{s, "GET", "/v1/offices/H26.138/cursor", "admin-secret", 401, false},
		{s, "POST", "/v1/offices/H26.139/events", secret, 401, false},
		{s, "GET", "/v1/offices/@admin/cursor", "admin-secret", 401, false},
		{s, "GET", "/v1/offices/H99/cursor", "", 401, false},
		{s, "POST", "/v1/catalogue", secret, 401, true},
		{s, "POST", "/v1/catalogue", "", 401, true},
		{s, "POST", "/v1/offices/H26.138/fork/settle", secret, 401, true},
		{s, "GET", "/", "", 200, false},
		{s, "GET", "/v1/report", "", 200, false},
		{s, "DELETE", "/v1/report", "", 405, false},
		{s, "GET", "/nothing", "", 404, false},
		{guarded, "GET", "/", "", 401, true},
		{guarded, "GET", "/v1/report", "wrong", 401, true},
		{guarded, "GET", "/v1/report", "staff-secret", 200, false},
		{guarded, "GET", "/", "admin-secret", 200, false},
		{guarded, "POST", "/v1/catalogue", "staff-secret", 401, true},
		{guarded, "GET", "/healthz", "", 200, false},
	}
	for _, tc := range cases {
		r := tc.site.do(tc.method, tc.path, tc.token, "")
		if r.StatusCode != tc.want || (r.Header.Get("WWW-Authenticate") != "") != tc.authenticates {
			t.Errorf("%s %s with %q: got %d, want %d", tc.method, tc.path, tc.token, r.StatusCode, tc.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("anybody", "staff-secret") // a browser
	w := httptest.NewRecorder()
	guarded.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("a browser's password: got %d", w.Code)
	}
	if r := s.do("POST", "/v1/catalogue", "admin-secret", "{}", "Sec-Fetch-Site", "cross-site"); r.StatusCode != 403 {
		t.Errorf("a post from another site: got %d", r.StatusCode)
	}
}

func TestTheProtocolsStatuses(t *testing.T) {
	s, o := newSite(t), newOffice()
	o.busyDay(t, 1, 20)
	codec, err := wire.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	post := func(b wire.Batch, edit func(h http.Header, body []byte) []byte) *http.Response {
		h := http.Header{}
		body := codec.Encode(b, h)
		if edit != nil {
			body = edit(h, body)
		}
		var pairs []string
		for k := range h {
			pairs = append(pairs, k, h.Get(k))
		}
		return s.do("POST", "/v1/offices/H26.138/events", secret, string(body), pairs...)
	}
	r := post(o.batch(1, 10), func(h http.Header, b []byte) []byte {
		h.Set("Date", noon.Add(3*time.Minute).UTC().Format(http.TimeFormat))
		return b
	})
	var ack wire.Ack
	if err := json.NewDecoder(r.Body).Decode(&ack); err != nil || r.StatusCode != 200 {
		t.Fatal(r.StatusCode, err)
	}
	if ack.Office != "H26.138" || ack.LastSeq != 10 || ack.Head != o.records[9].Hash() || ack.MaxBatch == 0 || ack.ServerTime.IsZero() {
		t.Errorf("got %+v", ack)
	}
	if got := city(t, s.store, noon).Offices[0].ClockOffset; got != 180_000 {
		t.Errorf("clock offset: got %d ms", got)
	}
	var c wire.Conflict
	if r := post(o.batch(15, 20), nil); r.StatusCode != 409 || json.NewDecoder(r.Body).Decode(&c) != nil || c.Have != 10 || c.Fork {
		t.Errorf("a gap: %d %+v", r.StatusCode, c)
	}
	for name, tc := range map[string]struct {
		want int
		edit func(http.Header, []byte) []byte
	}{
		"cut in half":   {400, func(_ http.Header, b []byte) []byte { return b[:len(b)/2] }},
		"too large":     {413, func(_ http.Header, b []byte) []byte { return bytes.Repeat([]byte("x"), wire.MaxBody+1) }},
		"a new version": {426, func(h http.Header, b []byte) []byte { h.Set(wire.HeaderVersion, "9"); return b }},
	} {
		if r := post(o.batch(11, 20), tc.edit); r.StatusCode != tc.want {
			t.Errorf("%s: got %d, want %d", name, r.StatusCode, tc.want)
		}
	}
	back := text(t, s.do("GET", "/v1/offices/H26.138/events?after=4&max=3", secret, ""))
	if want := string(o.records[4].Line()) + "\n" + string(o.records[5].Line()) + "\n" + string(o.records[6].Line()) + "\n"; back != want {
		t.Errorf("records back: got %q", back)
	}
	for _, path := range []string{"events?after=x", "notices?after=-1"} {
		if r := s.do("GET", "/v1/offices/H26.138/"+path, secret, ""); r.StatusCode != 400 {
			t.Errorf("%s: got %d", path, r.StatusCode)
		}
	}
}

func TestTooManyBatchesAtOnceAreAskedToComeBack(t *testing.T) {
	s := newSite(t)
	release := make(chan struct{})
	entered := make(chan int, 1000)
	status := make(chan *http.Response, 1000)
	const callers = 200 // more than the slots of any machine of ours
	for range callers {
		go func() {
			r := httptest.NewRequest("POST", "/v1/offices/H26.138/events", &stuck{release: release, entered: entered})
			r.Header.Set("Authorization", "Bearer "+secret)
			r.Header.Set(wire.HeaderVersion, "1")
			r.Header.Set(wire.HeaderFirst, "1")
			r.Header.Set(wire.HeaderCount, "1")
			r.Header.Set(wire.HeaderPrev, strings.Repeat("0", 64))
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			status <- w.Result()
		}()
	}
	<-entered
	if r := <-status; r.StatusCode != 503 || r.Header.Get("Retry-After") == "" {
		t.Errorf("got %d, Retry-After %q", r.StatusCode, r.Header.Get("Retry-After"))
	}
	close(release)
	for range callers - 1 {
		<-status
	}
}

// TestABusyCityAsksForPauses: while the database holds everything up, those
// that are taken at last are asked to wait before their next batch.
func TestABusyCityAsksForPauses(t *testing.T) {
	dir := t.TempDir()
	e := &engine{dsn: filepath.Join(dir, "central.db")}
	s := &site{t, e.open(t), nil}
	s.Handler = newServer(t, t.Context(), s.store, func() time.Time { return noon })
	o := newOffice()
	o.busyDay(t, 1, 5)
	codec, err := wire.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	post := func() wire.Ack {
		h := http.Header{}
		body := codec.Encode(o.batch(1, 4), h)
		var pairs []string
		for k := range h {
			pairs = append(pairs, k, h.Get(k))
		}
		var ack wire.Ack
		r := s.do("POST", "/v1/offices/H26.138/events", secret, string(body), pairs...)
		if err := json.NewDecoder(r.Body).Decode(&ack); err != nil {
			t.Error(err)
		}
		return ack
	}
	if ack := post(); ack.LastSeq != 4 || ack.NextAfterMS != 0 {
		t.Errorf("alone: %+v", ack)
	}
	lock, err := e.raw(t).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := lock.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	callers := 2 * runtime.GOMAXPROCS(0)
	acks := make(chan wire.Ack, callers)
	for range callers {
		go func() { acks <- post() }()
	}
	time.Sleep(100 * time.Millisecond) // until they wait; later only makes the test weaker
	if _, err := lock.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for range callers {
		if ack := <-acks; ack.NextAfterMS > 0 {
			asked++
		}
	}
	if asked == 0 || asked == callers {
		t.Errorf("%d of %d were asked to wait", asked, callers)
	}
}

// stuck is a body that does not come.
type stuck struct {
	release chan struct{}
	entered chan int
}

func (s *stuck) Read([]byte) (int, error) {
	s.entered <- 1
	<-s.release
	return 0, io.EOF
}

const catalogueText = `{"version":"2026-11","procedures":[{"code":"1.001193","name":"Đăng ký khai sinh","name_en":"Birth registration",
	"domain":"Hộ tịch","service":"civil","decision":"163/QĐ-BTP","from":"2026-01-01","time":{"n":1,"unit":"workday","model":"hour"},
	"fee":{"amount":0,"note":"Miễn phí"},"papers":[{"name":"Tờ khai","original":1,"copies":0,"required":true}],"source":"test"}]}`

func TestStaffPublishesAndTellsAndTheOfficeHears(t *testing.T) {
	s, o := newSite(t), newOffice()
	o.write(t, morning, about("received", "H26.138-261123-0001", map[string]any{"due": noon}))
	ingest(t, s.store, "H26.138", o.batch(1, 1))
	poll := func(after uint64, wait int) wire.Notices {
		t.Helper()
		var n wire.Notices
		r := s.do("GET", fmt.Sprintf("/v1/offices/H26.138/notices?after=%d&wait=%d", after, wait), secret, "")
		if err := json.NewDecoder(r.Body).Decode(&n); err != nil || r.StatusCode != 200 || n.Office != "H26.138" || n.After != after {
			t.Fatalf("poll: %d %+v %v", r.StatusCode, n, err)
		}
		return n
	}
	if n := poll(0, 0); len(n.Notices) != 0 {
		t.Fatalf("got %+v", n)
	}
	heard := make(chan wire.Notices, 1)
	go func() { heard <- poll(0, 50) }()
	status := "/v1/offices/H26.138/dossiers/H26.138-261123-0001/status"
	order := `{"as":"ready","unit":"Phòng Tư pháp","note":"Đã ký"}`
	for range 2 { // a double click
		if r := s.do("POST", status, "admin-secret", order, "Idempotency-Key", "click-1"); r.StatusCode != 200 {
			t.Fatalf("got %d %s", r.StatusCode, text(t, r))
		}
	}
	n := <-heard
	if len(n.Notices) != 1 || n.Notices[0].Kind != wire.NoticeReady ||
		string(n.Notices[0].Data) != `{"code":"H26.138-261123-0001","unit":"Phòng Tư pháp","note":"Đã ký"}` {
		t.Fatalf("heard %+v", n)
	}
	last := n.Notices[0].ID
	if r := s.do("POST", "/v1/catalogue", "admin-secret", catalogueText); r.StatusCode != 200 {
		t.Fatalf("publish: %d %s", r.StatusCode, text(t, r))
	}
	n = poll(last, 50)
	if len(n.Notices) != 1 || n.Notices[0].Kind != wire.NoticeCatalogue || !strings.Contains(string(n.Notices[0].Data), "1.001193") {
		t.Fatalf("got %+v", n)
	}
	for name, tc := range map[string]struct {
		path, body string
		want       int
	}{
		"an unknown dossier":   {strings.Replace(status, "0001/", "0002/", 1), order, 404},
		"an unknown word":      {status, `{"as":"burn","unit":"x"}`, 422},
		"nobody says it":       {status, `{"as":"ready"}`, 422},
		"no JSON":              {status, `as=ready`, 422},
		"a catalogue of fools": {"/v1/catalogue", `{"version":"x","procedures":[{"code":"<script>"}]}`, 422},
		"no catalogue":         {"/v1/catalogue", `[`, 422},
	} {
		if r := s.do("POST", tc.path, "admin-secret", tc.body); r.StatusCode != tc.want {
			t.Errorf("%s: got %d %s", name, r.StatusCode, text(t, r))
		}
	}
}

func TestPagesSpeakBothLanguagesAndHoldNothingFromOutside(t *testing.T) {
	s, o := newSite(t), newOffice()
	o.busyDay(t, 4, 50)
	ingest(t, s.store, "H26.138", o.batch(1, len(o.records)))
	missing := regexp.MustCompile("⟦[^⟧]*⟧")
	outside := regexp.MustCompile(`(?i)(src|href)="?(https?:)?//`)
	for _, path := range []string{"/", "/?lang=en", "/offices/H26.138", "/offices/H26.138?lang=en", "/?day=2026-11-01", "/?day=nonsense&lang=xx"} {
		r := s.do("GET", path, "", "")
		page := text(t, r)
		csp := r.Header.Get("Content-Security-Policy")
		if r.StatusCode != 200 || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %d, policy %q", path, r.StatusCode, csp)
		}
		if m := missing.FindString(page); m != "" {
			t.Errorf("%s: a text is missing: %s", path, m)
		}
		if outside.MatchString(page) || strings.Contains(page, "style=") || strings.Contains(page, "<script>") {
			t.Errorf("%s: something from outside or in line", path)
		}
		lang := "vi"
		if strings.Contains(path, "lang=en") {
			lang = "en"
		}
		if !strings.Contains(page, `<html lang="`+lang+`">`) {
			t.Errorf("%s: not in %s", path, lang)
		}
	}
	if r := s.do("GET", "/offices/H99", "", ""); r.StatusCode != 303 {
		t.Errorf("an unknown office: got %d", r.StatusCode)
	}
	for _, file := range []string{"central.css", "central.js", "icon.svg", "noto-regular.ttf", "noto-bold.ttf"} {
		if r := s.do("GET", "/static/"+file, "", ""); r.StatusCode != 200 || len(text(t, r)) == 0 {
			t.Errorf("%s: got %d", file, r.StatusCode)
		}
	}
	for _, file := range []string{"city.html", "..%2fserver.go", "none.css"} {
		if r := s.do("GET", "/static/"+file, "", ""); r.StatusCode != 404 {
			t.Errorf("%s: got %d", file, r.StatusCode)
		}
	}
}

// TestScenario40 puts hostile names through the pages.
func TestScenario40_HostileNamesAreShownHarmlessly(t *testing.T) {
	hostile := `<script>alert(1)</script>"onmouseover='x' =cmd() ` + "\u202eabc" + strings.Repeat("ạ̈", 5000)
	s, o := newSite(t), newOffice()
	o.write(t, morning, fact{"office.configured", queue.Configured{Config: queue.Config{
		Office: "H26.138", Name: queue.Text{VI: hostile, EN: hostile}, Parent: queue.Text{VI: hostile, EN: hostile},
		Services: []queue.Service{{ID: hostile[:60], Name: queue.Text{VI: hostile}}},
	}}}, event(queue.TicketIssued{Ticket: queue.NewTicketID(today, "A", 1), Service: hostile, Lang: "vi"}))
	ingest(t, s.store, "H26.138", o.batch(1, 2))
	for _, path := range []string{"/", "/offices/H26.138", "/offices/H26.138?lang=%3Cscript%3E&day=%22%3E"} {
		page := text(t, s.do("GET", path, "", ""))
		if strings.Contains(page, "<script>") || strings.Contains(page, `"onmouseover`) || strings.Contains(page, "\u202e") {
			t.Errorf("%s: the name is not escaped", path)
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)") || len(page) > 60_000 {
			t.Errorf("%s: the name is not shown, or too long (%d bytes)", path, len(page))
		}
	}
}

func TestMetricsAreInThePrometheusFormat(t *testing.T) {
	s, o := newSite(t), newOffice()
	o.busyDay(t, 4, 5)
	codec, err := wire.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/v1/offices/H26.138/events", nil)
	r.Body = io.NopCloser(bytes.NewReader(codec.Encode(o.batch(1, len(o.records)), r.Header)))
	r.Header.Set("Authorization", "Bearer "+secret)
	s.ServeHTTP(httptest.NewRecorder(), r)
	body := text(t, s.do("GET", "/metrics", "", ""))
	sample := regexp.MustCompile(`^[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+-]+$`)
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, "# ") && !sample.MatchString(line) {
			t.Errorf("not a sample: %q", line)
		}
	}
	for _, want := range []string{
		`motcua_batches_total{outcome="ok"} 1`, fmt.Sprintf("motcua_records_total %d", len(o.records)),
		`motcua_offices{line="up"} 1`, `motcua_ingest_seconds_count 1`,
	} {
		if !strings.Contains(body, want+"\n") {
			t.Errorf("%q is missing in:\n%s", want, body)
		}
	}
}

func TestTextsAreWholeInBothLanguages(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	holes := regexp.MustCompile(`\{[a-z0-9]+\}`)
	for _, key := range texts.Keys("vi") {
		if !strings.HasPrefix(key, "central.") {
			continue
		}
		vi, en := holes.FindAllString(texts.Get("vi", key), -1), holes.FindAllString(texts.Get("en", key), -1)
		if !texts.Has("en", key) || fmt.Sprint(vi) != fmt.Sprint(en) {
			t.Errorf("%s: %v in Vietnamese, %v in English", key, vi, en)
		}
	}
}

func TestTokenFileIsReadStrictly(t *testing.T) {
	good := central.TokenLine("H1", "a") + "\n# comment\n\n" + central.TokenLine("H1", "b") + " # renewed\n" + central.TokenLine(central.Admin, "c")
	tokens, err := central.ReadTokens(strings.NewReader(good))
	if err != nil || fmt.Sprint(tokens.Offices()) != "[H1]" {
		t.Fatalf("got %v, %v", tokens, err)
	}
	for _, bad := range []string{"H1", "H1 abc", "../x " + strings.Repeat("0", 64), "H1 " + strings.Repeat("0", 65), "H1 a b", "H1 " + strings.Repeat("z", 64)} {
		if _, err := central.ReadTokens(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
