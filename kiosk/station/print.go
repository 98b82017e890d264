package station

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"motcua/printer/spool"
	"motcua/queue"
)

// How long a person waits for paper before being told that it does not come.
const (
	heldFor    = 4 * time.Second        // nothing moves: no need to wait long
	paperFor   = 40 * time.Second       // it is printing, or printing anew
	look       = 250 * time.Millisecond // between two looks at a slip on its way
	ticketLife = 2 * time.Minute        // a ticket's slip is of no use later
)

// errNoPaper is why nothing came out.
type errNoPaper struct{ why string }

func (e errNoPaper) Error() string { return "no paper came out: " + e.why }

// ticketJob names the first slip of a ticket, the only one that comes by itself.
func ticketJob(id queue.TicketID) string { return ticketJobs + string(id) }

const ticketJobs = "ticket-"

// nextJob is the first job id of a slip's that was never used, and the which
// copy it would be: slips of which nothing reached the printer do not count.
func (p *Paper) nextJob(nth func(n int) string) (id string, copies int) {
	copies = 1
	for n := 1; ; n++ {
		id = nth(n)
		state, known := p.spool.Lookup(id)
		if !known {
			return id, copies
		}
		if state != spool.Expired || p.wasTorn(id) {
			copies++
		}
	}
}

func (p *Paper) wasTorn(job string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.torn[job]
}

// came passes an outcome to whoever waits for it. It runs on the spool's
// goroutine and never blocks it.
func (p *Paper) came(o spool.Outcome) {
	ticket := strings.HasPrefix(o.JobID, ticketJobs)
	p.mu.Lock()
	c := p.waiting[o.JobID]
	if o.State == spool.Broken || o.State == spool.Unknown {
		p.torn[o.JobID] = true
	}
	p.mu.Unlock()
	switch {
	case c != nil:
		select {
		case c <- o:
		default:
		}
	case ticket && o.State == spool.Unknown: // of an earlier run: nobody asks any more
		if _, err := p.spool.Cancel(o.JobID); err != nil {
			slog.Error("slip not given up", "job", o.JobID, "err", err)
		}
	}
}

// wait registers for a job's outcomes until done is called.
func (p *Paper) wait(job string) (came <-chan spool.Outcome, done func()) {
	c := make(chan spool.Outcome, 8)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[job] = c
	return c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.waiting, job)
	}
}

// print submits a job and waits for its end. When nothing moves for a while
// the job is given up, so that nothing comes out when nobody stands there any
// more.
func (p *Paper) print(ctx context.Context, job spool.Job) error {
	came, done := p.wait(job.ID)
	defer done()
	if err := p.spool.Submit(ctx, job); err != nil {
		return err
	}
	every := time.NewTicker(look)
	defer every.Stop()
	begun := time.Now()
	moved := begun
	for {
		select {
		case o := <-came:
			if over, err := verdict(o.State, o.Err); over {
				return err
			}
			continue
		case <-every.C:
		case <-ctx.Done():
			return p.giveUp(job.ID, "the program ends")
		}
		state, _ := p.spool.Lookup(job.ID)
		if over, err := verdict(state, nil); over {
			return err
		}
		now := time.Now()
		if p.moves(state) {
			moved = now
		}
		if state == spool.Broken {
			moved = begun // it has had its time
		}
		if now.Sub(moved) >= heldFor || now.Sub(begun) >= paperFor {
			return p.giveUp(job.ID, "the printer is not ready")
		}
	}
}

// verdict says whether a slip is over, and how.
func verdict(s spool.State, why error) (over bool, err error) {
	switch s {
	case spool.Printed, spool.Done:
		return true, nil
	case spool.Unknown, spool.Expired:
		if why == nil {
			return true, errNoPaper{string(s)}
		}
		return true, fmt.Errorf("%w (%w)", errNoPaper{string(s)}, why)
	}
	return false, nil
}

// moves reports that a slip in a state is on its way into the slot.
func (p *Paper) moves(s spool.State) bool {
	return (s == spool.Sending || s == spool.Sent) && p.spool.State().Ready()
}

// giveUp cancels a slip that has not begun, or begins anew. What stands in the
// printer half way cannot be called back.
func (p *Paper) giveUp(job, why string) error {
	cancelled, err := p.spool.Cancel(job)
	if err != nil {
		return fmt.Errorf("give slip %s up: %w", job, err)
	}
	if !cancelled { // it has ended in this moment, or is being sent
		state, _ := p.spool.Lookup(job)
		if over, err := verdict(state, nil); over {
			return err
		}
	}
	return errNoPaper{why}
}

// Late waits for the end of a ticket's slip after Ticket returned an error, and
// reports whether it came out after all: a slip that stood still half way, or
// one that the printer confirmed too late.
func (p *Paper) Late(ctx context.Context, id queue.TicketID) bool {
	if p == nil {
		return false
	}
	job := ticketJob(id)
	_, done := p.wait(job)
	defer done()
	every := time.NewTicker(look)
	defer every.Stop()
	for end := time.Now().Add(ticketLife); ; {
		state, known := p.spool.Lookup(job)
		if !known || state.Final() {
			return state == spool.Printed || state == spool.Done
		}
		if time.Now().After(end) { // nobody asks any more
			if cancelled, err := p.spool.Cancel(job); cancelled || err != nil {
				return false
			}
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return false
		}
	}
}
