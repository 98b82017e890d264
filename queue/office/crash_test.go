package office_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// crashDir tells the test binary to be the office that is going to be killed.
const crashDir = "MOTCUA_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		victim(dir)
		return
	}
	os.Exit(m.Run())
}

// busy is an office with more numbers than a fast machine gives before it is
// killed.
func busy() *queue.Config {
	c := setup()
	c.Services[0].Last = 9999
	return c
}

// victim presses on four kiosks until it is killed, and writes each number down
// only after the office has answered.
func victim(dir string) {
	o, err := office.Open(office.Config{Dir: dir, Setup: busy(), Now: morningOf().Now, Journal: journal.Options{MinFree: -1}})
	if err != nil {
		fmt.Println("ERROR", err)
		return
	}
	var mu sync.Mutex
	var kiosks sync.WaitGroup
	for k := range 4 {
		kiosks.Go(func() {
			device := fmt.Sprint("kiosk-", k)
			n, _ := o.LastN(context.Background(), device)
			for {
				n++
				r, err := o.Do(context.Background(), press(device, n))
				if err != nil {
					fmt.Println("ERROR", err)
					return
				}
				mu.Lock()
				fmt.Println("ACK", device, n, r.Seq, r.Ticket.ID)
				mu.Unlock()
			}
		})
	}
	kiosks.Wait()
}

func press(device string, n uint64) office.Call {
	return office.Call{N: n, By: chain.Actor{Device: device}, Command: queue.IssueTicket{Service: "civil"}}
}

// acked is one answer that somebody has seen.
type acked struct {
	device string
	n, seq uint64
	ticket queue.TicketID
}

// TestScenario27_KillAtAnyPoint is the short form of 10,000 kills: every
// acknowledged number is there, the chain is whole, answers repeat.
func TestScenario27_KillAtAnyPoint(t *testing.T) {
	t.Parallel()
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	dir, seed := t.TempDir(), rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 27))
	var all []acked
	for range rounds {
		all = append(all, killed(t, dir, time.Duration(random.IntN(120))*time.Millisecond)...)
		o := open(t, dir, func(c *office.Config) { c.Setup = busy() })
		head, err := o.Journal().Verify(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if a.seq > head.Seq {
				t.Fatalf("acknowledged record %d is lost, the journal ends at %d", a.seq, head.Seq)
			}
			if o.State().Ticket(a.ticket) == nil {
				t.Fatalf("acknowledged ticket %s is lost", a.ticket)
			}
		}
		for _, a := range all[max(0, len(all)-20):] {
			r, err := o.Do(t.Context(), press(a.device, a.n))
			if err != nil || r.Seq != a.seq || r.Ticket.ID != a.ticket {
				t.Fatalf("answer of %+v after the kill: got %+v, %v", a, r, err)
			}
		}
		if o.Journal().Head() != head {
			t.Fatal("repeated answers wrote records")
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
	}
	numbers := map[queue.TicketID]bool{}
	for _, a := range all {
		if numbers[a.ticket] {
			t.Fatalf("number %s was given twice", a.ticket)
		}
		numbers[a.ticket] = true
	}
	if len(all) < 10*rounds {
		t.Errorf("only %d answers in %d rounds: the test tests little", len(all), rounds)
	}
	t.Logf("%d kills, %d acknowledged numbers", rounds, len(all))
}

// killed runs a victim, waits for its first answer and a little more, kills it
// and returns what it had acknowledged.
func killed(t *testing.T, dir string, after time.Duration) (list []acked) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var a acked
		if _, err := fmt.Sscanf(lines.Text(), "ACK %s %d %d %s", &a.device, &a.n, &a.seq, &a.ticket); err != nil {
			if strings.HasPrefix(lines.Text(), "ERROR") && !strings.Contains(lines.Text(), "numbers-exhausted") {
				t.Error(lines.Text())
			}
			continue // cut in the middle by the kill
		}
		if len(list) == 0 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		list = append(list, a)
	}
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); !ok || exit.Exited() {
		t.Errorf("the victim was not killed: %v", exit)
	}
	return list
}
