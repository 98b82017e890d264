package escpos

// Status is what a printer says about itself.
type Status struct {
	Offline       bool `json:"offline,omitempty"`
	CoverOpen     bool `json:"cover_open,omitempty"`
	Feeding       bool `json:"feeding,omitempty"` // somebody holds the feed button
	PaperOut      bool `json:"paper_out,omitempty"`
	PaperLow      bool `json:"paper_low,omitempty"` // where there is such a sensor
	CutterError   bool `json:"cutter_error,omitempty"`
	Mechanical    bool `json:"mechanical,omitempty"`    // can be put right by hand
	Unrecoverable bool `json:"unrecoverable,omitempty"` // needs a technician
	Cooling       bool `json:"cooling,omitempty"`       // head too hot; goes on by itself
	Failed        bool `json:"failed,omitempty"`        // an error whose cause was not told
}

// Ready reports whether a slip would come out now.
func (s Status) Ready() bool {
	s.PaperLow = false
	return s == Status{}
}

// Kind says what an Event is.
type Kind int

// Kinds of events.
const (
	StatusTold Kind = iota + 1 // Status is the whole present state
	Returned                   // the printer has come to Marker
	Answered                   // GS r was executed
	Cleared                    // the buffer is empty
	Paused                     // XOFF: the printer takes no data
	Resumed                    // XON
	Noise                      // bytes that mean nothing were dropped
)

// Event is one thing a printer said.
type Event struct {
	Kind   Kind
	Status Status
	Marker Marker
}

// blockLimit bounds a block reply; the longest we know is 80 bytes.
const blockLimit = 128

// askedLimit bounds the questions that may be open.
const askedLimit = 64

// Reader turns a printer's bytes into events. Bytes may arrive in any pieces.
// Replies are told apart by fixed bits (TM-T88III manual, appendix G): a
// status group begins 0xx1xx00 and goes on with three 0xx0xxxx, a real-time
// reply is 0xx1xx10, a block begins with one of 35 37 3B 3D 5F and ends with 0.
// Nothing is allocated by a length that the wire declares. The zero Reader is
// ready.
type Reader struct {
	status Status
	group  []byte // status group so far
	block  []byte // block so far
	asked  []byte // DLE EOT questions without a reply
}

// Status is the state as told so far.
func (r *Reader) Status() Status { return r.status }

// Asked notes questions that were sent (Profile.Poll), because their replies
// do not say to what they reply.
func (r *Reader) Asked(poll []byte) {
	for i := 0; i+2 < len(poll); i += 3 {
		if len(r.asked) < askedLimit {
			r.asked = append(r.asked, poll[i+2])
		}
	}
}

// Pending is how many questions have no reply yet.
func (r *Reader) Pending() int { return len(r.asked) }

// Forget gives questions up that nobody answered.
func (r *Reader) Forget() { r.asked = nil }

// Feed reads bytes and returns what they say.
func (r *Reader) Feed(data []byte) []Event {
	var out []Event
	for _, b := range data {
		switch {
		case b == 0x11:
			out = append(out, Event{Kind: Resumed})
		case b == 0x13:
			out = append(out, Event{Kind: Paused})
		default:
			out = r.feed(out, b)
		}
	}
	return out
}

func (r *Reader) feed(out []Event, b byte) []Event {
	switch {
	case len(r.block) > 0:
		return r.inBlock(out, b)
	case len(r.group) > 0:
		if b&0x90 != 0 { // not the rest of a group: it began wrongly
			r.group = nil
			return r.feed(append(out, Event{Kind: Noise}), b)
		}
		if r.group = append(r.group, b); len(r.group) == 4 {
			r.status = fromASB(r.group)
			r.group = nil
			return append(out, Event{Kind: StatusTold, Status: r.status})
		}
		return out
	case b&0x93 == 0x10:
		r.group = append(r.group[:0], b)
		return out
	case b&0x93 == 0x12:
		if len(r.asked) == 0 {
			return append(out, Event{Kind: Noise})
		}
		r.status = r.status.with(r.asked[0], b)
		r.asked = r.asked[1:]
		return append(out, Event{Kind: StatusTold, Status: r.status})
	case b == 0x35 || b == 0x37 || b == 0x3b || b == 0x3d || b == 0x5f:
		r.block = append(r.block[:0], b)
		return out
	case b&0x90 == 0:
		return append(out, Event{Kind: Answered})
	}
	return append(out, Event{Kind: Noise})
}

// inBlock collects a block and reads it at its end.
func (r *Reader) inBlock(out []Event, b byte) []Event {
	if b != 0 {
		if len(r.block) >= blockLimit || b < 0x20 || b > 0x7e {
			r.block = nil
			return r.feed(append(out, Event{Kind: Noise}), b)
		}
		r.block = append(r.block, b)
		return out
	}
	block := r.block
	r.block = nil
	switch {
	case len(block) == 6 && block[0] == 0x37 && block[1] == 0x22: // GS ( H fn 48
		return append(out, Event{Kind: Returned, Marker: Marker(block[2:6])})
	case len(block) == 2 && block[0] == 0x37 && block[1] == 0x25: // DLE DC4 fn 8
		return append(out, Event{Kind: Cleared})
	}
	return append(out, Event{Kind: Noise})
}

// fromASB reads a status group (GS a).
func fromASB(g []byte) Status {
	return Status{
		Offline:       g[0]&0x08 != 0,
		CoverOpen:     g[0]&0x20 != 0,
		Feeding:       g[0]&0x40 != 0,
		Mechanical:    g[1]&0x04 != 0,
		CutterError:   g[1]&0x08 != 0,
		Unrecoverable: g[1]&0x20 != 0,
		Cooling:       g[1]&0x40 != 0,
		PaperLow:      g[2]&0x03 != 0,
		PaperOut:      g[2]&0x0c != 0,
	}
}

// with reads the reply to DLE EOT n into the state.
func (s Status) with(n, b byte) Status {
	switch n {
	case 1:
		s.Offline = b&0x08 != 0
	case 2:
		s.CoverOpen, s.Feeding, s.Failed = b&0x04 != 0, b&0x08 != 0, b&0x40 != 0
	case 3:
		s.Mechanical, s.CutterError = b&0x04 != 0, b&0x08 != 0
		s.Unrecoverable, s.Cooling = b&0x20 != 0, b&0x40 != 0
	case 4:
		s.PaperLow, s.PaperOut = b&0x0c != 0, b&0x60 != 0
	}
	return s
}
