package enrol_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"motcua/queue/device"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// rig is an office as far as enrolment goes, on an address of its own.
type rig struct {
	*enrol.Authority
	codes    enrol.Codes
	base     string
	now      time.Time
	admitted []enrol.Grant
	fail     error                  // of recording
	spoil    func(*enrol.Answer)    // what somebody in the middle does to an answer
	lose     atomic.Int32           // so many answers are lost on the way
	last     atomic.Pointer[[]byte] // the last request's body
}

func newRig(t *testing.T, seed byte) *rig {
	t.Helper()
	r := &rig{now: time.Now()}
	var err error
	if r.Authority, err = enrol.NewAuthority([32]byte{seed}); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.base = "https://" + l.Addr().String()
	server := &http.Server{Handler: r, ReadHeaderTimeout: time.Second}
	m := enrol.Listen(l, r.Server())
	go func() { _ = server.Serve(m) }()
	t.Cleanup(func() { _ = server.Close() })
	return r
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	v, err := r.answer(req)
	if r.lose.Add(-1) >= 0 {
		panic(http.ErrAbortHandler)
	}
	if no, ok := refusal.Of(err); ok {
		w.WriteHeader(http.StatusForbidden)
		v = no
	} else if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (r *rig) answer(req *http.Request) (any, error) {
	body, _ := io.ReadAll(req.Body)
	r.last.Store(&body)
	switch req.URL.Path {
	case enrol.PathJoin:
		var q enrol.Request
		if err := json.Unmarshal(body, &q); err != nil {
			return nil, err
		}
		a, err := r.codes.Redeem(q, req.RemoteAddr[:9], r.now, r.admit)
		if r.spoil != nil && err == nil {
			r.spoil(&a)
		}
		return a, err
	case enrol.PathRenew:
		cert := req.TLS.PeerCertificates[0]
		name, _, err := r.Check(cert, r.now)
		if err != nil && (!errors.Is(err, enrol.ErrExpired) || !enrol.Renewable(cert, r.now)) {
			return nil, refusal.New("device-expired")
		}
		der, err := r.Device(name, device.Kiosk, cert.PublicKey, r.now)
		return enrol.Renewal(der), err
	}
	if req.TLS == nil {
		return "plain", nil
	}
	if len(req.TLS.PeerCertificates) == 0 {
		return "nobody", nil
	}
	name, _, err := r.Check(req.TLS.PeerCertificates[0], r.now)
	if err != nil {
		return nil, refusal.New("device-expired")
	}
	return name, nil
}

func (r *rig) admit(g enrol.Grant, key crypto.PublicKey) (enrol.Answer, error) {
	if r.fail != nil {
		return enrol.Answer{}, r.fail
	}
	der, err := r.Device(g.Name, g.Role, key, r.now)
	r.admitted = append(r.admitted, g)
	return enrol.Answer{Certificate: der, Authority: r.Certificate()}, err
}

func (r *rig) invite(t *testing.T, name string) enrol.Code {
	t.Helper()
	code, _, err := r.codes.Invite(rand.Reader, enrol.Grant{Name: name, Role: device.Kiosk}, r.now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// say asks the office who it takes us for.
func say(t *testing.T, transport http.RoundTripper, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return strings.Trim(string(raw), "\"\n"), err
}

func TestJoinOnceThenMutualTLS(t *testing.T) {
	t.Parallel()
	r, dir := newRig(t, 1), t.TempDir()
	if _, err := enrol.Load(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want no identity", err)
	}
	code := r.invite(t, "kiosk-2")
	typed, ok := enrol.ParseCode(" " + strings.ToLower(code.String()))
	if !ok || typed != code {
		t.Fatalf("typed %q, got %q", code, typed)
	}
	r.lose.Store(2) // the same request is sent again and gets the same answer
	id, err := enrol.Join(t.Context(), r.base+"/", typed, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.admitted) != 1 || r.admitted[0].Name != "kiosk-2" || id.Name() != "kiosk-2" || id.Role() != device.Kiosk {
		t.Errorf("admitted %+v as %s %s", r.admitted, id.Role(), id.Name())
	}
	if info, err := os.Stat(filepath.Join(dir, enrol.File)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	again, err := enrol.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := say(t, again.Transport(), r.base); got != "kiosk-2" {
		t.Errorf("the office takes us for %q, %v", got, err)
	}
	if got, err := say(t, http.DefaultTransport, "http"+strings.TrimPrefix(r.base, "https")); got != "plain" {
		t.Errorf("plain HTTP at the same address: got %q, %v", got, err)
	}
	if _, err := enrol.Join(t.Context(), r.base, code, t.TempDir()); !errors.Is(err, refusal.New("enrol-code-used")) {
		t.Errorf("another machine with the same code: got %v", err)
	}
	// The same bytes again, from anybody, make nothing new.
	body := *r.last.Load()
	for range 2 {
		if len(r.admitted) != 1 {
			t.Fatal("a replay admitted a machine")
		}
		insecure := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
		req, _ := http.NewRequestWithContext(t.Context(), "POST", r.base+enrol.PathJoin, bytes.NewReader(body))
		res, err := insecure.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
}

// TestScenario38_RogueOffice: another machine answers at the address, before or
// after joining, or sits in the middle. The new machine trusts none of them.
func TestScenario38_RogueOffice(t *testing.T) {
	t.Parallel()
	ours, rogue := newRig(t, 1), newRig(t, 2)
	dir := t.TempDir()
	code := ours.invite(t, "kiosk-2")
	_ = rogue.invite(t, "kiosk-2")
	if _, err := enrol.Join(t.Context(), rogue.base, code, dir); !errors.Is(err, refusal.New("enrol-code-wrong")) {
		t.Errorf("a rogue that cannot read the proof: got %v", err)
	}
	for name, spoil := range map[string]func(*enrol.Answer){
		"its own authority": func(a *enrol.Answer) { a.Authority = rogue.Certificate() },
		"its own proof":     func(a *enrol.Answer) { a.Proof = []byte("trust me") },
		"no proof":          func(a *enrol.Answer) { a.Proof = nil },
		"our proof sent back": func(a *enrol.Answer) {
			var q enrol.Request
			_ = json.Unmarshal(*ours.last.Load(), &q)
			a.Proof = q.Proof
		},
	} {
		ours.spoil = spoil
		if _, err := enrol.Join(t.Context(), ours.base, ours.invite(t, "kiosk-2"), dir); !errors.Is(err, enrol.ErrImpostor) {
			t.Errorf("%s: got %v, want impostor", name, err)
		}
		if _, err := enrol.Load(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: something was kept: %v", name, err)
		}
	}
	ours.spoil = nil
	id, err := enrol.Join(t.Context(), ours.base, ours.invite(t, "kiosk-2"), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := say(t, id.Transport(), rogue.base); err == nil {
		t.Errorf("the rogue took the office's place: %q", got)
	}
	// The same when the rogue answers at the office's own address.
	transport := id.Transport()
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(rogue.base, "https://"))
	}
	if got, err := say(t, transport, ours.base); err == nil {
		t.Errorf("a false announcement: got %q", got)
	}
	if got, err := say(t, id.Transport(), ours.base); got != "kiosk-2" {
		t.Errorf("control: got %q, %v", got, err)
	}
}

func TestWrongOldAndTooManyCodes(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	var no *refusal.Refusal
	first := r.invite(t, "kiosk-2")
	second := r.invite(t, "kiosk-2")
	if _, err := enrol.Join(t.Context(), r.base, first, t.TempDir()); !errors.Is(err, refusal.New("enrol-code-wrong")) {
		t.Errorf("a code that was replaced: got %v", err)
	}
	r.now = r.now.Add(enrol.CodeLife)
	if _, err := enrol.Join(t.Context(), r.base, second, t.TempDir()); !errors.Is(err, refusal.New("enrol-code-wrong")) {
		t.Errorf("a code of a quarter of an hour ago: got %v", err)
	}
	for range 20 {
		if _, err := enrol.Join(t.Context(), r.base, second, t.TempDir()); errors.As(err, &no) && no.Code == "enrol-too-often" {
			break
		}
	}
	good := r.invite(t, "kiosk-2")
	if _, err := enrol.Join(t.Context(), r.base, good, t.TempDir()); no.Code != "enrol-too-often" || !errors.Is(err, no) {
		t.Errorf("after many wrong ones: got %v, want enrol-too-often", err)
	}
	r.now = r.now.Add(time.Minute)
	if _, err := enrol.Join(t.Context(), r.base, good, t.TempDir()); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	for _, g := range []enrol.Grant{
		{Name: "máy", Role: device.Kiosk},
		{Name: "central", Role: device.Admin},
		{Name: "k", Role: "boss"},
		{Name: "k", Role: device.Kiosk, Counter: "1"},
	} {
		if _, _, err := r.codes.Invite(rand.Reader, g, r.now); !errors.Is(err, refusal.New("enrol-grant-invalid")) {
			t.Errorf("%+v: got %v", g, err)
		}
	}
	err := error(nil)
	for i := 0; err == nil && i < 100; i++ {
		_, _, err = r.codes.Invite(rand.Reader, enrol.Grant{Name: fmt.Sprintf("k%d", i), Role: device.Board}, r.now)
	}
	if !errors.Is(err, refusal.New("enrol-too-many")) {
		t.Errorf("a hundred open codes: got %v", err)
	}
}

// A machine that could not be recorded may try again with its code; a name that
// was shut out meanwhile may not.
func TestCodeIsNotSpentOnAFault(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	code := r.invite(t, "k")
	r.fail = refusal.New("disk-full")
	if _, err := enrol.Join(t.Context(), r.base, code, t.TempDir()); !errors.Is(err, r.fail) {
		t.Errorf("got %v, want %v", err, r.fail)
	}
	r.fail = nil
	if _, err := enrol.Join(t.Context(), r.base, code, t.TempDir()); err != nil {
		t.Errorf("with room again: %v", err)
	}
	code = r.invite(t, "k")
	r.codes.Revoke("k")
	if _, err := enrol.Join(t.Context(), r.base, code, t.TempDir()); !errors.Is(err, refusal.New("enrol-code-wrong")) {
		t.Errorf("after the name was shut out: got %v", err)
	}
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	r, dir := newRig(t, 1), t.TempDir()
	id, err := enrol.Join(t.Context(), r.base, r.invite(t, "kiosk-2"), dir)
	if err != nil {
		t.Fatal(err)
	}
	joined, transport := r.now, id.Transport()
	if id.Due(joined.Add(59*day)) || !id.Due(joined.Add(61*day)) {
		t.Error("due on the wrong day")
	}
	for _, tt := range []struct {
		after   time.Duration
		served  bool
		renewed bool
	}{
		{59*day + 42*day, false, true}, // six weeks switched off, from the worst day on
		{day, true, true},
		{89 * day, true, true},
		{90*day + 61*day, false, false},
	} {
		r.now = r.now.Add(tt.after)
		transport.CloseIdleConnections()
		got, err := say(t, transport, r.base)
		if (got == "kiosk-2") != tt.served {
			t.Errorf("after %v: got %q, %v", tt.after, got, err)
		}
		before := id.Until()
		err = id.Renew(t.Context(), r.base, transport)
		if (err == nil) != tt.renewed || tt.renewed && !id.Until().After(before) {
			t.Errorf("after %v: renewing: %v", tt.after, err)
		}
		if !tt.renewed {
			continue
		}
		kept, err := enrol.Load(dir)
		if err != nil || !kept.Until().Equal(id.Until()) {
			t.Errorf("kept until %v, %v, want %v", kept.Until(), err, id.Until())
		}
		if got, err := say(t, transport, r.base); got != "kiosk-2" {
			t.Errorf("after renewing: got %q, %v", got, err)
		}
	}
}

func TestAuthorityIsItsSeed(t *testing.T) {
	t.Parallel()
	a, _ := enrol.NewAuthority([32]byte{1})
	b, _ := enrol.NewAuthority([32]byte{1})
	c, _ := enrol.NewAuthority([32]byte{2})
	if !bytes.Equal(a.Certificate(), b.Certificate()) || bytes.Equal(a.Certificate(), c.Certificate()) {
		t.Error("the authority is not decided by its seed")
	}
	r := newRig(t, 1)
	id, err := enrol.Join(t.Context(), r.base, r.invite(t, "k"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	own, _ := x509.ParseCertificate(a.Server().Certificates[0].Certificate[0])
	for name, cert := range map[string]*x509.Certificate{"the office's own": own, "the authority's own": mustParse(t, a.Certificate())} {
		if _, _, err := a.Check(cert, time.Now()); !errors.Is(err, enrol.ErrForeign) {
			t.Errorf("%s certificate passes as a device's: %v", name, err)
		}
	}
	if got, err := say(t, id.Transport(), newRig(t, 1).base); got != "k" {
		t.Errorf("after the office started again: got %q, %v", got, err)
	}
}

func mustParse(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDamagedIdentity(t *testing.T) {
	t.Parallel()
	r, dir := newRig(t, 1), t.TempDir()
	if _, err := enrol.Join(t.Context(), r.base, r.invite(t, "k"), dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, enrol.File)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 40 {
		bad := bytes.Clone(whole)
		bad = bad[:i]
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := enrol.Load(dir); !errors.Is(err, enrol.ErrIdentity) {
			t.Errorf("cut at %d: got %v", i, err)
		}
	}
}

// Strangers who say nothing, nonsense or half a word neither stop others nor
// the end.
func TestListenerWithStrangers(t *testing.T) {
	t.Parallel()
	a, err := enrol.NewAuthority([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := enrol.Listen(l, a.Server())
	var strangers []net.Conn
	for i := range 50 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		strangers = append(strangers, c)
		if i%2 == 0 {
			_ = c.Close()
		}
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, "GET / HTTP/1.1\r\n")
	got, err := m.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(got).ReadString('\n'); line != "GET / HTTP/1.1\r\n" {
		t.Errorf("got %q, %v", line, err)
	}
	began := time.Now()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
	if _, err := m.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the end: got %v", err)
	}
	for _, c := range append(strangers, c, got) {
		_ = c.Close()
	}
}

func FuzzRedeem(f *testing.F) {
	var codes enrol.Codes
	now := time.Unix(1e9, 0)
	if _, _, err := codes.Invite(rand.Reader, enrol.Grant{Name: "k", Role: device.Kiosk}, now); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, []byte{}, "192.168.1.9")
	f.Add([]byte("0\x82"), bytes.Repeat([]byte{7}, 32), "::1")
	f.Fuzz(func(t *testing.T, csr, proof []byte, from string) {
		a, err := codes.Redeem(enrol.Request{CSR: csr, Proof: proof}, from, now, func(enrol.Grant, crypto.PublicKey) (enrol.Answer, error) {
			t.Error("let in without the code")
			return enrol.Answer{}, nil
		})
		if _, refused := refusal.Of(err); !refused || a.Certificate != nil {
			t.Errorf("got %v, %v", a, err)
		}
	})
}

func FuzzParseCode(f *testing.F) {
	f.Add("ABCD-EFGH-JKMN-PQRS")
	f.Add("oOiIlL0123456789")
	f.Fuzz(func(t *testing.T, text string) {
		code, ok := enrol.ParseCode(text)
		if !ok {
			return
		}
		if again, ok := enrol.ParseCode(code.String()); !ok || again != code {
			t.Errorf("%q: %q is read as %q", text, code.String(), again)
		}
	})
}
