package office

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/health"
)

// healthPage is GET /health: the checks for a person with a browser, in the
// language that the browser asks for. It names nobody.
func (s *server) healthPage(w http.ResponseWriter, r *http.Request) error {
	lang := "vi"
	if strings.HasPrefix(r.Header.Get("Accept-Language"), "en") || r.URL.Query().Get("lang") == "en" {
		lang = "en"
	}
	checks := s.office.Health(r.Context())
	page := healthView{
		Lang: lang, Title: s.texts.Get(lang, "health.page.title"), Office: s.office.State().Config.Office,
		At: queue.Local(s.office.cfg.Now()).Format(time.DateTime), Level: health.Worst(checks), Version: s.office.cfg.Version,
	}
	for _, c := range checks {
		page.Checks = append(page.Checks, healthLine{c.Level, s.texts.Get(lang, c.Title()), s.texts.Get(lang, c.Text, c.Pairs()...)})
	}
	status := http.StatusOK
	if page.Level == health.Fail {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(status)
	_ = healthTemplate.Execute(w, page) // who went away in the middle is no fault
	return nil
}

type healthView struct {
	Lang, Title, Office, At, Version string
	Level                            health.Level
	Checks                           []healthLine
}

type healthLine struct {
	Level       health.Level
	Title, Text string
}

// healthTemplate is one page without scripts; it reloads itself.
var healthTemplate = template.Must(template.New("health").Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="15">
<title>{{.Title}} {{.Office}}</title>
<style>
body { font: 16px/1.5 "Noto Sans", sans-serif; margin: 2em auto; max-width: 48em; padding: 0 1em; color: #1b2a4e }
td { padding: .4em .8em .4em 0; vertical-align: top; border-top: 1px solid #d8dce6 }
td:first-child { white-space: nowrap; font-weight: bold }
.ok td:first-child { color: #1f7a3d } .warn td:first-child { color: #9a6700 } .fail td:first-child { color: #b3161b }
small { color: #5b6478 }
</style>
<h1>{{.Title}}</h1>
<p>{{.Office}} · {{.At}}</p>
<table>{{range .Checks}}<tr class="{{.Level}}"><td>{{.Level}}</td><td>{{.Title}}</td><td>{{.Text}}</td></tr>{{end}}</table>
<p><small>{{.Version}}</small></p>
`))
