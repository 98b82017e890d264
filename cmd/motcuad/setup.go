package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/dossier"
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
