package central_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/refusal"
)

// browser finds Chromium, or skips.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium here: the pages are not looked at")
	return ""
}

// chromium runs the browser once and returns what it printed.
func chromium(t *testing.T, path string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	base := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1", "--disable-dev-shm-usage",
		"--user-data-dir=" + t.TempDir(), "--virtual-time-budget=4000", "--enable-logging=stderr", "--log-level=0",
	}
	cmd := exec.CommandContext(ctx, path, append(base, args...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, errs.String())
	}
	for line := range strings.Lines(errs.String()) {
		if strings.Contains(line, "CONSOLE") {
			t.Errorf("the browser complains: %s", line)
		}
	}
	return string(out)
}

// cityForShow fills a site with offices in every condition.
func cityForShow(t *testing.T, s *site) {
	t.Helper()
	ctx := context.Background()
	wards := []string{"Tây Hồ", "Ba Đình", "Hoàn Kiếm", "Cửa Nam", "Ngọc Hà", "Giảng Võ", "Hai Bà Trưng", "Vĩnh Tuy", "Bạch Mai", "Đống Đa", "Kim Liên", "Văn Miếu – Quốc Tử Giám"}
	for i, ward := range wards {
		o, id := newOffice(), fmt.Sprintf("H26.%d", 138+i)
		o.busyDay(t, uint64(i+1), 40+17*i)
		facts := configured("Bộ phận Một cửa phường " + ward)
		c := facts.data.(queue.Configured)
		c.Config.Name.EN = ward + " Ward One-Stop Office"
		c.Config.Services[0].PerSlot, c.Config.Hours = 2, allDay()
		c.Config.Parent = queue.Text{VI: "UBND phường " + ward + ", Hà Nội", EN: "People's Committee of " + ward + " Ward, Hanoi"}
		o.write(t, noon.Add(-time.Duration(i)*time.Minute), fact{facts.kind, c})
		seen := noon.Add(-time.Duration(10+i) * time.Second)
		switch i {
		case 3:
			seen = noon.Add(-2 * time.Hour)
		case 7:
			seen = noon.Add(-50 * time.Hour)
		case 5:
			o.write(t, noon, fact{"ticket.issued", []int{1}}) // cannot be read
		}
		for first := 1; first <= len(o.records); first += 900 {
			if _, err := s.store.Ingest(ctx, id, o.batch(first, min(first+899, len(o.records))), seen, 0); err != nil {
				t.Fatal(err)
			}
		}
		bookForShow(t, s, id, o, seen)
		if i == 9 {
			old := o.backup(50)
			old.write(t, noon, event(queue.DayClosed{Day: today}))
			if _, err := s.store.Ingest(ctx, id, old.batch(51, 51), seen, 4*time.Minute); err == nil {
				t.Fatal("the fork was taken")
			}
		}
	}
}

// bookForShow leaves appointments in every standing.
func bookForShow(t *testing.T, s *site, id string, o *office, seen time.Time) {
	t.Helper()
	for i := range 4 {
		slot := time.Date(2026, 11, 24, 8, 30*i, 0, 0, vietnam)
		code, err := s.store.Book(t.Context(), id, queue.BookAppointment{Service: "civil", Slot: slot}, "", noon)
		if err != nil {
			t.Fatal(err)
		}
		n, err := s.store.Notices(t.Context(), id, 0)
		if err != nil {
			t.Fatal(err)
		}
		switch last := n[len(n)-1].ID; i {
		case 1:
			o.write(t, noon, event(queue.AppointmentBooked{Appointment: queue.Appointment{Code: code, Service: "civil", Slot: slot}}), said(last, nil))
		case 2:
			o.write(t, noon, said(last, refusal.New("appointment-full", "at", "08:00 24/11/2026")))
		case 3:
			if err := s.store.Cancel(t.Context(), id, code, "", noon); err != nil {
				t.Fatal(err)
			}
		}
	}
	have, err := s.store.Cursor(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Ingest(t.Context(), id, o.batch(int(have.Have)+1, len(o.records)), seen, 0); err != nil {
		t.Fatal(err)
	}
}

// measure is a page of the test's own that loads ours in a frame, one after the
// other, and reports what a reader would suffer from.
const measure = `<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe id="f" style="border:0"></iframe><pre id="out"></pre><script>
function rgb(s){const m=s.match(/[\d.]+/g).map(Number);return {r:m[0],g:m[1],b:m[2],a:m.length>3?m[3]:1}}
function lum(c){const f=v=>{v/=255;return v<=.03928?v/12.92:((v+.055)/1.055)**2.4};return .2126*f(c.r)+.7152*f(c.g)+.0722*f(c.b)}
function behind(e){for(;e;e=e.parentElement){const c=rgb(getComputedStyle(e).backgroundColor);if(c.a===1)return c}return rgb("rgb(255,255,255)")}
const f=document.getElementById("f"),views=%s,found=[];
function look(){const d=f.contentDocument,w=f.contentWindow,bad=[];let words=0,lowest=99;
 if(d.documentElement.scrollWidth>d.documentElement.clientWidth)bad.push("the page scrolls sideways: "+d.documentElement.scrollWidth);
 const walk=d.createTreeWalker(d.body,NodeFilter.SHOW_TEXT);
 for(let n;n=walk.nextNode();){const text=n.data.trim(),e=n.parentElement;if(!text||["SCRIPT","NOSCRIPT"].includes(e.tagName)||!e.getClientRects().length)continue;words++;
  const a=lum(rgb(w.getComputedStyle(e).color)),b=lum(behind(e)),c=(Math.max(a,b)+.05)/(Math.min(a,b)+.05);lowest=Math.min(lowest,c);
  if(c<7)bad.push("contrast "+c.toFixed(2)+": "+text.slice(0,40));
  if(parseFloat(w.getComputedStyle(e).fontSize)<13)bad.push("small print: "+text.slice(0,40));
  const r=d.createRange();r.selectNodeContents(n);const q=r.getBoundingClientRect();if(q.right>d.documentElement.clientWidth+1)bad.push("outside: "+text.slice(0,40))}
 for(const e of d.querySelectorAll(".sheet")){const q=e.getBoundingClientRect();
  if(q.right>d.documentElement.clientWidth-12||e.scrollWidth>e.clientWidth)bad.push("too wide: "+e.textContent.trim().slice(0,40))}
 for(const a of d.links){const q=a.getBoundingClientRect();if(q.height&&(q.height<24||q.width<24))bad.push("small target: "+a.textContent.trim().slice(0,40)+" "+q.width+"x"+q.height)}
 return {bad,words,lowest,height:d.documentElement.scrollHeight}}
let at=-1;
function next(){if(at>=0)found.push(look());at++;if(at===views.length){document.getElementById("out").textContent=JSON.stringify(found);return}
 f.width=views[at].Width;f.height=views[at].Height;f.src=views[at].Page}
f.onload=next;next();
</script>`

// view is a page at a width.
type view struct {
	Name, Page    string
	Width, Height int
}

// look is what was found in a view.
type look struct {
	Bad           []string
	Words, Height int
	Lowest        float64 // contrast
}

// TestPagesInABrowser measures every word and link of the pages at the widths of
// a desk and a phone. MOTCUA_PICTURES=folder keeps pictures to look at.
func TestPagesInABrowser(t *testing.T) {
	path := browser(t)
	s := newSite(t, central.TokenLine("H26.777", "never"))
	cityForShow(t, s)
	var asked atomic.Int64
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/measure":
			fmt.Fprintf(w, measure, r.FormValue("views"))
			return
		case r.URL.Path == "/":
			asked.Add(1)
		}
		if r.Header.Get("Sec-Fetch-Dest") == "iframe" {
			w = &framed{w}
		}
		r.SetBasicAuth("anybody", "admin-secret")
		s.ServeHTTP(w, r)
	}))
	defer web.Close()
	in := func(views []view) string {
		raw, err := json.Marshal(views)
		if err != nil {
			t.Fatal(err)
		}
		return web.URL + "/measure?" + url.Values{"views": {string(raw)}}.Encode()
	}
	var views []view
	for _, p := range [][2]string{
		{"city", "/"},
		{"city-en", "/?lang=en"},
		{"office", "/offices/H26.149"},
		{"office-en", "/offices/H26.147?lang=en"},
		{"bookings", "/offices/H26.138/appointments?service=civil&day=2026-11-24&said=TP261124-ABCDEFGHIJ"},
		{"bookings-en", "/offices/H26.141/appointments?lang=en"},
		{"empty", "/offices/H26.140?day=2026-11-01"},
	} {
		for _, width := range []int{1366, 390} {
			views = append(views, view{p[0], p[1], width, 900})
		}
	}
	m := regexp.MustCompile(`(?s)<pre id="out">(.*?)</pre>`).FindStringSubmatch(
		chromium(t, path, "--window-size=1500,1000", "--virtual-time-budget=9000", "--dump-dom", in(views)))
	var looks []look
	if m == nil || json.Unmarshal([]byte(html.UnescapeString(m[1])), &looks) != nil || len(looks) != len(views) {
		t.Fatalf("nothing was measured: %q", m)
	}
	for i, v := range views {
		t.Run(fmt.Sprintf("%s-%d", v.Name, v.Width), func(t *testing.T) {
			for _, b := range looks[i].Bad {
				t.Error(b)
			}
			if looks[i].Words < 30 {
				t.Errorf("only %d texts", looks[i].Words)
			}
			t.Logf("%d texts, lowest contrast %.2f, %d px high", looks[i].Words, looks[i].Lowest, looks[i].Height)
			if folder := os.Getenv("MOTCUA_PICTURES"); folder != "" {
				v.Height = looks[i].Height
				chromium(t, path, fmt.Sprintf("--window-size=%d,%d", v.Width, v.Height),
					"--screenshot="+filepath.Join(folder, fmt.Sprintf("central-%s-%d.png", v.Name, v.Width)), in([]view{v}))
			}
		})
	}
	t.Run("renews itself", func(t *testing.T) {
		asked.Store(0)
		dom := chromium(t, path, "--virtual-time-budget=40000", "--dump-dom", web.URL+"/")
		if n := asked.Load(); n < 2 || !strings.Contains(dom, `id="live"`) || !regexp.MustCompile(`id="stale"[^>]*hidden`).MatchString(dom) {
			t.Errorf("asked %d times in 40 s, or the page says that it is old", n)
		}
	})
}

// framed lets the test's own page look into ours.
type framed struct{ http.ResponseWriter }

func (f *framed) WriteHeader(status int) {
	f.Header().Del("Content-Security-Policy")
	f.ResponseWriter.WriteHeader(status)
}

func (f *framed) Write(b []byte) (int, error) {
	f.Header().Del("Content-Security-Policy")
	return f.ResponseWriter.Write(b)
}
