package table

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"motcua/queue/catalogue"
	"motcua/queue/worktime"
)

var numericCode = regexp.MustCompile(`^[1-9]\.[0-9]{1,20}$`)

// codeOf is the national code in a cell, "" when there is none. A spreadsheet
// that took the code for a number dropped its last zeros or gave it more
// digits; a code always has six.
func codeOf(cell string) string {
	code := catalogue.National(tidy(cell))
	if !numericCode.MatchString(code) {
		return ""
	}
	if len(code) != len("1.001193") {
		f, err := strconv.ParseFloat(code, 64)
		if err != nil {
			return ""
		}
		code = strconv.FormatFloat(f, 'f', 6, 64)
	}
	return code
}

// readDate reads "2026-07-01", "01/07/2026" or the day number of a
// spreadsheet's date cell, and Clear as no date.
func readDate(cell string) (day string, ok bool) {
	if cell == Clear {
		return "", true
	}
	for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	if n, err := strconv.Atoi(cell); err == nil && n > 36526 && n < 73051 { // 2000 to 2099
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly), true
	}
	return "", false
}

func readTime(cell string) (catalogue.Duration, bool) {
	if catalogue.Fold(cell) == catalogue.Fold(sameDay) {
		return catalogue.Duration{Unit: worktime.SameDay, Model: worktime.ByDay}, true
	}
	return catalogue.ParseTime(cell)
}

// readClock reads "15:00", or the part of a day of a spreadsheet's time cell,
// in minutes from midnight; Clear is none.
func readClock(cell string) (minutes int, ok bool) {
	if cell == Clear {
		return 0, true
	}
	if t, err := time.Parse("15:04", cell); err == nil {
		return t.Hour()*60 + t.Minute(), true
	}
	if f, err := strconv.ParseFloat(cell, 64); err == nil && f > 0 && f < 1 {
		return int(f*24*60 + 0.5), true
	}
	return 0, false
}

func clock(minutes int) string {
	if minutes == 0 {
		return ""
	}
	return time.Time{}.Add(time.Duration(minutes) * time.Minute).Format("15:04")
}

// fields splits a line of a cell at its bars.
func fields(line string, n int) []string {
	parts := strings.SplitN(line, "|", n)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) < n {
		parts = append(parts, "")
	}
	return parts
}

// bars joins the fields of a line; what is empty at its end is left out.
func bars(parts ...string) string {
	for i, p := range parts {
		parts[i] = strings.NewReplacer("|", "/", "\n", " ").Replace(p)
	}
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, " | ")
}

func writePapers(p *catalogue.Procedure) string {
	var lines []string
	for _, paper := range p.Papers {
		required := ""
		if paper.Required {
			required = "bắt buộc"
		}
		lines = append(lines, bars(paper.Name, strconv.Itoa(paper.Original), strconv.Itoa(paper.Copies), required, paper.Note))
	}
	return strings.Join(lines, "\n")
}

func readPapers(p *catalogue.Procedure, cell string) bool {
	var list []catalogue.Paper
	for line := range strings.Lines(cell) {
		f := fields(line, 5)
		if f[0] == "" {
			continue
		}
		original, err := number(f[1], 1)
		copies, err2 := number(f[2], 0)
		required := catalogue.Fold(f[3])
		if err != nil || err2 != nil || required != "" && required != "bat buoc" {
			return false
		}
		list = append(list, catalogue.Paper{Name: f[0], Original: original, Copies: copies, Required: required != "", Note: f[4]})
	}
	p.Papers = list
	return true
}

func number(s string, empty int) (int, error) {
	if s == "" {
		return empty, nil
	}
	return strconv.Atoi(s)
}

func writeSteps(p *catalogue.Procedure) string {
	var lines []string
	for _, s := range p.Steps {
		hours := ""
		if s.Hours > 0 {
			hours = strconv.Itoa(s.Hours)
		}
		lines = append(lines, bars(s.Name, s.Unit, hours))
	}
	return strings.Join(lines, "\n")
}

func readSteps(p *catalogue.Procedure, cell string) bool {
	var list []catalogue.Step
	for line := range strings.Lines(cell) {
		f := fields(line, 3)
		if f[0] == "" {
			continue
		}
		hours, err := number(f[2], 0)
		if err != nil {
			return false
		}
		list = append(list, catalogue.Step{Name: f[0], Unit: f[1], Hours: hours})
	}
	p.Steps = list
	return true
}

func writeResults(p *catalogue.Procedure) string {
	if len(p.Results) == 0 {
		return p.Result
	}
	var lines []string
	for _, r := range p.Results {
		lines = append(lines, bars(r.Name, r.Code))
	}
	return strings.Join(lines, "\n")
}

func readResults(p *catalogue.Procedure, cell string) bool {
	var list []catalogue.Result
	for line := range strings.Lines(cell) {
		if f := fields(line, 2); f[0] != "" {
			list = append(list, catalogue.Result{Name: f[0], Code: f[1]})
		}
	}
	p.Results, p.Result = list, ""
	if len(list) > 0 {
		p.Result = list[0].Name
	}
	return true
}

func readLegal(p *catalogue.Procedure, cell string) bool {
	p.Legal = nil
	for line := range strings.Lines(cell) {
		if line = strings.TrimSpace(line); line != "" {
			p.Legal = append(p.Legal, line)
		}
	}
	return true
}

// tidy composes letters, drops what cannot be seen, and keeps line ends.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\r' || unicode.In(r, unicode.Cf, unicode.Co):
			return -1
		case unicode.IsSpace(r) || unicode.Is(unicode.Cc, r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(norm.NFC.String(s))
}

// clip bounds a foreign text that a refusal repeats.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
