// Package find tells machines of a network where their office is, by multicast
// DNS (RFC 6762, DNS-SD RFC 6763, service _motcua._tcp).
//
// An answer is only an address. Anybody on the network can announce anything, so
// whoever is found must first show the certificate of the authority that the
// machine joined (package enrol): a false announcement costs a moment and gains
// nothing.
package find

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/mdns"
)

// Service is what offices announce.
const Service = "_motcua._tcp"

// Auto is the address in a machine's settings that means "look for it".
const Auto = "auto"

// How long a look waits for answers, how often the announced addresses are
// compared with the machine's, how long one address may take to answer.
const (
	patience = 2 * time.Second
	compare  = time.Minute
	oneTry   = 5 * time.Second
	mostSeen = 32
)

// ErrNone: nobody on the network says that they are an office.
var ErrNone = errors.New("no office was found on the network")

// Announce tells the network that an office answers on a port, on every
// interface and with its present addresses, until ctx ends. A machine without a
// network yet announces as soon as it has one. id tells offices on one network
// apart; it proves nothing.
func Announce(ctx context.Context, port int, id string, logger *slog.Logger) {
	tick := time.NewTicker(compare)
	defer tick.Stop()
	var before string
	var servers []*mdns.Server
	defer func() { stop(servers) }()
	for {
		places := interfaces()
		if now := fmt.Sprint(places); now != before {
			stop(servers)
			servers, before = announce(places, port, id, logger), now
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func stop(servers []*mdns.Server) {
	for _, s := range servers {
		_ = s.Shutdown() // it has only sockets to close
	}
}

func announce(places []place, port int, id string, logger *slog.Logger) (servers []*mdns.Server) {
	for _, p := range places {
		zone, err := mdns.NewMDNSService("motcua-"+cmp.Or(id, "office"), Service, "", "motcua-"+cmp.Or(id, "office")+".local.", port, p.addresses, []string{"id=" + id})
		if err == nil {
			var s *mdns.Server
			if s, err = mdns.NewServer(&mdns.Config{Zone: zone, Iface: &p.net, Logger: quiet()}); err == nil {
				servers = append(servers, s)
				continue
			}
		}
		logger.Warn("the office is not announced on an interface", "interface", p.net.Name, "err", err)
	}
	return servers
}

// quiet is a logger for a library that reports every stray packet.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// place is an interface with its IPv4 addresses.
type place struct {
	net       net.Interface
	addresses []net.IP
}

// String tells one state of an interface from another.
func (p place) String() string { return fmt.Sprint(p.net.Index, p.net.Name, p.addresses) }

// interfaces are those that reach other machines.
func interfaces() (places []place) {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	for _, i := range all {
		if i.Flags&(net.FlagUp|net.FlagLoopback|net.FlagMulticast) != net.FlagUp|net.FlagMulticast {
			continue
		}
		p := place{net: i}
		addresses, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addresses {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
				p.addresses = append(p.addresses, n.IP.To4())
			}
		}
		if len(p.addresses) > 0 {
			places = append(places, p)
		}
	}
	return places
}

// Look asks every network of this machine for offices and returns the addresses
// that answered within two seconds, those of the office with the given id first.
func Look(ctx context.Context, id string) ([]string, error) {
	seen := make(chan *mdns.ServiceEntry, mostSeen)
	var asking sync.WaitGroup
	for _, p := range interfaces() {
		asking.Go(func() { ask(ctx, &p.net, seen) })
	}
	asking.Wait()
	close(seen)
	return order(seen, id)
}

// ask looks on one interface; nobody there is no fault.
func ask(ctx context.Context, on *net.Interface, seen chan<- *mdns.ServiceEntry) {
	_ = mdns.QueryContext(ctx, &mdns.QueryParam{
		Service: Service, Timeout: patience, Interface: on, Entries: seen, DisableIPv6: true, Logger: quiet(),
	})
}

// order makes addresses of what was seen.
func order(seen <-chan *mdns.ServiceEntry, id string) (found []string, err error) {
	var others []string
	for e := range seen {
		if e.AddrV4 == nil || e.Port <= 0 || e.Port > 65535 || !strings.Contains(e.Name, Service) {
			continue
		}
		address := net.JoinHostPort(e.AddrV4.String(), strconv.Itoa(e.Port))
		switch {
		case slices.Contains(found, address), slices.Contains(others, address):
		case id != "" && slices.Contains(e.InfoFields, "id="+id):
			found = append(found, address)
		default:
			others = append(others, address)
		}
	}
	if found = append(found, others...); len(found) == 0 {
		return nil, ErrNone
	}
	return found, nil
}

// Finder connects to the office wherever it is now. The zero value is not
// useful; make one with New.
type Finder struct {
	config *tls.Config
	look   func(context.Context) ([]string, error)

	mu    sync.Mutex
	last  string  // where it was; guarded by mu
	other *Finder // who is not to be met; set before the first use
}

// New makes a Finder of the office that config accepts; id as in Announce.
func New(config *tls.Config, id string) *Finder {
	return &Finder{config: config, look: func(ctx context.Context) ([]string, error) { return Look(ctx, id) }}
}

// Other is a Finder of the same office that does not go where f is: with a hub
// and a standby on the network each of the two finds one.
func (f *Finder) Other() *Finder { return &Finder{config: f.config, look: f.look, other: f} }

// taken is where another Finder is.
func (f *Finder) taken() string {
	if f == nil {
		return ""
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// DialTLS is for http.Transport.DialTLSContext; the address in a request is not
// looked at. It tries where the office was last, then whoever says they are one,
// and returns the first connection whose certificate is the office's.
func (f *Finder) DialTLS(ctx context.Context, _, _ string) (net.Conn, error) {
	f.mu.Lock()
	last := f.last
	f.mu.Unlock()
	var faults []error
	taken := f.other.taken()
	if f.other != nil && taken == "" {
		return nil, fmt.Errorf("find another machine of the office: %w", ErrNone) // before the first is found
	}
	if last != "" && last != taken {
		c, err := f.try(ctx, last)
		if err == nil {
			return c, nil
		}
		faults = append(faults, err)
	}
	found, err := f.look(ctx)
	faults = append(faults, err)
	for _, address := range found {
		if address == taken {
			continue
		}
		c, err := f.try(ctx, address)
		if err == nil {
			f.mu.Lock()
			f.last = address
			f.mu.Unlock()
			return c, nil
		}
		faults = append(faults, err)
	}
	return nil, fmt.Errorf("find the office: %w", errors.Join(faults...))
}

// try connects to one address and checks who it is.
func (f *Finder) try(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	d := tls.Dialer{Config: f.config}
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("try %s: %w", address, err)
	}
	return c, nil
}
