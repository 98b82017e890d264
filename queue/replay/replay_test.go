package replay_test

import (
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/replay"
	"motcua/queue/replay/replaytest"
)

// twoDays is an office with one ticket called on each of two days.
func twoDays(t *testing.T) *replaytest.Office {
	o := replaytest.New(t, nil)
	for range 2 {
		by := o.Sit("1", "cb01")
		o.Issue("ho-tich", "")
		o.Wait(time.Minute)
		o.Call(by)
		o.Must(queue.FinishTicket{}, by)
		o.Must(queue.CloseCounter{}, by)
		o.Must(queue.CloseDay{}, by)
		o.Wait(24 * time.Hour)
	}
	return o
}

func TestStepsShowBeforeAndAfter(t *testing.T) {
	o := twoDays(t)
	p := replay.New(nil)
	judged, moved := 0, 0
	for _, r := range o.Records {
		s, ok := p.Play(r, func(s replay.Step) {
			judged++
			if s.After != nil || s.Ticket != "" && p.State.Ticket(s.Ticket) != s.Before {
				t.Errorf("record %d: judged after it was applied", r.Seq)
			}
		})
		if !ok {
			t.Errorf("record %d of %s was not shown", r.Seq, r.Type)
		}
		if s.Moved() {
			moved++
		}
		if _, issued := s.Event.(queue.TicketIssued); issued && (s.Before != nil || s.After == nil || s.Ticket == "") {
			t.Errorf("issue: %+v", s)
		}
	}
	if judged != len(o.Records) || moved != 6 { // issued, called, finished; twice
		t.Errorf("%d of %d records judged, %d moves", judged, len(o.Records), moved)
	}
}

func TestEarlierDaysOnlyPrepare(t *testing.T) {
	o := twoDays(t)
	p := replay.New(func(day string) bool { return day == "2026-11-24" })
	tickets := 0
	for _, r := range o.Records {
		s, ok := p.Play(r, func(s replay.Step) {
			if s.Day != "2026-11-24" {
				t.Errorf("judged record %d of %s", s.Record.Seq, s.Day)
			}
		})
		if ok && s.Day != "2026-11-24" {
			t.Errorf("shown record %d of %s", r.Seq, s.Day)
		}
		if s.After != nil && s.Before == nil {
			tickets++
		}
	}
	if tickets != 1 || p.State.Config.Office == "" {
		t.Errorf("%d tickets issued, office %q", tickets, p.State.Config.Office)
	}
}

func TestLaterKindsAndOtherPackagesArePassedOver(t *testing.T) {
	o := twoDays(t)
	p := replay.New(nil)
	for _, kind := range []string{"dossier.received", "ticket.teleported"} {
		r := o.Records[0]
		r.Type = kind
		if _, ok := p.Play(r, nil); ok || p.Unread != 0 {
			t.Errorf("%s was shown, or taken for damage", kind)
		}
	}
}
