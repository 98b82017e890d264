// Package e2e walks through one visit to an office with the real programs on
// virtual displays: synthetic touches and keys, pictures for the scanner, a
// strict printer in software, and the city's system killed in the middle.
package e2e

import (
	"encoding/json"
	"image"
	_ "image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"motcua/assets/demo"
	"motcua/cmd/internal/town"
	"motcua/kiosk/scan/scantest"
	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/dossier"
	"motcua/queue/idcard"
	"motcua/queue/office"
)

// visit is one citizen's day, and everything around it.
type visit struct {
	t      *testing.T
	dir    string
	town   *town.Town
	client office.Client
	data   demo.Office

	kiosk, counter, board finger
	slips                 string // folder of the counter's printer
	ticket                queue.Ticket
	dossier               dossier.Dossier
}

func TestOneVisit(t *testing.T) {
	v := begin(t)
	v.takesATicket()
	v.isCalled()
	// The city goes away here; nobody in the office may notice.
	v.town.Central.Kill()
	v.handsInADossier()
	v.isDone()
	if err := v.town.StartCentral(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.cityFinishesTheDossier()
	v.comesBackWithTheReceipt()
	v.rates()
	v.collectsTheResult()
	v.countsAgree()
	if err := v.town.PrinterFault(); err != nil {
		t.Errorf("the strict printer complains: %v", err)
	}
	v.logsAreClean()
}

func begin(t *testing.T) *visit {
	bin := os.Getenv("MOTCUA_BIN")
	if bin == "" {
		t.Skip("MOTCUA_BIN does not name the folder of the programs; make test does")
	}
	data, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("MOTCUA_E2E_DIR") // keeps the pictures
	if dir == "" {
		dir = t.TempDir()
	}
	v := &visit{t: t, dir: dir, data: data, slips: filepath.Join(dir, "slips-counter")}
	if v.town, err = town.Start(t.Context(), town.Config{Bin: bin, Dir: dir, Office: data.Config.Office}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.town.Close)
	v.client = office.Dial(v.town.OfficeURL, office.DialOptions{})
	printer, err := v.town.Printer(t.Context(), "kiosk-1")
	if err != nil {
		t.Fatal(err)
	}
	v.kiosk = v.terminal("kiosk-1", "kiosk", 1080, 1920, "--printer", printer, "--sound", "none")
	v.counter = v.terminal("counter-3", "counter", 1440, 900, "--counter", "3", "--printer", "dir:"+v.slips, "--sound", "none")
	v.board = v.terminal("board-1", "board", 1920, 1080, "--sound", "file:"+filepath.Join(dir, "voice.wav"))
	return v
}

func (v *visit) terminal(name, role string, width, height int, flags ...string) finger {
	v.t.Helper()
	term, err := v.town.Terminal(v.t.Context(), name, role, width, height, flags...)
	if err != nil {
		v.t.Fatal(err)
	}
	return finger{t: v.t, term: term, dir: v.dir}
}

// state is the office's queue now.
func (v *visit) state() *queue.State {
	v.t.Helper()
	updates, err := v.client.Follow(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	u := <-updates
	if u.State == nil {
		v.t.Fatal("the stream began without the state")
	}
	return u.State
}

func (v *visit) takesATicket() {
	v.kiosk.touch("Lấy số thứ tự")
	v.kiosk.touch("Hộ tịch, chứng thực")
	until(v.t, "the ticket is printed", func() bool {
		for _, t := range v.state().Tickets {
			v.ticket = *t
		}
		return v.ticket.Print == queue.Printed && len(v.town.Slips()) == 1
	})
	v.kiosk.picture("1-ticket")
	if v.ticket.ID.Label() != "A001" {
		v.t.Errorf("the first number is %s", v.ticket.ID.Label())
	}
	want := v.data.Config.TicketLink + v.ticket.Code
	if got := zbar(v.t, v.town.Slips()[0]); got != want {
		v.t.Errorf("the slip's QR says %q, want %q", got, want)
	}
	v.kiosk.touch("Xong")
}

func (v *visit) isCalled() {
	v.counter.touch(v.data.Config.Officers[2].Name)
	until(v.t, "the officer sits at counter 3", func() bool {
		return v.state().Counters["3"].Officer == v.data.Config.Officers[2].ID
	})
	v.board.picture("2-board-before")
	v.counter.key("F2")
	until(v.t, "the ticket is called to counter 3", func() bool {
		t := v.state().Ticket(v.ticket.ID)
		return t.Status().Open() && t.Counter == "3"
	})
	until(v.t, "the voice has spoken", func() bool {
		info, err := os.Stat(filepath.Join(v.dir, "voice.wav"))
		return err == nil && info.Size() > 100_000 // more than two seconds
	})
	v.board.picture("3-board-called")
}

func (v *visit) handsInADossier() {
	v.counter.key("Return") // the citizen is here
	payload := v.data.Cards[0]
	card, err := scantest.Card(payload)
	if err != nil {
		v.t.Fatal(err)
	}
	v.counter.scans(scantest.Shot{Width: 1280, Height: 720, Scale: 1, Turn: 7, Blur: 0.6, Noise: 4, Seed: 1}.Of(card))
	who, err := idcard.Parse(payload)
	if err != nil {
		v.t.Fatal(err)
	}
	v.counter.touch("Thủ tục")
	v.counter.types("khai sinh")
	v.counter.touch("1.001193")
	v.counter.touch("Đủ cả")
	v.counter.picture("4-intake")
	v.counter.key("F9")
	until(v.t, "the dossier is taken in", func() bool {
		list, err := v.client.Dossiers(v.t.Context(), office.DossierQuery{})
		if err != nil || len(list) != 1 {
			return false
		}
		v.dossier = list[0]
		return true
	})
	found, err := v.client.Case(v.t.Context(), v.dossier.Code)
	if err != nil || found.Applicant.Name != who.Name || found.Applicant.ID != who.Number {
		v.t.Errorf("the applicant is %+v (%v), want what the card says", found.Applicant, err)
	}
	var slip string
	until(v.t, "the receipt is printed", func() bool {
		files, _ := filepath.Glob(filepath.Join(v.slips, "*.png"))
		if len(files) == 1 {
			slip = files[0]
		}
		return slip != ""
	})
	if got := zbar(v.t, v.decoded(strings.TrimSuffix(slip, ".png")+".bin")); got != v.dossier.Code {
		v.t.Errorf("the receipt's QR says %q, want %q", got, v.dossier.Code)
	}
	v.counter.picture("5-received")
}

// decoded turns a print job back into a picture with a decoder that is not
// ours, where there is one.
func (v *visit) decoded(job string) string {
	modules := os.Getenv("MOTCUA_NPOS")
	if modules == "" {
		v.t.Log("MOTCUA_NPOS is not set: the receipt's bytes are not decoded independently")
		return strings.TrimSuffix(job, ".bin") + ".png"
	}
	v.t.Setenv("NODE_PATH", modules)
	paper := filepath.Join(v.dir, "receipt.pbm")
	tool(v.t, "node", filepath.Join("..", "..", "..", "printer", "twin", "testdata", "npos", "verify.js"), job, paper)
	return paper
}

func (v *visit) isDone() {
	v.counter.key("F8")
	until(v.t, "the ticket is done", func() bool { return v.state().Ticket(v.ticket.ID).Status() == queue.Done })
	v.counter.picture("6-done")
}

// cityFinishesTheDossier: the city, back again, learns of the dossier and says
// that its result is there; the office hears it.
func (v *visit) cityFinishesTheDossier() {
	url := v.town.CentralURL + "/v1/offices/" + v.data.Config.Office + "/dossiers/" + v.dossier.Code + "/status"
	until(v.t, "the city knows the dossier", func() bool {
		req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, url,
			strings.NewReader(`{"as":"ready","unit":"Tư pháp – Hộ tịch","note":"Đã đăng ký khai sinh"}`))
		if err != nil {
			v.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+v.town.AdminToken)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "e2e-ready")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode/100 == 2
	})
	until(v.t, "the office hears that the result is there", func() bool {
		d, err := v.client.Dossier(v.t.Context(), v.dossier.Code)
		return err == nil && d.Status() == dossier.Ready
	})
}

func (v *visit) comesBackWithTheReceipt() {
	files, _ := filepath.Glob(filepath.Join(v.slips, "*.png"))
	f, err := os.Open(files[0])
	if err != nil {
		v.t.Fatal(err)
	}
	defer f.Close()
	slip, _, err := image.Decode(f)
	if err != nil {
		v.t.Fatal(err)
	}
	v.kiosk.scans(slip)
	v.kiosk.sees("Lấy số nhận kết quả")
	v.kiosk.picture("7-dossier")
}

func (v *visit) rates() {
	v.kiosk.touch("Đánh giá")
	v.kiosk.touch("Rất hài lòng")
	v.kiosk.picture("8-rating")
	v.kiosk.touch("Gửi đánh giá")
	until(v.t, "the rating is in the record", func() bool {
		d, err := v.client.Dossier(v.t.Context(), v.dossier.Code)
		return err == nil && len(d.Rated) == 1
	})
	v.kiosk.picture("9-thanks")
}

// collectsTheResult: the officer's scanner types the receipt's code while a
// field has the focus; the dossier opens, the field stays as it was, and the
// result is handed over with one key.
func (v *visit) collectsTheResult() {
	v.counter.touch("Thủ tục")
	v.counter.types("sao")
	v.counter.typesAsAScanner(v.dossier.Code)
	v.counter.sees("Trả kết quả F9")
	v.counter.picture("9-case")
	v.counter.key("F9")
	until(v.t, "the result is handed over", func() bool {
		d, err := v.client.Dossier(v.t.Context(), v.dossier.Code)
		return err == nil && d.Status() == dossier.Returned
	})
	v.counter.touch("Tiếp nhận")
	v.counter.sees("Thủ tục")
	if field, _ := v.counter.find("Thủ tục"); field.Text != "Thủ tục sao" {
		v.t.Errorf("the scan got into the field: %q", field.Text)
	}
}

// countsAgree: the city has the office's whole record, and both count alike.
func (v *visit) countsAgree() {
	var report central.Report
	until(v.t, "the city has counted the rating", func() bool {
		resp, err := http.Get(v.town.CentralURL + "/v1/report")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		report = central.Report{}
		return json.NewDecoder(resp.Body).Decode(&report) == nil && report.City.Rated == 1
	})
	s := v.state()
	if report.City.Tickets != len(s.Tickets) || report.City.Served != s.Counters["3"].Served || report.City.Received != 1 {
		v.t.Errorf("the city counts %+v, the office %d tickets and %d served", report.City, len(s.Tickets), s.Counters["3"].Served)
	}
	v.cityPage()
}

// cityPage takes the picture of the city's page in a browser.
func (v *visit) cityPage() {
	tool(v.t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+filepath.Join(v.dir, "browser"), "--window-size=1280,900",
		"--screenshot="+filepath.Join(v.dir, "10-city.png"), v.town.CentralURL)
}

// logsAreClean: no program complained, Fyne's thread checks least of all, and
// nobody wrote down who the citizen was.
func (v *visit) logsAreClean() {
	who, err := idcard.Parse(v.data.Cards[0])
	if err != nil {
		v.t.Fatal(err)
	}
	logs, _ := filepath.Glob(filepath.Join(v.dir, "logs", "*.log"))
	if len(logs) == 0 {
		v.t.Error("there are no logs")
	}
	for _, file := range logs {
		raw, err := os.ReadFile(file)
		if err != nil {
			v.t.Fatal(err)
		}
		for _, bad := range []string{"Error in Fyne call thread", "panic:", "level=ERROR", who.Name, who.Number} {
			if strings.Contains(string(raw), bad) {
				v.t.Errorf("%s says %q", filepath.Base(file), bad)
			}
		}
	}
}
