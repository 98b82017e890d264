package main

import (
	"context"
	"net/http"
	"testing"
	"time"

	"motcua/cmd/internal/reach"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
)

// TestScenario24_StandbyByTheBook: as the guide says it, through the program and
// its TLS: a standby joins, gets the office's key, copies, is promoted when the
// hub is dead, and gives the next number.
func TestScenario24_StandbyByTheBook(t *testing.T) {
	hubDir, dir := t.TempDir(), t.TempDir()
	hub, here, stopHub := start(t, "--data", hubDir)
	address := "https://" + hub.Addr.String()
	var got struct{ Code string }
	grant := enrol.Grant{Name: "standby-1", Role: device.Standby}
	if err := enrol.Ask(t.Context(), http.DefaultTransport, "POST", "http://"+hub.Addr.String()+"/v1/enrolment/codes", grant, &got); err != nil {
		t.Fatal(err)
	}
	code, _ := enrol.ParseCode(got.Code)
	if _, err := reach.Join(t.Context(), address, dir, code); err != nil {
		t.Fatal(err)
	}
	standby, there, _ := start(t, "--data", dir, "--standby-of", address, "--device", "standby-1")

	service := hub.office.State().Config.Services[0].ID
	issue := func(c office.Client, n uint64) queue.Ticket {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r, err := c.Do(ctx, office.Call{N: n, By: chain.Actor{Device: "kiosk-1"}, Command: queue.IssueTicket{Service: service}})
		if err != nil {
			t.Fatal(err)
		}
		return *r.Ticket
	}
	first := issue(here, 1)
	for deadline := time.Now().Add(20 * time.Second); standby.office.Journal().Head() != hub.office.Journal().Head(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the standby does not get level")
		}
	}
	stopHub()
	officer := standby.office.State().Config.Officers[0].ID
	if _, err := standby.office.Promote(t.Context(), office.Promotion{Officer: officer, Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	if again := issue(there, 1); again.ID != first.ID {
		t.Errorf("the repeated command gave %s, not %s", again.ID, first.ID)
	}
	if next := issue(there, 2); next.ID.Label() == first.ID.Label() || next.ID.Label()[1] != '2' {
		t.Errorf("the number after the promotion is %s", next.ID.Label())
	}
}
