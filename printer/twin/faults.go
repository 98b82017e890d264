package twin

import "motcua/printer/raster"

// set changes the state and reports it, if it did change and the host asked
// for reports. The caller holds mu.
func (p *Printer) set(change func(*state)) {
	before := p.state
	change(&p.state)
	if p.state != before && p.asb {
		p.reply(p.state.report()...)
	}
	p.change.Broadcast()
}

// with runs do under the lock.
func (p *Printer) with(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// tear takes the paper that hangs out. The caller holds mu, which is let go
// while OnPaper runs.
func (p *Printer) tear(cut bool) {
	if p.strip.Height == 0 {
		return
	}
	paper := Paper{Picture: p.strip, Cut: cut}
	p.strip = raster.New(p.cfg.Dots, 0)
	p.papers = append(p.papers, paper)
	if p.cfg.OnPaper != nil {
		p.mu.Unlock()
		defer p.mu.Lock()
		p.cfg.OnPaper(paper)
	}
}

// EndPaperAfter leaves the printer that many dot rows of paper. With 0 the
// paper is out now.
func (p *Printer) EndPaperAfter(rows int) {
	p.with(func() {
		if p.left = rows; rows == 0 {
			p.set(func(s *state) { s.paperOut = true })
		}
	})
}

// LoadPaper puts a new roll in. What hung out of the old one is torn off; the
// rest of the picture comes out on the new one, as it does in life.
func (p *Printer) LoadPaper() {
	p.with(func() {
		p.left = -1
		p.tear(false)
		p.set(func(s *state) { s.paperOut, s.paperLow = false, false })
	})
}

// LowPaper sets what the near-end sensor says.
func (p *Printer) LowPaper(low bool) {
	p.with(func() { p.set(func(s *state) { s.paperLow = low }) })
}

// OpenCover opens or closes the cover; printing stops and goes on.
func (p *Printer) OpenCover(open bool) {
	p.with(func() { p.set(func(s *state) { s.cover = open }) })
}

// JamCutter lets the next cut fail, until it is called with false.
func (p *Printer) JamCutter(jam bool) {
	p.with(func() {
		if p.jammed = jam; !jam {
			p.set(func(s *state) { s.cutter = false })
		}
	})
}

// Silence stops or allows everything that the printer says.
func (p *Printer) Silence(on bool) { p.with(func() { p.silent = on }) }

// DropAfter closes the connection when that many more bytes have been
// received; what came before stays in the buffer and is printed.
func (p *Printer) DropAfter(bytes int) {
	p.with(func() {
		if p.dropIn = bytes; bytes == 0 {
			p.hangUp()
		}
	})
}

// PowerCycle switches off and on: the connection, the buffer and the settings
// are lost, and the paper that hangs out is torn off.
func (p *Printer) PowerCycle() {
	p.with(func() {
		p.hangUp()
		p.forget()
		p.asb, p.realtime = false, nil
		p.tear(false)
	})
}
