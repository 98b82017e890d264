// Package proof proves with the real programs that an office loses nothing:
// killed at random points, on a disk whose power fails, over a network that
// cuts, delays and repeats, with flipped bits and wrong clocks. Every harness
// has a control that must fail, so that "nothing was found" says something.
//
// The tests here are the short forms; with MOTCUA_PROVE set (make prove) they
// are the long ones, whose results stand in docs/proofs.md.
package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// Roles that this test binary can play in a process of its own, so that it can
// be killed or go astray without the test.
const role = "MOTCUA_PROOF_ROLE"

func TestMain(m *testing.M) {
	roles := map[string]func() error{
		"office": officeRole, "reckless": recklessRole, "judge": judgeRole, "box": boxRole,
	}
	if play := roles[os.Getenv(role)]; play != nil {
		if err := play(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // two hundred screens tell of each fault
	os.Exit(m.Run())
}

// long reports whether the long forms are wanted.
func long() bool { return os.Getenv("MOTCUA_PROVE") != "" }

// times is how often a proof tries: few in the short form, many in the long.
func times(few, many int) int {
	if long() {
		return many
	}
	return few
}

// program is the path of one of the product's own programs.
func program(t testing.TB, name string) string {
	t.Helper()
	bin := os.Getenv("MOTCUA_BIN")
	if bin == "" {
		t.Skip("MOTCUA_BIN does not name the folder of the programs; make test does")
	}
	return filepath.Join(bin, name)
}

// hall is the demo office with series that no test comes to the end of.
func hall() (demo.Office, error) {
	o, err := demo.Load()
	if err != nil {
		return o, err
	}
	for i := range o.Config.Services {
		o.Config.Services[i].Last = 9999
	}
	return o, nil
}

// open opens the hall's office in a folder, in this process.
func open(dir string, change func(*office.Config)) (*office.Office, error) {
	h, err := hall()
	if err != nil {
		return nil, err
	}
	cfg := office.Config{
		Dir: dir, Setup: &h.Config, Rules: h.Rules(), Synced: func() bool { return true },
		Journal: journal.Options{MinFree: -1},
	}
	if change != nil {
		change(&cfg)
	}
	return office.Open(cfg)
}

// face is how a test talks to an office, over HTTP or in its own process. An
// error means that no answer came.
type face func(ctx context.Context, method, path string, body []byte) (status int, answer []byte, err error)

// over is an office at an address. Each face has connections of its own.
func over(base string) face {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: 20 * time.Second}
	return func(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		return res.StatusCode, raw, err
	}
}

// within is an office of this process, through its HTTP handler.
func within(o *office.Office) (face, error) {
	h, err := office.Handler(o)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, method, path string, body []byte) (int, []byte, error) {
		rec := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(ctx, method, "http://localhost"+path, bytes.NewReader(body))
		req.RemoteAddr = "127.0.0.1:1" // a program on the office's own machine
		req.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(rec, req)
		return rec.Code, rec.Body.Bytes(), nil
	}, nil
}

// machine is a kiosk or a counter: it sends one command at a time, and the very
// same one again until it has an answer.
type machine struct {
	by      chain.Actor
	service string
	receive dossier.Receive

	n      uint64
	step   int
	ticket queue.TicketID // in hand
	code   string         // of the dossier in hand
	doubt  *said          // sent, without an answer
}

// said is a command with its answer, byte for byte.
type said struct {
	Device string          `json:"device"`
	N      uint64          `json:"n"`
	Call   json.RawMessage `json:"call"`
	Status int             `json:"status"`
	Answer json.RawMessage `json:"answer"`
}

// reply is what an answer says that was a success.
func (s said) reply() (r office.Reply, ok bool) {
	return r, s.Status == http.StatusOK && json.Unmarshal(s.Answer, &r) == nil
}

// machines are two kiosks and two counters of the hall.
func machines() ([]*machine, error) {
	h, err := hall()
	if err != nil {
		return nil, err
	}
	p := h.Catalogue.Procedures[0]
	take := dossier.Receive{Procedure: p.Code, Applicant: &dossier.Person{Name: "Người Nộp", ID: "001099012345", Address: "Hà Nội"}}
	for _, paper := range p.Papers {
		take.Papers = append(take.Papers, dossier.Paper{Name: paper.Name, Original: 1, Required: paper.Required, Present: true})
	}
	return []*machine{
		{by: chain.Actor{Device: "kiosk-1"}, service: "ho-tich"},
		{by: chain.Actor{Device: "kiosk-2"}, service: "dat-dai"},
		{by: chain.Actor{Device: "desk-1", Officer: "cb01", Counter: "1"}, receive: take},
		{by: chain.Actor{Device: "desk-2", Officer: "cb02", Counter: "2"}, receive: take},
	}, nil
}

// wish is the machine's next command.
func (m *machine) wish() queue.Command {
	m.step++
	if m.by.Counter == "" {
		if m.ticket != "" {
			return queue.ReportPrint{Ticket: m.ticket, Outcome: queue.Printed}
		}
		return queue.IssueTicket{Service: m.service, Identity: fmt.Sprint(m.by.Device, m.step)}
	}
	script := []queue.Command{
		queue.CallNext{},
		queue.StartService{},
		m.receive,
		dossier.MarkReady{Code: m.code},
		dossier.Return{Code: m.code},
		queue.FinishTicket{},
	}
	if m.step == 1 {
		return queue.OpenCounter{}
	}
	return script[(m.step-2)%len(script)]
}

// errNoAnswer: nobody answered, or the office said to come again.
var errNoAnswer = errors.New("no answer")

// speak sends the next command, or the one in doubt again, and returns what was
// answered.
func (m *machine) speak(ctx context.Context, ask face) (said, error) {
	if m.doubt == nil {
		cmd := m.wish()
		data, err := json.Marshal(cmd)
		if err != nil {
			return said{}, err
		}
		m.n++
		call, err := json.Marshal(map[string]any{"n": m.n, "by": m.by, "type": cmd.Name(), "data": json.RawMessage(data)})
		if err != nil {
			return said{}, err
		}
		m.doubt = &said{Device: m.by.Device, N: m.n, Call: call}
	}
	status, answer, err := ask(ctx, http.MethodPost, "/v1/commands", m.doubt.Call)
	switch {
	case err != nil:
		return said{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	case status >= http.StatusInternalServerError:
		return said{}, fmt.Errorf("%w: status %d %s", errNoAnswer, status, answer)
	case status != http.StatusOK && status != http.StatusConflict:
		return said{}, fmt.Errorf("%s was answered %d %s", m.doubt.Call, status, answer)
	}
	s := *m.doubt
	s.Status, s.Answer, m.doubt = status, answer, nil
	m.hear(s)
	return s, nil
}

// hear keeps what the next commands need.
func (m *machine) hear(s said) {
	r, ok := s.reply()
	switch {
	case ok && r.Dossier != nil:
		m.code = r.Dossier.Code
	case ok && r.Ticket != nil && m.by.Counter == "" && m.ticket == "":
		m.ticket = r.Ticket.ID
	default:
		m.ticket = ""
	}
}
