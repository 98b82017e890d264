package office

import (
	"context"
	"crypto"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"motcua/queue"
	"motcua/queue/device"
	"motcua/queue/journal"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// lan is what the office needs for the machines around it.
type lan struct {
	authority *enrol.Authority
	codes     enrol.Codes
	turned    turnedAway
	recording sync.Mutex // held for one command of the office's own
	hashing   chan struct{}
}

func (o *Office) openLAN() (err error) {
	o.lan.hashing = make(chan struct{}, 1)
	o.lan.authority, err = enrol.NewAuthority(o.secret.authority())
	return err
}

// RevokeDevice shuts an enrolled machine out from the next request on; its open
// streams end with the record. Only a new code lets it in again.
type RevokeDevice struct {
	Device string `json:"device"`
	Reason string `json:"reason,omitempty"`
}

// Name implements queue.Command.
func (RevokeDevice) Name() string { return "device.revoke" }

// enrolDevice lets a machine in; the office gives it itself when a code was
// redeemed.
type enrolDevice struct{ device.Enrolled }

// Name implements queue.Command.
func (enrolDevice) Name() string { return "device.enrol" }

// joining are the paths by which machines are let in and looked after.
func (s *server) joining() []route {
	return []route{
		{
			method: "POST", path: "/v1/enrolment/codes", name: "invite", reads: device.Manage, serve: s.invite, in: enrol.Grant{}, out: invitation{},
			about: "Makes a code with which one machine may join, once, within fifteen minutes.",
		},
		{
			method: "POST", path: enrol.PathJoin, name: "join", reads: anybody, serve: s.join, in: enrol.Request{}, out: enrol.Answer{},
			about: "Lets a machine in that proves to have a code; the answer proves that the office has it too. See docs/api.md.",
		},
		{
			method: "POST", path: enrol.PathRenew, name: "renew", reads: device.Stream, serve: s.renew, out: enrol.Renewal(nil),
			about: "A new certificate for the key of the one that the connection shows.",
		},
		{
			method: "GET", path: "/v1/devices", name: "devices", reads: device.Manage, serve: s.list, out: []device.Device{},
			about: "Every machine that was ever enrolled.",
		},
		{
			method: "GET", path: "/v1/staff", name: "staff", reads: device.Manage, out: []staffReport{},
			about: "The officers: who has a PIN, whose name is locked.",
			serve: func(w http.ResponseWriter, _ *http.Request) error {
				return answerWith(s, w)(s.office.staffList())
			},
		},
	}
}

// devices decides about machines.
func (d *deciding) devices(c queue.Command) (steps, error) {
	switch c := c.(type) {
	case enrolDevice:
		return steps{events: []queue.Event{c.Enrolled}}, nil
	case noteRefused:
		return steps{events: []queue.Event{c.Refused}}, nil
	case RevokeDevice:
		if utf8.RuneCountInString(c.Reason) > maxFullName {
			return steps{}, refusal.New(codeBadRequest, "fault", "the reason is too long")
		}
		known, ok, err := d.tx.Device(c.Device)
		switch {
		case err != nil:
			return steps{}, err
		case !ok:
			return steps{}, refusal.New(codeDevice, "device", short(c.Device))
		case !known.Welcome():
			return steps{}, nil
		}
		return steps{events: []queue.Event{device.Revoked{Device: c.Device, Reason: strings.TrimSpace(c.Reason)}}}, nil
	}
	return steps{}, refusal.New(codeUnknown, "command", c.Name())
}

// invitation is the answer of /v1/enrolment/codes.
type invitation struct {
	Code    string    `json:"code"` // in groups of four
	Expires time.Time `json:"expires"`
	// Replaces is true when the name is enrolled: the machine that has it now is
	// out as soon as the new one is in.
	Replaces bool `json:"replaces,omitempty"`
}

// invite is POST /v1/enrolment/codes.
func (s *server) invite(w http.ResponseWriter, r *http.Request) error {
	var g enrol.Grant
	if err := s.read(r, &g); err != nil {
		return err
	}
	c := callerOf(r)
	if g.By = c.Name; c.local {
		g.By = "this-machine"
	}
	o := s.office
	if _, ok := o.State().Config.Counter(g.Counter); g.Counter != "" && !ok {
		return refusal.New("counter-unknown", "counter", short(g.Counter))
	}
	code, until, err := o.lan.codes.Invite(o.cfg.Random, g, o.cfg.Now())
	if err != nil {
		return err
	}
	known, err := o.device(g.Name)
	return answerWith(s, w)(invitation{Code: code.String(), Expires: until, Replaces: known.Welcome()}, err)
}

// join is POST /v1/enrolment.
func (s *server) join(w http.ResponseWriter, r *http.Request) error {
	var q enrol.Request
	if err := s.read(r, &q); err != nil {
		return err
	}
	o := s.office
	a, err := o.lan.codes.Redeem(q, address(r), o.cfg.Now(), func(g enrol.Grant, key crypto.PublicKey) (enrol.Answer, error) {
		der, err := o.lan.authority.Device(g.Name, g.Role, key, o.cfg.Now())
		if err != nil {
			return enrol.Answer{}, err
		}
		_, err = o.note(context.WithoutCancel(r.Context()), enrolDevice{device.Enrolled{
			Device: g.Name, Role: g.Role, Counter: g.Counter, Key: enrol.Fingerprint(key), By: g.By,
		}})
		return enrol.Answer{Certificate: der, Authority: o.lan.authority.Certificate()}, err
	})
	return answerWith(s, w)(a, err)
}

// renew is POST /v1/enrolment/renew: the same key, another 90 days.
func (s *server) renew(w http.ResponseWriter, r *http.Request) error {
	c := callerOf(r)
	if c.Name == "" {
		return refusal.New(codeDevice, "device", address(r)) // it has no certificate
	}
	der, err := s.office.lan.authority.Device(c.Name, c.Role, r.TLS.PeerCertificates[0].PublicKey, s.office.cfg.Now())
	return answerWith(s, w)(enrol.Renewal(der), err)
}

// list is GET /v1/devices.
func (s *server) list(w http.ResponseWriter, _ *http.Request) error {
	list := []device.Device{}
	err := s.office.journal.View(func(v journal.View) error {
		all, err := v.Devices()
		list = append(list, all...)
		return err
	})
	return answerWith(s, w)(list, err)
}
