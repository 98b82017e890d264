// Package demo ships the demo office: a ward's one-stop unit with six services,
// six counters and eight officers, what can be praised, and a queue of invented
// citizens. A machine without any configuration is this office, so that a
// visitor sees the whole in a minute; nothing in it is a real person.
package demo

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"motcua/assets/calendar"
	procedures "motcua/assets/catalogue"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/worktime"
)

// Office is the demo office, complete.
type Office struct {
	Config    queue.Config
	Catalogue *catalogue.Catalogue
	Calendar  *worktime.Calendar
	Criteria  []dossier.Criterion
	// Cards are the QR payloads of invented citizens' cards, for a scripted day.
	Cards []string
}

//go:embed office.json
var office []byte

//go:embed criteria.json
var criteria []byte

//go:embed people.json
var people []byte

// Load reads and checks the demo office.
func Load() (Office, error) {
	var o Office
	var cast struct {
		Cards []string `json:"cards"`
	}
	for _, part := range []struct {
		name string
		raw  []byte
		into any
	}{{"office", office, &o.Config}, {"criteria", criteria, &o.Criteria}, {"people", people, &cast}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return Office{}, fmt.Errorf("read the demo's %s: %w", part.name, err)
		}
	}
	o.Cards = cast.Cards
	if err := errors.Join(o.Config.Check()...); err != nil {
		return Office{}, fmt.Errorf("the demo office: %w", err)
	}
	var err error
	if o.Catalogue, err = procedures.Load(); err != nil {
		return Office{}, err
	}
	if o.Calendar, err = calendar.Load(); err != nil {
		return Office{}, err
	}
	return o, nil
}

// Rules is what decisions on the demo office's dossiers need.
func (o Office) Rules() dossier.Rules {
	return dossier.Rules{Office: o.Config.Office, Catalogue: o.Catalogue, Calendar: o.Calendar, Criteria: o.Criteria}
}
