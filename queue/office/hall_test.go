package office_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
)

// hall is an office on a network: programs of its own machine reach it in the
// clear, everybody else as a machine of the hall does.
type hall struct {
	*office.Office
	t         *testing.T
	clock     *clock
	dir, addr string
	stop      func()
}

func newHall(t *testing.T, change func(*office.Config)) *hall {
	t.Helper()
	h := &hall{t: t, clock: morningOf(), dir: t.TempDir()}
	h.start(change)
	return h
}

func (h *hall) start(change func(*office.Config)) {
	h.t.Helper()
	h.Office = open(h.t, h.dir, func(c *office.Config) {
		c.Now = h.clock.Now
		if change != nil {
			change(c)
		}
	})
	handler, err := office.Handler(h.Office)
	if err != nil {
		h.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	h.addr = l.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(enrol.Listen(l, h.TLS())) }()
	h.stop = func() { _ = server.Close() }
	h.t.Cleanup(h.stop)
}

// here asks as a program of the office's own machine.
func (h *hall) here(method, path, body string) (int, string) {
	return request(h.t, method, "http://"+h.addr+path, "application/json", body)
}

func (h *hall) local() office.Client { return office.Dial("http://"+h.addr, office.DialOptions{}) }

func (h *hall) it(cmd queue.Command) error {
	_, err := office.NewCaller(h.local(), "motcuactl").Do(context.Background(), "", "", cmd)
	return err
}

// code asks for a code as IT does.
func (h *hall) code(name string, role device.Role, counter string) enrol.Code {
	h.t.Helper()
	status, body := h.here("POST", "/v1/enrolment/codes", fmt.Sprintf(`{"name":%q,"role":%q,"counter":%q}`, name, role, counter))
	var got struct{ Code string }
	code, ok := enrol.Code(""), false
	if json.Unmarshal([]byte(body), &got) == nil {
		code, ok = enrol.ParseCode(got.Code)
	}
	if status != 200 || !ok {
		h.t.Fatalf("a code: %d %s", status, body)
	}
	return code
}

// machine is one that has been let in.
type machine struct {
	office.Client
	id        *enrol.Identity
	transport *http.Transport
	base, dir string
}

func (h *hall) enrol(name string, role device.Role, counter string) *machine {
	h.t.Helper()
	m := &machine{base: "https://" + h.addr, dir: h.t.TempDir()}
	var err error
	if m.id, err = enrol.Join(h.t.Context(), m.base, h.code(name, role, counter), m.dir); err != nil {
		h.t.Fatal(err)
	}
	m.transport = m.id.Transport()
	m.Client = office.Dial(m.base, office.DialOptions{Transport: m.transport})
	return m
}

// ask reads a path as a machine.
func (m *machine) ask(t *testing.T, path string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", m.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := m.transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

func (m *machine) give(n uint64, by chain.Actor, cmd queue.Command) error {
	_, err := m.Do(context.Background(), office.Call{N: n, By: by, Command: cmd})
	return err
}

// records are the office's records of a kind, as their data.
func records[E queue.Event](t *testing.T, o *office.Office) (list []E) {
	t.Helper()
	var zero E
	all, err := o.Journal().Range(t.Context(), 0, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Type != zero.Kind() {
			continue
		}
		var e E
		if err := json.Unmarshal(r.Data, &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// stranger is a connection that has joined nothing: TLS, with a certificate of
// another office or none.
func (h *hall) stranger(certificate *enrol.Identity) *http.Transport {
	c := &tls.Config{InsecureSkipVerify: true}
	if certificate != nil {
		other := certificate.Transport().TLSClientConfig
		c.GetClientCertificate = other.GetClientCertificate
	}
	return &http.Transport{TLSClientConfig: c}
}
