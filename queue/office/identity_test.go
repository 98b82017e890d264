package office_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"motcua/queue"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// TestScenario21_OneOpenNumberPerPerson: somebody who shows a card has one open
// number of a service, and nothing of the card is kept.
func TestScenario21_OneOpenNumberPerPerson(t *testing.T) {
	t.Parallel()
	const card = "001199012345"
	dir := t.TempDir()
	o := open(t, dir, nil)
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	take := func(identity string) (office.Reply, error) {
		return kiosk.Do(t.Context(), "", "", queue.IssueTicket{Service: "civil", Identity: identity})
	}
	first, err := take(card)
	if err != nil {
		t.Fatal(err)
	}
	_, err = take(card)
	if r, ok := refusal.Of(err); !ok || r.Code != "number-held" || r.Args["ticket"] != first.Ticket.ID.Label() {
		t.Errorf("a second number: got %v, want the one that is held", err)
	}
	if _, err := take("036088001234"); err != nil {
		t.Errorf("another person: %v", err)
	}
	if first.Ticket.Identity == "" || first.Ticket.Identity == card {
		t.Errorf("the ticket carries %q", first.Ticket.Identity)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, office.JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte(card)) {
		t.Error("the card's number stands in the office's file")
	}
}
