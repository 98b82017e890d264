package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"

	"motcua/cmd/internal/config"
	"motcua/cmd/internal/reach"
	"motcua/queue/office/enrol"
)

// join lets this machine into the office with a code that a person types or
// scans, and ends.
func (m *Main) join(ctx context.Context, in io.Reader) error {
	if len(m.cfg.Office) == 0 {
		return errors.New("--enrol needs --office, the address of the office, or auto")
	}
	fmt.Fprint(m.Stdout, "Mã ghi danh / Code: ")
	text, err := bufio.NewReader(io.LimitReader(in, 256)).ReadString('\n')
	if err != nil && text == "" {
		return fmt.Errorf("read the code: %w", err)
	}
	code, ok := enrol.ParseCode(text)
	if !ok {
		return errors.New("that is no code: it has sixteen letters and digits")
	}
	if err := os.MkdirAll(m.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make this machine's folder: %w", err)
	}
	id, err := reach.Join(ctx, m.cfg.Office[0], m.cfg.Data, code)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "%s: %s\n", id.Name(), id.Role())
	return nil
}

// reach finds the ways to the office's machines and takes the name under which
// this machine joined it: the office knows it by no other.
func (m *Main) reach() ([]reach.Way, error) {
	ways, err := reach.All(m.cfg.Office, m.cfg.Data)
	i := slices.IndexFunc(ways, func(w reach.Way) bool { return w.Identity != nil })
	if err != nil || i < 0 {
		return ways, err
	}
	id := ways[i].Identity
	switch {
	case m.cfg.Role == config.All:
		return nil, errors.New("role: a machine that joined an office is one of kiosk, counter, board; all is for the office's own machine")
	case string(id.Role()) != m.cfg.Role:
		return nil, fmt.Errorf("role: the settings say %s, this machine joined the office as %s", m.cfg.Role, id.Role())
	case id.Name() != m.cfg.Device:
		slog.Info("the name is the one under which this machine joined", "device", id.Name(), "settings", m.cfg.Device)
		m.cfg.Device = id.Name()
	}
	return ways, nil
}
