package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// request is a call waiting for the writer.
type request struct {
	ctx    context.Context
	call   Call
	proof  proof
	answer chan outcome // capacity 1: the writer never waits
}

// outcome is an answer, or why there is none.
type outcome struct {
	answer answer
	err    error
}

// Do carries out a command exactly once per (Device, N); see Client.
func (o *Office) Do(ctx context.Context, call Call) (Reply, error) {
	a, err := o.do(ctx, call)
	if err != nil {
		return Reply{}, err
	}
	return a.reply()
}

func (o *Office) do(ctx context.Context, call Call) (answer, error) {
	if err := call.check(); err != nil {
		return answer{}, err
	}
	if err := o.Seat().Refusal(); err != nil {
		return answer{}, err
	}
	call, proof, err := o.prepare(ctx, call)
	if err != nil {
		return answer{}, err
	}
	r := &request{ctx: ctx, call: call, proof: proof, answer: make(chan outcome, 1)}
	select {
	case <-o.quit:
		return answer{}, errStopping(nil)
	case <-o.done:
		return answer{}, errStopping(o.cause)
	default:
	}
	select {
	case o.requests <- r:
	default:
		o.meter.busy.Add(1)
		return answer{}, refusal.New(codeBusy)
	}
	select {
	case out := <-r.answer:
		return out.answer, out.err
	case <-ctx.Done():
		return answer{}, fmt.Errorf("%s: %w (%w)", call.Command.Name(), ErrUnreachable, context.Cause(ctx))
	case <-o.done:
		select {
		case out := <-r.answer: // answered while the writer ended
			return out.answer, out.err
		default:
			return answer{}, errStopping(o.cause)
		}
	}
}

func errStopping(cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: it is stopping", ErrUnreachable)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, cause)
}

// write is the single writer. It ends with the office, or when the journal has
// become suspect.
func (o *Office) write() {
	defer close(o.done)
	batch := make([]*request, 0, together)
	for {
		batch = batch[:0]
		select {
		case <-o.quit:
			return
		case t := <-o.tasks:
			if err := t.do(); err != nil {
				o.suspect(err)
				return
			}
			continue
		case r := <-o.requests:
			batch = append(batch, r)
		}
		runtime.Gosched() // let those that were just woken join this commit
		for len(batch) < together {
			select {
			case r := <-o.requests:
				batch = append(batch, r)
				continue
			default:
			}
			break
		}
		if err := o.commit(batch); err != nil {
			o.suspect(err)
			return
		}
	}
}

// suspect remembers why the writer ends, for this process and the next.
func (o *Office) suspect(err error) {
	o.cause = err
	mark := os.WriteFile(filepath.Join(o.cfg.Dir, SuspectFile), nil, 0o600)
	o.log.Error("the journal is suspect: the office stops", "err", err, "mark", mark)
}

// errNothing undoes a transaction in which nothing was to be written.
var errNothing = errors.New("nothing to write")

// commit answers a batch in one transaction. Its error ends the office.
func (o *Office) commit(batch []*request) error {
	start, lastAt := time.Now(), o.lastAt
	outcomes := make([]outcome, len(batch))
	wrote := false
	var rules *dossier.Rules
	records, err := o.journal.Update(func(tx *journal.Tx) error {
		for i, r := range batch {
			d := deciding{o: o, tx: tx, call: r.call, proof: r.proof, rules: o.rules.Load()}
			if rules != nil {
				d.rules = rules
			}
			if err := o.Seat().Refusal(); err != nil {
				outcomes[i].err = err // retired while it waited
				continue
			}
			if r.ctx.Err() != nil {
				outcomes[i].err = fmt.Errorf("%w: %w", ErrUnreachable, context.Cause(r.ctx))
				continue
			}
			if err := d.run(&outcomes[i]); err != nil {
				return err
			}
			wrote = wrote || d.wrote
			rules = d.installed(rules)
		}
		if !wrote {
			return errNothing
		}
		return nil
	})
	if err != nil && !errors.Is(err, errNothing) {
		o.lastAt = lastAt
		failed := o.failure(err)
		for i, r := range batch {
			if outcomes[i].err != nil || outcomes[i].answer.stored {
				r.answer <- outcomes[i] // needed nothing written
				continue
			}
			r.answer <- outcome{err: failed}
		}
		if errors.Is(err, journal.ErrSuspect) {
			return err
		}
		return nil
	}
	if rules != nil {
		o.rules.Store(rules)
	}
	o.meter.committed(len(batch), len(records), time.Since(start), wrote)
	for i, r := range batch {
		r.answer <- outcomes[i]
	}
	o.stream.publish(records)
	return nil
}

// failure is what callers are told when a transaction did not happen.
func (o *Office) failure(err error) error {
	switch {
	case errors.Is(err, journal.ErrFull):
		o.meter.full.Add(1)
		o.log.Warn("no room for the journal: commands are refused", "err", err)
		return refusal.New(codeFull)
	case errors.Is(err, journal.ErrSuspect):
		return errStopping(err)
	}
	o.log.Error("a batch of commands could not be written", "err", err)
	return refusal.New(codeFault)
}

// deciding is one call being decided inside the batch's transaction.
type deciding struct {
	o     *Office
	tx    *journal.Tx
	call  Call
	proof proof
	rules *dossier.Rules
	at    time.Time // of the decision and of its records
	clock chain.Clock
	wrote bool
	news  *dossier.Rules // set by an installed catalogue
}

func (d *deciding) installed(before *dossier.Rules) *dossier.Rules {
	if d.news != nil {
		return d.news
	}
	return before
}

// run fills out. Its error undoes the whole batch; whatever concerns only this
// call is an outcome.
func (d *deciding) run(out *outcome) error {
	by, n := d.call.By, d.call.N
	digest, err := d.o.secret.digest(by, d.call.Command)
	if err != nil {
		out.err = refusal.New(codeBadCall, "field", "command")
		return nil
	}
	raw, err := d.tx.Answer(by.Device, n)
	if err != nil {
		return err
	}
	if raw != nil {
		out.answer, out.err = again(raw, digest)
		return nil
	}
	if d.tx.State().CarriedOut(by.Device, n) {
		out.answer, err = d.elsewhere()
		return err
	}
	if n <= d.tx.LastN(by.Device) {
		out.err = refusal.New(codeStale)
		return nil
	}
	d.at, d.clock = d.o.stamp()
	steps, err := d.decide()
	a := answer{Digest: digest}
	if r, refused := refusal.Of(err); refused {
		a.Refusal = r
	} else if err != nil {
		d.o.log.Error("a command failed", "command", d.call.Command.Name(), "device", by.Device, "err", err)
		out.err = refusal.New(codeFault)
		return nil
	} else if a.Reply, err = d.append(steps); errors.Is(err, errRecord) {
		d.o.log.Error("a command does not fit a record", "command", d.call.Command.Name(), "err", err)
		out.err = refusal.New(codeBadRequest, "fault", "too large")
		return nil
	} else if err != nil {
		return err
	}
	if steps.refused != nil {
		a.Reply, a.Refusal = nil, steps.refused
	}
	stored, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	if err := d.tx.PutAnswer(by.Device, n, stored); err != nil {
		return err
	}
	d.wrote, out.answer = true, a
	return nil
}

// elsewhere is the answer to a command that another place carried out and whose
// records came here without it: what it is known to have made. Nothing is done
// again.
func (d *deciding) elsewhere() (answer, error) {
	r := Reply{Seq: d.tx.Head().Seq, At: d.o.cfg.Now()}
	for _, t := range d.tx.State().Tickets {
		if t.Kiosk == d.call.By.Device && t.N == d.call.N {
			r.Ticket = t
		}
	}
	if c, ok := d.call.Command.(dossier.Receive); ok && c.Provisional != "" {
		found, ok, err := d.tx.Dossier(normal(c.Provisional))
		if err != nil {
			return answer{}, err
		}
		if shown := public(found); ok {
			r.Dossier = &shown
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return answer{}, fmt.Errorf("encode reply: %w", err)
	}
	return answer{Reply: raw, stored: true}, nil
}

// again is the stored answer, if it was given to the same question.
func again(raw []byte, digest string) (answer, error) {
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return answer{}, fmt.Errorf("read stored answer: %w", err)
	}
	if a.Digest != "" && a.Digest != digest { // a command given up has none
		return answer{}, refusal.New(codeReused)
	}
	a.stored = true
	return a, nil
}

// steps are what a command comes to: events, and what is stored beside them.
type steps struct {
	events []queue.Event
	// beside runs in the same transaction, after the events are appended.
	beside func(*journal.Tx) error
	// refused is the answer all the same: what a refusal must leave behind.
	refused *refusal.Refusal
}

// decide asks the part of the core that a command belongs to. A panic there is
// a bug that one command must not be able to stop the office with.
func (d *deciding) decide() (s steps, err error) {
	defer func() {
		if p := recover(); p != nil {
			s, err = steps{}, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	before, err := d.signedIn()
	if err != nil || before.refused != nil {
		return before, err
	}
	switch c := d.call.Command.(type) {
	case RevokeDevice, enrolDevice, noteRefused:
		return d.devices(c)
	case setPIN, UnlockOfficer:
		return d.staff(c)
	case Erase:
		return d.erase(c)
	case eraseOld:
		return d.eraseCase(Erase{Code: c.Code, Reason: reasonKept})
	case InstallCatalogue:
		return d.install(c)
	case TakeNotice:
		return d.take(c)
	case takeTail:
		return d.tail(c)
	case dossier.Receive:
		return d.receive(c)
	case dossier.Advance, dossier.RequestSupplement, dossier.Supplemented, dossier.MarkReady,
		dossier.Return, dossier.Close, dossier.Rate:
		return d.dossier(c)
	}
	events, err := queue.Decide(d.tx.State(), d.unnamed(), d.call.By, d.env())
	if err != nil {
		return steps{}, err
	}
	switch d.call.Command.(type) {
	case queue.Merge, queue.SettlePredecessor:
		more, err := d.number(events)
		if err != nil {
			return steps{}, err
		}
		events = append(events, more...)
	}
	return steps{events: events, beside: both(before.beside, d.givenUp(events))}, nil
}

// unnamed is the command with a hash of the day in place of what somebody
// showed to prove who they are; the rest of the core never sees more.
func (d *deciding) unnamed() queue.Command {
	hash := func(day, shown string) string {
		if shown == "" {
			return ""
		}
		return queue.HashIdentity(d.o.secret.identity(), day, shown)
	}
	switch c := d.call.Command.(type) {
	case queue.IssueTicket:
		// The business day goes on when the clock has been set back.
		c.Identity = hash(max(d.tx.State().Day, queue.Local(d.at).Format(time.DateOnly)), c.Identity)
		return c
	case queue.BookAppointment:
		c.Identity = hash(queue.Local(c.Slot).Format(time.DateOnly), c.Identity)
		return c
	}
	return d.call.Command
}

// errRecord: a fact cannot become a record; nothing was appended.
var errRecord = errors.New("the record cannot be made")

// append writes the records of a command and makes its reply.
func (d *deciding) append(s steps) (json.RawMessage, error) {
	facts := make([]chain.Fact, 0, len(s.events))
	clock := d.clock
	for _, e := range s.events {
		f, err := journal.Fact(e.Kind(), e)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errRecord, err)
		}
		f.At, f.Clock, f.By, f.N = d.at, clock, d.call.By, d.call.N
		facts = append(facts, f)
		if clock == chain.ClockJumped {
			clock = d.o.steady() // only the first record after a jump tells it
		}
	}
	records, err := d.tx.Append(facts...)
	if errors.Is(err, chain.ErrMalformed) {
		return nil, fmt.Errorf("%w: %w", errRecord, err)
	} else if err != nil {
		return nil, err
	}
	if s.beside != nil {
		if err := s.beside(d.tx); err != nil {
			return nil, err
		}
	}
	if len(records) > 0 {
		d.o.recorded(d.at)
	}
	return d.reply(records)
}
