package cut

import (
	"encoding/json"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
)

// Lab holds the morning that every schedule begins with: an office that is
// open, with its machines known and its officers seated.
type Lab struct {
	log   []entry
	head  chain.Head
	state *queue.State
	start time.Time
	rules dossier.Rules
}

// supervisor promotes, settles and closes.
const supervisor = "sv"

// service is what everybody comes for.
const service = "ho-tich"

// officerOf is who sits at a counter.
func officerOf(counter string) string { return "cb" + counter }

// NewLab opens the office. Its error is of the real code that refuses it.
func NewLab() (*Lab, error) {
	l := &Lab{state: queue.NewState(), start: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
	var err error
	if l.rules, err = rules(); err != nil {
		return nil, err
	}
	tiers := [][]string{{service}}
	config := queue.Config{
		Office:   office,
		Services: []queue.Service{{ID: service, Letter: "A", Name: queue.Text{VI: "Hộ tịch"}, Pace: 300}},
		Counters: []queue.Counter{{ID: "1", Tiers: tiers}, {ID: "2", Tiers: tiers}},
		Officers: []queue.Officer{{ID: "cb1", Name: "1"}, {ID: "cb2", Name: "2"}, {ID: supervisor, Name: "0", Supervisor: true}},
	}
	at := func(device, officer, counter string) chain.Actor {
		return chain.Actor{Device: device, Officer: officer, Counter: counter}
	}
	for _, c := range []struct {
		command queue.Command
		by      chain.Actor
	}{
		{queue.Configure{Config: config}, at("box", supervisor, "")},
		{queue.OpenDay{Day: today}, at("box", supervisor, "")},
		{queue.AdmitDevice{Role: queue.RoleKiosk}, at(names[kiosk], "", "")},
		{queue.AdmitDevice{Role: queue.RoleCounter}, at(names[counter1], "", "")},
		{queue.AdmitDevice{Role: queue.RoleCounter}, at(names[counter2], "", "")},
		{queue.OpenCounter{}, at(names[counter1], officerOf("1"), "1")},
		{queue.OpenCounter{}, at(names[counter2], officerOf("2"), "2")},
	} {
		events, err := queue.Decide(l.state, c.command, c.by, queue.Env{Now: l.start})
		if err != nil {
			return nil, fmt.Errorf("open the simulated office: %s: %w", c.command.Name(), err)
		}
		for _, e := range events {
			r, head, err := record(l.head, e, c.by, 0, l.start)
			if err != nil {
				return nil, err
			}
			l.state.Apply(e, r.At, r.Seq, r.By)
			l.log, l.head = append(l.log, r), head
		}
	}
	return l, nil
}

// record makes the next record of a chain.
func record(h chain.Head, e queue.Event, by chain.Actor, n uint64, at time.Time) (entry, chain.Head, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return entry{}, h, fmt.Errorf("encode %s: %w", e.Kind(), err)
	}
	r, next, err := h.Append(chain.Fact{At: at, By: by, N: n, Type: e.Kind(), V: 1, Data: data})
	if err != nil {
		return entry{}, h, err
	}
	return entry{Record: r, event: e}, next, nil
}
