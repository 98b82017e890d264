package twin

// receive takes bytes from the wire as long as the buffer has room, and
// executes real-time commands where it sees them, even inside pictures.
func (p *Printer) receive(c *client) {
	chunk := make([]byte, 512)
	for {
		room := p.room(c)
		if room == 0 {
			return
		}
		n, err := c.conn.Read(chunk[:min(room, len(chunk))])
		if n > 0 && !p.take(c, chunk[:n]) {
			return
		}
		if err != nil {
			return
		}
	}
}

// room waits until the buffer can take something; 0 means the client is gone.
func (p *Printer) room(c *client) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.received) >= p.cfg.Buffer && !c.gone {
		p.change.Wait()
	}
	if c.gone {
		return 0
	}
	return p.cfg.Buffer - len(p.received)
}

// take stores received bytes and reports whether the client is still there.
func (p *Printer) take(c *client, data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.gone {
		return false
	}
	drop := p.dropIn >= 0 && p.dropIn <= len(data)
	if drop {
		data = data[:p.dropIn]
	} else if p.dropIn > 0 {
		p.dropIn -= len(data)
	}
	for _, b := range data {
		p.received = append(p.received, b)
		p.watch(b)
	}
	p.change.Broadcast()
	if drop {
		p.hangUp()
	}
	return !drop
}

// watch looks for real-time commands: DLE EOT n, DLE ENQ n, DLE DC4 8. The
// caller holds mu.
func (p *Printer) watch(b byte) {
	p.realtime = append(p.realtime, b)
	rt := p.realtime
	switch {
	case rt[0] != 0x10:
		p.realtime = rt[:0]
	case len(rt) == 1:
	case rt[1] == 0x04 && len(rt) == 3:
		if rt[2] >= 1 && rt[2] <= 4 {
			p.reply(p.state.realtime(rt[2]))
		}
		p.realtime = rt[:0]
	case rt[1] == 0x05 && len(rt) == 3:
		if rt[2] == 2 && p.state.stuck() {
			p.forget()
		}
		p.realtime = rt[:0]
	case rt[1] == 0x14 && len(rt) == len(clearBuffer):
		if string(rt) == clearBuffer {
			p.forget()
			p.reply(0x37, 0x25, 0x00)
		}
		p.realtime = rt[:0]
	case rt[1] != 0x04 && rt[1] != 0x05 && rt[1] != 0x14:
		p.realtime = rt[:0]
		if b == 0x10 {
			p.realtime = append(p.realtime, b)
		}
	}
}

// clearBuffer is DLE DC4 fn 8 with its fixed parameters.
const clearBuffer = "\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

// forget throws the receive buffer away, and the picture being received. The
// caller holds mu.
func (p *Printer) forget() {
	p.received = p.received[:0]
	p.era++
	p.change.Broadcast()
}

// state is what status reports are made of.
type state struct {
	cover, paperOut, paperLow, cutter bool
}

// stuck reports whether nothing is printed.
func (s state) stuck() bool { return s.cover || s.paperOut || s.cutter }

func bit(on bool, n int) byte {
	if on {
		return 1 << n
	}
	return 0
}

// report is the four bytes of automatic status back.
func (s state) report() []byte {
	return []byte{
		0x10 | bit(s.stuck(), 3) | bit(s.cover, 5),
		bit(s.cutter, 3),
		bit(s.paperLow, 0) | bit(s.paperLow, 1) | bit(s.paperOut, 2) | bit(s.paperOut, 3),
		0x0f,
	}
}

// realtime is the reply to DLE EOT n.
func (s state) realtime(n byte) byte {
	const fixed = 0x12
	switch n {
	case 1:
		return fixed | bit(s.stuck(), 3)
	case 2:
		return fixed | bit(s.cover, 2) | bit(s.paperOut, 5) | bit(s.cutter, 6)
	case 3:
		return fixed | bit(s.cutter, 3)
	}
	return fixed | bit(s.paperLow, 2) | bit(s.paperLow, 3) | bit(s.paperOut, 5) | bit(s.paperOut, 6)
}
