package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/office/terminal"
	"motcua/queue/refusal"
)

const birth = "1.001193" // of the shipped catalogue

// window is a counter at work with an officer at it.
func (w *town) window(device string, n int) *seat {
	w.t.Helper()
	s := w.seat(device, queue.RoleCounter).known()
	config := w.hub.State().Config
	s.officer, s.counter = config.Officers[n].ID, config.Counters[n].ID
	if _, err := s.do(queue.OpenCounter{}); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (s *seat) do(cmd queue.Command) (office.Reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return s.DoAs(ctx, 0, s.officer, s.counter, cmd)
}

// alone waits until the terminal knows that nobody answers.
func (s *seat) alone() {
	s.t.Helper()
	until(s.t, "the terminal knows that it is alone", func() bool { return !s.Seen().Lost.IsZero() })
}

// papers is a complete set for a procedure.
func (s *seat) papers(procedure string) (list []dossier.Paper) {
	s.t.Helper()
	all, err := s.Procedures(s.t.Context(), "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range all {
		if p.Code == procedure {
			for _, q := range p.Papers {
				list = append(list, dossier.Paper{Name: q.Name, Original: q.Original, Copies: q.Copies, Required: q.Required, Present: true})
			}
		}
	}
	return list
}

func (s *seat) receive(procedure string) (dossier.Dossier, error) {
	s.t.Helper()
	r, err := s.do(dossier.Receive{
		Procedure: procedure, Papers: s.papers(procedure), Sets: 1,
		Applicant: &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345", Phone: "0912345678"},
	})
	if err != nil {
		return dossier.Dossier{}, err
	}
	return *r.Dossier, nil
}

// TestScenario24_IntakeGivesAProvisionalReceipt: while the hub is silent a
// dossier gets a provisional code, survives the counter's power cut without the
// applicant on its disk in clear, and is an official one when the line is back,
// found by either code.
func TestScenario24_IntakeGivesAProvisionalReceipt(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	c := w.window("counter-1", 0)
	online, err := c.receive(birth)
	if err != nil || !online.Numbered() {
		t.Fatalf("with the office there: %+v, %v", online.Code, err)
	}
	c.cable.cut()
	c.alone()
	if p, err := c.Promise(t.Context(), birth); err != nil || p.Code != "TAM.Q1-261124-0002" {
		t.Errorf("the promise is %q, %v", p.Code, err)
	}
	got, err := c.receive(birth)
	if err != nil {
		t.Fatal(err)
	}
	if got.Code != "TAM.Q1-261124-0002" || got.Numbered() || got.Due.IsZero() || got.Title.VI == "" {
		t.Errorf("the receipt says %+v", got)
	}
	if _, err := c.receive("9.999999"); !errors.Is(err, refusal.New("procedure-unknown")) {
		t.Errorf("an unknown procedure: %v", err)
	}
	if found, err := c.Dossier(t.Context(), " tam.q1-261124-0002"); err != nil || !found.Due.Equal(got.Due) {
		t.Errorf("looked up here: %+v, %v", found.Code, err)
	}
	if _, err := c.do(queue.ServeByHand{}); err != nil { // work goes on behind it
		t.Fatal(err)
	}
	if _, err := c.do(queue.FinishTicket{}); err != nil {
		t.Fatal(err)
	}
	c.stop() // the power goes
	w.nothingPersonal("counter-1")
	c = w.seat("counter-1", queue.RoleCounter)
	until(t, "the dossier has its official code", func() bool {
		d, err := w.hub.Dossier(t.Context(), got.Code)
		return err == nil && d.Numbered() && d.Code != online.Code
	})
	d, err := w.hub.Dossier(t.Context(), got.Code)
	if err != nil || !d.Received.Equal(got.Received) || !d.Due.Equal(got.Due) || d.Officer != got.Officer || d.Counter != got.Counter {
		t.Errorf("the office has %+v, %v; the receipt says %+v", d, err, got)
	}
	if bad := w.hub.State().Anomalies; len(bad) > 0 {
		t.Errorf("anomalies: %+v", bad)
	}
	if who, err := w.hub.Case(t.Context(), d.Code); err != nil || who.Applicant.ID != "001199012345" {
		t.Errorf("the applicant: %+v, %v", who.Applicant, err)
	}
	until(t, "the counter's copy has it", func() bool {
		s := c.Seen().State
		return s != nil && s.Seq >= w.hub.Journal().Head().Seq
	})
	c.cable.cut()
	c.alone()
	if found, err := c.Dossier(t.Context(), got.Code); err != nil || found.Code != d.Code {
		t.Errorf("in the copy, by the provisional code: %+v, %v", found.Code, err)
	}
}

// nothingPersonal looks through a terminal's folder.
func (w *town) nothingPersonal(device string) {
	w.t.Helper()
	raw, err := os.ReadFile(filepath.Join(w.dir, device, terminal.File))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, secret := range []string{"001199012345", "Ánh Tuyết", "0912345678"} {
		if bytes.Contains(raw, []byte(secret)) {
			w.t.Errorf("%q is on the disk of %s", secret, device)
		}
	}
}

// TestRefusedReceiptIsAnAnomaly: the office cannot take in what a receipt was
// given for; a supervisor sees it, also when the terminal was restarted.
func TestRefusedReceiptIsAnAnomaly(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"at work": false, "restarted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			c := w.window("counter-1", 0)
			c.cable.cut()
			c.alone()
			got, err := c.receive(birth)
			if err != nil {
				t.Fatal(err)
			}
			// The office has this receipt already, of somebody else.
			caller := office.NewCaller(office.Local(w.hub), "counter-9")
			if _, err := caller.Do(t.Context(), c.officer, c.counter, dossier.Receive{
				Procedure: birth, Papers: c.papers(birth), Provisional: got.Code, At: got.Received.Add(-time.Minute),
				Applicant: &dossier.Person{Name: "Trần Văn An", ID: "001199012346"},
			}); err != nil {
				t.Fatal(err)
			}
			if restart {
				c.stop()
				w.seat("counter-1", queue.RoleCounter)
			} else {
				c.cable.mend()
			}
			until(t, "the anomaly is there", func() bool { return len(w.hub.State().Anomalies) == 1 })
			a := w.hub.State().Anomalies[0]
			if a.ID != got.Code || a.What != queue.ReceiptRefused || a.There.Counter != c.counter || a.There.Officer != c.officer {
				t.Errorf("the anomaly is %+v", a)
			}
		})
	}
}

// TestNothingFlickersWhenTheOfficeIsBack: what was done alone stays on the screen
// while it is handed over, until the office's own record shows it.
func TestNothingFlickersWhenTheOfficeIsBack(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	c := w.window("counter-1", 0)
	c.cable.cut()
	c.alone()
	r, err := c.do(queue.ServeByHand{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		c.Watch(ctx, func(s terminal.Seen) {
			if desk := s.State.Counters[c.counter]; desk.Ticket != r.Ticket.ID || desk.Officer != c.officer {
				t.Errorf("the counter shows %+v", desk)
			}
		})
	}()
	c.cable.mend()
	until(t, "the office is back", func() bool { return c.Seen().Lost.IsZero() && c.Seen().Unsent == 0 })
	until(t, "the copy has what was done here", func() bool {
		return c.Seen().State.Merged[c.Device()].Has(w.hub.State().Merged[c.Device()].Last())
	})
	stop()
	<-watched
}

// TestReceiptThatTheOfficeHasAlready: the record of the dossier came another way
// than the call's answer; that is no anomaly.
func TestReceiptThatTheOfficeHasAlready(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	c := w.window("counter-1", 0)
	c.cable.cut()
	c.alone()
	got, err := c.receive(birth)
	if err != nil {
		t.Fatal(err)
	}
	caller := office.NewCaller(office.Local(w.hub), "counter-9")
	if _, err := caller.Do(t.Context(), c.officer, c.counter, dossier.Receive{
		Procedure: birth, Papers: c.papers(birth), Provisional: got.Code, At: got.Received,
		Applicant: &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345"},
	}); err != nil {
		t.Fatal(err)
	}
	c.cable.mend()
	until(t, "the office is back", func() bool { return c.Seen().Lost.IsZero() })
	if _, err := c.do(queue.FinishTicket{}); !errors.Is(err, refusal.New("no-ticket-open")) { // behind the receipt
		t.Fatal(err)
	}
	if bad := w.hub.State().Anomalies; len(bad) > 0 {
		t.Errorf("anomalies: %+v", bad)
	}
}

// TestReceiptOfALostAnswer: the office took the dossier in and its answer was
// lost; the provisional receipt is of the same dossier, which is there once.
func TestReceiptOfALostAnswer(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	c := w.window("counter-1", 0)
	c.cable.cut() // the terminal does not know yet
	got, err := c.receive(birth)
	if err != nil || got.Numbered() {
		t.Fatalf("got %+v, %v", got.Code, err)
	}
	c.cable.mend()
	until(t, "the dossier is there", func() bool {
		d, err := w.hub.Dossier(t.Context(), got.Code)
		return err == nil && d.Numbered()
	})
	list, err := w.hub.Dossiers(t.Context(), office.DossierQuery{})
	if err != nil || len(list) != 1 {
		t.Errorf("%d dossiers, %v", len(list), err)
	}
}
