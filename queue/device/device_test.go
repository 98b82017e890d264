package device_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
)

func TestWhatRolesMay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		command string
		roles   []device.Role
	}{
		{"ticket.issue", []device.Role{device.Kiosk, device.Counter}},
		{"ticket.report-print", []device.Role{device.Kiosk, device.Counter}},
		{"dossier.rate", []device.Role{device.Kiosk, device.Counter}},
		{"help.request", []device.Role{device.Kiosk, device.Counter}},
		{"ticket.call-next", []device.Role{device.Counter}},
		{"counter.open", []device.Role{device.Counter}},
		{"dossier.receive", []device.Role{device.Counter}},
		{"session.close", []device.Role{device.Counter}},
		{"staff.unlock", []device.Role{device.Counter, device.Admin}},
		{"staff.set-pin", []device.Role{device.Admin}},
		{"office.configure", []device.Role{device.Admin}},
		{"day.close", []device.Role{device.Admin}},
		{"catalogue.install", []device.Role{device.Admin}},
		{"applicant.erase", []device.Role{device.Admin}},
		{"device.revoke", []device.Role{device.Admin}},
		{"device.admit", []device.Role{device.Kiosk, device.Counter}},
		{"journal.merge", []device.Role{device.Kiosk, device.Counter, device.Standby}},
		{"term.begin", []device.Role{device.Counter, device.Admin}},
		{"something.new", nil},
		{"", nil},
	} {
		for _, r := range append(device.Roles(), "", "cleaner") {
			if got, want := r.Gives(tt.command), slices.Contains(tt.roles, r); got != want {
				t.Errorf("%q gives %q: got %v, want %v", r, tt.command, got, want)
			}
		}
	}
	for what, roles := range map[device.Reading][]device.Role{
		device.Stream:    device.Roles(),
		device.Public:    {device.Kiosk, device.Counter, device.Admin},
		device.Personal:  {device.Counter},
		device.Watch:     {device.Standby, device.Admin},
		device.Replicate: {device.Standby},
		device.Manage:    {device.Admin},
		"":               nil,
	} {
		for _, r := range append(device.Roles(), "", "cleaner") {
			if got, want := r.May(what), slices.Contains(roles, r); got != want {
				t.Errorf("%q may read %q: got %v, want %v", r, what, got, want)
			}
		}
	}
}

// Whatever came before, the last word on a name holds, also when the events
// went through their JSON; a key that was replaced never comes back by itself.
func TestTheLastWordHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var d device.Device
		var last queue.Event
		key := ""
		for i := range rapid.IntRange(1, 12).Draw(t, "events") {
			at := time.Unix(int64(i), 0).UTC()
			if rapid.Bool().Draw(t, "revoked") {
				last = device.Revoked{Device: "kiosk-1"}
			} else {
				key = rapid.StringMatching(`[a-f0-9]{8}`).Draw(t, "key")
				last = device.Enrolled{Device: "kiosk-1", Role: device.Kiosk, Key: key}
			}
			raw, err := json.Marshal(last)
			if err != nil {
				t.Fatal(err)
			}
			e, ok, err := device.DecodeEvent(last.Kind(), 1, raw)
			if !ok || err != nil || e != last {
				t.Fatalf("got %v, %v, %v, want %v", e, ok, err, last)
			}
			d = device.Apply(d, e, at, chain.Actor{Device: "office"})
		}
		_, enrolled := last.(device.Enrolled)
		if d.Welcome() != enrolled || d.Key != key {
			t.Errorf("after %v: got %+v", last, d)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"kiosk-2": true, "K.2_b": true, "": false, "-k": false, "máy": false, "a/b": false,
		"central": false, "setup": false, "office": false, "motcuactl": false,
	} {
		if got := device.NameOK(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add("device.enrolled", []byte(`{"device":"kiosk-1","role":"kiosk","key":"00"}`))
	f.Add("device.revoked", []byte(`{"device":7}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		e, ok, err := device.DecodeEvent(kind, 1, data)
		if ok != (e != nil) || ok && err != nil {
			t.Errorf("got %v, %v, %v", e, ok, err)
		}
	})
}
