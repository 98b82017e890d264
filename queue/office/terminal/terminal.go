package terminal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/field"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// File is the name of a terminal's memory in Config.Dir.
const File = "terminal.db"

// Config says what a terminal is and where its office may be. Device, Dir and
// Offices are needed.
type Config struct {
	// Device is the machine's name, the same for good.
	Device string
	// Role is queue.RoleKiosk or queue.RoleCounter, or "" for a machine that only
	// shows: that one has no numbers of its own.
	Role string
	// Dir holds the terminal's file.
	Dir string
	// Offices are the machines that may lead.
	Offices []Office
	// Rules judge what is taken in while the office is away; its procedures are
	// the office's own, as last seen.
	Rules dossier.Rules
	// Now is the clock, nil the machine's; Log hears what a person may have to
	// know, nil discards.
	Now func() time.Time
	Log *slog.Logger
}

// Office is a machine that may lead: its address, and what carries the requests
// there, with the device's certificate where it wants one; nil is a plain one.
type Office struct {
	Base      string
	Transport http.RoundTripper
}

// Terminal is a device at work. Its methods may be called from any goroutine
// while Run runs.
type Terminal struct {
	cfg     Config
	store   *store
	offices []*machine
	inputs  chan func()
	done    chan struct{} // closed when Run has ended
	opened  time.Time

	// life ends with Run, and with it what effects began; at counts them.
	life context.Context
	end  context.CancelFunc
	at   sync.WaitGroup

	standing atomic.Pointer[office.Standing] // what every request says
	proofs   atomic.Pointer[proof]
	seen     *broadcast

	// Of the loop alone.
	field     field.Terminal
	state     *queue.State // the copy's
	changes   uint64       // records since the last snapshot
	wishes    map[uint64]*wish
	asked     map[uint64]uint64 // a screen's wish → n
	replies   map[uint64]reply  // answers that came, until the step that hands them on
	ahead     []chain.Record    // records that came with the answer at hand
	follow    context.CancelFunc
	link      *office.Link
	admitting bool
	receipts  map[uint64]given // by call: provisional receipts without an answer
	held      time.Time        // since when the screen waits for the copy (shown)
	skew      time.Duration    // the office's clock, ahead of this one
	kept      time.Duration    // as it is on the disk
}

// proof is what shows that a claim is true.
type proof struct {
	Claim succession.Claim `json:"claim"`
	Proof string           `json:"proof"`
}

// reply is an answer of the office: one or the other.
type reply struct {
	reply office.Reply
	err   error
}

// wish is somebody who waits for what becomes of a command.
type wish struct {
	outcome chan reply // capacity 1
	at      time.Time
	// receive is what is being taken in, by whom, until that is answered.
	receive *dossier.Receive
	by      chain.Actor
}

// Open reads what the terminal left when it ended. Run does the work.
func Open(cfg Config) (*Terminal, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s, damaged, err := openStore(filepath.Join(cfg.Dir, File))
	if err != nil {
		return nil, err
	}
	if damaged {
		cfg.Log.Error("this terminal's memory could not be read; it was put aside and a new one begun", "dir", cfg.Dir)
	}
	t := &Terminal{
		cfg: cfg, store: s, opened: cfg.Now(), inputs: make(chan func()), done: make(chan struct{}), seen: newBroadcast(),
		wishes: map[uint64]*wish{}, asked: map[uint64]uint64{}, replies: map[uint64]reply{}, receipts: map[uint64]given{},
	}
	t.life, t.end = context.WithCancel(context.Background())
	for _, o := range cfg.Offices {
		t.offices = append(t.offices, t.machine(o))
	}
	if err := t.begin(); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return t, nil
}

// begin takes up the memory.
func (t *Terminal) begin() error {
	kept, records, state, err := t.store.load()
	if err != nil {
		return err
	}
	if kept == nil {
		kept = &field.Kept{Seat: succession.NewTerminal(t.cfg.Device)}
	}
	if kept.Seat.Device != t.cfg.Device {
		return fmt.Errorf("%s belongs to the device %q, not %q", File, kept.Seat.Device, t.cfg.Device)
	}
	var p proof
	if _, err := t.store.recall(metaProof, &p); err != nil {
		return err
	}
	t.proofs.Store(&p)
	if _, err := t.store.recall(metaReceipts, &t.receipts); err != nil {
		return err
	}
	if _, err := t.store.recall(metaSkew, &t.skew); err != nil {
		return err
	}
	t.kept = t.skew
	t.state = state
	next, step, err := field.Start(*kept, records, state, kind, t.decide, t.cfg.Now())
	if err != nil {
		return err
	}
	t.stand(next.Seat)
	return t.step(next, step)
}

// kind is a call that was left on the disk. It is sent as it stands; only a
// number must be known as one, because it is given up.
func kind(p field.Pending) (queue.Command, error) {
	if p.Type == (queue.IssueTicket{}).Name() {
		return queue.IssueTicket{}, nil
	}
	return office.Sealed{Type: p.Type, Data: p.Data}, nil
}

// Close closes the terminal's memory, after Run has ended.
func (t *Terminal) Close() error {
	t.end()
	return t.store.close()
}

// Run works until ctx ends.
func (t *Terminal) Run(ctx context.Context) error {
	var work sync.WaitGroup
	work.Go(func() { t.listen(t.life) })
	defer func() {
		close(t.done)
		t.end()
		work.Wait()
		t.at.Wait()
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	t.tell()
	for {
		select {
		case <-ctx.Done():
			return nil
		case input := <-t.inputs:
			input()
		case <-timer.C:
			t.take(t.field.Tick(t.cfg.Now()))
			t.tell()
		}
		timer.Reset(t.pause())
	}
}

// pause is until the field terminal wants to be ticked, and at least once a
// second: the screen tells the age of what it shows.
func (t *Terminal) pause() time.Duration {
	pause := time.Second
	if next := t.field.Next(); !next.IsZero() {
		pause = min(pause, max(0, next.Sub(t.cfg.Now())))
	}
	return max(pause, 10*time.Millisecond)
}

// in runs f in the loop and waits for it; false when the loop has ended or ctx
// did first.
func (t *Terminal) in(ctx context.Context, f func()) bool {
	ran := make(chan struct{})
	select {
	case t.inputs <- func() { f(); close(ran) }:
		<-ran
		return true
	case <-t.done:
	case <-ctx.Done():
	}
	return false
}

// take carries out what an input led to; a memory that cannot be written loses
// the input, never what was promised.
func (t *Terminal) take(next field.Terminal, step field.Step) {
	if err := t.step(next, step); err != nil {
		t.cfg.Log.Error("the terminal's memory cannot be written: nothing is promised", "err", err)
		for _, e := range step.Do {
			if n, ok := concerns(e); ok {
				t.hand(n, reply{err: refusal.New("terminal-disk")})
			}
		}
	}
}

// concerns is the wish that an effect ends.
func concerns(e field.Effect) (n uint64, ok bool) {
	switch e := e.(type) {
	case field.Decided:
		return e.N, true
	case field.Refused:
		return e.N, true
	case field.Answer:
		return e.N, true
	case field.Send:
		return e.Call.N, true
	case field.Waits:
		return e.N, true
	}
	return 0, false
}

// step writes what must be on the disk, then does what follows.
func (t *Terminal) step(next field.Terminal, step field.Step) error {
	if step.Keep || len(step.Append) > 0 {
		if err := t.store.write(change{kept: &next.Kept, own: step.Append, ahead: t.ahead, term: next.Seat.Seen.Term}); err != nil {
			return err
		}
	}
	t.ahead = nil
	t.field = next
	t.stand(next.Seat)
	if len(step.Do) > 0 {
		t.tell() // whoever is answered sees what the answer says
	}
	for _, e := range step.Do {
		t.effect(e)
	}
	return nil
}

// effect begins one effect.
func (t *Terminal) effect(e field.Effect) {
	switch e := e.(type) {
	case field.Send:
		t.at.Go(func() { t.send(e) })
	case field.Follow:
		t.at.Go(func() { t.followed(e) })
	case field.Offer:
		t.at.Go(func() { t.offer(e) })
	case field.Answer:
		t.hand(e.N, t.replies[e.N])
		delete(t.replies, e.N)
	case field.Decided:
		t.hand(e.N, reply{reply: t.decided(e)})
	case field.Refused:
		t.hand(e.N, reply{err: e.Err})
	case field.Waits:
		t.waits(e.N)
	}
}

// decided is the reply to a wish that was carried out here.
func (t *Terminal) decided(e field.Decided) office.Reply {
	r := office.Reply{At: t.cfg.Now()}
	view := t.field.View()
	if view == nil {
		return r
	}
	r.Seq = view.Seq
	for _, event := range e.Events {
		var about struct {
			Ticket queue.TicketID `json:"ticket"`
		}
		raw, err := json.Marshal(event)
		if err != nil || json.Unmarshal(raw, &about) != nil {
			continue
		}
		if found := view.Ticket(about.Ticket); found != nil {
			r.Ticket = found
		}
	}
	return r
}

// hand gives an outcome to who waits, or keeps it for who asks again.
func (t *Terminal) hand(n uint64, r reply) {
	w := t.wishes[n]
	if w == nil {
		return
	}
	select {
	case w.outcome <- r:
	default: // the first outcome stands
	}
}

// stand makes every request say what the seat has seen.
func (t *Terminal) stand(seat succession.Seat) {
	s := office.Standing{Claim: seat.Seen, Role: succession.Terminal}
	if p := t.proofs.Load(); p != nil && p.Claim == seat.Seen {
		s.Proof = p.Proof
	}
	t.standing.Store(&s)
}

// Wait bounds of what is remembered for who asks again.
const (
	mostWishes = 64
	keepWish   = 10 * time.Minute
)

// Do implements office.Client. The call's number and device are the terminal's
// own affair.
func (t *Terminal) Do(ctx context.Context, c office.Call) (office.Reply, error) {
	return t.DoAs(ctx, 0, c.By.Officer, c.By.Counter, c.Command)
}

// DoAs carries out a command once: at the office, or here when nobody answers
// in time. A wish that is given again is the same command (0 is never the
// same). When ctx ends first the error wraps office.ErrUnreachable, and asking
// for the same wish again tells what became of it.
func (t *Terminal) DoAs(ctx context.Context, asked uint64, officer, counter string, cmd queue.Command) (office.Reply, error) {
	var w *wish
	var fault error
	if !t.in(ctx, func() { w, fault = t.wish(asked, officer, counter, cmd) }) {
		return office.Reply{}, fmt.Errorf("%s: %w (%w)", cmd.Name(), office.ErrUnreachable, context.Cause(ctx))
	}
	if fault != nil {
		return office.Reply{}, fault
	}
	select {
	case r := <-w.outcome:
		w.outcome <- r // for who asks again
		return r.reply, r.err
	case <-ctx.Done():
	case <-t.done:
	}
	return office.Reply{}, fmt.Errorf("%s: %w (%w)", cmd.Name(), office.ErrUnreachable, context.Cause(ctx))
}

// wish takes a command in, in the loop.
func (t *Terminal) wish(asked uint64, officer, counter string, cmd queue.Command) (*wish, error) {
	if n, again := t.asked[asked]; again && asked != 0 {
		if w := t.wishes[n]; w != nil {
			return w, nil
		}
	}
	now := t.cfg.Now()
	t.tidy(now)
	w := &wish{outcome: make(chan reply, 1), at: now}
	next, n, step, err := t.begun(w, officer, counter, cmd)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		for _, e := range step.Do {
			if no, ok := e.(field.Refused); ok {
				return nil, no.Err
			}
		}
	}
	t.wishes[n] = w
	if asked != 0 {
		t.asked[asked] = n
	}
	t.take(next, step)
	t.tell()
	return w, nil
}

// begun gives a command to the field.
func (t *Terminal) begun(w *wish, officer, counter string, cmd queue.Command) (field.Terminal, uint64, field.Step, error) {
	if c, ok := cmd.(dossier.Receive); ok {
		return t.receive(w, officer, counter, c)
	}
	data, err := t.seal(cmd)
	if err != nil {
		return t.field, 0, field.Step{}, err
	}
	next, n, step := t.field.Wish(field.Wish{Officer: officer, Counter: counter, Command: cmd, Data: data}, t.cfg.Now())
	return next, n, step, nil
}

// tidy forgets wishes that nobody will ask for again.
func (t *Terminal) tidy(now time.Time) {
	if len(t.wishes) < mostWishes {
		return
	}
	for n, w := range t.wishes {
		if len(w.outcome) > 0 && now.Sub(w.at) > keepWish || len(t.wishes) >= 4*mostWishes && len(w.outcome) > 0 {
			delete(t.wishes, n)
		}
	}
	for asked, n := range t.asked {
		if t.wishes[n] == nil {
			delete(t.asked, asked)
		}
	}
}

// seal is the data of a command as it may lie on the disk: what names a person,
// and an officer's PIN, only the office can read.
func (t *Terminal) seal(cmd queue.Command) (json.RawMessage, error) {
	secret := false
	switch c := cmd.(type) {
	case dossier.Receive:
		secret = true
	case queue.IssueTicket:
		secret = c.Identity != ""
	case queue.BookAppointment:
		secret = c.Identity != ""
	case queue.OpenCounter:
		secret = c.PIN != ""
	}
	if !secret {
		return nil, nil
	}
	raw, err := json.Marshal(cmd)
	if err != nil {
		return nil, fmt.Errorf("encode %s command: %w", cmd.Name(), err)
	}
	var box []byte
	if ok, err := t.store.recall(metaBox, &box); !ok || err != nil {
		return nil, errors.Join(refusal.New("office-silent"), err)
	}
	return office.SealFor(box, rand.Reader, raw)
}

// Device is the name that the terminal's commands carry.
func (t *Terminal) Device() string { return t.cfg.Device }

// errStopped ends what works for a terminal that has ended.
var errStopped = errors.New("the terminal is stopping")
