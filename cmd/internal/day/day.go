// Package day plays a scripted working day against an office, through the same
// client that the screens use: invented citizens arrive, officers call, take
// dossiers in and return results, and people rate. The demo shows it, the
// end-to-end test and the load benchmark stand on it.
package day

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
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
	// Leave names counters that the script does not sit at, because a person
	// (or a test) does.
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
// against the office's and the city's.
type Tally struct {
	mu       sync.Mutex
	Tickets  int
	Served   int
	Dossiers int
	Returned int
	Ratings  int
}

func (t *Tally) add(n *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n++
}

// gap is the mean time between two arrivals at speed 1.
const gap = 75 * time.Second

// Play runs the day until everybody who came has been served, or ctx ends.
func (s Script) Play(ctx context.Context) (*Tally, error) {
	tally := &Tally{}
	p := &player{Script: s, tally: tally, people: make(chan dossier.Person)}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var counters sync.WaitGroup
	go p.introduce(ctx)
	arrived := make(chan struct{})
	for i, c := range s.counters() {
		r := rand.New(rand.NewPCG(s.Seed, uint64(i)+1))
		counters.Go(func() { p.work(ctx, c, s.Config.Officers[i%len(s.Config.Officers)].ID, r, arrived) })
	}
	err := p.arrive(ctx, rand.New(rand.NewPCG(s.Seed, 0)))
	close(arrived)
	counters.Wait()
	return tally, err
}

func (s Script) counters() []queue.Counter {
	var list []queue.Counter
	for _, c := range s.Config.Counters {
		left := false
		for _, id := range s.Leave {
			left = left || id == c.ID
		}
		if !left {
			list = append(list, c)
		}
	}
	return list
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

// arrive lets citizens take tickets at a kiosk of the script's own.
func (p *player) arrive(ctx context.Context, r *rand.Rand) error {
	kiosk := office.NewCaller(p.Client, "kiosk-2")
	services := p.Config.Services
	for n := 0; (p.Citizens == 0 || n < p.Citizens) && ctx.Err() == nil; n++ {
		// Civil status brings half of the people, as in real offices.
		service := services[0]
		if r.IntN(2) == 0 {
			service = services[r.IntN(len(services))]
		}
		class := ""
		if r.IntN(8) == 0 {
			class = queue.ClassPriority
		}
		reply, err := kiosk.Do(ctx, "", "", queue.IssueTicket{Service: service.ID, Class: class, Lang: "vi"})
		if err != nil {
			if _, refused := refusal.Of(err); refused {
				slog.Info("day: no ticket", "err", err)
				p.pause(ctx, gap)
				continue
			}
			return fmt.Errorf("play a day: %w", err)
		}
		p.tally.add(&p.tally.Tickets)
		if reply.Ticket != nil {
			_, err = kiosk.Do(ctx, "", "", queue.ReportPrint{Ticket: reply.Ticket.ID, Outcome: queue.Printed})
			if err != nil && ctx.Err() == nil {
				slog.Info("day: print not recorded", "err", err)
			}
		}
		p.pause(ctx, spread(r, gap))
	}
	return nil
}

// work is an officer's day at one counter. It ends when nobody is left after
// the last arrival.
func (p *player) work(ctx context.Context, c queue.Counter, officer string, r *rand.Rand, arrived <-chan struct{}) {
	desk := &officerAt{player: p, caller: office.NewCaller(p.Client, "day-"+c.ID), officer: officer, counter: c.ID, r: r}
	if !desk.do(ctx, queue.OpenCounter{}, nil) {
		return
	}
	for ctx.Err() == nil {
		var reply office.Reply
		if desk.do(ctx, queue.CallNext{}, &reply) && reply.Ticket != nil {
			desk.serve(ctx, *reply.Ticket)
			continue
		}
		select {
		case <-arrived:
			return
		default:
			p.pause(ctx, 20*time.Second)
		}
	}
}
