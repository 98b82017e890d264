package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// loadOffice reads the office's configuration and the rules that the program
// ships; the city's catalogue replaces the shipped one when it comes.
func loadOffice(file string) (*queue.Config, dossier.Rules, error) {
	shipped, err := demo.Load()
	if err != nil {
		return nil, dossier.Rules{}, fmt.Errorf("read what the program ships: %w", err)
	}
	if file == "demo" {
		return &shipped.Config, shipped.Rules(), nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, dossier.Rules{}, fmt.Errorf("read the office's configuration: %w", err)
	}
	var c queue.Config
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, dossier.Rules{}, fmt.Errorf("read %s: %w", file, where(raw, err))
	}
	if err := errors.Join(c.Check()...); err != nil {
		return nil, dossier.Rules{}, fmt.Errorf("check %s:\n%w", file, err)
	}
	rules := shipped.Rules()
	rules.Office = c.Office
	return &c, rules, nil
}

// where adds the line to a JSON error that has only an offset.
func where(raw []byte, err error) error {
	offset := int64(-1)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = syntax.Offset
	} else if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(raw)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(raw[:offset], []byte("\n")), err)
}

// deliver turns the city's notices into commands. What the office refuses is
// delivered: it would be refused again. What it could not write comes again.
func deliver(o *office.Office, log *slog.Logger) func(context.Context, wire.Notice) error {
	return func(ctx context.Context, n wire.Notice) error {
		cmd, err := commandOf(n)
		if err != nil {
			log.Warn("a notice of the city is not understood", "notice", n.ID, "kind", n.Kind, "err", err)
			return nil
		}
		_, err = o.Do(ctx, office.Call{N: n.ID, By: chain.Actor{Device: office.DeviceCentral}, Command: cmd})
		no, refused := refusal.Of(err)
		if !refused || notNow(no) {
			return err
		}
		log.Warn("the office refused a notice of the city", "notice", n.ID, "kind", n.Kind, "code", no.Code)
		return nil
	}
}

// notNow tells refusals that say nothing about the notice itself.
func notNow(r *refusal.Refusal) bool {
	return r.Code == "office-busy" || r.Code == "disk-full" || r.Code == "office-fault"
}

func commandOf(n wire.Notice) (queue.Command, error) {
	switch n.Kind {
	case wire.NoticeCatalogue:
		return office.InstallCatalogue{Document: n.Data}, nil
	case wire.NoticeAdvance:
		return read[dossier.Advance](n.Data)
	case wire.NoticeReady:
		return read[dossier.MarkReady](n.Data)
	}
	return nil, errors.New("the kind is not known to this version")
}

func read[C queue.Command](raw json.RawMessage) (queue.Command, error) {
	var c C
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Name(), err)
	}
	return c, nil
}
