package twin

import (
	"errors"
	"fmt"
	"time"
)

// errForgotten unwinds the command that was being executed when the buffer was
// thrown away.
var errForgotten = errors.New("the buffer was cleared")

// errHalf ends a command that was received in part and then met the NULs with
// which hosts flush: real printers do nothing, too.
var errHalf = errors.New("half a command and a flush")

// work executes commands in the order received, until the printer is off or
// has met a byte it does not know.
func (p *Printer) work() {
	for {
		err := p.command()
		switch {
		case err == nil || errors.Is(err, errForgotten) || errors.Is(err, errHalf):
		case errors.Is(err, errStopped):
			return
		default:
			p.mu.Lock()
			p.fault = err
			p.stopped = true
			p.hangUp()
			p.mu.Unlock()
			return
		}
	}
}

// reader reads one command's bytes, all of one era of the buffer.
type reader struct {
	p   *Printer
	era int
}

// some waits for bytes, and for the printer to be able to act on them, and
// takes up to n of them.
func (r *reader) some(n int) ([]byte, error) {
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.stopped:
			return nil, errStopped
		case r.era >= 0 && p.era != r.era:
			return nil, errForgotten
		case len(p.received) > 0 && !p.state.stuck():
			r.era = p.era
			n = min(n, len(p.received))
			out := append([]byte(nil), p.received[:n]...)
			p.received = append(p.received[:0], p.received[n:]...)
			p.change.Broadcast()
			return out, nil
		}
		p.change.Wait()
	}
}

// next reads one byte.
func (r *reader) next() (byte, error) {
	b, err := r.some(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// expect reads bytes that may have no other value.
func (r *reader) expect(what string, want ...byte) error {
	for _, w := range want {
		b, err := r.next()
		if err != nil {
			return err
		}
		if b == 0 && w != 0 {
			return errHalf
		}
		if b != w {
			return fmt.Errorf("%s: byte %02x instead of %02x", what, b, w)
		}
	}
	return nil
}

// take reads n bytes.
func (r *reader) take(n int) ([]byte, error) {
	var out []byte
	for len(out) < n {
		b, err := r.some(n - len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

// command executes one command.
func (p *Printer) command() error {
	r := &reader{p: p, era: -1}
	lead, err := r.next()
	if err != nil {
		return err
	}
	switch lead {
	case 0x00: // NUL is ignored
		return nil
	case 0x10:
		return r.realtimeDone()
	case 0x1b, 0x1c, 0x1d:
	default:
		return fmt.Errorf("byte %02x is no command", lead)
	}
	code, err := r.next()
	if err != nil {
		return err
	}
	switch {
	case lead == 0x1b && code == 0x40: // ESC @
		p.mu.Lock()
		p.asb = false
		p.mu.Unlock()
		return nil
	case lead == 0x1b && (code == 0x4a || code == 0x64): // ESC J, ESC d
		return r.feed(code)
	case lead == 0x1c && code == 0x2e: // FS .
		return nil
	case lead == 0x1d && code == 0x61: // GS a
		return r.reports()
	case lead == 0x1d && code == 0x28: // GS (
		return r.function()
	case lead == 0x1d && code == 0x72: // GS r
		if err := r.expect("GS r", 1); err != nil {
			return err
		}
		p.answer()
		return nil
	case lead == 0x1d && code == 0x76: // GS v 0
		return r.picture()
	case lead == 0x1d && code == 0x56: // GS V
		return r.cut()
	}
	if code == 0 {
		return errHalf
	}
	return fmt.Errorf("command %02x %02x is not known", lead, code)
}

// realtimeDone skips a command that was executed on arrival.
func (r *reader) realtimeDone() error {
	b, err := r.next()
	if err != nil {
		return err
	}
	switch b {
	case 0x04, 0x05:
		_, err = r.take(1)
		return err
	case 0x14:
		return r.expect("DLE DC4", []byte(clearBuffer[2:])...)
	}
	if b == 0 {
		return errHalf
	}
	return fmt.Errorf("command 10 %02x is not known", b)
}

func (r *reader) feed(code byte) error {
	n, err := r.next()
	if err != nil {
		return err
	}
	rows := int(n) / r.p.cfg.FeedUnits
	if code == 0x64 {
		rows = int(n) * 34 // default line spacing, 1/6 inch
	} else if int(n)%r.p.cfg.FeedUnits != 0 {
		return fmt.Errorf("ESC J %d is no whole number of rows", n)
	}
	for range rows {
		if err := r.row(nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) reports() error {
	n, err := r.next()
	if err != nil {
		return err
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asb = n != 0; p.asb {
		p.reply(p.state.report()...)
	}
	return nil
}

// function executes GS ( D and GS ( H.
func (r *reader) function() error {
	head, err := r.take(3)
	if err != nil {
		return err
	}
	switch {
	case head[0] == 0 || head[1] == 0:
		return errHalf
	case head[0] == 0x44 && head[1] == 5 && head[2] == 0:
		return r.expect("GS ( D", 0x14, 1, 0, 2, 0)
	case head[0] == 0x48 && head[1] == 6 && head[2] == 0:
		if err := r.expect("GS ( H", 0x30, 0x30); err != nil {
			return err
		}
		id, err := r.take(4)
		if err != nil {
			return err
		}
		for _, b := range id {
			if b == 0 {
				return errHalf
			}
			if b < 0x20 || b > 0x7e {
				return fmt.Errorf("GS ( H: %02x in a process id", b)
			}
		}
		r.p.mu.Lock()
		defer r.p.mu.Unlock()
		r.p.reply(append(append([]byte{0x37, 0x22}, id...), 0)...)
		return nil
	}
	return fmt.Errorf("command 1d 28 %02x %02x %02x is not known", head[0], head[1], head[2])
}

// answer replies to GS r 1: the paper sensor.
func (p *Printer) answer() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reply(bit(p.state.paperLow, 0) | bit(p.state.paperLow, 1))
}

// picture prints GS v 0, row by row as it arrives.
func (r *reader) picture() error {
	if err := r.expect("GS v", 0x30, 0x00); err != nil {
		return err
	}
	size, err := r.take(4)
	if err != nil {
		return err
	}
	across, rows := int(size[0])+int(size[1])<<8, int(size[2])+int(size[3])<<8
	switch stride := (r.p.cfg.Dots + 7) / 8; {
	case rows == 0:
		return errHalf
	case across != stride:
		return fmt.Errorf("GS v 0: %d bytes a row on a head of %d", across, stride)
	case rows > 2303:
		return fmt.Errorf("GS v 0: %d rows", rows)
	case across*rows+8 > 4096:
		return fmt.Errorf("GS v 0: a band of %d bytes is more than the buffer", across*rows+8)
	}
	for range rows {
		dots, err := r.take(across)
		if err != nil {
			return err
		}
		if err := r.row(dots); err != nil {
			return err
		}
	}
	return nil
}

// row moves the paper by a dot row and prints on it; it waits while the
// printer is stuck.
func (r *reader) row(dots []byte) error {
	p := r.p
	if p.cfg.RowTime > 0 {
		time.Sleep(p.cfg.RowTime)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.stopped:
			return errStopped
		case p.era != r.era:
			return errForgotten
		case p.left == 0 && !p.state.paperOut:
			p.set(func(s *state) { s.paperOut = true })
		case !p.state.stuck():
			if p.left > 0 {
				p.left--
			}
			p.strip.Grow(p.strip.Height + 1)
			copy(p.strip.Row(p.strip.Height-1), dots)
			return nil
		default:
			p.change.Wait()
		}
	}
}

// cut feeds to the cutter and cuts (GS V 65, 66).
func (r *reader) cut() error {
	b, err := r.take(2)
	if err != nil {
		return err
	}
	if b[0] == 0 {
		return errHalf
	}
	if b[0] != 65 && b[0] != 66 || b[1] != 0 {
		return fmt.Errorf("GS V %d %d is not known", b[0], b[1])
	}
	p := r.p
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.stopped:
			return errStopped
		case p.era != r.era:
			return errForgotten
		case p.jammed && !p.state.cutter:
			p.set(func(s *state) { s.cutter = true })
		case !p.state.stuck():
			p.tear(true)
			return nil
		default:
			p.change.Wait()
		}
	}
}
