// Package health is named checks: one list that the doctor command, the status
// bar, the health page and the metrics all show. A check says how things are
// and which sentence tells a person what to do about it; the words are in
// assets/i18n under "health.". The package is a leaf and decides nothing.
package health

import (
	"context"
	"fmt"
	"time"
)

// Level is how bad it is.
type Level string

// Levels. Warn needs a person soon, Fail needs one now.
const (
	OK   Level = "ok"
	Warn Level = "warn"
	Fail Level = "fail"
)

// rank orders levels; an unknown one counts as the worst.
func (l Level) rank() int {
	switch l {
	case OK:
		return 0
	case Warn:
		return 1
	}
	return 2
}

// Check is the result of one check.
type Check struct {
	// Name is stable and kebab-case, e.g. "disk-room". Its title is the text
	// "health.<name>".
	Name  string `json:"name"`
	Level Level  `json:"level"`
	// Text is the key of the sentence, e.g. "health.disk-room.low"; Args fill
	// its placeholders.
	Text string            `json:"text"`
	Args map[string]string `json:"args,omitempty"`
}

// Title is the key of the check's name for people.
func (c Check) Title() string { return "health." + c.Name }

// Pairs are Args as name, value pairs, as i18n.Texts.Get takes them.
func (c Check) Pairs() []string {
	pairs := make([]string, 0, 2*len(c.Args))
	for k, v := range c.Args {
		pairs = append(pairs, k, v)
	}
	return pairs
}

// Of makes a check with the text "health.<name>.<what>"; args are name, value
// pairs.
func Of(name string, level Level, what string, args ...string) Check {
	c := Check{Name: name, Level: level, Text: "health." + name + "." + what}
	for i := 0; i+1 < len(args); i += 2 {
		if c.Args == nil {
			c.Args = make(map[string]string, len(args)/2)
		}
		c.Args[args[i]] = args[i+1]
	}
	return c
}

// Probe does one check. It must end with its context.
type Probe struct {
	Name string
	Run  func(context.Context) Check
}

// patience is how long one probe may take.
const patience = 3 * time.Second

// Run does the checks one after the other and returns their results in order. A
// probe that does not end or panics is a failed check, never a hanging page.
func Run(ctx context.Context, probes ...Probe) []Check {
	checks := make([]Check, 0, len(probes))
	for _, p := range probes {
		checks = append(checks, run(ctx, p))
	}
	return checks
}

func run(ctx context.Context, p Probe) Check {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result := make(chan Check, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				result <- broken(p.Name, fmt.Sprint(fault))
			}
		}()
		result <- p.Run(ctx)
	}()
	select {
	case c := <-result:
		c.Name = p.Name
		return c
	case <-ctx.Done():
		return broken(p.Name, ctx.Err().Error())
	}
}

// broken is a check that itself did not work.
func broken(name, why string) Check {
	return Check{Name: name, Level: Fail, Text: "health.broken", Args: map[string]string{"why": why}}
}

// Worst is the level of the whole list.
func Worst(checks []Check) Level {
	worst := OK
	for _, c := range checks {
		if c.Level.rank() > worst.rank() {
			worst = c.Level
		}
	}
	return worst
}
