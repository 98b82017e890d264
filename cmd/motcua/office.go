package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/config"
	"motcua/cmd/internal/reach"
	"motcua/kiosk/station"
	"motcua/queue/office"
	"motcua/queue/office/terminal"
)

// line is how a screen reaches its office.
type line struct {
	client office.Client
	caller station.Caller
	// run keeps the line up until ctx ends; watch tells what is known of the
	// office, while run runs.
	run   func(ctx context.Context)
	watch func(ctx context.Context, emit func(station.Seen))
}

// joiner gives a screen its line.
type joiner func(c config.Config) (line, error)

// connect finds the ways to the office, or opens our own and lets other screens
// of this machine join it.
func (m *Main) connect(ctx context.Context) (joiner, func(), error) {
	if len(m.cfg.Office) == 0 {
		return m.ownOffice()
	}
	ways, err := m.reach()
	if err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	for _, w := range ways {
		if w.Identity != nil { // all have the same
			keeper.Go(func() { w.Keep(ctx, slog.Default()) })
			break
		}
	}
	join := func(c config.Config) (line, error) { return onNetwork(c, ways) }
	return join, func() { stop(); keeper.Wait() }, nil
}

// onNetwork is the line of a terminal of its own, which goes on when nobody
// answers.
func onNetwork(c config.Config, ways []reach.Way) (line, error) {
	data, err := demo.Load()
	if err != nil {
		return line{}, err
	}
	cfg := terminal.Config{Device: c.Device, Dir: filepath.Join(c.Data, c.Device), Rules: data.Rules(), Log: slog.Default()}
	if c.Role != config.Board {
		cfg.Role = c.Role
	}
	for _, w := range ways {
		cfg.Offices = append(cfg.Offices, terminal.Office{Base: w.Base, Transport: w.RoundTripper()})
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return line{}, fmt.Errorf("make its folder: %w", err)
	}
	t, err := terminal.Open(cfg)
	if err != nil {
		return line{}, err
	}
	return line{
		client: t, caller: t,
		run: func(ctx context.Context) {
			if err := errors.Join(t.Run(ctx), t.Close()); err != nil {
				slog.Error("the terminal ended", "err", err)
			}
		},
		watch: func(ctx context.Context, emit func(station.Seen)) { station.WatchTerminal(ctx, t, emit) },
	}, nil
}

// ownOffice opens an office in this process.
func (m *Main) ownOffice() (joiner, func(), error) {
	data, err := demo.Load()
	if err != nil {
		return nil, nil, err
	}
	o, err := office.Open(office.Config{
		Dir: filepath.Join(m.cfg.Data, "office"), Setup: &data.Config, Rules: data.Rules(),
		Version: fullVersion(), Log: slog.Default(),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("open this machine's own office: %w", err)
	}
	handler, err := office.Handler(o)
	if err != nil {
		return nil, nil, errors.Join(err, o.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	if l, err := net.Listen("tcp", localAPI); err != nil {
		slog.Info("other screens cannot join this office", "err", err)
	} else {
		go func() { _ = server.Serve(l) }() // ends with Close below
	}
	join := func(c config.Config) (line, error) {
		client := office.Local(o)
		return line{
			client: client, caller: office.NewCaller(client, c.Device), run: func(context.Context) {},
			watch: func(ctx context.Context, emit func(station.Seen)) { station.Watch(ctx, client, now, emit) },
		}, nil
	}
	return join, func() {
		if err := errors.Join(server.Close(), o.Close()); err != nil {
			slog.Error("office not closed", "err", err)
		}
	}, nil
}

// localAPI is where an office of the app's own answers, for this machine only.
const localAPI = "127.0.0.1:8080"
