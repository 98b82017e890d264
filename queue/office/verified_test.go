package office_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/health"
	"motcua/queue/office"
)

// TestScenario29_DamagedMonthShowsInHealth: the office goes on, and says that a
// finished month is no longer what it was.
func TestScenario29_DamagedMonthShowsInHealth(t *testing.T) {
	t.Parallel()
	dir, at := t.TempDir(), morningOf()
	o := open(t, dir, func(c *office.Config) { c.Now = at.Now })
	check := func() health.Check {
		for _, c := range o.Health(t.Context()) {
			if c.Name == "record" {
				return c
			}
		}
		t.Fatal("health does not speak of the record")
		return health.Check{}
	}
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	for range 3 { // months
		for range 30 {
			do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
		}
		at.add(31 * 24 * time.Hour)
	}
	if n, err := o.Journal().Seal(t.Context()); err != nil || n == 0 {
		t.Fatalf("sealed %d months, %v", n, err)
	}
	if c := check(); c.Level != health.OK || c.Text != "health.record.not-yet" {
		t.Errorf("before: got %+v", c)
	}
	if _, err := o.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := check(); c.Text != "health.record.ok" || c.Args["records"] != fmt.Sprint(o.Journal().Head().Seq) {
		t.Errorf("whole: got %+v", c)
	}
	if err := os.Truncate(filepath.Join(dir, o.Journal().Sealed()[0].File), 100); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Verify(t.Context()); err == nil {
		t.Error("the damage went unnoticed")
	}
	if c := check(); c.Level != health.Fail || c.Args["seq"] != "1" {
		t.Errorf("damaged: got %+v", c)
	}
	do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"}) // and it goes on
}
