package office_test

import (
	"context"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
)

// TestOldApplicantsAreErased: after the days that the office keeps them, counted
// from the dossier's end, and not before the city has it.
func TestOldApplicantsAreErased(t *testing.T) {
	now := morningOf()
	o := open(t, t.TempDir(), func(c *office.Config) {
		c.Setup.Keep = queue.Keep{Applicants: 30}
		c.Now = now.Now
	})
	n := uint64(0)
	by := func(c queue.Command) office.Reply {
		n++
		return must(t, o, by("counter-1", n, c))
	}
	finished := by(receive()).Dossier.Code
	open := by(receive()).Dossier.Code
	by(dossier.MarkReady{Code: finished})
	by(dossier.Return{Code: finished})

	run := func() int {
		t.Helper()
		erased, err := o.EraseOld(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return erased
	}
	erased := func(code string) bool {
		t.Helper()
		c, err := o.Case(context.Background(), code)
		if err != nil {
			t.Fatal(err)
		}
		return c.Erased
	}
	now.add(29 * 24 * time.Hour)
	if got := run(); got != 0 || erased(finished) {
		t.Errorf("after 29 days %d were erased", got)
	}
	now.add(2 * 24 * time.Hour)
	o.SetLink(office.Link{Up: true, Since: now.Now()})
	if got := run(); got != 0 {
		t.Errorf("%d were erased that the city does not have", got)
	}
	if err := o.Journal().SetAcked(context.Background(), o.Journal().Head()); err != nil {
		t.Fatal(err)
	}
	now.add(time.Hour)
	by(dossier.MarkReady{Code: open}) // so that the last record is new
	if err := o.Journal().SetAcked(context.Background(), o.Journal().Head()); err != nil {
		t.Fatal(err)
	}
	if got := run(); got != 1 || !erased(finished) || erased(open) {
		t.Errorf("after 31 days %d were erased: the finished one %v, the open one %v", got, erased(finished), erased(open))
	}
	if got := run(); got != 0 {
		t.Errorf("%d were erased again", got)
	}
	if err := verified(o); err != nil {
		t.Error(err)
	}
}
