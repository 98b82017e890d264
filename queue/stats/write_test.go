package stats_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/replay/replaytest"
	"motcua/queue/stats"
)

var update = flag.Bool("update", false, "write the golden files")

func texts(t testing.TB) *i18n.Texts {
	t.Helper()
	all, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs; with -update it is written anew:\n%s", path, got)
	}
}

func TestGoldenCSVAndText(t *testing.T) {
	r := report(smallDay(t), stats.Options{})
	var b bytes.Buffer
	if err := r.WriteCSV(&b, texts(t)); err != nil {
		t.Fatal(err)
	}
	golden(t, "day.csv", b.Bytes())
	for _, lang := range i18n.Languages {
		b.Reset()
		if err := r.WriteText(&b, texts(t), lang); err != nil {
			t.Fatal(err)
		}
		golden(t, "day."+lang+".txt", b.Bytes())
	}
}

func TestEmptyReportIsWritten(t *testing.T) {
	var b bytes.Buffer
	r := stats.New(stats.Options{}).Report()
	if err := r.WriteCSV(&b, texts(t)); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(&b, texts(t), "vi"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "⟦") {
		t.Errorf("a text is missing:\n%s", b.String())
	}
}

func TestScenario40_NamesAreHarmlessInSpreadsheets(t *testing.T) {
	for in, want := range map[string]string{
		`=cmd()|' /C calc'!A0`:      `'=cmd()|' /C calc'!A0`,
		"+84":                       "'+84",
		"-1+1":                      "'-1+1",
		"@SUM(A1)":                  "'@SUM(A1)",
		"\t=1":                      "'=1",
		"\r=1":                      "'=1",
		"\tx":                       "'x",
		"\x00=1":                    "'=1",
		"\u202e=1":                  "'=1",
		"\ufeff=1":                  "'=1",
		"＝1":                        "'＝1",
		"\x1b@chào":                 "'@chào",
		"<script>":                  "<script>",
		"Nguyễn Thu Hà":             "Nguyễn Thu Hà",
		"Nguye\u0302\u0303n":        "Nguye\u0302\u0303n",
		"a\u2066b\u2069":            "ab",
		"a\nb":                      "ab",
		"\xff\xfe":                  "",
		"":                          "",
		strings.Repeat("ễ", 10_000): strings.Repeat("ễ", 200) + "…",
	} {
		got := stats.Safe(in)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("Safe(%.20q) = %.40q, want %.40q", in, got, want)
		}
	}
}

// TestScenario40_WholeExport puts hostile names everywhere that a
// configuration can hold them and looks at every cell.
func TestScenario40_WholeExport(t *testing.T) {
	evil := `=HYPERLINK("http://x","` + "\x1b\u202e\n" + strings.Repeat("x", 10_000)
	o := replaytest.New(t, func(c *queue.Config) {
		c.Name, c.Parent = queue.Text{VI: evil}, queue.Text{VI: evil}
		c.Services[0].Name, c.Counters[0].Name, c.Classes[0].Name = queue.Text{VI: evil}, queue.Text{VI: evil}, queue.Text{VI: evil}
		c.Officers[0] = queue.Officer{ID: evil, Name: evil}
	})
	by := o.Sit("1", evil)
	o.Issue("ho-tich", queue.ClassPriority)
	o.Call(by)
	o.Keep(chain.Actor{}, queue.TicketIssued{Ticket: "261123-A900", Service: evil, Class: evil})
	var b bytes.Buffer
	if err := report(o, stats.Options{}).WriteCSV(&b, texts(t)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) || strings.ContainsAny(cell, "\x1b\u202e\n") || utf8.RuneCountInString(cell) > 250 {
				t.Errorf("harmful cell %.60q", cell)
			}
		}
	}
}
