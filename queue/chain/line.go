package chain

import (
	"encoding/hex"
	"encoding/json"

	"motcua/queue/plain"
)

// A day has tens of thousands of lines, and nearly all are as Append wrote them:
// the fields in their order, without blanks, escapes or letters beyond ASCII
// outside of the data. Those are read here in one go. Any other line, right or
// wrong, is left to encoding/json; a fuzz test holds the two against each other.

// canonical reads a line as Append writes it; ok is false for any other. The
// record's data is a part of the line.
func canonical(line []byte) (r Record, ok bool) {
	c := plain.At(line)
	c.Word(`{"seq":`)
	r.Seq = uint64(c.Number())
	c.Word(`,"prev":"`)
	if prev := c.Text(); len(prev) != 2*len(r.Prev) {
		c.OK = false
	} else if _, err := hex.Decode(r.Prev[:], prev); err != nil {
		c.OK = false
	}
	c.Word(`,"at":"`)
	if at := c.Text(); c.OK {
		c.OK = r.At.UnmarshalText(at) == nil
	}
	if c.Next(`,"clock":"`) {
		r.Clock = Clock(c.Text())
	}
	c.Word(`,"by":{"device":"`)
	r.By.Device = string(c.Text())
	if c.Next(`,"officer":"`) {
		r.By.Officer = string(c.Text())
	}
	if c.Next(`,"counter":"`) {
		r.By.Counter = string(c.Text())
	}
	c.Word(`}`)
	if c.Next(`,"n":`) {
		r.N = uint64(c.Number())
	}
	c.Word(`,"type":"`)
	r.Type = string(c.Text())
	c.Word(`,"v":`)
	r.V = int(c.Number())
	c.Word(`,"data":`)
	end := len(c.Rest) - 1
	if !c.OK || end < 1 || c.Rest[end] != '}' || blank(c.Rest[0]) || blank(c.Rest[end-1]) || !json.Valid(c.Rest[:end]) {
		return Record{}, false
	}
	r.Data, r.line = c.Rest[:end:end], line
	return r, true
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
