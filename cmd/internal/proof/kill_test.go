package proof

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// victim is a running motcuad that is going to be killed.
type victim struct {
	cmd  *exec.Cmd
	ask  face
	url  string
	done chan struct{} // closed when its log has ended
	log  bytes.Buffer  // read after done
}

var addressShape = regexp.MustCompile(`the office is open.*address"?[=:]"?([0-9.:]+)`)

// launch starts the real program without waiting for it.
func launch(bin, dir string, flags ...string) (*victim, <-chan string, error) {
	v := &victim{done: make(chan struct{})}
	v.cmd = exec.Command(bin, append([]string{"--data", dir, "--listen", "127.0.0.1:0"}, flags...)...)
	out, err := v.cmd.StderrPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := v.cmd.Start(); err != nil {
		return nil, nil, err
	}
	address := make(chan string, 1)
	go func() {
		defer close(v.done)
		defer close(address)
		lines := bufio.NewScanner(io.TeeReader(out, &v.log))
		for lines.Scan() {
			if m := addressShape.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	return v, address, nil
}

// opened starts the real program and waits until it answers: it must open
// without help.
func opened(bin, dir string, flags ...string) (*victim, error) {
	v, address, err := launch(bin, dir, flags...)
	if err != nil {
		return nil, err
	}
	late := time.AfterFunc(time.Minute, func() { _ = v.cmd.Process.Kill() }) // it hangs
	defer late.Stop()
	addr, ok := <-address
	if !ok {
		err := v.cmd.Wait()
		return nil, fmt.Errorf("it does not open by itself: %w\n%s", err, v.log.Bytes())
	}
	v.url = "http://" + addr
	v.ask = over(v.url)
	return v, nil
}

// kill is kill -9; it returns when the process is gone.
func (v *victim) kill() {
	_ = v.cmd.Process.Kill() // it may have ended by itself
	<-v.done
	_ = v.cmd.Wait() // it was killed
}

// stop lets the program end in order.
func (v *victim) stop() error {
	if err := v.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	<-v.done
	if err := v.cmd.Wait(); err != nil {
		return fmt.Errorf("end in order: %w\n%s", err, v.log.Bytes())
	}
	return nil
}

// life is one office that is killed again and again.
type life struct {
	bin, dir, file string
	flags          []string // more, for the program
	random         *rand.Rand
	ledger         *ledger
	machines       []*machine
	opening        time.Duration // how long it takes to open
	kills, early   int
	doubts         int
}

func newLife(bin, dir, file string, seed uint64) (*life, error) {
	list, err := machines()
	return &life{
		bin: bin, dir: dir, file: file, random: rand.New(rand.NewPCG(seed, 27)), ledger: newLedger(), machines: list,
		opening: 20 * time.Millisecond,
	}, err
}

// run kills the office so many times and audits its record at the end.
func (l *life) run(ctx context.Context, kills int) error {
	for ; l.kills < kills; l.kills++ {
		if l.random.IntN(4) == 0 {
			if err := l.killOpening(); err != nil {
				return err
			}
			continue
		}
		v, err := l.restart(ctx)
		if err != nil {
			return err
		}
		if err := l.work(ctx, v); err != nil {
			v.kill()
			return err
		}
	}
	v, err := l.restart(ctx)
	if err != nil {
		return err
	}
	if err := v.stop(); err != nil {
		return err
	}
	return l.ledger.audit(ctx, l.dir)
}

// killOpening kills the office at a random moment between its start and its
// first answer, or a little later.
func (l *life) killOpening() error {
	v, _, err := launch(l.bin, l.dir, "--office", l.file)
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(l.random.Int64N(int64(l.opening) * 5 / 4)))
	v.kill()
	l.early++
	return nil
}

// restart opens the office and checks what it promised before.
func (l *life) restart(ctx context.Context) (*victim, error) {
	began := time.Now()
	v, err := opened(l.bin, l.dir, append([]string{"--office", l.file}, l.flags...)...)
	if err != nil {
		return nil, err
	}
	l.opening = time.Since(began)
	err = l.settle(ctx, v)
	if err == nil {
		err = l.ledger.check(ctx, v.ask, l.random)
	}
	if err != nil {
		v.kill()
		return nil, fmt.Errorf("after %d kills: %w", l.kills, err)
	}
	return v, nil
}

// settle sends again what has no answer: only then does a machine know.
func (l *life) settle(ctx context.Context, v *victim) error {
	for _, m := range l.machines {
		if m.doubt == nil {
			continue
		}
		l.doubts++
		s, err := m.speak(ctx, v.ask)
		if err == nil {
			err = l.ledger.add(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// work kills the office in the middle of work, within a moment.
func (l *life) work(ctx context.Context, v *victim) error {
	return l.during(ctx, v, 30*time.Millisecond)
}

// during lets every machine send as fast as it is answered, for a random time,
// and kills the office in the middle.
func (l *life) during(ctx context.Context, v *victim, most time.Duration) error {
	killed := make(chan struct{})
	after := time.Duration(l.random.Int64N(int64(most)))
	time.AfterFunc(after, func() { v.kill(); close(killed) })
	var group errgroup.Group
	for _, m := range l.machines {
		group.Go(func() error {
			for {
				s, err := m.speak(ctx, v.ask)
				if errors.Is(err, errNoAnswer) {
					return nil // the kill
				}
				if err == nil {
					err = l.ledger.add(s)
				}
				if err != nil {
					return err
				}
			}
		})
	}
	err := group.Wait()
	<-killed
	return err
}

// officeFile writes the hall as a configuration for the real program.
func officeFile(t testing.TB) string {
	t.Helper()
	h, err := hall()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(h.Config)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "office.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestScenario27_KillTheRealOffice kills motcuad with -9 at random points while
// four machines send over HTTP as fast as they can, one in four while it opens;
// an office lives for 50 kills, beginning with its very first start.
func TestScenario27_KillTheRealOffice(t *testing.T) {
	t.Parallel()
	const perLife = 50
	bin, file := program(t, "motcuad"), officeFile(t)
	kills := times(150, 10_000)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var done, early, answers, doubts, records atomic.Int64
	began := time.Now()
	var group errgroup.Group
	group.SetLimit(3) // a killed office leaves both cores idle for a while
	var mu sync.Mutex
	for i := range kills / perLife {
		group.Go(func() error {
			dir := filepath.Join(t.TempDir(), "office")
			l, err := newLife(bin, dir, file, seed+uint64(i))
			if err == nil {
				err = l.run(t.Context(), perLife)
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				return fmt.Errorf("office %d: %w", i, err)
			}
			done.Add(int64(l.kills))
			early.Add(int64(l.early))
			answers.Add(int64(l.ledger.total))
			doubts.Add(int64(l.doubts))
			records.Add(int64(l.ledger.last))
			return os.RemoveAll(dir)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if answers.Load() < 2*done.Load() {
		t.Errorf("only %d answers in %d kills: the proof proves little", answers.Load(), done.Load())
	}
	t.Logf("%d kills (%d while opening) of %d offices in %.0f s: %d acknowledged answers, %d records, %d commands cut off in the middle; lost 0, doubled 0, half-applied 0, opened without help every time",
		done.Load(), early.Load(), kills/perLife, time.Since(began).Seconds(), answers.Load(), records.Load(), doubts.Load())
}
