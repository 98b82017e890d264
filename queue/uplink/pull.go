package uplink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

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
			if !known {
				c, err := u.ask(ctx)
				if err != nil {
					return err
				}
				after, known = c.Notices, true
			}
			asked := time.Now()
			before := after
			if after, err = u.poll(ctx, after); err == nil && after == before && time.Since(asked) < firstWait {
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
func (u *Uplink) poll(ctx context.Context, after uint64) (uint64, error) {
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
	u.change(func(s *State) {
		s.Up, s.SyncedAt = true, time.Now()
		if s.Trouble == TroubleToken || s.Trouble == TroubleVersion {
			s.Trouble = "" // if it still holds for batches, they will say so
		}
	})
	for _, n := range answer.Notices {
		if n.ID <= after {
			return after, fmt.Errorf("%w: notice %d after %d", errNobody, n.ID, after)
		}
		if err := u.cfg.Deliver(ctx, n); err != nil {
			return after, fmt.Errorf("%w: %d (%s): %w", errDeliver, n.ID, n.Kind, err)
		}
		after = n.ID
	}
	return after, nil
}
