package terminal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/field"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// machine is one of those that may lead the office.
type machine struct {
	office.Terminal

	mu   sync.Mutex
	says office.Standing // guarded by mu; with its last answer
}

// machine is one of the offices.
func (t *Terminal) machine(o Office) *machine {
	m := &machine{}
	m.Terminal = office.Dial(o.Base, office.DialOptions{
		Transport: o.Transport, Silence: field.Quiet, Timeout: askTime, Records: true,
		Mine: func() office.Standing { return *t.standing.Load() },
		Told: func(s office.Standing) {
			m.mu.Lock()
			m.says = s
			m.mu.Unlock()
			t.prove(s)
		},
		Heard: func() { t.heard(m) },
	})
	return m
}

// askTime bounds one request; what takes longer has its own patience.
const askTime = 8 * time.Second

// standing is what the machine said of itself last.
func (m *machine) standing() office.Standing {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.says
}

// leads reports whether the machine says that it leads. An office that says
// nothing of the kind is the only one there is.
func (m *machine) leads() bool {
	s := m.standing()
	return s.Role == succession.Hub
}

// prove remembers the proof of the highest claim, to show it to who follows an
// older one.
func (t *Terminal) prove(s office.Standing) {
	for known := t.proofs.Load(); s.Proof != "" && (s.Claim.Beats(known.Claim) || s.Claim == known.Claim && known.Proof == ""); known = t.proofs.Load() {
		if t.proofs.CompareAndSwap(known, &proof{Claim: s.Claim, Proof: s.Proof}) {
			if err := t.store.write(change{meta: map[string]any{metaProof: proof{Claim: s.Claim, Proof: s.Proof}}}); err != nil {
				t.cfg.Log.Error("the proof of who leads was not kept", "err", err)
			}
			return
		}
	}
}

// heard: a machine said something. Only who leads is the office; the claim of
// another tells who that is.
func (t *Terminal) heard(m *machine) {
	says := m.standing()
	if says.Role != succession.Hub {
		return
	}
	t.in(t.life, func() { t.take(t.field.Heard(says.Claim, t.cfg.Now())); t.tell() })
}

// leader is the machine that leads, of those that say so the one with the
// highest claim; nil when none does.
func (t *Terminal) leader() *machine {
	var list []*machine
	for _, m := range t.offices {
		if m.leads() {
			list = append(list, m)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return slices.MaxFunc(list, func(a, b *machine) int {
		x, y := a.standing().Claim, b.standing().Claim
		switch {
		case x.Beats(y):
			return 1
		case y.Beats(x):
			return -1
		}
		return 0
	})
}

// Pauses between two looks for who leads, often while nobody does; and how long
// one look may take, in which the machine may have to be found first.
const (
	lookEvery = time.Second
	restEvery = 5 * time.Second
	lookFor   = 3 * time.Second
)

// listen looks for who leads, for as long as the terminal works. It asks every
// machine: that is also how a hub that was away learns that it is superseded.
func (t *Terminal) listen(ctx context.Context) {
	for ctx.Err() == nil {
		var all sync.WaitGroup
		for _, m := range t.offices {
			all.Go(func() {
				ask, cancel := context.WithTimeout(ctx, lookFor)
				defer cancel()
				if _, err := m.About(ask, t.cfg.Device); err == nil {
					t.heard(m)
				} else {
					m.lost()
				}
			})
		}
		all.Wait()
		pause := lookEvery
		if t.leader() != nil {
			pause = restEvery
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// lost: the machine does not answer, so nobody counts on it.
func (m *machine) lost() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.says.Role = ""
}

// send gives a call to who leads.
func (t *Terminal) send(e field.Send) {
	m := t.leader()
	if m == nil {
		t.failed(e)
		return
	}
	ctx, cancel := context.WithTimeout(t.life, field.Timeout)
	defer cancel()
	call := office.Call{N: e.Call.N, By: e.Call.By, Command: office.Sealed{Type: e.Call.Type, Data: e.Call.Data}}
	r, err := m.Do(ctx, call)
	no, refused := refusal.Of(err)
	if err != nil && (!refused || no.Code == "office-standby" || no.Code == "office-superseded" || e.Call.Standing && passing(no)) {
		t.failed(e)
		return
	}
	claim, ours := m.standing().Claim, refused && no.Code == "receipt-known" && t.ours(ctx, m, call.N)
	t.in(t.life, func() {
		t.clocked(r.At)
		t.settleReceipt(e.Call, err != nil && !ours)
		t.replies[call.N] = reply{reply: r, err: err}
		var recorded []uint64
		for _, line := range r.Records {
			if rec, err := chain.Parse(line); err == nil {
				recorded, t.ahead = append(recorded, rec.Seq), append(t.ahead, rec)
			}
		}
		t.take(t.field.Answered(claim, call.N, recorded, t.cfg.Now()))
		delete(t.replies, call.N)
		t.forgetReceipt(call.N)
		t.tell()
	})
}

func (t *Terminal) failed(e field.Effect) {
	t.in(t.life, func() { t.take(t.field.Failed(e, t.cfg.Now())) })
}

// offer hands records over.
func (t *Terminal) offer(e field.Offer) {
	m := t.leader()
	items, err := t.span(e.Span)
	if err != nil {
		t.cfg.Log.Error("records to hand over cannot be read", "origin", e.Span.Origin, "err", err)
	}
	if m == nil || err != nil {
		t.failed(e)
		return
	}
	ctx, cancel := context.WithTimeout(t.life, 4*askTime)
	defer cancel()
	_, err = m.Merge(ctx, office.Offer{Device: t.cfg.Device, Origin: e.Span.Origin, Items: items})
	if no, refused := refusal.Of(err); refused && !passing(no) {
		t.cfg.Log.Error("the office does not take records that were made here", "origin", e.Span.Origin, "first", e.Span.First, "last", e.Span.Last, "code", no.Code)
	}
	if err != nil {
		t.failed(e)
		return
	}
	claim := m.standing().Claim
	t.in(t.life, func() { t.take(t.field.Took(claim, e.Span, e.Span.Last, t.cfg.Now())); t.tell() })
}

// passing are refusals that say nothing about the records.
func passing(no *refusal.Refusal) bool {
	return slices.Contains([]string{"office-busy", "disk-full", "office-standby", "office-superseded", "office-fault"}, no.Code)
}

// span reads the records of a span.
func (t *Terminal) span(s field.Span) ([]queue.MergeItem, error) {
	if s.Origin == t.cfg.Device {
		return t.store.own(s.First, s.Last)
	}
	term, err := strconv.Atoi(strings.TrimPrefix(s.Origin, "term-"))
	if err != nil {
		return nil, fmt.Errorf("records of origin %q: %w", s.Origin, err)
	}
	return t.store.copied(term, s.First, s.Last)
}

// followed asks who leads for its terms and then copies what it records, until
// the line ends.
func (t *Terminal) followed(e field.Follow) {
	m := t.leader()
	if m == nil {
		t.failed(e)
		return
	}
	ctx, cancel := context.WithCancel(t.life)
	about, err := m.About(ctx, t.cfg.Device)
	if err != nil {
		cancel()
		t.failed(e)
		return
	}
	claim := m.standing().Claim
	var after uint64
	if !t.in(ctx, func() {
		if t.follow != nil {
			t.follow() // the line to another machine, or an older one
		}
		t.follow = cancel
		t.remember(map[string]any{metaBox: about.Box})
		t.take(t.field.Following(claim, about.Terms, about.Last, t.cfg.Now()))
		after = t.field.Copy
	}) {
		cancel()
		return
	}
	t.learn(ctx, m) // first: a state without its catalogue is of little use alone
	t.copyAll(ctx, m, claim, after)
	cancel()
}

// learn keeps what the office's record does not tell and a terminal needs when
// it is alone: the catalogue, and what can be praised.
func (t *Terminal) learn(ctx context.Context, m *machine) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	procedures, err := m.Procedures(ctx, "")
	criteria, other := m.Criteria(ctx)
	if err := errors.Join(err, other); err != nil {
		t.cfg.Log.Warn("the office's catalogue was not copied", "err", err)
		return
	}
	t.in(ctx, func() { t.remember(map[string]any{metaProcedures: procedures, metaCriteria: criteria}) })
}

// copyAll keeps the copy level with a machine for as long as it leads, over as
// many connections as that takes.
func (t *Terminal) copyAll(ctx context.Context, m *machine, claim succession.Claim, after uint64) {
	for pause := 100 * time.Millisecond; ctx.Err() == nil && m.standing().Claim == claim; pause = min(2*pause, 2*time.Second) {
		updates, err := m.FollowFrom(ctx, after)
		if err == nil {
			pause = 100 * time.Millisecond
			for u := range updates {
				if after, err = t.copyIn(ctx, claim, u, updates); err != nil {
					break
				}
			}
		}
		if errors.Is(err, errStopped) {
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}
