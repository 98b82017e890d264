package office_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// TestScenario38_WrongPINTenTimes: an officer's name is locked, opened again by a
// supervisor or by waiting, and belongs to the machine where they signed in.
func TestScenario38_WrongPINTenTimes(t *testing.T) {
	t.Parallel()
	h := newHall(t, func(c *office.Config) { c.Setup.Officers[1].Supervisor = true })
	const right, wrong = "492735", "715204"
	one, two := h.enrol("counter-1", device.Counter, ""), h.enrol("counter-2", device.Counter, "")
	for _, officer := range []string{"cb01", "cb02"} {
		if err := h.it(office.SetPIN{Officer: officer, PIN: right}); err != nil {
			t.Fatal(err)
		}
	}
	lan := chain.Actor{Device: "counter-1", Officer: "cb01", Counter: "1"}
	boss := chain.Actor{Device: "counter-2", Officer: "cb02", Counter: "2"}
	n := map[*machine]uint64{}
	do := func(m *machine, by chain.Actor, cmd queue.Command) string {
		n[m]++
		err := m.give(n[m], by, cmd)
		if no, ok := refusal.Of(err); ok {
			return no.Code
		} else if err != nil {
			t.Fatal(err)
		}
		return ""
	}
	expect := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	expect("without a PIN", do(one, lan, queue.OpenCounter{}), "pin-needed")
	expect("working without signing in", do(one, lan, receive()), "officer-not-here")
	for i := range 4 {
		expect(fmt.Sprint("wrong ", i), do(one, lan, queue.OpenCounter{PIN: wrong}), "pin-wrong")
	}
	expect("wrong, fifth", do(one, lan, queue.OpenCounter{PIN: wrong}), "pin-locked")
	for i := range 5 {
		expect(fmt.Sprint("locked ", i), do(one, lan, queue.OpenCounter{PIN: wrong}), "pin-locked")
	}
	expect("right while locked", do(one, lan, queue.OpenCounter{PIN: right}), "pin-locked")
	n[one]-- // the call's number again: its answer stands, whatever PIN comes with it
	expect("the same number with another PIN", do(one, lan, queue.OpenCounter{PIN: wrong}), "pin-locked")
	expect("unlocking oneself", do(one, lan, office.UnlockOfficer{Officer: "cb01"}), "officer-not-here")
	expect("the supervisor signs in", do(two, boss, queue.OpenCounter{PIN: right}), "")
	expect("the supervisor unlocks", do(two, boss, office.UnlockOfficer{Officer: "cb01"}), "")
	expect("right", do(one, lan, queue.OpenCounter{PIN: right}), "")
	expect("working", do(one, lan, receive()), "")
	expect("a break", do(one, lan, queue.PauseCounter{}), "")
	expect("back from it", do(one, lan, queue.OpenCounter{}), "")
	expect("the officer's name elsewhere", do(two, chain.Actor{Device: "counter-2", Officer: "cb01", Counter: "2"}, queue.CallNext{}), "officer-not-here")
	expect("leaving", do(one, lan, queue.CloseCounter{}), "")
	expect("after leaving", do(one, lan, receive()), "officer-not-here")
	for range 5 {
		do(one, lan, queue.OpenCounter{PIN: wrong})
	}
	h.clock.add(16 * time.Minute)
	expect("a quarter of an hour later", do(one, lan, queue.OpenCounter{PIN: right}), "")
	h.clock.add(24 * time.Hour)
	expect("the next day", do(one, lan, receive()), "officer-not-here")
	locked := records[office.OfficerLocked](t, h.Office)
	if len(locked) != 2 || locked[0].Officer != "cb01" || locked[0].Wrong != 5 || len(records[office.OfficerUnlocked](t, h.Office)) != 1 {
		t.Errorf("recorded %+v", locked)
	}
	noSecrets(t, h.Office, right, wrong)
}

// noSecrets looks for texts in every record and every stored value.
func noSecrets(t *testing.T, o *office.Office, secrets ...string) {
	t.Helper()
	var b bytes.Buffer
	all, err := o.Journal().Range(t.Context(), 0, 1e6)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		b.Write(r.Line())
	}
	for _, secret := range secrets {
		if bytes.Contains(b.Bytes(), []byte(secret)) {
			t.Errorf("a record has %s", secret)
		}
		if err := o.Journal().View(func(v journal.View) error {
			for n := range uint64(60) {
				for _, d := range []string{"motcuactl", "counter-1", "counter-2"} {
					if raw, err := v.Answer(d, n); err != nil || bytes.Contains(raw, []byte(secret)) {
						t.Errorf("answer %d of %s has %s (%v)", n, d, secret, err)
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// Setting a PIN: once per call, not a weak one, not for a stranger; taken away
// again the officer signs in as before.
func TestSettingPINs(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	set := func(n uint64, officer, pin string) error {
		_, err := h.local().Do(t.Context(), office.Call{N: n, By: chain.Actor{Device: "motcuactl"}, Command: office.SetPIN{Officer: officer, PIN: pin}})
		return err
	}
	if err := set(1, "cb01", "123456"); !errors.Is(err, refusal.New("pin-weak")) {
		t.Errorf("got %v", err)
	}
	if err := set(1, "nobody", "492735"); !errors.Is(err, refusal.New("officer-unknown")) {
		t.Errorf("got %v", err)
	}
	for range 2 {
		if err := set(2, "cb01", "492735"); err != nil {
			t.Errorf("the same call again: %v", err)
		}
	}
	if err := set(2, "cb01", "492736"); !errors.Is(err, refusal.New("call-reused")) {
		t.Errorf("its number with another PIN: got %v", err)
	}
	if got := len(records[office.PINSet](t, h.Office)); got != 1 {
		t.Errorf("%d records of one PIN", got)
	}
	if _, body := h.here("GET", "/v1/health", ""); !strings.Contains(body, "health.staff.some") {
		t.Errorf("health: %s", body)
	}
	if err := set(3, "cb01", ""); err != nil {
		t.Fatal(err)
	}
	desk := h.enrol("counter-1", device.Counter, "")
	if err := desk.give(1, chain.Actor{Device: "counter-1", Officer: "cb01", Counter: "1"}, queue.OpenCounter{}); err != nil {
		t.Errorf("without a PIN again: %v", err)
	}
}
