package desk_test

import (
	"testing"
	"time"

	"motcua/kiosk/desk"
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// silent is a counter whose office has not been heard for so long.
func (r *rig) silent(since time.Duration) *rig {
	r.t.Helper()
	r.take(desk.LinkChanged{Link: desk.Link{Office: true, Hearing: silent.Hearing{Lost: r.now.Add(-since), Unsent: 2}}})
	return r
}

// asked is the command that is under way.
func (r *rig) asked() queue.Command {
	r.t.Helper()
	if len(r.out) != 1 {
		r.t.Fatalf("%d effects are under way: %#v", len(r.out), r.out)
	}
	c, ok := r.out[0].(desk.Command)
	if !ok {
		r.t.Fatalf("got %#v, want a command", r.out[0])
	}
	return c.Command
}

func TestSilenceIsToldAtTheCounter(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	for _, c := range []struct {
		since time.Duration
		key   string
		level silent.Level
	}{
		{2 * time.Second, "counter.silent.catching-up", silent.Here}, // too short to tell; two things are being sent
		{6 * time.Second, "counter.silent.quiet", silent.Quiet},
		{41 * time.Second, "counter.silent.long", silent.Long},
	} {
		r.silent(c.since)
		if words, level := r.s.Banner(); words.Key != c.key || level != c.level {
			t.Errorf("after %v: %+v, %v", c.since, words, level)
		}
	}
	r.take(desk.LinkChanged{Link: desk.Link{Office: true}})
	if words, _ := r.s.Banner(); !words.Empty() {
		t.Errorf("back: %+v", words)
	}
}

// TestByHand: while the office is silent F2 asks who stands there.
func TestByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys []desk.Key
		want queue.Command
	}{
		"from the list":       {[]desk.Key{"F2", "2"}, queue.CallTicket{Ticket: "261122-A002", Reason: queue.ByHand}},
		"a kiosk's number":    {[]desk.Key{"F2", "0", "X", "1", "-", "0", "0", "7", "Return"}, queue.ServeByHand{Ticket: "261122-X1-007"}},
		"a short number":      {[]desk.Key{"F2", "0", "A", "9", "Return"}, queue.ServeByHand{Ticket: "261122-A009"}},
		"a mistake corrected": {[]desk.Key{"F2", "0", "A", "8", "BackSpace", "9", "Return"}, queue.ServeByHand{Ticket: "261122-A009"}},
		"the paper roll":      {[]desk.Key{"F2", "Q", "2"}, queue.ServeByHand{Service: "land"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := seated(t, 3).silent(time.Minute)
			for _, k := range c.keys {
				r.press(k)
			}
			if got := r.asked(); got != c.want {
				t.Errorf("got %#v, want %#v", got, c.want)
			}
			if m := r.s.Menu(); m != nil {
				t.Errorf("the menu %s is still open", m.Title.Key)
			}
		})
	}
}

func TestScanningByHand(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]queue.Command{
		"261122-A001-XY": queue.ServeByHand{Ticket: "261122-A001"},
		"261122-X1-004":  queue.ServeByHand{Ticket: "261122-X1-004"},
	} {
		r := seated(t, 3).silent(time.Minute)
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: code}})
		if got := r.asked(); got != want {
			t.Errorf("%s: got %#v, want %#v", code, got, want)
		}
	}
	r := seated(t, 3).silent(time.Minute)
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261122-A099-QQ"}})
	if r.s.Notice.Say.Key != "counter.by-hand.type-it" || len(r.out) > 0 {
		t.Errorf("a number that the copy lacks: %+v", r.s.Notice)
	}
	for _, typed := range []string{"", "A", "-", "X1-", "A0", "12", "AB12", "X1-99999", "ÂN1"} {
		r := seated(t, 1).silent(time.Minute)
		if r.take(desk.ServeNumber{Label: typed}); len(r.out) > 0 || r.s.Notice.Say.Key != "counter.by-hand.unreadable" {
			t.Errorf("%q: %#v, %+v", typed, r.out, r.s.Notice)
		}
	}
}

// TestSilentUnderTheCall: the office went silent after F2.
func TestSilentUnderTheCall(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.press("F2")
	c := r.out[0].(desk.Command)
	r.silent(6 * time.Second)
	r.take(desk.CommandReplied{ID: c.ID, Outcome: desk.Outcome{Refusal: refusal.New("office-silent")}})
	if m := r.s.Menu(); m == nil || m.Title.Key != "counter.by-hand.title" {
		t.Errorf("the menu is %+v", m)
	}
}

// TestPromoting: only a supervisor on the standby's machine, only while the hub
// is silent, with a reason and a confirmation.
func TestPromoting(t *testing.T) {
	t.Parallel()
	offered := func(r *rig) bool {
		r.take(desk.Pressed{Action: desk.Account})
		for _, it := range r.s.Menu().Items {
			if it.Label.Key == "counter.promote.title" {
				r.take(it.Do)
				return true
			}
		}
		return false
	}
	if r := seated(t, 1).silent(time.Minute); offered(r) {
		t.Error("offered on a machine without the standby")
	}
	r := seated(t, 1)
	if r.s.Standby = true; offered(r) {
		t.Error("offered while the hub is there")
	}
	r = seated(t, 1)
	r.s.Standby = true
	if !offered(r.silent(time.Minute)) {
		t.Fatal("not offered")
	}
	r.press("2") // the reason
	if len(r.out) > 0 {
		t.Fatal("done without a confirmation")
	}
	r.press("1")
	if got, want := r.out[0], (desk.Promote{Officer: "ha", Reason: "hub-power"}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
	r.take(desk.Promoted{Outcome: desk.Outcome{Refusal: refusal.New("promote-hub-there", "hub", "hub")}})
	if r.s.Notice.Say.Key != "refusal.promote-hub-there" {
		t.Errorf("refused: %+v", r.s.Notice)
	}
}

func TestAnomaliesAreListedAndSeen(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	r.q.Apply(queue.AnomalyFound{ID: "counter-5/3", What: queue.DoubleService, Ticket: "261122-A001"}, r.now, r.q.Seq+1, chain.Actor{})
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	if title, _ := r.s.Hint(); title.Key != "counter.account.anomalies" {
		t.Errorf("the hint is %+v", title)
	}
	r.take(desk.Pressed{Action: desk.Account})
	r.press("7")
	r.press("1")
	if m := r.s.Menu(); m == nil || m.Lines[0].Key != "queue.anomaly.double-service" {
		t.Fatalf("the menu is %+v", m)
	}
	r.press("1")
	if got, want := r.asked(), (queue.AcknowledgeAnomaly{ID: "counter-5/3"}); got != want {
		t.Errorf("got %#v, want %#v", got, want)
	}
}
