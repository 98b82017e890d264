package central

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"time"

	"motcua/assets/fonts"
	"motcua/assets/i18n"
)

//go:embed web
var web embed.FS

// clockTolerance is how far an office's clock may be off before it is shown.
const clockTolerance = time.Minute

func parsePages(s *Server) (*template.Template, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"t": func(lang, key string) string { return s.texts.Get(lang, key) },
	}).ParseFS(web, "web/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	return t, nil
}

// assetsVersion changes with the style and the script, so that browsers may
// keep them.
func assetsVersion() string {
	h := sha256.New()
	for _, name := range []string{"web/central.css", "web/central.js"} {
		raw, _ := fs.ReadFile(web, name) // embedded: cannot fail
		h.Write(raw)
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// getStatic serves the style, the script, the icon and the type.
func (s *Server) getStatic(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	var raw []byte
	kind := kinds[path.Ext(name)]
	switch {
	case name == "noto-regular.ttf":
		raw, kind = fonts.Regular, "font/ttf"
	case name == "noto-bold.ttf":
		raw, kind = fonts.Bold, "font/ttf"
	case kind != "":
		raw, _ = fs.ReadFile(web, path.Join("web", name))
	}
	if raw == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(raw))
}

// langLink is a language to switch to.
type langLink struct {
	Code, Label, Href string
	Here              bool
}

type named struct{ Name, Text string }

// figure is one of the large numbers.
type figure struct {
	Name, Value, Unit, More string
	Tone, Target            string // "good" or "poor", and in words; or ""
}

// alert is a sentence for a person to act on, "urgent" or "soon".
type alert struct{ Tone, Text string }

// frame is what all pages share.
type frame struct {
	words
	Title, Assets, Home string
	Langs               []langLink
	Definitions         []named
	DayName, At         string
	Earlier, Later      string // links; Later is "" on today
	Alerts              []alert
	Figures             []figure
}

// frame begins a page at base (its path) for a report's day.
func (s *Server) frame(r *http.Request, base, day string, at time.Time) frame {
	w := words{texts: s.texts, Lang: s.lang(r)}
	today := s.now().In(vietnam).Format(time.DateOnly)
	f := frame{words: w, Assets: assetsVersion(), Home: link("/", w.Lang, day, today), At: at.In(vietnam).Format("15:04:05")}
	for i, label := range []string{"Tiếng Việt", "English"} {
		code := i18n.Languages[i]
		f.Langs = append(f.Langs, langLink{code, label, link(base, code, day, today), code == w.Lang})
	}
	d, _ := time.Parse(time.DateOnly, day) // checked by Server.day
	f.DayName = d.Format("02/01/2006")
	if day == today {
		f.DayName = w.text("central.today", "day", f.DayName)
	}
	f.Earlier = link(base, w.Lang, d.AddDate(0, 0, -1).Format(time.DateOnly), today)
	if day < today {
		f.Later = link(base, w.Lang, d.AddDate(0, 0, 1).Format(time.DateOnly), today)
	}
	for _, k := range []string{"tickets", "waiting", "median", "promise", "dossiers", "ontime", "satisfaction"} {
		f.Definitions = append(f.Definitions, named{w.text("central." + k), w.text("central.define." + k)})
	}
	return f
}

// link keeps the language and the day, each only where it is not the usual one.
func link(base, lang, day, today string) string {
	q := url.Values{}
	if lang != i18n.Languages[0] {
		q.Set("lang", lang)
	}
	if day != today {
		q.Set("day", day)
	}
	if len(q) == 0 {
		return base
	}
	return base + "?" + q.Encode()
}

// figures are the seven numbers of a day, beside what is asked of that day.
func (w words) figures(t Totals, asked target) []figure {
	wait := figure{Name: w.text("central.median"), Value: w.text("central.nothing"), More: w.text("central.more.wait-none")}
	if t.WaitMedian != nil {
		wait.Value, wait.Unit = w.number(*t.WaitMedian), w.text("central.minutes")
		wait.More = w.text("central.more.wait", "p90", w.number(*t.WaitP90))
	}
	return []figure{
		{
			Name: w.text("central.tickets"), Value: w.number(t.Tickets),
			More: w.text("central.more.tickets", "served", w.number(t.Served), "absent", w.number(t.Absent)),
		},
		{
			Name: w.text("central.waiting"), Value: w.number(t.Waiting),
			More: w.text("central.more.waiting", "serving", w.number(t.Serving), "held", w.number(t.Held)),
		},
		wait,
		w.share("promise", t.Kept, t.Promised, 0),
		{
			Name: w.text("central.dossiers"), Value: w.number(t.Received),
			More: w.text("central.more.dossiers", "overdue", w.number(t.Overdue), "fees", w.number(int(t.Fees))),
		},
		w.share("ontime", t.OnTime, t.OnTime+t.Late, asked.OnTime),
		w.share("satisfaction", t.Satisfied, t.Rated, asked.Satisfied),
	}
}

// share is a part of a whole; target 0 asks nothing of it.
func (w words) share(key string, part, whole int, target float64) figure {
	f := figure{Name: w.text("central." + key), Value: w.text("central.nothing"), More: w.text("central.more." + key + "-none")}
	share, ok := ratio(part, whole)
	if !ok {
		return f
	}
	f.Value = w.percent(share)
	if target > 0 {
		f.Tone = "poor"
		if share >= target {
			f.Tone = "good"
		}
		f.Target = w.text("central.target."+f.Tone, "target", w.percent(target))
	}
	f.More = w.text("central.more."+key, "part", w.number(part), "whole", w.number(whole))
	return f
}

func (s *Server) render(w http.ResponseWriter, r *http.Request, name string, data any) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, data); err != nil {
		s.log.Error("render page", "page", name, "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes()) //nolint:errcheck // the caller has gone: nothing to do
}
