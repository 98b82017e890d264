package spool

// Status is the printer's state for the status bar, and how many slips wait.
type Status struct {
	Connected bool `json:"connected"` // the line is open
	// Silent: the line is open but the printer does not answer.
	Silent      bool `json:"silent,omitempty"`
	Offline     bool `json:"offline,omitempty"`
	CoverOpen   bool `json:"cover_open,omitempty"`
	PaperOut    bool `json:"paper_out,omitempty"`
	PaperLow    bool `json:"paper_low,omitempty"` // told by the printer, or counted
	CutterError bool `json:"cutter_error,omitempty"`
	Cooling     bool `json:"cooling,omitempty"`
	Failed      bool `json:"failed,omitempty"` // any other error
	Busy        bool `json:"busy,omitempty"`   // a slip is being printed
	Waiting     int  `json:"waiting,omitempty"`
	Unknown     int  `json:"unknown,omitempty"` // slips to ask about
	RollPercent int  `json:"roll_percent"`      // of the paper roll used, as counted
}

// Ready reports whether a slip would come out now.
func (s Status) Ready() bool {
	return s.Connected && !(s.Silent || s.Offline || s.CoverOpen || s.PaperOut || s.CutterError || s.Cooling || s.Failed)
}

// Code is the one thing to say about the printer; each has a text
// "slip.printer.<code>". What a person can put right comes first.
func (s Status) Code() string {
	switch {
	case !s.Connected:
		return "unreachable"
	case s.PaperOut:
		return "paper-out"
	case s.CoverOpen:
		return "cover-open"
	case s.CutterError:
		return "cutter"
	case s.Cooling:
		return "cooling"
	case s.Silent:
		return "silent"
	case s.Offline, s.Failed:
		return "fault"
	case s.PaperLow:
		return "paper-low"
	}
	return "ready"
}

// lowAt is the part of a roll after which paper counts as low.
const lowAt = 0.85

// State is the present state. It may be called from anywhere.
func (s *Spool) State() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state()
}

// state computes the status. The caller holds mu.
func (s *Spool) state() Status {
	p := s.line.status
	st := Status{
		Connected: s.line.connected, Silent: s.line.silent, Busy: s.line.busy,
		Offline: p.Offline, CoverOpen: p.CoverOpen, PaperOut: p.PaperOut,
		PaperLow:    p.PaperLow || s.roll > s.cfg.Roll*lowAt,
		CutterError: p.CutterError, Cooling: p.Cooling,
		Failed:      p.Failed || p.Mechanical || p.Unrecoverable || p.Feeding,
		RollPercent: int(100 * s.roll / s.cfg.Roll),
	}
	for _, r := range s.jobs {
		switch r.State {
		case Queued, Broken, Sending:
			st.Waiting++
		case Unknown:
			st.Unknown++
		}
	}
	return st
}
