package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// cityKeyFile keeps what the city is known by, in the data folder, unless
// --central-key names another file.
const cityKeyFile = "city.pub"

// forged puts into the record that a notice was not signed by the city, once
// for each id and run.
func forged(o *office.Office, log *slog.Logger) func(context.Context, wire.Notice) {
	told := map[uint64]bool{}
	return func(ctx context.Context, n wire.Notice) {
		if told[n.ID] || len(told) >= mostForged {
			return
		}
		told[n.ID] = true
		last, err := o.LastN(ctx, office.DeviceUplink)
		if err == nil {
			_, err = o.Do(ctx, office.Call{
				N: last + 1, By: chain.Actor{Device: office.DeviceUplink},
				Command: office.TakeNotice{Kind: n.Kind, Version: n.Version, Forged: max(1, n.ID)},
			})
		}
		log.Error("a notice is not signed by the city and was not taken", "notice", n.ID, "kind", n.Kind, "recorded", err == nil)
	}
}

// mostForged bounds what a stranger on the line can make the record say.
const mostForged = 100

// deliver turns the city's notices into commands, each of which the office
// answers in its record: what it refuses is delivered, for it would be refused
// again. What it could not write comes again.
func deliver(o *office.Office, log *slog.Logger) func(context.Context, wire.Notice) error {
	return func(ctx context.Context, n wire.Notice) error {
		cmd, err := commandOf(ctx, o, n)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			log.Warn("a notice of the city is not understood", "notice", n.ID, "kind", n.Kind, "err", err)
		}
		_, err = o.Do(ctx, office.Call{
			N: n.ID, By: chain.Actor{Device: office.DeviceCentral}, Command: office.TakeNotice{Kind: n.Kind, Version: n.Version, Command: cmd},
		})
		no, refused := refusal.Of(err)
		if !refused || notNow(no) {
			return err
		}
		log.Warn("a notice of the city was not taken", "notice", n.ID, "kind", n.Kind, "code", no.Code)
		return nil
	}
}

// notNow tells refusals that say nothing about the notice itself.
func notNow(r *refusal.Refusal) bool {
	return r.Code == "office-busy" || r.Code == "disk-full" || r.Code == "office-fault"
}

// commandOf reads a notice; a kind that this version does not know, or cannot
// read, has no command.
func commandOf(ctx context.Context, o *office.Office, n wire.Notice) (queue.Command, error) {
	switch n.Kind {
	case wire.NoticeCatalogue:
		return office.InstallCatalogue{Document: n.Data}, nil
	case wire.NoticeSettings:
		return office.InstallSettings{Patch: n.Data}, nil
	case wire.NoticeStaff:
		c, err := o.ReadStaff(ctx, n.Data)
		if err != nil {
			return nil, err
		}
		return c, nil
	case wire.NoticeAdvance:
		return read[dossier.Advance](n.Data)
	case wire.NoticeReady:
		return read[dossier.MarkReady](n.Data)
	case wire.NoticeBook:
		return read[queue.BookAppointment](n.Data)
	case wire.NoticeCancel:
		return read[queue.CancelAppointment](n.Data)
	}
	return nil, fmt.Errorf("the kind %q is not known to this version", n.Kind)
}

func read[C queue.Command](raw json.RawMessage) (queue.Command, error) {
	var c C
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Name(), err)
	}
	return c, nil
}
