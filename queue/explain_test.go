package queue_test

import (
	"strings"
	"testing"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
)

func TestExplainNamesTheReason(t *testing.T) {
	for name, test := range map[string]struct {
		play func(*desk) // counter 2 is asked: ho-tich and dat-dai in one tier
		want queue.Explanation
	}{
		"nobody": {func(*desk) {}, queue.Explanation{Code: queue.WhyNobody}},
		"alone":  {func(d *desk) { d.issue("ho-tich", "") }, queue.Explanation{Code: queue.WhyAlone, Ticket: "261123-A001"}},
		"earlier, across services": {func(d *desk) {
			d.issue("dat-dai", "")
			d.wait(7 * time.Minute)
			d.issue("ho-tich", "")
		}, queue.Explanation{Code: queue.WhyEarlier, Ticket: "261123-H001", Over: "261123-A001", Minutes: 7}},
		"issue order": {func(d *desk) {
			d.issue("ho-tich", "")
			d.issue("ho-tich", "")
		}, queue.Explanation{Code: queue.WhyIssue, Ticket: "261123-A001", Over: "261123-A002"}},
		"head start over the longest waiting": {func(d *desk) {
			d.issue("ho-tich", "")
			d.wait(14 * time.Minute)
			d.issue("ho-tich", "")
			d.issue("ho-tich", queue.ClassPriority)
		}, queue.Explanation{Code: queue.WhyHeadStart, Ticket: "261123-A003", Over: "261123-A001", Class: queue.ClassPriority, Minutes: 15}},
		"a head start that is used up": {func(d *desk) {
			d.issue("ho-tich", "")
			d.wait(16 * time.Minute)
			d.issue("ho-tich", queue.ClassPriority)
		}, queue.Explanation{Code: queue.WhyEarlier, Ticket: "261123-A001", Over: "261123-A002", Minutes: 16}},
		"sent here": {func(d *desk) {
			one := d.sit("1", "cb01")
			d.issue("ho-tich", "")
			d.callNext(one)
			d.wait(time.Hour)
			d.issue("dat-dai", "")
			d.must(queue.TransferTicket{Counter: "2"}, one)
		}, queue.Explanation{Code: queue.WhySent, Ticket: "261123-A001", Over: "261123-H001"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil)
			by := d.sit("2", "cb02")
			test.play(d)
			if got := d.s.Explain("2"); got != test.want {
				t.Fatalf("got %+v, want %+v", got, test.want)
			}
			if test.want.Ticket == "" {
				return
			}
			events := d.must(queue.CallNext{}, by)
			if got := events[0].(queue.TicketCalled).Because; got != test.want {
				t.Errorf("the journal says %+v", got)
			}
		})
	}
}

func TestExplainAnswersAboutAnybody(t *testing.T) {
	d := open(t, func(c *queue.Config) { c.Officers[0].Services = []string{"tra"} })
	d.sit("1", "cb01") // does only tra there
	two := d.sit("2", "cb02")
	d.sit("3", "cb03")
	civil := d.issue("ho-tich", "")
	result := d.issue("tra", "")
	d.callNext(two)
	d.must(queue.TransferTicket{Counter: "3"}, two)
	land := d.issue("dat-dai", "")
	for _, test := range []struct {
		counter string
		about   queue.TicketID
		want    queue.Why
	}{
		{"1", civil, queue.WhyElsewhere},
		{"1", land, queue.WhyNotHere},
		{"1", result, queue.WhyAlone},
		{"3", result, queue.WhySent},
		{"2", "261123-A404", queue.WhyNotWaiting},
	} {
		if got := d.s.ExplainOver(test.counter, test.about); got.Code != test.want {
			t.Errorf("counter %s about %s: %+v, want %s", test.counter, test.about.Label(), got, test.want)
		}
	}
	if d.s.Working("ho-tich") != 1 || len(d.s.CounterQueue("1")) != 1 {
		t.Errorf("an officer's list is not kept: %d counters, %d in line", d.s.Working("ho-tich"), len(d.s.CounterQueue("1")))
	}
}

func TestChosenAndHeldAreExplained(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	first, second := d.issue("ho-tich", ""), d.issue("ho-tich", "")
	events := d.must(queue.CallTicket{Ticket: second, Reason: "có con nhỏ"}, by)
	if got := events[0].(queue.TicketCalled); got.Because != (queue.Explanation{Code: queue.WhyChosen, Ticket: second, Over: first}) || got.Why != "có con nhỏ" {
		t.Errorf("recorded %+v", got)
	}
	d.must(queue.HoldTicket{}, by)
	events = d.must(queue.CallTicket{Ticket: second}, by)
	if got := events[0].(queue.TicketCalled); got.Because.Code != queue.WhyHeld || got.Chosen {
		t.Errorf("recorded %+v", got)
	}
}

// TestEveryReasonHasItsSentence in both languages, with nothing left open.
func TestEveryReasonHasItsSentence(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := config()
	for _, why := range []queue.Why{
		queue.WhyBack, queue.WhySent, queue.WhyOfficer, queue.WhyTier, queue.WhyEarlier, queue.WhyHeadStart, queue.WhyIssue, queue.WhyAlone,
		queue.WhyHeld, queue.WhyChosen, queue.WhyNobody, queue.WhyNotHere, queue.WhyElsewhere, queue.WhyLater, queue.WhyNotWaiting,
	} {
		e := queue.Explanation{Code: why, Ticket: "261123-A001", Over: "261123-A002", Class: queue.ClassPriority, Minutes: 15}
		for _, lang := range i18n.Languages {
			if got := texts.Get(lang, e.Key(), e.Args(c, lang)...); strings.ContainsAny(got, "{⟦") || got == "" {
				t.Errorf("%s %s: %q", lang, why, got)
			}
		}
	}
	for _, chance := range []queue.Chance{queue.Doubtful, queue.TooLate} {
		o := queue.Outlook{Chance: chance, Closes: monday, Later: monday}
		for _, key := range []string{o.Key(), "queue.outlook.later"} {
			for _, lang := range i18n.Languages {
				if got := texts.Get(lang, key, o.Args()...); strings.ContainsAny(got, "{⟦") {
					t.Errorf("%s %s: %q", lang, key, got)
				}
			}
		}
	}
}
