// Package day plays a scripted working day against an office, through the same
// client that the screens use: invented citizens arrive, officers call, take
// dossiers in and return results, and people rate. The demo shows it, the
// end-to-end test and the load benchmark stand on it.
package day

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/idcard"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// Script is a day to be played.
type Script struct {
	Client office.Client
	Config queue.Config
	// People are invented applicants, used in turn.
	People []dossier.Person
	// Seed makes the same day again: who comes for what, how long it takes.
	Seed uint64
	// Speed divides every duration: 60 plays an hour in a minute.
	Speed float64
	// Citizens is how many arrive; 0 is no end.
	Citizens int
	// Kiosks is at how many kiosks they arrive, each as fast as one alone; 0
	// is one.
	Kiosks int
	// Leave names counters that the script does not sit at, because a person
	// (or a test) does. The first officer is the first counter's, and so on;
	// those of such counters are left to the person, too.
	Leave []string
}

// People reads the invented citizens' cards.
func People(cards []string) ([]dossier.Person, error) {
	var list []dossier.Person
	for _, payload := range cards {
		card, err := idcard.Parse(payload)
		if err != nil {
			return nil, fmt.Errorf("read an invented card: %w", err)
		}
		list = append(list, dossier.Person{Name: card.Name, ID: card.Number, Address: card.Address})
	}
	return list, nil
}

// Tally is what a played day did. It is the script's own count, to be held
// against the office's and the city's. Read it when Play has returned.
type Tally struct {
	mu       sync.Mutex
	Tickets  int
	Served   int
	Absent   int
	Dossiers int
	Returned int
	Ratings  int
	// Refused counts what the office refused, by code.
	Refused map[string]int
}

func (t *Tally) add(n *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n++
}

func (t *Tally) refused(code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Refused[code]++
}

// gap is the mean time between two arrivals at speed 1.
const gap = 75 * time.Second

// Play runs the day until everybody who came has been called, or ctx ends, which
// is no error. Two scripts must not play on one office at the same time: their
// kiosks and counters have the same names.
func (s Script) Play(ctx context.Context) (*Tally, error) {
	if len(s.Config.Services) == 0 || len(s.Config.Officers) == 0 {
		return nil, errors.New("play a day: the office has no services or no officers")
	}
	p := &player{Script: s, tally: &Tally{Refused: map[string]int{}}, people: make(chan dossier.Person)}
	ctx, cancel := context.WithCancel(ctx)
	var introducing, counters sync.WaitGroup
	defer introducing.Wait()
	defer cancel()
	introducing.Go(func() { p.introduce(ctx) })
	arrived := make(chan struct{})
	for i, officer := range s.Config.Officers { // each can be at one counter only
		if i >= len(s.Config.Counters) || slices.Contains(s.Leave, s.Config.Counters[i].ID) {
			continue
		}
		r := rand.New(rand.NewPCG(s.Seed, uint64(i)+1))
		counters.Go(func() { p.work(ctx, s.Config.Counters[i], officer.ID, r, arrived) })
	}
	err := p.arriveAll(ctx)
	close(arrived)
	counters.Wait()
	return p.tally, err
}

// player is a day under way.
type player struct {
	Script
	tally  *Tally
	people chan dossier.Person
}

// introduce hands out the invented people in turn.
func (p *player) introduce(ctx context.Context) {
	for i := 0; len(p.People) > 0; i++ {
		select {
		case p.people <- p.People[i%len(p.People)]:
		case <-ctx.Done():
			return
		}
	}
}

// pause waits a duration of the script's own time.
func (p *player) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(time.Duration(float64(d) / p.Speed))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// spread draws a duration around a mean, with the long tail of real services.
func spread(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(float64(mean) * (0.35 + 0.65*r.ExpFloat64()))
}

// arriveAll lets citizens arrive at every kiosk, and shares them out evenly.
func (p *player) arriveAll(ctx context.Context) error {
	n := max(1, p.Kiosks)
	faults := make([]error, n)
	var kiosks sync.WaitGroup
	for i := range n {
		share := p.Citizens / n
		if i < p.Citizens%n {
			share++
		}
		if p.Citizens > 0 && share == 0 {
			continue
		}
		name := "kiosk-2"
		if i > 0 {
			name += "-" + strconv.Itoa(i+1)
		}
		r := rand.New(rand.NewPCG(p.Seed, uint64(i)<<32))
		kiosks.Go(func() { faults[i] = p.arrive(ctx, office.NewCaller(p.Client, name), share, r) })
	}
	kiosks.Wait()
	return errors.Join(faults...)
}

// arrive lets citizens take tickets at one kiosk; 0 is no end.
func (p *player) arrive(ctx context.Context, kiosk *office.Caller, citizens int, r *rand.Rand) error {
	services := p.Config.Services
	for n := 0; (citizens == 0 || n < citizens) && ctx.Err() == nil; n++ {
		// Civil status brings half of the people, as in real offices.
		service := services[0]
		if r.IntN(2) == 0 {
			service = services[r.IntN(len(services))]
		}
		class := ""
		if r.IntN(8) == 0 && p.Config.HeadStart(queue.ClassPriority) > 0 {
			class = queue.ClassPriority
		}
		pause := spread(r, gap)
		reply, err := kiosk.Do(ctx, "", "", queue.IssueTicket{Service: service.ID, Class: class, Lang: "vi"})
		if no, refused := refusal.Of(err); refused {
			p.tally.refused(no.Code)
			slog.Info("day: no ticket", "err", err)
		} else if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("play a day: %w", err)
		}
		if reply.Ticket != nil {
			p.tally.add(&p.tally.Tickets)
			_, err = kiosk.Do(ctx, "", "", queue.ReportPrint{Ticket: reply.Ticket.ID, Outcome: queue.Printed})
			if err != nil && ctx.Err() == nil {
				slog.Info("day: print not recorded", "err", err)
			}
		}
		p.pause(ctx, pause)
	}
	return nil
}

// work is an officer's day at one counter. It ends when nobody is left after
// the last arrival; the officer then leaves.
func (p *player) work(ctx context.Context, c queue.Counter, officer string, r *rand.Rand, arrived <-chan struct{}) {
	desk := &officerAt{player: p, caller: office.NewCaller(p.Client, "day-"+c.ID), officer: officer, counter: c.ID, r: r}
	if !desk.do(ctx, queue.OpenCounter{}, nil) {
		return
	}
	for ctx.Err() == nil {
		last := over(arrived) // asked before the call: who came in between is still called
		var reply office.Reply
		if desk.do(ctx, queue.CallNext{}, &reply) && reply.Ticket != nil {
			desk.serve(ctx, *reply.Ticket)
			continue
		}
		if last {
			desk.do(ctx, queue.CloseCounter{}, nil)
			return
		}
		p.pause(ctx, 20*time.Second)
	}
}

// over reports that a channel is closed.
func over(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
