package main

import (
	"os"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/health"
	"motcua/queue/journal"
	"motcua/queue/journal/backup"
	"motcua/queue/office"
)

func TestMain(m *testing.M) {
	if journal.InspectMain() {
		return
	}
	if os.Getenv(asMotcuad) != "" { // a process of its own, to be killed
		main()
		return
	}
	os.Exit(m.Run())
}

// TestBackupFollowsTheOffice: the stick has what the office has, its health says
// so, and says that the stick was pulled.
func TestBackupFollowsTheOffice(t *testing.T) {
	stick := t.TempDir()
	_, recipient, err := backup.Key()
	if err != nil {
		t.Fatal(err)
	}
	m, client, _ := start(t, "--data", t.TempDir(), "--backup-to", stick, "--backup-recipient", recipient)
	check := func() health.Check {
		for _, c := range m.office.Health(t.Context()) {
			if c.Name == "backup" {
				return c
			}
		}
		t.Fatal("health does not speak of the backup")
		return health.Check{}
	}
	once := func() { _ = m.backup.copy.Load().Once(t.Context()) }
	for m.backup.copy.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	once()
	if c := check(); c.Level != health.Fail || c.Text != "health.backup.away" {
		t.Errorf("a folder that nobody prepared: got %+v", c)
	}
	state := m.office.State()
	if err := backup.Prepare(stick, state.Config.Office); err != nil {
		t.Fatal(err)
	}
	caller := office.NewCaller(client, "kiosk-1")
	r, err := caller.Do(t.Context(), "", "", queue.IssueTicket{Service: state.Config.Services[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	once()
	if c := check(); c.Level != health.OK || m.backup.copy.Load().State().Seq < r.Seq {
		t.Errorf("got %+v, copied up to %d of %d", c, m.backup.copy.Load().State().Seq, r.Seq)
	}
}

func TestBackupFlagsGoTogether(t *testing.T) {
	if err := (&Main{}).Parse([]string{"--backup-to", "x"}, os.Stderr); err == nil {
		t.Error("a backup that nobody could read was accepted")
	}
}
