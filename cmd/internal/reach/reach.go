// Package reach is how a program reaches its office: in the clear on the
// office's own machine, else with the identity that this machine got when it
// joined, at an address or wherever the office is found.
package reach

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"motcua/queue/office/enrol"
	"motcua/queue/office/find"
)

// ErrStranger: the address needs an identity and this machine has none.
var ErrStranger = errors.New("this machine has not joined the office")

// Way is a way to an office.
type Way struct {
	// Base is what paths are added to.
	Base string
	// Transport carries the requests; nil is a plain one.
	Transport *http.Transport
	// Identity is this machine's; nil where none is needed.
	Identity *enrol.Identity
}

// To is the way to the office at an address ("http://127.0.0.1:8080",
// "https://192.168.1.10:8080", find.Auto) for the machine whose own files are in
// dir. A machine that has joined never talks to another one in the clear.
func To(address, dir string) (Way, error) {
	if ownMachine(address) {
		return Way{Base: address}, nil
	}
	id, err := enrol.Load(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(address, "http://"):
		return Way{Base: address}, nil // an open network; the office says no otherwise
	case errors.Is(err, fs.ErrNotExist):
		return Way{}, fmt.Errorf("reach the office at %s: %w", address, ErrStranger)
	case err != nil:
		return Way{}, err
	}
	w := Way{Base: secure(address), Identity: id, Transport: id.Transport()}
	if address == find.Auto {
		w.Transport.DialTLSContext = find.New(id.TLS(), id.Authority()).DialTLS
	}
	return w, nil
}

// All are the ways to the machines of an office: those at the addresses, and for
// find.Auto the hub and its standby, wherever they are.
func All(addresses []string, dir string) ([]Way, error) {
	var ways []Way
	for _, address := range addresses {
		w, err := To(address, dir)
		if err != nil {
			return nil, err
		}
		ways = append(ways, w)
		if address == find.Auto {
			first := find.New(w.Identity.TLS(), w.Identity.Authority())
			w.Transport.DialTLSContext = first.DialTLS
			second := w
			second.Transport = w.Identity.Transport()
			second.Transport.DialTLSContext = first.Other().DialTLS
			ways = append(ways, second)
		}
	}
	return ways, nil
}

// RoundTripper is the Transport for office.DialOptions.
func (w Way) RoundTripper() http.RoundTripper {
	if w.Transport == nil {
		return nil
	}
	return w.Transport
}

// Keep renews this machine's certificate until ctx ends.
func (w Way) Keep(ctx context.Context, log *slog.Logger) {
	if w.Identity != nil {
		w.Identity.Keep(ctx, w.Base, w.Transport, log)
	}
}

// Join lets this machine into the office at an address, or into whichever found
// one gave the code.
func Join(ctx context.Context, address, dir string, code enrol.Code) (*enrol.Identity, error) {
	places := []string{secure(address)}
	if address == find.Auto {
		found, err := find.Look(ctx, "")
		if err != nil {
			return nil, err
		}
		places = places[:0]
		for _, f := range found {
			places = append(places, "https://"+f)
		}
	}
	var faults []error
	for _, base := range places {
		id, err := enrol.Join(ctx, base, code, dir)
		if err == nil {
			return id, nil
		}
		faults = append(faults, err)
	}
	return nil, errors.Join(faults...)
}

// secure is an address spoken to with TLS.
func secure(address string) string {
	if address == find.Auto {
		return "https://" + enrol.OfficeName
	}
	if rest, plain := strings.CutPrefix(address, "http://"); plain {
		return "https://" + rest
	}
	return address
}

// ownMachine reports whether an address is one of this machine's, in the clear.
func ownMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}
