package device

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Device is one enrolled machine.
type Device struct {
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Counter is the only counter it may speak for; empty means any.
	Counter string `json:"counter,omitempty"`
	// Key is the SHA-256 of its public key (PKIX DER), in hex.
	Key string `json:"key"`
	// Enrolled and Revoked are when; Revoked is zero while it is welcome.
	Enrolled time.Time `json:"enrolled"`
	Revoked  time.Time `json:"revoked,omitzero"`
	// By is the device at which it was let in or, later, shut out.
	By string `json:"by,omitempty"`
}

// Welcome reports whether the device may be served.
func (d Device) Welcome() bool { return d.Name != "" && d.Revoked.IsZero() }

// Enrolled records that a machine may take part from here on. A name that was
// enrolled before belongs to the new key alone: the old machine is out.
type Enrolled struct {
	Device  string `json:"device"`
	Role    Role   `json:"role"`
	Counter string `json:"counter,omitempty"`
	Key     string `json:"key"`
	By      string `json:"by,omitempty"` // device that asked for the code
}

// Revoked records that a machine is shut out.
type Revoked struct {
	Device string `json:"device"`
	Reason string `json:"reason,omitempty"`
}

// Refused records that somebody was turned away. It is written now and then,
// not every time: Times is how often since the last such record.
type Refused struct {
	Device string `json:"device,omitempty"` // the name it gave, believed or not
	Code   string `json:"code"`             // of the refusal
	From   string `json:"from,omitempty"`   // its address on the network
	Times  uint64 `json:"times"`
}

// Kind implements queue.Event.
func (Enrolled) Kind() string { return "device.enrolled" }

// Kind implements queue.Event.
func (Revoked) Kind() string { return "device.revoked" }

// Kind implements queue.Event.
func (Refused) Kind() string { return "device.refused" }

// Subject is the device that a record lets in or shuts out; ok is false for
// every other record.
func Subject(e queue.Event) (name string, ok bool) {
	switch e := e.(type) {
	case Enrolled:
		return e.Device, true
	case Revoked:
		return e.Device, true
	}
	return "", false
}

// DecodeEvent reads an event out of a record; ok is false for kinds that are
// not about devices.
func DecodeEvent(kind string, _ int, data json.RawMessage) (e queue.Event, ok bool, err error) {
	switch kind {
	case Enrolled{}.Kind():
		return decode[Enrolled](kind, data)
	case Revoked{}.Kind():
		return decode[Revoked](kind, data)
	case Refused{}.Kind():
		return decode[Refused](kind, data)
	}
	return nil, false, nil
}

func decode[E queue.Event](kind string, data json.RawMessage) (queue.Event, bool, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, false, fmt.Errorf("read %s event: %w", kind, err)
	}
	return e, true, nil
}

// Apply is the device after an event about it; before is the zero Device for a
// name that was never enrolled.
func Apply(before Device, e queue.Event, at time.Time, by chain.Actor) Device {
	switch e := e.(type) {
	case Enrolled:
		return Device{Name: e.Device, Role: e.Role, Counter: e.Counter, Key: e.Key, Enrolled: at, By: e.By}
	case Revoked:
		if before.Welcome() {
			before.Revoked, before.By = at, by.Device
		}
	}
	return before
}

// nameShape is that of every device in the record.
var nameShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// reserved are names of no machine in the hall: the configuration file, the city,
// the line to it, the office itself and its machine, IT's tool.
var reserved = []string{"setup", "central", "uplink", "office", "hub", "motcuactl"}

// NameOK reports whether a machine may be enrolled under a name.
func NameOK(name string) bool { return nameShape.MatchString(name) && !slices.Contains(reserved, name) }
