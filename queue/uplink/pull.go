package uplink

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// errDeliver: the office did not take a notice.
var errDeliver = errors.New("the office did not take a notice")

// pull asks for notices, for ever. Where to begin is the city's memory: it
// remembers the last "after" that this office asked with.
func (u *Uplink) pull(ctx context.Context) error {
	var p patience
	after, known := uint64(0), false
	for {
		err := func() (err error) {
			key, err := u.cityKey(ctx)
			if err != nil {
				return err
			}
			if !known {
				c, err := u.ask(ctx)
				if err != nil {
					return err
				}
				after, known = c.Notices, true
			}
			asked := time.Now()
			before := after
			if after, err = u.poll(ctx, *key, after); err == nil && after == before && time.Since(asked) < firstWait {
				return sleep(ctx, firstWait) // somebody answers without waiting
			}
			return err
		}()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			p.reset()
			continue
		}
		u.note(err)
		if err := u.rest(ctx, &p, err); err != nil {
			return err
		}
	}
}

// poll waits for notices after a position, delivers them in order and returns
// the position reached, also beside an error.
func (u *Uplink) poll(ctx context.Context, key wire.CityKey, after uint64) (uint64, error) {
	q := url.Values{
		"after": {strconv.FormatUint(after, 10)},
		"wait":  {strconv.Itoa(int(wire.PollWait / time.Second))},
	}
	var answer wire.Notices
	if err := u.call(ctx, http.MethodGet, u.path("notices", q), nil, nil, wire.PollWait, &answer); err != nil {
		return after, err
	}
	if answer.Office != u.cfg.Office || answer.After != after {
		return after, fmt.Errorf("%w: notices of %q after %d", errNobody, answer.Office, answer.After)
	}
	for _, n := range answer.Notices {
		if n.ID <= after {
			return after, fmt.Errorf("%w: notice %d after %d", errNobody, n.ID, after)
		}
		if err := n.Verify(u.cfg.Office, key); err != nil {
			u.change(func(s *State) { u.forged, s.Trouble = true, TroubleSignature })
			if u.cfg.Forged != nil {
				u.cfg.Forged(ctx, n)
			}
			return after, err
		}
		if err := u.cfg.Deliver(ctx, n); err != nil {
			return after, fmt.Errorf("%w: %d (%s): %w", errDeliver, n.ID, n.Kind, err)
		}
		after = n.ID
	}
	u.change(func(s *State) {
		s.Up, s.SyncedAt, u.forged = true, time.Now(), false
		switch s.Trouble {
		case TroubleToken, TroubleVersion, TroubleSignature:
			s.Trouble = "" // if it still holds for batches, they will say so
		}
	})
	return after, nil
}

// cityKey is what the city is known by.
func (u *Uplink) cityKey(ctx context.Context) (*wire.CityKey, error) {
	u.keyMu.Lock()
	defer u.keyMu.Unlock()
	if u.key == nil {
		key, err := u.learnKey(ctx)
		if err != nil {
			return nil, err
		}
		u.key = key
	}
	return u.key, nil
}

// says checks the city's word on how far it has the record.
func (u *Uplink) says(ctx context.Context, at chain.Head, sig []byte) error {
	if u.cfg.KeyFile == "" {
		return nil
	}
	key, err := u.cityKey(ctx)
	if err != nil {
		return err
	}
	return key.VerifyPosition(u.cfg.Office, at, sig)
}

// learnKey reads the city's key; the first time ever it is asked and what it
// shows is kept.
func (u *Uplink) learnKey(ctx context.Context) (*wire.CityKey, error) {
	raw, err := os.ReadFile(u.cfg.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		if err := u.call(ctx, http.MethodGet, u.path("key", nil), nil, nil, 0, &raw); err != nil {
			return nil, fmt.Errorf("ask for the city's key: %w", err)
		}
		key, err := wire.ParseCityKey(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errNobody, err)
		}
		if err := keep(u.cfg.KeyFile, key.String()); err != nil {
			return nil, err
		}
		u.cfg.Log.Info("uplink: the city's key is kept from now on", "file", u.cfg.KeyFile, "key", key.String())
		return &key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the city's key: %w", err)
	}
	key, err := wire.ParseCityKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read the city's key: %w", err)
	}
	return &key, nil
}

// keep writes a file whole or not at all, and never over another.
func keep(path, text string) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("keep the city's key: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Link(part, path)
	}
	if err = errors.Join(err, os.Remove(part)); err != nil {
		return fmt.Errorf("keep the city's key: %w", err)
	}
	return nil
}
