package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/raster"
)

// sheet is a slip made ready for the wire.
type sheet struct {
	picture      *raster.Bitmap
	bytes        []byte
	printed, cut escpos.Marker
}

// print sends one job and follows it to its end. An error means that the line
// is of no use any more; what became of the job is in the journal by then.
func (c *session) print(ctx context.Context, r record) error {
	s := c.s
	s.show(r.ID, Checking)
	if r.State == Broken {
		r.Copy++ // part of it may be on paper
	}
	sh, err := s.prepare(r)
	if err != nil {
		return s.end(r, Expired, err)
	}
	if mine, err := s.claim(r); !mine || err != nil {
		return err
	}
	s.cfg.step(Sending)
	s.busy(true, float64(sh.picture.Height)*25.4/float64(s.cfg.Profile.Paper.DPI)+s.cfg.Profile.HeadToCutter)
	defer s.busy(false, 0)
	if k, ok := c.dev.(device.Keeper); ok {
		if err := k.Keep(fileName(r), sh.bytes, sh.picture); err != nil {
			return errors.Join(s.set(r, Broken, err), err)
		}
		return s.end(r, Done, nil)
	}
	s.sentAs[sh.printed] = r.ID
	before := c.answers
	c.begin(sh.bytes)
	err = c.follow(ctx, r, sh, before)
	delete(c.marks, sh.printed)
	delete(c.marks, sh.cut)
	if state, _ := s.Lookup(r.ID); state != Unknown {
		delete(s.sentAs, sh.printed)
	}
	return err
}

// busy says that a slip is being printed, and how much paper that takes.
func (s *Spool) busy(now bool, mm float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.busy = now
	s.roll += mm
}

// prepare makes the picture, with its copy bar, and its bytes.
func (s *Spool) prepare(r record) (sheet, error) {
	png, err := s.journal.picture(r.ID)
	if err != nil {
		return sheet{}, err
	}
	var sh sheet
	if sh.picture, err = raster.ReadPNG(bytes.NewReader(png)); err != nil {
		return sheet{}, err
	}
	if r.Copy > 1 {
		bar, err := s.cfg.CopyBar(s.cfg.Profile.Paper, r.Lang, r.Copy, time.Now())
		if err != nil {
			return sheet{}, fmt.Errorf("make the copy bar: %w", err)
		}
		sh.picture = raster.Stack(bar, sh.picture)
	}
	if sh.printed, err = escpos.NewMarker(s.cfg.Random); err != nil {
		return sheet{}, err
	}
	if sh.cut, err = escpos.NewMarker(s.cfg.Random); err != nil {
		return sheet{}, err
	}
	sh.bytes, err = s.cfg.Profile.Encode(sh.picture, sh.printed, sh.cut)
	return sh, err
}

// fileName names a slip in a folder.
func fileName(r record) string {
	name := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-' {
			return c
		}
		return '_'
	}, r.ID)
	if r.Copy > 1 {
		name += fmt.Sprintf("-copy%d", r.Copy)
	}
	return name
}

// progress is what follow watches of one job.
type progress struct {
	moved     int64     // bytes written
	movedAt   time.Time // when the last of them went
	sentAt    time.Time // when all were written; zero before
	printedAt time.Time // when the printer said so
	faultAt   time.Time // since when it stands still; zero when it does not
	limit     time.Time // by when a confirmation is due
}

// follow watches a job from SENDING to its end.
func (c *session) follow(ctx context.Context, r record, sh sheet, before int) error {
	p := progress{movedAt: time.Now()}
	for {
		c.note(&p, r, sh)
		if over, err := c.judge(&p, r, sh, before); over {
			return err
		}
		if err := c.await(ctx, time.Second/2); err != nil {
			return c.lineBroke(ctx, p, r, sh, err)
		}
		if !p.sentAt.IsZero() && c.s.cfg.Profile.Status == escpos.StatusPoll && !c.s.cfg.Mute && c.stale() {
			if err := c.ask(ctx); err != nil {
				return c.lineBroke(ctx, p, r, sh, err)
			}
		}
	}
}

// note brings the progress up to date.
func (c *session) note(p *progress, r record, sh sheet) {
	t, now := &c.s.cfg.Timing, time.Now()
	need := time.Duration(float64(time.Second)*(float64(len(sh.bytes))/float64(c.s.cfg.Rate)+
		float64(sh.picture.Height)*25.4/float64(c.s.cfg.Profile.Paper.DPI)/c.s.cfg.Profile.Speed)) + t.Grace
	if c.out != nil {
		if m := c.out.moved.Load(); m != p.moved {
			p.moved, p.movedAt = m, now
		}
	} else if p.sentAt.IsZero() {
		p.sentAt, p.limit = now, now.Add(need)
		c.s.show(r.ID, Sent)
		c.s.cfg.step(Sent)
	}
	switch ready := c.reader.Status().Ready(); {
	case ready && !p.faultAt.IsZero(): // it goes on; time counts anew
		p.faultAt, p.movedAt, p.limit = time.Time{}, now, now.Add(need)
	case !ready && p.faultAt.IsZero():
		p.faultAt = now
	}
	if p.printedAt.IsZero() && c.marks[sh.printed] {
		p.printedAt, p.limit = now, now.Add(t.Grace)
		c.s.show(r.ID, Printed)
	}
}

// judge decides whether a job is over.
func (c *session) judge(p *progress, r record, sh sheet, before int) (over bool, err error) {
	s, t, now := c.s, &c.s.cfg.Timing, time.Now()
	confirm, status := s.cfg.Profile.Confirm, c.reader.Status()
	if s.cfg.Mute {
		confirm = escpos.ConfirmNone
	}
	sent, faulty := !p.sentAt.IsZero(), !p.faultAt.IsZero()
	switch {
	case sent && (c.marks[sh.cut] || confirm == escpos.ConfirmNone ||
		confirm == escpos.ConfirmAnswer && c.answers > before):
		return true, s.end(r, Done, nil)
	case !p.printedAt.IsZero():
		if faulty || now.After(p.limit) {
			return true, s.end(r, Printed, errCut)
		}
	case status.PaperOut || !sent && c.sensedPaperOut(p):
		return true, c.broke(r, errPaper)
	case faulty:
		if now.Sub(p.faultAt) > t.Patience {
			return true, c.broke(r, errFault)
		}
	case !sent && now.Sub(p.movedAt) > t.Stall:
		if err := c.broke(r, errStalled); err != nil {
			return true, err
		}
		return true, errStalled
	case sent && now.After(p.limit):
		if err := s.set(r, Unknown, errSilent); err != nil {
			return true, err
		}
		return true, errSilent
	}
	return false, nil
}

// broke stops writing and leaves the job to be printed anew.
func (c *session) broke(r record, why error) error {
	if c.out != nil {
		c.out.stop.Store(true)
	}
	return c.s.set(r, Broken, why)
}

// lineBroke judges a job whose line broke under it.
func (c *session) lineBroke(ctx context.Context, p progress, r record, sh sheet, why error) error {
	c.note(&p, r, sh)
	var err error
	switch {
	case ctx.Err() != nil: // we are ending; the next start finds it SENDING
	case !p.printedAt.IsZero():
		err = c.s.end(r, Printed, why)
	case p.sentAt.IsZero() || c.out != nil:
		err = c.s.set(r, Broken, why)
	default:
		err = c.s.set(r, Unknown, why)
	}
	if err != nil {
		return err
	}
	return why
}

// sensedPaperOut asks a side channel when nothing has moved for a second.
func (c *session) sensedPaperOut(p *progress) bool {
	sensor, ok := c.dev.(device.Sensor)
	if !ok || time.Since(p.movedAt) < time.Second {
		return false
	}
	out, err := sensor.PaperOut()
	return err == nil && out
}
