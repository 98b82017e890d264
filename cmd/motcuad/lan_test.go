package main

import (
	"errors"
	"net/http"
	"testing"

	"motcua/cmd/internal/reach"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// TestScenario38_MachinesOfTheHall: through the real program, a machine joins
// with a code, works, and is shut out; without a code none gets in.
func TestScenario38_MachinesOfTheHall(t *testing.T) {
	m, here, _ := start(t, "--data", t.TempDir())
	address, dir := "https://"+m.Addr.String(), t.TempDir()
	if _, err := reach.To(address, dir); !errors.Is(err, reach.ErrStranger) {
		t.Errorf("before joining: got %v", err)
	}
	wrong, _ := enrol.ParseCode("0000-0000-0000-0000")
	if _, err := reach.Join(t.Context(), address, dir, wrong); !errors.Is(err, refusal.New("enrol-code-wrong")) {
		t.Errorf("with a guessed code: got %v", err)
	}
	var got struct{ Code string }
	base := "http://" + m.Addr.String()
	way, err := reach.To(base, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := enrol.Ask(t.Context(), http.DefaultTransport, "POST", way.Base+"/v1/enrolment/codes", enrol.Grant{Name: "kiosk-9", Role: device.Kiosk}, &got); err != nil {
		t.Fatal(err)
	}
	code, _ := enrol.ParseCode(got.Code)
	if _, err := reach.Join(t.Context(), address, dir, code); err != nil {
		t.Fatal(err)
	}
	if way, err = reach.To(address, dir); err != nil {
		t.Fatal(err)
	}
	kiosk := office.NewCaller(office.Dial(way.Base, office.DialOptions{Transport: way.RoundTripper()}), way.Identity.Name())
	if _, err := kiosk.Do(t.Context(), "", "", queue.RequestHelp{}); err != nil {
		t.Fatal(err)
	}
	if _, err := here.Do(t.Context(), office.Call{N: 1, By: chain.Actor{Device: "motcuactl"}, Command: office.RevokeDevice{Device: "kiosk-9"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := kiosk.Do(t.Context(), "", "", queue.RequestHelp{}); !errors.Is(err, refusal.New("device-revoked")) {
		t.Errorf("after it was shut out: got %v", err)
	}
	var list []device.Device
	if err := enrol.Ask(t.Context(), http.DefaultTransport, "GET", base+"/v1/devices", nil, &list); err != nil || len(list) != 1 || list[0].Welcome() {
		t.Errorf("got %+v, %v", list, err)
	}
}
