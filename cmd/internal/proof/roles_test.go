package proof

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"

	"motcua/queue/chain"
)

// roleDir is where a role works.
const roleDir = "MOTCUA_PROOF_DIR"

// ack is what a role says on its standard output once it has promised something.
type ack struct {
	Seq  uint64 `json:"seq"` // record that is durable
	Said *said  `json:"said,omitempty"`
	// Ticket is the code of a number on the screen.
	Ticket string `json:"ticket,omitempty"`
}

// child is a role in a process of its own.
type child struct {
	cmd  *exec.Cmd
	acks chan ack      // closed at its end
	done chan struct{} // closed when it has been waited for
	err  error         // how it ended; read after done
}

func cast(name, dir string, env ...string) (*child, error) {
	c := &child{cmd: exec.Command(os.Args[0]), acks: make(chan ack, 4096), done: make(chan struct{})}
	c.cmd.Env = append(append(os.Environ(), role+"="+name, roleDir+"="+dir), env...)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if _, err := c.cmd.StdinPipe(); err != nil { // its end is ours, however that comes
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(c.done)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var a ack
			if json.Unmarshal(lines.Bytes(), &a) == nil { // else cut off by the kill
				c.acks <- a
			}
		}
		close(c.acks)
		c.err = c.cmd.Wait()
	}()
	return c, nil
}

// dieWithParent ends a role whose test is gone, whatever its disk does.
func dieWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin) // its end is what matters
	os.Exit(1)
}

func (c *child) kill() { _ = c.cmd.Process.Kill() } // it may have ended by itself

// officeRole is an office at work: four machines send as fast as they are
// answered, and each answer is told. It ends when the office does.
func officeRole() error {
	go dieWithParent()
	o, err := open(os.Getenv(roleDir), nil)
	if err != nil {
		return err
	}
	ask, err := within(o)
	if err != nil {
		return err
	}
	list, err := machines()
	if err != nil {
		return err
	}
	var mu sync.Mutex // one line after the other
	out := json.NewEncoder(os.Stdout)
	var group errgroup.Group
	for _, m := range list {
		if m.n, err = o.LastN(context.Background(), m.by.Device); err != nil {
			return err
		}
		group.Go(func() error {
			for {
				s, err := m.speak(context.Background(), ask)
				if errors.Is(err, errNoAnswer) && o.Err() == nil {
					continue // the disk is full
				} else if err != nil {
					return err
				}
				r, _ := s.reply()
				mu.Lock()
				err = out.Encode(ack{Seq: r.Seq, Said: &s})
				mu.Unlock()
				if err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// Names in the reckless program's file.
var (
	recklessEvents = []byte("events")
	recklessHead   = []byte("head")
)

// recklessRole is the control: a program with the journal's settings of bbolt
// that goes on after a failed commit.
func recklessRole() error {
	go dieWithParent()
	db, err := bolt.Open(filepath.Join(os.Getenv(roleDir), recklessFile), 0o600, &bolt.Options{
		FreelistType: bolt.FreelistMapType, NoFreelistSync: true, InitialMmapSize: 1 << 30, Timeout: time.Second,
	})
	if err != nil {
		return err
	}
	var head chain.Head
	out := json.NewEncoder(os.Stdout)
	for {
		next := head
		err := db.Update(func(tx *bolt.Tx) (err error) {
			next, err = recklessCommit(tx, head)
			return err
		})
		if err != nil {
			continue
		}
		head = next
		if err := out.Encode(ack{Seq: head.Seq}); err != nil {
			return err
		}
	}
}

// recklessCommit appends a few records to what the file has.
func recklessCommit(tx *bolt.Tx, head chain.Head) (chain.Head, error) {
	events, err := tx.CreateBucketIfNotExists(recklessEvents)
	if err != nil {
		return head, err
	}
	if _, line := events.Cursor().Last(); line != nil && head.Seq == 0 {
		r, err := chain.Parse(line)
		if err != nil {
			return head, err
		}
		head = chain.Head{Seq: r.Seq, Hash: r.Hash()}
	}
	for range 1 + rand.N(8) {
		data := fmt.Appendf(nil, "%q", make([]byte, rand.N(400)))
		r, next, err := head.Append(chain.Fact{At: time.Now(), By: chain.Actor{Device: "reckless"}, Type: "x", V: 1, Data: data})
		if err != nil {
			return head, err
		}
		if err := events.Put(binary.BigEndian.AppendUint64(nil, r.Seq), r.Line()); err != nil {
			return head, err
		}
		head = next
	}
	raw, err := json.Marshal(head)
	if err != nil {
		return head, err
	}
	meta, err := tx.CreateBucketIfNotExists(recklessHead)
	if err != nil {
		return head, err
	}
	return head, meta.Put(recklessHead, raw)
}

const recklessFile = "reckless.db"

// question is what a judge is asked about a folder: does it hold everything up
// to a record, and does it still give these answers?
type question struct {
	Dir    string `json:"dir"`
	Last   uint64 `json:"last"`
	Recent []said `json:"recent"`
	// Read asks for a sum over everything that the office can be asked for.
	Read bool `json:"read"`
}

// verdict is empty when nothing is wrong.
type verdict struct {
	Wrong string `json:"wrong"`
	Read  string `json:"read,omitempty"`
}

// judgeRole answers questions until its input ends. A damaged file can make
// bbolt hang or fault: hence a process of its own.
func judgeRole() error {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q question
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		v := verdict{}
		if err := q.answer(context.Background(), &v); err != nil {
			v.Wrong = err.Error()
		}
		if err := out.Encode(v); err != nil {
			return err
		}
	}
}

func (q question) answer(ctx context.Context, v *verdict) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if _, err := os.Stat(filepath.Join(q.Dir, recklessFile)); err == nil {
		return q.reckless()
	}
	o, err := open(q.Dir, nil)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() {
		err = errors.Join(err, o.Close())
		if err == nil {
			err = q.sound()
		}
	}()
	ask, err := within(o)
	if err != nil {
		return err
	}
	if q.Read { // before anybody verifies: as a screen would
		if v.Read, err = everything(ctx, o, ask, q.Recent); err != nil {
			return err
		}
	}
	head, err := verified(ctx, ask)
	if err != nil {
		return err
	}
	if q.Read {
		return nil
	}
	if head.Seq < q.Last {
		return fmt.Errorf("lost: record %d was acknowledged, the journal ends at %d", q.Last, head.Seq)
	}
	for _, s := range q.Recent {
		status, answer, err := ask(ctx, http.MethodPost, "/v1/commands", s.Call)
		if err != nil || status != s.Status || !slices.Equal(answer, s.Answer) {
			return fmt.Errorf("lost: %s command %d was answered %s, again %d %s", s.Device, s.N, s.Answer, status, answer)
		}
	}
	if after, err := verified(ctx, ask); err != nil || after != head {
		return fmt.Errorf("repeated commands brought record %d to %d (%w)", head.Seq, after.Seq, err)
	}
	return nil
}

// reckless judges the control's file in the same way.
func (q question) reckless() (err error) {
	db, err := bolt.Open(filepath.Join(q.Dir, recklessFile), 0o600, &bolt.Options{
		FreelistType: bolt.FreelistMapType, NoFreelistSync: true, Timeout: time.Second,
	})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() {
		if err = errors.Join(err, db.Close()); err == nil {
			err = sound(q.Dir)
		}
	}()
	return db.View(func(tx *bolt.Tx) error {
		var head, told chain.Head
		if events := tx.Bucket(recklessEvents); events != nil {
			if err := json.Unmarshal(tx.Bucket(recklessHead).Get(recklessHead), &told); err != nil {
				return err
			}
			if err := events.ForEach(func(_, line []byte) error {
				r, err := chain.Parse(line)
				if err == nil {
					head, err = head.Check(r)
				}
				return err
			}); err != nil {
				return err
			}
		}
		if head != told || head.Seq < q.Last {
			return fmt.Errorf("lost: record %d was acknowledged, the file ends at %d and says %d", q.Last, head.Seq, told.Seq)
		}
		return nil
	})
}

// sound checks the pages, too, unless the office's own checks are on trial.
func (q question) sound() error {
	if q.Read {
		return nil
	}
	return sound(q.Dir)
}

// sound lets bbolt check its own pages.
func sound(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil {
		return err
	}
	for _, path := range files {
		db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
		if err != nil {
			return fmt.Errorf("open %s: %w", filepath.Base(path), err)
		}
		err = db.View(func(tx *bolt.Tx) error {
			var first error
			for fault := range tx.Check() {
				first = errors.Join(first, fault)
			}
			return first
		})
		if err = errors.Join(err, db.Close()); err != nil {
			return fmt.Errorf("pages of %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

// judge is a running judgeRole, started again whenever it dies of a question.
type judge struct {
	cmd *exec.Cmd
	in  *json.Encoder
	out *json.Decoder
}

// patience is how long a judge may take before the file counts as one that
// cannot be opened.
const patience = 10 * time.Second

func (j *judge) ask(q question) (verdict, error) {
	if j.cmd == nil {
		if err := j.start(); err != nil {
			return verdict{}, err
		}
	}
	late := time.AfterFunc(patience, func() { _ = j.cmd.Process.Kill() })
	defer late.Stop()
	var v verdict
	err := j.in.Encode(q)
	if err == nil {
		err = j.out.Decode(&v)
	}
	if err != nil {
		j.end()
		return verdict{Wrong: "crash: the file hangs or kills who opens it"}, nil
	}
	return v, nil
}

func (j *judge) start() error {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), role+"=judge")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	j.cmd, j.in, j.out = cmd, json.NewEncoder(in), json.NewDecoder(out)
	return cmd.Start()
}

func (j *judge) end() {
	if j.cmd != nil {
		_ = j.cmd.Process.Kill() // it holds nothing
		_ = j.cmd.Wait()         // it was killed
		j.cmd = nil
	}
}
