package cityline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/faultnet"
	"motcua/cmd/internal/proc"
	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/office"
	"motcua/queue/uplink/wire"
)

// programs are the real ones, on this machine.
type programs struct {
	t      *testing.T
	dir    string
	office string // its name
	net    *faultnet.Proxy

	centralAddr, officeAddr string
	central, hub            *proc.Program
	kiosk                   *office.Caller
	service                 string
}

func (p *programs) path(name string) string { return filepath.Join(p.dir, name) }

// binaries is where the programs are, made by TestMain.
var binaries string

// build builds the programs, once for all tests.
var build = sync.OnceValue(func() error {
	cmd := exec.Command("go", "build", "-o", binaries+"/", "motcua/cmd/motcuad", "motcua/cmd/motcuactl", "motcua/cmd/motcua-central")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
})

func TestMain(m *testing.M) {
	var err error
	if binaries, err = os.MkdirTemp("", "motcua-cityline-*"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(binaries); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func newPrograms(t *testing.T) *programs {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and runs the programs")
	}
	p := &programs{t: t, dir: t.TempDir()}
	if err := build(); err != nil {
		t.Fatal(err)
	}
	shipped, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := shipped.Config
	c.Services[0].PerSlot, c.KioskDailyCap, c.Hours, c.Days = 5, 0, map[time.Weekday][]queue.Span{}, nil
	for day := range time.Weekday(7) {
		c.Hours[day] = []queue.Span{{From: 0, To: 24 * 60}}
	}
	p.office, p.service = c.Office, c.Services[0].ID
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p.write("office.json", string(raw))
	p.write("token", officeToken)
	p.write("tokens", central.TokenLine(p.office, officeToken)+"\n"+central.TokenLine(central.Admin, adminToken)+"\n"+central.TokenLine(central.Booking, bookingToken))
	for _, addr := range []*string{&p.centralAddr, &p.officeAddr} {
		if *addr, err = proc.FreeAddr(); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	if p.net, err = faultnet.Listen(ctx, p.centralAddr, 4); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, run := range []*proc.Program{p.hub, p.central} {
			if run != nil {
				run.Kill()
			}
		}
		cancel()
	})
	return p
}

func (p *programs) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *programs) startCentral() {
	p.t.Helper()
	var err error
	p.central, err = proc.Start(context.Background(), p.path("central.log"), nil, filepath.Join(binaries, "motcua-central"),
		"--listen", p.centralAddr, "--db", p.path("central.db"), "--tokens", p.path("tokens"))
	if err == nil {
		err = p.central.Ready(p.t.Context(), "http://"+p.centralAddr+"/healthz")
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// startOffice starts the hub, with a line to the city or without.
func (p *programs) startOffice(line bool) {
	p.t.Helper()
	args := []string{"--data", p.path("data"), "--office", p.path("office.json"), "--listen", p.officeAddr}
	if line {
		args = append(args, "--central", "http://"+p.net.Addr(), "--token-file", p.path("token"))
	}
	var err error
	p.hub, err = proc.Start(context.Background(), p.path("office.log"), nil, filepath.Join(binaries, "motcuad"), args...)
	if err == nil {
		until(p.t, "the office answers", func() bool {
			resp, err := http.Get(p.officeURL() + "/v1/health")
			return err == nil && resp.Body.Close() == nil
		})
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.kiosk = office.NewCaller(office.Dial(p.officeURL(), office.DialOptions{}), "kiosk-1")
}

func (p *programs) officeURL() string { return "http://" + p.officeAddr }

// tickets issues some, each of which must be given.
func (p *programs) tickets(n int) {
	p.t.Helper()
	for range n {
		if _, err := p.kiosk.Do(p.t.Context(), "", "", queue.IssueTicket{Service: p.service, Lang: "vi"}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// city asks the city's API as a person would.
func (p *programs) city(method, path, token, body string) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, "http://"+p.centralAddr+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// has waits until the city counts so many tickets today.
func (p *programs) has(tickets int) {
	p.t.Helper()
	var r central.OfficeReport
	until(p.t, fmt.Sprintf("%d tickets in the city", tickets), func() bool {
		status, body := p.city("GET", "/v1/offices/"+p.office+"/report?day="+queue.Local(time.Now()).Format(time.DateOnly), adminToken, "")
		r = central.OfficeReport{}
		return status == 200 && json.Unmarshal([]byte(body), &r) == nil && r.Totals.Tickets == tickets
	})
}

// tool runs motcuactl or motcua-central to its end.
func (p *programs) tool(name string, args ...string) (code int, out string) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), filepath.Join(binaries, name), args...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), b.String()
}

func (p *programs) must(name string, args ...string) string {
	p.t.Helper()
	code, out := p.tool(name, args...)
	if code != 0 {
		p.t.Fatalf("%s %s: exit %d: %s", name, strings.Join(args, " "), code, out)
	}
	return out
}

func (p *programs) says(out, want string) {
	p.t.Helper()
	if !strings.Contains(out, want) {
		p.t.Errorf("it does not say %q:\n%s", want, out)
	}
}

// TestTheLineBetweenRealPrograms: bookings and settings come down and are
// answered; the city is killed; a portal answers in its place; the line is bad.
func TestTheLineBetweenRealPrograms(t *testing.T) {
	p := newPrograms(t)
	p.startCentral()
	p.startOffice(true)
	p.tickets(5)
	p.has(5)

	slot := queue.Local(time.Now()).AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(3 * time.Hour) // 10:00 in Vietnam
	where := "/v1/offices/" + p.office
	status, body := p.city("POST", where+"/appointments", bookingToken, fmt.Sprintf(`{"service":%q,"slot":%q}`, p.service, slot.Format(time.RFC3339)))
	if status != 200 {
		t.Fatalf("book: %d %s", status, body)
	}
	until(t, "the office's word about the booking", func() bool {
		_, body := p.city("GET", where+"/appointments", bookingToken, "")
		return strings.Contains(body, `"standing":"booked"`)
	})
	if status, body := p.city("POST", where+"/documents/settings", adminToken, `{"recall_limit":7}`); status != 200 {
		t.Fatalf("settings: %d %s", status, body)
	}
	until(t, "the office's word about the settings", func() bool {
		_, body := p.city("GET", where+"/documents", adminToken, "")
		var got struct{ Documents []central.Document }
		return json.Unmarshal([]byte(body), &got) == nil && len(got.Documents) == 1 && !got.Documents[0].AnsweredAt.IsZero() && got.Documents[0].Refusal == nil
	})

	p.central.Kill()
	p.tickets(5)
	p.startCentral()
	p.has(10)

	// A portal takes everything and says that all is well.
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = json.NewEncoder(w).Encode(wire.Ack{Office: p.office, LastSeq: 1 << 40})
	}))
	defer portal.Close()
	p.net.Aim(portal.Listener.Addr().String())
	p.net.Cut()
	p.tickets(5)
	time.Sleep(2 * time.Second) // long enough to be deceived
	p.net.Aim(p.centralAddr)
	p.net.Cut()
	p.has(15)

	p.net.Set(.5, faultnet.Cut, faultnet.Delay, faultnet.Drip, faultnet.Replay) // a lost reply alone costs a minute's patience
	p.tickets(20)
	p.has(35)
	p.hub.Stop()
	p.central.Stop()
	p.says(p.must("motcuactl", "verify", "--data", p.path("data")), "whole")
}

// TestASickLineIsReplacedByAStick carries batches between the programs.
func TestASickLineIsReplacedByAStick(t *testing.T) {
	p := newPrograms(t)
	p.startCentral()
	p.startOffice(false)
	p.tickets(4)
	code, out := p.tool("motcuactl", "usb", "export", "--data", p.path("data"), "--to", p.dir)
	if code == 0 {
		t.Fatalf("exported without the city's key: %s", out)
	}
	p.write("data/city.pub", p.must("motcua-central", "key", p.path("city.key")))
	stick := p.path("stick")
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	carry := func(more ...string) (file, out string) {
		t.Helper()
		file = strings.TrimSpace(p.must("motcuactl", "usb", "export", "--data", p.path("data"), "--to", stick))
		return file, p.must("motcua-central", append(append([]string{"import", "--db", p.path("central.db"), "--tokens", p.path("tokens")}, more...), file)...)
	}
	signer := strings.TrimSpace(p.must("motcuactl", "usb", "key", "--data", p.path("data")))
	file, out := carry("--signer", signer)
	p.says(out, "new of")
	p.has(4)
	p.says(p.must("motcua-central", "import", "--db", p.path("central.db"), "--tokens", p.path("tokens"), "--signer", signer, file), ": 0 new of")
	p.must("motcuactl", append([]string{"usb", "receipt", "--data", p.path("data")}, receipts(t, stick)...)...)
	p.says(p.must("motcuactl", "usb", "export", "--data", p.path("data"), "--to", stick), "nothing to carry")

	// What the city says rides back on the receipt, and is answered on the next stick.
	if status, body := p.city("POST", "/v1/offices/"+p.office+"/documents/settings", adminToken, `{"recall_limit":7}`); status != 200 {
		t.Fatalf("settings: %d %s", status, body)
	}
	p.tickets(3)
	carry("--signer", signer)
	p.has(7)
	p.says(p.must("motcuactl", append([]string{"usb", "receipt", "--data", p.path("data")}, receipts(t, stick)...)...), `"notices":1`)
	p.hub.Stop()
	carry("--signer", signer) // from the journal at rest
	_, body := p.city("GET", "/v1/offices/"+p.office+"/documents", adminToken, "")
	p.says(body, `"answered_at"`)
}

func receipts(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.receipt"))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}

// TestARestoredOfficeIsRepaired: from an old backup, by fetching what the city
// has; after a true fork, by a person's choice.
func TestARestoredOfficeIsRepaired(t *testing.T) {
	p := newPrograms(t)
	p.startCentral()
	p.startOffice(true)
	p.tickets(4)
	p.has(4)
	p.hub.Stop()
	backup, err := os.ReadFile(p.path("data/office.db"))
	if err != nil {
		t.Fatal(err)
	}
	p.startOffice(true)
	p.tickets(6)
	p.has(10)
	p.hub.Stop()
	restore := func() {
		t.Helper()
		if err := os.WriteFile(p.path("data/office.db"), backup, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	line := []string{"--data", p.path("data"), "--central", "http://" + p.net.Addr(), "--token-file", p.path("token")}

	restore()
	p.says(p.must("motcuactl", append([]string{"repair", "--look"}, line...)...), "records are to be fetched")
	p.says(p.must("motcuactl", append([]string{"repair"}, line...)...), "the record is whole again")
	p.says(p.must("motcuactl", "verify", "--data", p.path("data")), "whole")
	p.startOffice(true)
	p.tickets(1)
	p.has(11)
	p.hub.Stop()

	// Somebody restores the backup and lets the office work without a line.
	restore()
	p.startOffice(false)
	p.tickets(3)
	p.hub.Stop()
	code, out := p.tool("motcuactl", append([]string{"repair"}, line...)...)
	if code != 1 {
		t.Fatalf("a fork: exit %d: %s", code, out)
	}
	p.says(out, "FORK")
	p.startOffice(true)
	until(t, "the office says that there is a fork", func() bool {
		resp, err := http.Get(p.officeURL() + "/v1/health")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		raw, _ := io.ReadAll(resp.Body)
		return strings.Contains(string(raw), "fork")
	})
	status, body := p.city("GET", "/offices/"+p.office, adminToken, "")
	if status != 200 || !strings.Contains(body, "motcuactl repair") {
		t.Errorf("the city's page does not say what to do: %d", status)
	}
	var common int
	if _, err := fmt.Sscanf(out[strings.Index(out, "the same up to "):], "the same up to %d", &common); err != nil {
		t.Fatal(err)
	}
	if status, body := p.city("POST", "/v1/offices/"+p.office+"/fork/rewind", adminToken, fmt.Sprintf(`{"to":%d}`, common)); status != 200 {
		t.Fatalf("rewind: %d %s", status, body)
	}
	p.has(7)
}
