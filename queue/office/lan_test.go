package office_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

func TestScenario38_UnknownDevice(t *testing.T) {
	t.Parallel()
	h, elsewhere := newHall(t, nil), newHall(t, func(c *office.Config) { c.Setup.Office = "H26.139" })
	foreign := elsewhere.enrol("kiosk-1", device.Kiosk, "")
	before := h.Journal().Head().Seq
	for name, certificate := range map[string]*enrol.Identity{"no certificate": nil, "another office's": foreign.id} {
		m := &machine{base: "https://" + h.addr, transport: h.stranger(certificate)}
		m.Client = office.Dial(m.base, office.DialOptions{Transport: m.transport})
		if name == "no certificate" { // loopback without one is the office's own machine, but for this header
			m.Client = office.Dial(m.base, office.DialOptions{Transport: through{m.transport}})
		}
		if err := m.give(1, chain.Actor{Device: "kiosk-1"}, queue.IssueTicket{Service: "civil"}); !errors.Is(err, refusal.New("device-unknown")) {
			t.Errorf("%s: giving a command: got %v, want device-unknown", name, err)
		}
		if _, err := m.Follow(t.Context()); !errors.Is(err, refusal.New("device-unknown")) {
			t.Errorf("%s: following: got %v", name, err)
		}
		if _, err := m.Case(t.Context(), "H26.138-261120-0001"); !errors.Is(err, refusal.New("device-unknown")) {
			t.Errorf("%s: reading a case: got %v", name, err)
		}
	}
	if got := len(h.State().Tickets); got != 0 {
		t.Errorf("strangers took %d tickets", got)
	}
	refused := records[device.Refused](t, h.Office)
	if len(refused) != 2 || refused[0].Code != "device-unknown" || refused[0].From != "127.0.0.1" {
		t.Errorf("recorded %+v, want one record a stranger", refused)
	}
	if got := h.Journal().Head().Seq - before; got != 2 {
		t.Errorf("six knocks made %d records", got)
	}
	if _, body := h.here("GET", "/metrics", ""); !strings.Contains(body, `motcua_turned_away_total{code="device-unknown"} 6`) {
		t.Errorf("metrics lack the six knocks: %s", body)
	}
	_, body := request(t, "POST", "http://"+h.addr+"/v1/commands", "text/plain", "")
	if !strings.Contains(body, "request-invalid") {
		t.Errorf("control: this machine's own program: %s", body)
	}
}

// through marks requests as a proxy's, so that they count as from elsewhere.
type through struct{ http.RoundTripper }

func (p through) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", "192.168.1.66")
	return p.RoundTripper.RoundTrip(r)
}

// A web page whose name points at this machine, or a proxy on it, has not this
// machine's rights; a network that was left open has everybody's.
func TestThisMachineAndTheOpenNetwork(t *testing.T) {
	t.Parallel()
	closed, opened := newHall(t, nil), newHall(t, func(c *office.Config) { c.OpenLAN = true })
	for _, tt := range []struct {
		h            *hall
		host, header string
		want         int
	}{
		{closed, "", "", 200},
		{closed, "localhost:8080", "", 200},
		{closed, "motcua.example", "", 403},
		{closed, "", "Via", 403},
		{closed, "", "Forwarded", 403},
		{opened, "motcua.example", "", 200},
		{opened, "", "Via", 200},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+tt.h.addr+"/v1/procedures", nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.host != "" {
			req.Host = tt.host
		}
		if tt.header != "" {
			req.Header.Set(tt.header, "x")
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("host %q header %q: got %d, want %d", tt.host, tt.header, res.StatusCode, tt.want)
		}
	}
	for _, path := range []string{"/v1/replica/key", "/v1/devices", "/v1/staff"} { // a network left open is not this machine
		res, err := (&http.Client{Transport: through{opened.stranger(nil)}}).Get("https://" + opened.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != 403 {
			t.Errorf("a stranger on an open network reads %s: got %d", path, res.StatusCode)
		}
	}
	trying := office.Dial("https://"+opened.addr, office.DialOptions{Transport: through{opened.stranger(nil)}})
	for n, cmd := range []queue.Command{queue.CloseDay{}, office.RevokeDevice{Device: "x"}, office.SetPIN{Officer: "cb01"}} {
		_, err := trying.Do(t.Context(), office.Call{N: uint64(n) + 1, By: chain.Actor{Device: "any"}, Command: cmd})
		if refused := errors.Is(err, refusal.New("device-unknown")); refused != (n > 0) {
			t.Errorf("a stranger on an open network, %s: got %v", cmd.Name(), err)
		}
	}
	for h, want := range map[*hall]string{closed: "health.lan.ok", opened: "health.lan.open"} {
		if _, body := h.here("GET", "/v1/health", ""); !strings.Contains(body, want) {
			t.Errorf("health does not say %s: %s", want, body)
		}
	}
}

// TestScenario38_StolenTerminal: one command shuts a machine out, with the
// stream that it has open, for good and through a restart; others do not notice.
func TestScenario38_StolenTerminal(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	stolen, other := h.enrol("counter-2", device.Counter, ""), h.enrol("kiosk-1", device.Kiosk, "")
	by := chain.Actor{Device: "counter-2", Officer: "cb01", Counter: "2"}
	if err := stolen.give(1, by, queue.OpenCounter{}); err != nil {
		t.Fatal(err)
	}
	open, err := stolen.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := other.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	<-open
	<-kept
	if err := h.it(office.RevokeDevice{Device: "counter-2", Reason: "bị lấy cắp"}); err != nil {
		t.Fatal(err)
	}
	if err := h.it(queue.RequestHelp{}); err != nil { // something that it must not hear any more
		t.Fatal(err)
	}
	for u := range open {
		if u.Record != nil && u.Record.Type == "help.requested" {
			t.Error("the stolen machine heard what came after")
		}
	}
	for heard := false; !heard; {
		u := <-kept
		heard = u.Record != nil && u.Record.Type == "help.requested"
	}
	if err := stolen.give(2, by, queue.CallNext{}); !errors.Is(err, refusal.New("device-revoked")) {
		t.Errorf("on the connection it has: got %v", err)
	}
	stolen.transport.CloseIdleConnections()
	if err := stolen.id.Renew(t.Context(), stolen.base, stolen.transport); !errors.Is(err, refusal.New("device-revoked")) {
		t.Errorf("renewing: got %v", err)
	}
	if err := other.give(1, chain.Actor{Device: "kiosk-1"}, queue.IssueTicket{Service: "civil"}); err != nil {
		t.Errorf("control: another machine: %v", err)
	}
	h.stop()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.start(nil)
	stolen.Client = office.Dial("https://"+h.addr, office.DialOptions{Transport: stolen.transport})
	if err := stolen.give(3, by, queue.CallNext{}); !errors.Is(err, refusal.New("device-revoked")) {
		t.Errorf("after a restart: got %v", err)
	}
	// The list of machines is in the record.
	if err := h.Journal().Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, body := h.here("GET", "/v1/devices", ""); strings.Count(body, `"revoked"`) != 1 {
		t.Errorf("after rebuilding the list: %s", body)
	}
	got := records[device.Revoked](t, h.Office)
	if len(got) != 1 || got[0].Device != "counter-2" || got[0].Reason != "bị lấy cắp" || len(records[device.Refused](t, h.Office)) == 0 {
		t.Errorf("recorded %+v", got)
	}
	// It comes back with a new code alone; the old key stays out.
	back := h.enrol("counter-2", device.Counter, "")
	if err := back.give(4, by, queue.OpenCounter{}); err != nil {
		t.Errorf("with a new code: %v", err)
	}
	if err := stolen.give(5, by, queue.CallNext{}); !errors.Is(err, refusal.New("device-revoked")) {
		t.Errorf("the stolen key after the name came back: got %v", err)
	}
}

// TestScenario38_ReplayedRequest: the same bytes again, by the machine itself or
// by another, act once at most.
func TestScenario38_ReplayedRequest(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	kiosk, other := h.enrol("kiosk-1", device.Kiosk, ""), h.enrol("kiosk-2", device.Kiosk, "")
	by, cmd := chain.Actor{Device: "kiosk-1"}, queue.IssueTicket{Service: "civil"}
	first, err := kiosk.Do(t.Context(), office.Call{N: 1, By: by, Command: cmd})
	if err != nil {
		t.Fatal(err)
	}
	again, err := kiosk.Do(t.Context(), office.Call{N: 1, By: by, Command: cmd})
	if err != nil || again.Ticket.ID != first.Ticket.ID || len(h.State().Tickets) != 1 {
		t.Errorf("sent again: got %v, %v", again.Ticket, err)
	}
	if err := other.give(1, by, cmd); !errors.Is(err, refusal.New("device-mismatch")) {
		t.Errorf("another machine sends it: got %v", err)
	}
	stranger := office.Dial("https://"+h.addr, office.DialOptions{Transport: through{h.stranger(nil)}})
	if _, err := stranger.Do(t.Context(), office.Call{N: 1, By: by, Command: cmd}); !errors.Is(err, refusal.New("device-unknown")) {
		t.Errorf("a stranger sends it: got %v", err)
	}
	if err := kiosk.give(1, by, queue.RequestHelp{}); !errors.Is(err, refusal.New("call-reused")) {
		t.Errorf("its number with another wish: got %v", err)
	}
	codes := map[string]bool{}
	for _, r := range records[device.Refused](t, h.Office) {
		codes[r.Code] = true
	}
	if len(h.State().Tickets) != 1 || !codes["device-mismatch"] || !codes["device-unknown"] || !codes["call-reused"] {
		t.Errorf("%d tickets, recorded %v", len(h.State().Tickets), codes)
	}
}

// A machine can do what it is there for and nothing else, in its own name.
func TestRolesAtTheDoor(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	kiosk, board := h.enrol("kiosk-1", device.Kiosk, ""), h.enrol("board-1", device.Board, "")
	desk, bound := h.enrol("counter-1", device.Counter, ""), h.enrol("counter-2", device.Counter, "2")
	admin, standby := h.enrol("it-1", device.Admin, ""), h.enrol("standby", device.Standby, "")
	at := func(device, officer, counter string) chain.Actor {
		return chain.Actor{Device: device, Officer: officer, Counter: counter}
	}
	ticket, err := desk.Do(t.Context(), office.Call{N: 1, By: at("counter-1", "", ""), Command: queue.IssueTicket{Service: "civil"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		what string
		m    *machine
		by   chain.Actor
		cmd  queue.Command
		code string
	}{
		{"kiosk issues", kiosk, at("kiosk-1", "", ""), queue.IssueTicket{Service: "civil"}, ""},
		{"kiosk as an officer", kiosk, at("kiosk-1", "cb01", ""), queue.IssueTicket{Service: "civil"}, "role-forbids"},
		{"kiosk as setup", kiosk, at("setup", "", ""), queue.IssueTicket{Service: "civil"}, "device-mismatch"},
		{"kiosk calls", kiosk, at("kiosk-1", "", ""), queue.CallNext{}, "role-forbids"},
		{"kiosk voids another's number", kiosk, at("kiosk-1", "", ""), queue.VoidTicket{Ticket: ticket.Ticket.ID}, "role-forbids"},
		{"kiosk closes the day", kiosk, at("kiosk-1", "", ""), queue.CloseDay{}, "role-forbids"},
		{"kiosk merges another's record", kiosk, at("kiosk-1", "", ""), queue.Merge{Origin: "kiosk-2"}, "device-mismatch"},
		{"kiosk is admitted as a counter", kiosk, at("kiosk-1", "", ""), queue.AdmitDevice{Role: "counter"}, "role-forbids"},
		{"board asks for help", board, at("board-1", "", ""), queue.RequestHelp{}, "role-forbids"},
		{"counter opens", desk, at("counter-1", "cb01", "1"), queue.OpenCounter{}, ""},
		{"counter erases", desk, at("counter-1", "cb01", "1"), office.Erase{Code: "x", Reason: "y"}, "role-forbids"},
		{"counter revokes", desk, at("counter-1", "cb01", "1"), office.RevokeDevice{Device: "kiosk-1"}, "role-forbids"},
		{"counter unlocks as nobody", desk, at("counter-1", "", ""), office.UnlockOfficer{Officer: "cb01"}, "role-forbids"},
		{"counter 2 as counter 1", bound, at("counter-2", "cb02", "1"), queue.OpenCounter{}, "counter-forbidden"},
		{"counter 2", bound, at("counter-2", "cb02", "2"), queue.OpenCounter{}, ""},
		{"admin serves", admin, at("it-1", "", ""), queue.IssueTicket{Service: "civil"}, "role-forbids"},
		{"admin closes the day", admin, at("it-1", "", ""), queue.CloseDay{}, ""},
		{"standby configures", standby, at("standby", "", ""), queue.Configure{}, "role-forbids"},
	} {
		n, err := h.LastN(t.Context(), tt.by.Device)
		if err != nil {
			t.Fatal(err)
		}
		err = tt.m.give(n+1, tt.by, tt.cmd)
		if no, _ := refusal.Of(err); tt.code == "" && err != nil || tt.code != "" && (no == nil || no.Code != tt.code) {
			t.Errorf("%s: got %v, want %q", tt.what, err, tt.code)
		}
	}
	for m, tt := range map[*machine]struct{ origin, code string }{
		board: {"board-1", "role-forbids"}, kiosk: {"kiosk-2", "device-mismatch"}, desk: {"counter-1", ""}, admin: {"term-1", "role-forbids"},
	} {
		err := enrol.Ask(t.Context(), m.transport, "POST", m.base+"/v1/merge", office.Offer{Device: "kiosk-2", Origin: tt.origin, Items: []queue.MergeItem{}}, &struct{ Last int }{})
		if no, _ := refusal.Of(err); tt.code == "" && err != nil || tt.code != "" && (no == nil || no.Code != tt.code) {
			t.Errorf("%s merges %s: got %v, want %q", m.id.Name(), tt.origin, err, tt.code)
		}
	}
	for _, tt := range []struct {
		path                               string
		kiosk, board, desk, admin, standby int
	}{
		{"/v1/dossiers", 403, 403, 200, 403, 403},
		{"/v1/cases/H26.138-261120-0001", 403, 403, 404, 403, 403},
		{"/v1/dossiers/H26.138-261120-0001", 404, 403, 404, 404, 403},
		{"/v1/procedures", 200, 403, 200, 200, 403},
		{"/v1/devices", 403, 403, 403, 200, 403},
		{"/v1/staff", 403, 403, 403, 200, 403},
		{"/metrics", 403, 403, 403, 200, 200},
		{"/v1/verify", 403, 403, 403, 200, 200},
		{"/v1/health", 200, 200, 200, 200, 200},
		{"/openapi.json", 200, 200, 200, 200, 200},
		{"/v1/devices/kiosk-1", 200, 403, 403, 200, 403},
	} {
		for m, want := range map[*machine]int{kiosk: tt.kiosk, board: tt.board, desk: tt.desk, admin: tt.admin, standby: tt.standby} {
			if got := m.ask(t, tt.path); got != want {
				t.Errorf("%s reads %s: got %d, want %d", m.id.Role(), tt.path, got, want)
			}
		}
	}
}

// Certificates run, renew and end by the office's clock.
func TestCertificatesEndAndRenew(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	kiosk := h.enrol("kiosk-1", device.Kiosk, "")
	day := 24 * time.Hour
	n := uint64(0)
	help := func() error {
		n++
		kiosk.transport.CloseIdleConnections()
		return kiosk.give(n, chain.Actor{Device: "kiosk-1"}, queue.RequestHelp{})
	}
	for i, tt := range []struct {
		after time.Duration
		code  string
	}{{0, ""}, {60 * day, ""}, {42 * day, "device-expired"}} {
		h.clock.add(tt.after)
		err := help()
		if no, _ := refusal.Of(err); tt.code == "" && err != nil || tt.code != "" && (no == nil || no.Code != tt.code) {
			t.Errorf("step %d: got %v, want %q", i, err, tt.code)
		}
	}
	if err := kiosk.id.Renew(t.Context(), kiosk.base, kiosk.transport); err != nil {
		t.Fatal(err)
	}
	if err := help(); err != nil {
		t.Errorf("after renewing: %v", err)
	}
	h.clock.add(200 * day)
	if err := kiosk.id.Renew(t.Context(), kiosk.base, kiosk.transport); !errors.Is(err, refusal.New("device-expired")) {
		t.Errorf("after more than two months too late: got %v", err)
	}
	h.clock.add(-400 * day) // a flat battery
	if err := help(); err != nil {
		t.Errorf("with the office's clock a year back: %v", err)
	}
}

// Knocking fills neither disk nor memory, whatever names it comes with.
func TestKnockingIsBounded(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	kiosk := h.enrol("kiosk-1", device.Kiosk, "")
	before := h.Journal().Head().Seq
	knock := func(times int) {
		for i := range times {
			if err := kiosk.give(1, chain.Actor{Device: fmt.Sprintf("pose-%d", i)}, queue.RequestHelp{}); !errors.Is(err, refusal.New("device-mismatch")) {
				t.Fatal(err)
			}
			body, err := json.Marshal(enrol.Request{CSR: []byte("csr"), Proof: []byte{byte(i)}})
			if err != nil {
				t.Fatal(err)
			}
			res, err := (&http.Client{Transport: through{h.stranger(nil)}}).Post(kiosk.base+enrol.PathJoin, "application/json", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
		}
	}
	knock(40)
	if got := h.Journal().Head().Seq - before; got < 2 || got > 4 {
		t.Errorf("80 knocks made %d records", got)
	}
	h.clock.add(time.Hour + time.Second)
	knock(1)
	var most uint64
	for _, r := range records[device.Refused](t, h.Office) {
		most = max(most, r.Times)
	}
	if most < 30 {
		t.Errorf("the next hour's record counts %d times", most)
	}
}
