package office_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// TestScenario01_TwoKiosks32Presses: every number is unique and consecutive.
func TestScenario01_TwoKiosks32Presses(t *testing.T) {
	t.Parallel()
	for face, dial := range faces() {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			o := open(t, t.TempDir(), nil)
			client := dial(t, o)
			kiosks := []*office.Caller{office.NewCaller(client, "kiosk-1"), office.NewCaller(client, "kiosk-2")}
			numbers := make(chan int, 64)
			var presses sync.WaitGroup
			for i := range 64 { // 32 on each
				presses.Go(func() {
					r, err := kiosks[i%2].Do(t.Context(), "", "", queue.IssueTicket{Service: "civil"})
					if err != nil {
						t.Error(err)
						return
					}
					numbers <- r.Ticket.ID.Number()
				})
			}
			presses.Wait()
			close(numbers)
			var got []int
			for n := range numbers {
				got = append(got, n)
			}
			slices.Sort(got)
			for i, n := range got {
				if n != i+1 {
					t.Fatalf("got numbers %v, want 1 to 64", got)
				}
			}
		})
	}
}

// TestScenario02_OneTicketTwoCounters: exactly one counter gets it, the other
// an empty queue; the hall sees one call.
func TestScenario02_OneTicketTwoCounters(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	client, _ := serve(t, o)
	kiosk := office.NewCaller(client, "kiosk-1")
	desks := []*office.Caller{office.NewCaller(client, "desk-1"), office.NewCaller(client, "desk-2")}
	for i, d := range desks {
		do(t, d, fmt.Sprintf("cb0%d", i+1), fmt.Sprint(i+1), queue.OpenCounter{})
	}
	for round := range 20 {
		do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
		start, calls := make(chan struct{}), make(chan error, 2)
		for i, d := range desks {
			go func() {
				<-start
				_, err := d.Do(context.Background(), fmt.Sprintf("cb0%d", i+1), fmt.Sprint(i+1), queue.CallNext{})
				calls <- err
			}()
		}
		close(start)
		called, empty := 0, 0
		for range desks {
			switch err := <-calls; {
			case err == nil:
				called++
			case errors.Is(err, refusal.New("queue-empty")):
				empty++
			default:
				t.Fatal(err)
			}
		}
		if called != 1 || empty != 1 {
			t.Fatalf("round %d: %d called, %d empty, want one of each", round, called, empty)
		}
		if got := len(o.State().Calls); got != round+1 {
			t.Fatalf("round %d: the hall saw %d calls", round, got)
		}
	}
}

// lossy is a network that loses requests and, worse, replies.
type lossy struct {
	next http.RoundTripper
	mu   sync.Mutex
	rand *rand.Rand // guarded by mu
	lost atomic.Int64
}

var errLost = errors.New("lost by the test")

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	dice := l.rand.IntN(6)
	l.mu.Unlock()
	if dice == 0 {
		l.lost.Add(1)
		return nil, errLost
	}
	res, err := l.next.RoundTrip(r)
	if dice == 1 && err == nil {
		_ = res.Body.Close()
		l.lost.Add(1)
		return nil, errLost
	}
	return res, err
}

// TestScenario18_RetryAfterALostReply: the same answer, no second effect.
func TestScenario18_RetryAfterALostReply(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	_, server := serve(t, o)
	net := &lossy{next: http.DefaultTransport, rand: rand.New(rand.NewPCG(18, 1))}
	client := office.Dial(server.URL, office.DialOptions{Transport: net})
	kiosk, desk := office.NewCaller(client, "kiosk-1"), office.NewCaller(client, "desk-1")
	do(t, desk, "cb01", "1", queue.OpenCounter{})
	const tickets = 5
	for range tickets {
		issued := do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"}).Ticket.ID
		for _, cmd := range []queue.Command{queue.CallNext{}, queue.TransferTicket{Service: "copy"}, queue.CallNext{}, queue.StartService{}, queue.FinishTicket{}} {
			if r := do(t, desk, "cb01", "1", cmd); r.Ticket == nil || r.Ticket.ID != issued {
				t.Fatalf("%s: got %+v, want %s", cmd.Name(), r.Ticket, issued)
			}
		}
	}
	if net.lost.Load() < 5 {
		t.Fatalf("only %d messages were lost: the test tests nothing", net.lost.Load())
	}
	s := o.State()
	if len(s.Tickets) != tickets || s.Numbers["A"] != tickets {
		t.Errorf("got %d tickets, last number %d, want %d", len(s.Tickets), s.Numbers["A"], tickets)
	}
	counts := map[string]int{}
	records, err := o.Journal().Range(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		counts[r.Type]++
	}
	for kind, want := range map[string]int{"ticket.issued": tickets, "ticket.called": 2 * tickets, "ticket.transferred": tickets, "ticket.finished": tickets} {
		if counts[kind] != want {
			t.Errorf("got %d %s, want %d", counts[kind], kind, want)
		}
	}
}

// TestScenario28_DiskFull: nothing is promised, and work resumes by itself.
func TestScenario28_DiskFull(t *testing.T) {
	t.Parallel()
	for face, dial := range faces() {
		t.Run(face, func(t *testing.T) {
			t.Parallel()
			var full atomic.Bool
			o := open(t, t.TempDir(), func(c *office.Config) {
				c.Journal.MinFree = 1 << 20
				c.Journal.Free = func() (int64, error) {
					if full.Load() {
						return 0, nil
					}
					return 1 << 40, nil
				}
			})
			client := dial(t, o)
			kiosk := office.NewCaller(client, "kiosk-1")
			do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
			head := o.Journal().Head()
			full.Store(true)
			if _, err := kiosk.Do(t.Context(), "", "", queue.IssueTicket{Service: "civil"}); !errors.Is(err, refusal.New("disk-full")) {
				t.Fatalf("got %v, want disk-full", err)
			}
			if o.Journal().Head() != head || len(o.State().Tickets) != 1 {
				t.Error("a refused command left something behind")
			}
			if _, err := client.Ticket(t.Context(), "261120-A001"); err != nil {
				t.Errorf("reading must go on: %v", err)
			}
			full.Store(false)
			if r := do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"}); r.Ticket.ID != "261120-A002" {
				t.Errorf("got %s, want 261120-A002", r.Ticket.ID)
			}
		})
	}
}

// TestBusyIsRefused: beyond the bound a command is refused at once, and what is
// waiting is still done.
func TestBusyIsRefused(t *testing.T) {
	t.Parallel()
	hold, holding := make(chan struct{}), make(chan struct{}, 1)
	var stuck atomic.Bool
	o := open(t, t.TempDir(), func(c *office.Config) {
		c.Journal.BeforeCommit = func() error {
			if stuck.Load() {
				select {
				case holding <- struct{}{}:
				default:
				}
				<-hold
			}
			return nil
		}
	})
	stuck.Store(true)
	const sent = 1600
	results := make(chan error, sent)
	press := func(i int) {
		_, err := o.Do(context.Background(), office.Call{N: 1, By: chain.Actor{Device: fmt.Sprint("k", i)}, Command: queue.RequestHelp{}})
		results <- err
	}
	go press(0)
	<-holding // the writer is in a flush that does not end
	for i := 1; i < sent; i++ {
		go press(i)
	}
	busy, done := 0, 0
	for busy == 0 {
		if err := <-results; !errors.Is(err, refusal.New("office-busy")) {
			t.Fatalf("got %v, want office-busy", err)
		}
		busy++
	}
	stuck.Store(false)
	close(hold)
	for range sent - busy {
		switch err := <-results; {
		case err == nil:
			done++
		case errors.Is(err, refusal.New("office-busy")):
			busy++
		default:
			t.Fatal(err)
		}
	}
	if done < 1000 || busy < 100 {
		t.Errorf("got %d done, %d busy", done, busy)
	}
}

func TestCallerGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	client := office.Dial("http://127.0.0.1:1", office.DialOptions{})
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
	defer cancel()
	_, err := office.NewCaller(client, "kiosk-1").Do(ctx, "", "", queue.IssueTicket{Service: "civil"})
	if !errors.Is(err, office.ErrUnreachable) {
		t.Fatalf("got %v, want ErrUnreachable", err)
	}
}

// TestAWishThatComesAgainActsOnce: the screen asked twice for the same thing,
// because the first time nobody answered.
func TestAWishThatComesAgainActsOnce(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	client := &mute{Client: office.Local(o)}
	kiosk := office.NewCaller(client, "kiosk-1")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	client.silent.Store(true)
	if _, err := kiosk.DoAs(ctx, 7, "", "", queue.IssueTicket{Service: "civil"}); !errors.Is(err, office.ErrUnreachable) {
		t.Fatalf("got %v, want ErrUnreachable", err)
	}
	client.silent.Store(false)
	if r, err := kiosk.DoAs(t.Context(), 7, "", "", queue.IssueTicket{Service: "civil"}); err != nil || r.Ticket.ID.Label() != "A001" {
		t.Errorf("the same wish again: got %+v, %v, want A001", r.Ticket, err)
	}
	if r, err := kiosk.DoAs(t.Context(), 8, "", "", queue.IssueTicket{Service: "civil"}); err != nil || r.Ticket.ID.Label() != "A002" {
		t.Errorf("another wish: got %+v, %v, want A002", r.Ticket, err)
	}
	if n := len(o.State().Tickets); n != 2 {
		t.Errorf("got %d tickets, want 2", n)
	}
}

// mute is a client whose replies are lost while it is silent.
type mute struct {
	office.Client
	silent atomic.Bool
}

func (m *mute) Do(ctx context.Context, c office.Call) (office.Reply, error) {
	r, err := m.Client.Do(ctx, c)
	if m.silent.Load() {
		return office.Reply{}, fmt.Errorf("lost: %w", office.ErrUnreachable)
	}
	return r, err
}
