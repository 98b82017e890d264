package office_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// faces are the clients that must behave alike. "Both" sends every other
// request the other way, to one and the same office.
func faces() map[string]func(*testing.T, *office.Office) office.Client {
	overHTTP := func(t *testing.T, o *office.Office) office.Client { c, _ := serve(t, o); return c }
	return map[string]func(*testing.T, *office.Office) office.Client{
		"local": func(_ *testing.T, o *office.Office) office.Client { return office.Local(o) },
		"http":  overHTTP,
		"both": func(t *testing.T, o *office.Office) office.Client {
			return &alternate{Client: office.Local(o), other: overHTTP(t, o)}
		},
	}
}

// alternate sends every other command over another client.
type alternate struct {
	office.Client
	other office.Client
	mu    sync.Mutex
	n     int // guarded by mu
}

func (a *alternate) pick() office.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n++; a.n%2 == 0 {
		return a.other
	}
	return a.Client
}

func (a *alternate) Do(ctx context.Context, c office.Call) (office.Reply, error) {
	return a.pick().Do(ctx, c)
}

func (a *alternate) LastN(ctx context.Context, device string) (uint64, error) {
	return a.pick().(office.Numbered).LastN(ctx, device)
}

func TestClientsBehaveAlike(t *testing.T) {
	t.Parallel()
	suite := map[string]func(*testing.T, office.Client, *office.Office){
		"a repeated call gets the same reply":      repeated,
		"a repeated refusal is the same":           repeatedRefusal,
		"what is no call is refused":               badCalls,
		"a number used for another command":        reused,
		"a call that comes too late":               late,
		"a ticket's day":                           ticketDay,
		"a dossier's life":                         dossierLife,
		"following is the state, then each record": following,
		"a lost follower begins again":             followAgain,
		"unknown things are refused by code":       unknown,
	}
	for face, dial := range faces() {
		for name, check := range suite {
			t.Run(face+"/"+name, func(t *testing.T) {
				t.Parallel()
				o := open(t, t.TempDir(), nil)
				check(t, dial(t, o), o)
			})
		}
	}
}

func call(n uint64, c queue.Command) office.Call {
	return office.Call{N: n, By: chain.Actor{Device: "kiosk-1"}, Command: c}
}

func repeated(t *testing.T, c office.Client, o *office.Office) {
	first, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "civil"}))
	if err != nil {
		t.Fatal(err)
	}
	head := o.Journal().Head()
	for range 4 {
		again, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "civil"}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("repeated reply (-first +again):\n%s", diff)
		}
	}
	if o.Journal().Head() != head {
		t.Error("a repeated call wrote records")
	}
	if first.Ticket == nil || first.Ticket.ID != "261120-A001" || first.Seq == 0 || first.At.IsZero() {
		t.Errorf("got reply %+v", first)
	}
	if !strings.HasPrefix(first.Ticket.Code, "261120-A001-") || len(first.Ticket.Code) != len("261120-A001-")+8 {
		t.Errorf("got code %q, want the id and 8 characters", first.Ticket.Code)
	}
}

func repeatedRefusal(t *testing.T, c office.Client, _ *office.Office) {
	desk := chain.Actor{Device: "desk-1", Officer: "cb01", Counter: "1"}
	for n, cmd := range []queue.Command{queue.OpenCounter{}, queue.CallNext{}} {
		_, err := c.Do(t.Context(), office.Call{N: uint64(n + 1), By: desk, Command: cmd})
		if n == 1 && !errors.Is(err, refusal.New("queue-empty")) {
			t.Fatalf("got %v, want queue-empty", err)
		}
	}
	if _, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "civil"})); err != nil {
		t.Fatal(err)
	}
	// The lost refusal is asked for again when there is somebody to call: it
	// stays a refusal, or a ticket would be called that nobody asked for.
	_, err := c.Do(t.Context(), office.Call{N: 2, By: desk, Command: queue.CallNext{}})
	if !errors.Is(err, refusal.New("queue-empty")) {
		t.Errorf("got %v, want the same refusal", err)
	}
	if r, err := c.Do(t.Context(), office.Call{N: 3, By: desk, Command: queue.CallNext{}}); err != nil || r.Ticket == nil {
		t.Errorf("the next command: got %+v, %v, want the ticket", r, err)
	}
}

func badCalls(t *testing.T, c office.Client, _ *office.Office) {
	issue := queue.IssueTicket{Service: "civil"}
	for name, bad := range map[string]office.Call{
		"no device":        {N: 1, Command: issue},
		"device of spaces": {N: 1, By: chain.Actor{Device: "a b"}, Command: issue},
		"no number":        {By: chain.Actor{Device: "k"}, Command: issue},
		"huge number":      {N: 1 << 60, By: chain.Actor{Device: "k"}, Command: issue},
		"long officer":     {N: 1, By: chain.Actor{Device: "k", Officer: strings.Repeat("x", 99)}, Command: issue},
		"no command":       {N: 1, By: chain.Actor{Device: "k"}},
	} {
		if _, err := c.Do(t.Context(), bad); !errors.Is(err, refusal.New("call-invalid")) {
			t.Errorf("%s: got %v, want call-invalid", name, err)
		}
	}
	if _, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "nowhere"})); !errors.Is(err, refusal.New("service-unknown")) {
		t.Errorf("got %v, want service-unknown", err)
	}
}

func reused(t *testing.T, c office.Client, _ *office.Office) {
	if _, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "civil"})); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), call(1, queue.IssueTicket{Service: "copy"})); !errors.Is(err, refusal.New("call-reused")) {
		t.Errorf("got %v, want call-reused", err)
	}
	// A caller that finds its number taken learns the right one by itself.
	caller := office.NewCaller(c, "kiosk-1")
	if r := do(t, caller, "", "", queue.IssueTicket{Service: "copy"}); r.Ticket.ID != "261120-H001" {
		t.Errorf("got %s, want 261120-H001", r.Ticket.ID)
	}
}

func late(t *testing.T, c office.Client, _ *office.Office) {
	if _, err := c.Do(t.Context(), call(5, queue.IssueTicket{Service: "civil"})); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(t.Context(), call(4, queue.IssueTicket{Service: "civil"})); !errors.Is(err, refusal.New("call-stale")) {
		t.Errorf("got %v, want call-stale", err)
	}
	if n, err := c.(office.Numbered).LastN(t.Context(), "kiosk-1"); err != nil || n != 5 {
		t.Errorf("got last command %d, %v, want 5", n, err)
	}
}

func ticketDay(t *testing.T, c office.Client, _ *office.Office) {
	kiosk, desk := office.NewCaller(c, "kiosk-1"), office.NewCaller(c, "desk-1")
	issued := do(t, kiosk, "", "", queue.IssueTicket{Service: "civil", Lang: "en", Dossiers: 12}).Ticket
	do(t, kiosk, "", "", queue.ReportPrint{Ticket: issued.ID, Outcome: queue.Printed})
	do(t, desk, "cb01", "1", queue.OpenCounter{})
	for _, cmd := range []queue.Command{queue.CallNext{}, queue.StartService{}, queue.FinishTicket{}} {
		r := do(t, desk, "cb01", "1", cmd)
		if r.Ticket == nil || r.Ticket.ID != issued.ID {
			t.Fatalf("%s: got %+v, want the ticket", cmd.Name(), r.Ticket)
		}
	}
	do(t, kiosk, "", "", queue.RateTicket{Ticket: issued.ID, Level: 5})
	for _, key := range []string{string(issued.ID), issued.Code} {
		got, err := c.Ticket(t.Context(), key)
		if err != nil || got.Status() != queue.Done || got.Print != queue.Printed || got.Dossiers != 12 {
			t.Errorf("ticket %s: got %+v, %v", key, got, err)
		}
	}
}

func dossierLife(t *testing.T, c office.Client, _ *office.Office) {
	desk := office.NewCaller(c, "desk-1")
	promise, err := c.Promise(t.Context(), "1.001193")
	if err != nil {
		t.Fatal(err)
	}
	r := do(t, desk, "cb01", "1", receive())
	if r.Dossier == nil || r.Dossier.Code != promise.Code || !r.Dossier.Due.Equal(promise.Due) {
		t.Fatalf("got %+v, want what was promised: %+v", r.Dossier, promise)
	}
	if r.Dossier.Mask != "001*****2345" || r.Dossier.Sealed != nil || r.Dossier.CardHash != "" {
		t.Errorf("got mask %q, sealed %d bytes, hash %q", r.Dossier.Mask, len(r.Dossier.Sealed), r.Dossier.CardHash)
	}
	second := do(t, desk, "cb01", "1", receive()).Dossier.Code
	do(t, desk, "cb01", "1", dossier.MarkReady{Code: r.Dossier.Code})
	for name, tt := range map[string]struct {
		q    office.DossierQuery
		want []string
	}{
		"all, newest first": {office.DossierQuery{}, []string{second, r.Dossier.Code}},
		"by day":            {office.DossierQuery{Day: "2026-11-20"}, []string{second, r.Dossier.Code}},
		"another day":       {office.DossierQuery{Day: "2026-11-19"}, nil},
		"no day at all":     {office.DossierQuery{Day: "hôm qua"}, nil},
		"by status":         {office.DossierQuery{Status: dossier.Ready}, []string{r.Dossier.Code}},
		"status moved on":   {office.DossierQuery{Status: dossier.Received}, []string{second}},
		"by card":           {office.DossierQuery{Card: person().ID}, []string{second, r.Dossier.Code}},
		"another card":      {office.DossierQuery{Card: "001099000000"}, nil},
		"by card and day":   {office.DossierQuery{Card: person().ID, Day: "2026-11-19"}, nil},
		"at most one":       {office.DossierQuery{Limit: 1}, []string{second}},
	} {
		list, err := c.Dossiers(t.Context(), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			got = append(got, d.Code)
		}
		// Two of the same millisecond may stand either way round.
		if len(got) != len(tt.want) || len(got) == 1 && got[0] != tt.want[0] && tt.q.Limit == 0 {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
	d, err := c.Dossier(t.Context(), strings.ToLower(r.Dossier.Code))
	if err != nil || d.Status() != dossier.Ready || d.Sealed != nil {
		t.Errorf("citizen's view: got %+v, %v", d, err)
	}
	k, err := c.Case(t.Context(), r.Dossier.Code)
	if err != nil || k.Applicant != *person() || k.Erased {
		t.Errorf("officer's view: got %+v, %v", k.Applicant, err)
	}
	found, err := c.Procedures(t.Context(), "khai sinh")
	if err != nil || len(found) != 1 {
		t.Errorf("got %d procedures, %v, want 1", len(found), err)
	}
	no := receive()
	no.Applicant = nil
	if _, err := desk.Do(t.Context(), "cb01", "1", no); !errors.Is(err, refusal.New("applicant-missing")) {
		t.Errorf("no applicant: got %v", err)
	}
}

func following(t *testing.T, c office.Client, o *office.Office) {
	kiosk := office.NewCaller(c, "kiosk-1")
	do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	updates, err := c.Follow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	first := <-updates
	if first.State == nil || first.Seq != o.Journal().Head().Seq {
		t.Fatalf("got %+v, want the whole state of record %d", first, o.Journal().Head().Seq)
	}
	copied := first.State
	for range 5 {
		do(t, kiosk, "", "", queue.IssueTicket{Service: "copy"})
	}
	o.SetLink(office.Link{Up: true, Acked: 3})
	link := false
	for seq := first.Seq; seq < o.Journal().Head().Seq || !link; {
		u, ok := <-updates
		if !ok {
			t.Fatal("the stream ended")
		}
		if u.Link != nil {
			link = u.Link.Up && u.Link.Acked == 3
			continue
		}
		if u.Record == nil || u.Seq != seq+1 || u.Record.Seq != u.Seq {
			t.Fatalf("got %+v after %d", u, seq)
		}
		seq = u.Seq
		kept, err := o.Journal().Range(ctx, seq-1, 1)
		if err != nil || u.Record.Hash() != kept[0].Hash() {
			t.Fatalf("record %d does not keep its bytes: %v", seq, err)
		}
		e, ok, err := queue.DecodeEvent(u.Record.Type, u.Record.V, u.Record.Data)
		if !ok || err != nil {
			t.Fatal(u.Record.Type, err)
		}
		copied.Apply(e, u.Record.At, u.Record.Seq, u.Record.By)
	}
	want, _ := json.Marshal(o.State())
	if got, _ := json.Marshal(copied); string(got) != string(want) {
		t.Errorf("a follower's copy: got %s, want %s", got, want)
	}
	cancel()
	for range updates { // ends
	}
}

func followAgain(t *testing.T, c office.Client, o *office.Office) {
	updates, err := c.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	<-updates // and then never reads: more than the office is willing to keep
	var waiters sync.WaitGroup
	for k := range 8 {
		waiters.Go(func() {
			kiosk := office.NewCaller(office.Local(o), fmt.Sprint("kiosk-1", k))
			for range 100 {
				if _, err := kiosk.Do(context.Background(), "", "", queue.RequestHelp{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	waiters.Wait()
	fresh, err := c.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if u := <-fresh; u.State == nil || u.Seq != o.Journal().Head().Seq {
		t.Errorf("got %+v, want the whole state again", u.Seq)
	}
}

func unknown(t *testing.T, c office.Client, _ *office.Office) {
	ctx := t.Context()
	_, ticket := c.Ticket(ctx, "261120-A999")
	_, code := c.Ticket(ctx, "'; drop table")
	_, noCode := c.Ticket(ctx, "-")
	_, doc := c.Dossier(ctx, "H26.138-261120-9999")
	_, hostile := c.Case(ctx, "../../etc/passwd\x00"+strings.Repeat("x", 5000))
	_, promise := c.Promise(ctx, "0.000000")
	_, device := c.(office.Numbered).LastN(ctx, "no such device?")
	for _, tt := range []struct {
		err  error
		code string
	}{
		{ticket, "ticket-unknown"},
		{code, "ticket-unknown"},
		{noCode, "ticket-unknown"},
		{doc, "dossier-unknown"},
		{hostile, "dossier-unknown"},
		{promise, "procedure-unknown"},
		{device, "call-invalid"},
	} {
		if !errors.Is(tt.err, refusal.New(tt.code)) {
			t.Errorf("got %v, want %s", tt.err, tt.code)
		}
	}
}
