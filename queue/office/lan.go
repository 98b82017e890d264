package office

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/health"
	"motcua/queue/journal"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// Codes of turning machines away. The texts are "refusal.<code>".
const (
	codeRevoked  = "device-revoked"
	codeExpired  = "device-expired"
	codeMismatch = "device-mismatch" // it speaks in another's name
	codeRole     = "role-forbids"
	codeCounter  = "counter-forbidden" // it was enrolled for another counter
)

// DeviceOffice gives the office's own records.
const DeviceOffice = "office"

// caller is who sends a request: an enrolled device; a program on the office's
// own machine (local), which may do anything; or anybody on a network that was
// left open, who may do everything but look after machines, PINs and the
// office's own copy.
type caller struct {
	device.Device
	local, open bool
}

// TLS is the office's side of its connections, for enrol.Listen.
func (o *Office) TLS() *tls.Config { return o.lan.authority.Server() }

// AuthorityID tells this office's authority from others, for mDNS.
func (o *Office) AuthorityID() string { return enrol.AuthorityID(o.lan.authority.Certificate()) }

// who finds out who sends a request; see docs/api.md, "Who may ask". Renewing is
// all that a device may do whose certificate has ended.
func (o *Office) who(r *http.Request) (caller, error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		switch {
		case ownMachine(r):
			return caller{local: true}, nil
		case o.cfg.OpenLAN:
			return caller{open: true}, nil
		}
		return caller{}, refusal.New(codeDevice, "device", address(r))
	}
	cert := r.TLS.PeerCertificates[0]
	name, key, ended := o.lan.authority.Check(cert, o.cfg.Now())
	if errors.Is(ended, enrol.ErrForeign) {
		return caller{}, refusal.New(codeDevice, "device", short(cert.Subject.CommonName))
	}
	d, err := o.device(name)
	switch {
	case err != nil:
		return caller{}, err
	case d.Name == "":
		return caller{}, refusal.New(codeDevice, "device", short(name))
	case !d.Welcome() || d.Key != key:
		return caller{}, refusal.New(codeRevoked, "device", name)
	case ended != nil && !(r.URL.Path == enrol.PathRenew && enrol.Renewable(cert, o.cfg.Now())):
		return caller{}, refusal.New(codeExpired, "device", name)
	}
	return caller{Device: d}, nil
}

// device reads an enrolled device; the zero Device means that there is none.
func (o *Office) device(name string) (d device.Device, err error) {
	err = o.journal.View(func(v journal.View) (err error) {
		d, _, err = v.Device(name)
		return err
	})
	return d, err
}

// ownMachine reports whether a request comes from a program on this machine, of
// its own accord: not through a proxy, which would lend this machine's rights to
// everybody, and not from a web page that made a name of its own point here.
func ownMachine(r *http.Request) bool {
	for _, h := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return loopback(address(r)) && (host == "localhost" || loopback(strings.Trim(host, "[]")))
}

func loopback(text string) bool {
	a, err := netip.ParseAddr(text)
	return err == nil && a.Unmap().IsLoopback()
}

// address is where a request comes from, without the port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	return host
}

// callerKey keeps the caller in a request's context.
type callerKey struct{}

func withCaller(ctx context.Context, c caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf is who sent a request that the table let in.
func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

// anybody marks a path that is answered to everybody.
const anybody device.Reading = "anybody"

// admit finds out who sends a request and whether the path is for them.
func (s *server) admit(rt route, r *http.Request) (caller, error) {
	c, err := s.office.who(r)
	if rt.reads == anybody {
		return c, nil
	}
	if err == nil {
		err = c.mayRead(rt.reads)
	}
	return c, err
}

// shutOut reports whether a message of the stream says that its own follower
// may not hear the rest: the record of a device that was revoked or replaced.
func (s *server) shutOut(r *http.Request, m *message) bool {
	if m.update.Record == nil || !strings.HasPrefix(m.update.Record.Type, "device.") {
		return false
	}
	_, err := s.office.who(r)
	return err != nil
}

// mayRead refuses what a device's role is not for.
func (c caller) mayRead(what device.Reading) error {
	switch {
	case c.local, c.Role.May(what):
		return nil
	case c.open && slices.Contains([]device.Reading{device.Stream, device.Public, device.Personal, device.Watch}, what):
		return nil
	case c.open:
		return refusal.New(codeDevice, "device", "–")
	}
	return refusal.New(codeRole, "device", c.Name, "role", string(c.Role))
}

// notOverHTTP are names that speak in this process only, as Config.Device does.
var notOverHTTP = []string{DeviceSetup, DeviceCentral, DeviceOffice, "uplink"}

// mayGive refuses a command that the caller may not give, or not in that name.
func (o *Office) mayGive(c caller, by chain.Actor, cmd queue.Command) error {
	switch {
	case by.Device == o.cfg.Device, slices.Contains(notOverHTTP, by.Device):
		return refusal.New(codeMismatch, "device", by.Device)
	case c.open && (strings.HasPrefix(cmd.Name(), "staff.") || cmd.Name() == RevokeDevice{}.Name()):
		return refusal.New(codeDevice, "device", short(by.Device))
	case c.local, c.open:
		return nil
	case by.Device != c.Name:
		return refusal.New(codeMismatch, "device", short(by.Device))
	case !c.Role.Gives(cmd.Name()), c.Role == device.Kiosk && (by.Officer != "" || by.Counter != ""):
		return refusal.New(codeRole, "device", c.Name, "role", string(c.Role))
	case c.Counter != "" && by.Counter != "" && by.Counter != c.Counter:
		return refusal.New(codeCounter, "device", c.Name, "counter", short(by.Counter))
	}
	switch cmd := cmd.(type) {
	case UnlockOfficer:
		if c.Role == device.Counter && by.Officer == "" {
			return refusal.New(codeRole, "device", c.Name, "role", string(c.Role))
		}
	case queue.VoidTicket: // a kiosk takes back what it gave
		if t := o.State().Ticket(cmd.Ticket); c.Role == device.Kiosk && t != nil && t.Kiosk != c.Name {
			return refusal.New(codeRole, "device", c.Name, "role", string(c.Role))
		}
	case queue.AdmitDevice:
		if cmd.Role != string(c.Role) {
			return refusal.New(codeRole, "device", c.Name, "role", string(c.Role))
		}
	case queue.Merge:
		return c.mayMerge(cmd)
	}
	return nil
}

// mayMerge lets a device hand in what it made itself, and what it has of an
// earlier hub's record, which nobody else may have.
func (c caller) mayMerge(m queue.Merge) error {
	if _, ofTerm := termOf(m.Origin); ofTerm {
		return nil
	}
	own := m.Origin == c.Name
	for _, item := range m.Items {
		r, err := chain.Parse([]byte(item.Record))
		own = own && (err != nil || r.By.Device == c.Name) // the merge says what is wrong with a bad record
	}
	if !own {
		return refusal.New(codeMismatch, "device", short(m.Origin))
	}
	return nil
}

// checkLAN says how many machines may take part, and loudly when every machine
// on the network may do everything.
func (o *Office) checkLAN(context.Context) health.Check {
	welcome := 0
	err := o.journal.View(func(v journal.View) error {
		all, err := v.Devices()
		for _, d := range all {
			if d.Welcome() {
				welcome++
			}
		}
		return err
	})
	switch {
	case err != nil:
		return health.Of("lan", health.Fail, "unreadable")
	case o.cfg.OpenLAN:
		return health.Of("lan", health.Warn, "open")
	}
	return health.Of("lan", health.OK, "ok", "devices", strconv.Itoa(welcome))
}
