package spool_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/spool"
	"motcua/printer/twin"
)

// The child process of TestKill gets these.
const (
	envDie     = "SPOOL_TEST_DIE"
	envJournal = "SPOOL_TEST_JOURNAL"
	envPrinter = "SPOOL_TEST_PRINTER"
)

func TestMain(m *testing.M) {
	if os.Getenv(envDie) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// child submits a slip, prints, and is killed at the named step.
func child() {
	cfg, err := crashConfig(os.Getenv(envJournal), os.Getenv(envPrinter))
	if err != nil {
		panic(err)
	}
	spool.OnStep(&cfg, func(s spool.State) {
		if string(s) == os.Getenv(envDie) {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	})
	done := make(chan struct{})
	cfg.Outcome = func(o spool.Outcome) {
		if o.State == spool.Done {
			close(done)
		}
	}
	s, err := spool.New(cfg)
	if err != nil {
		panic(err)
	}
	if err := s.Submit(context.Background(), spool.Job{ID: id(1), Picture: picture(1)}); err != nil {
		panic(err)
	}
	go s.Run(context.Background())
	<-done
	time.Sleep(50 * time.Millisecond) // until the telling is journaled
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func crashConfig(path, address string) (spool.Config, error) {
	profile, err := escpos.Find(epson)
	if err != nil {
		return spool.Config{}, err
	}
	a, err := device.Parse(address)
	if err != nil {
		return spool.Config{}, err
	}
	return spool.Config{
		Path: path, Profile: profile, Open: a.Open, CopyBar: bar,
		Timing: spool.Timing{Retry: 20 * time.Millisecond, Silence: 300 * time.Millisecond},
	}, nil
}

// TestKill kills the process at every step of a job and starts it again: the
// slip is printed once, or it is asked about.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for step, want := range map[spool.State]spool.State{
		spool.Queued: spool.Done, spool.Sending: spool.Unknown, spool.Sent: spool.Unknown, "after": spool.Done,
	} {
		t.Run(string(step), func(t *testing.T) {
			printer, addr, err := twin.Listen(t.Context(), "127.0.0.1:0", twin.Config{})
			if err != nil {
				t.Fatal(err)
			}
			path := t.TempDir() + "/spool.db"
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), envDie+"="+string(step), envJournal+"="+path, envPrinter+"=tcp:"+addr.String())
			var died *exec.ExitError
			if err := cmd.Run(); !errors.As(err, &died) || died.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child ended with %v", err)
			}
			cfg, err := crashConfig(path, "tcp:"+addr.String())
			if err != nil {
				t.Fatal(err)
			}
			b := &bench{t: t, cfg: cfg, printer: printer}
			told := make(chan spool.Outcome, 9)
			b.cfg.Outcome = func(o spool.Outcome) { told <- o }
			b.start()
			defer b.stop()
			if step != "after" {
				if got := (<-told).State; got != want {
					t.Errorf("told %s, want %s", got, want)
				}
			}
			b.submit(1) // the office asks again: nothing is doubled
			if got, _ := b.spool.Lookup(id(1)); got != want {
				t.Errorf("the slip is %s, want %s", got, want)
			}
			b.submit(2)
			if o := <-told; o.JobID != id(2) || o.State != spool.Done {
				t.Errorf("the next slip: %+v", o)
			}
			if plain, _ := b.papers(1); plain > 1 || step == spool.Queued && plain != 1 {
				t.Errorf("%d papers", plain)
			}
			b.wantPapers(2, 1, 0)
		})
	}
}

// BenchmarkSlipToPaper is the whole way, from Submit to the cut, over TCP to a
// printer that needs no time for its rows.
func BenchmarkSlipToPaper(b *testing.B) {
	out := make(chan twin.Paper, 1)
	_, addr, err := twin.Listen(b.Context(), "127.0.0.1:0", twin.Config{OnPaper: func(p twin.Paper) { out <- p }})
	if err != nil {
		b.Fatal(err)
	}
	cfg, err := crashConfig(b.TempDir()+"/spool.db", "tcp:"+addr.String())
	if err != nil {
		b.Fatal(err)
	}
	s, err := spool.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	n := 0
	for b.Loop() {
		n++
		if err := s.Submit(ctx, spool.Job{ID: strconv.Itoa(n), Picture: picture(n)}); err != nil {
			b.Fatal(err)
		}
		<-out
	}
	cancel()
	<-done
}
