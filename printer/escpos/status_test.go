package escpos_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"motcua/printer/escpos"
)

// told is a status event.
func told(s escpos.Status) escpos.Event { return escpos.Event{Kind: escpos.StatusTold, Status: s} }

// TestReader goes through the bits of the manuals.
func TestReader(t *testing.T) {
	only := func(k escpos.Kind) []escpos.Event { return []escpos.Event{{Kind: k}} }
	for name, c := range map[string]struct {
		asked []byte
		in    []byte
		want  []escpos.Event
	}{
		"ASB idle":               {nil, []byte{0x10, 0, 0, 0x0f}, []escpos.Event{told(escpos.Status{})}},
		"ASB idle, drawer pin":   {nil, []byte{0x14, 0, 0, 0}, []escpos.Event{told(escpos.Status{})}},
		"ASB offline":            {nil, []byte{0x18, 0, 0, 0}, []escpos.Event{told(escpos.Status{Offline: true})}},
		"ASB cover":              {nil, []byte{0x38, 0, 0, 0}, []escpos.Event{told(escpos.Status{Offline: true, CoverOpen: true})}},
		"ASB feed button":        {nil, []byte{0x50, 0, 0, 0}, []escpos.Event{told(escpos.Status{Feeding: true})}},
		"ASB mechanical":         {nil, []byte{0x10, 0x04, 0, 0}, []escpos.Event{told(escpos.Status{Mechanical: true})}},
		"ASB cutter":             {nil, []byte{0x10, 0x08, 0, 0}, []escpos.Event{told(escpos.Status{CutterError: true})}},
		"ASB unrecoverable":      {nil, []byte{0x10, 0x20, 0, 0}, []escpos.Event{told(escpos.Status{Unrecoverable: true})}},
		"ASB head hot":           {nil, []byte{0x10, 0x40, 0, 0}, []escpos.Event{told(escpos.Status{Cooling: true})}},
		"ASB near end":           {nil, []byte{0x10, 0, 0x03, 0}, []escpos.Event{told(escpos.Status{PaperLow: true})}},
		"ASB paper end":          {nil, []byte{0x10, 0, 0x0c, 0}, []escpos.Event{told(escpos.Status{PaperOut: true})}},
		"XOFF inside a group":    {nil, []byte{0x10, 0x13, 0, 0, 0}, []escpos.Event{{Kind: escpos.Paused}, told(escpos.Status{})}},
		"XON":                    {nil, []byte{0x11}, only(escpos.Resumed)},
		"EOT 1 online":           {[]byte{1}, []byte{0x12}, []escpos.Event{told(escpos.Status{})}},
		"EOT 1 offline, pin":     {[]byte{1}, []byte{0x1e}, []escpos.Event{told(escpos.Status{Offline: true})}},
		"EOT 2 cover":            {[]byte{2}, []byte{0x16}, []escpos.Event{told(escpos.Status{CoverOpen: true})}},
		"EOT 2 feed":             {[]byte{2}, []byte{0x1a}, []escpos.Event{told(escpos.Status{Feeding: true})}},
		"EOT 2 error":            {[]byte{2}, []byte{0x52}, []escpos.Event{told(escpos.Status{Failed: true})}},
		"EOT 3 cutter":           {[]byte{3}, []byte{0x1a}, []escpos.Event{told(escpos.Status{CutterError: true})}},
		"EOT 3 others":           {[]byte{3}, []byte{0x76}, []escpos.Event{told(escpos.Status{Mechanical: true, Unrecoverable: true, Cooling: true})}},
		"EOT 4 out":              {[]byte{4}, []byte{0x72}, []escpos.Event{told(escpos.Status{PaperOut: true})}},
		"EOT 4 low and out":      {[]byte{4}, []byte{0x7e}, []escpos.Event{told(escpos.Status{PaperOut: true, PaperLow: true})}},
		"EOT not asked":          {nil, []byte{0x12}, only(escpos.Noise)},
		"marker":                 {nil, []byte("\x37\x22a~ 1\x00"), []escpos.Event{{Kind: escpos.Returned, Marker: escpos.Marker{'a', '~', ' ', '1'}}}},
		"marker with XOFF":       {nil, []byte("\x37\x22a\x13bcd\x00"), []escpos.Event{{Kind: escpos.Paused}, {Kind: escpos.Returned, Marker: escpos.Marker{'a', 'b', 'c', 'd'}}}},
		"buffer cleared":         {nil, []byte("\x37\x25\x00"), only(escpos.Cleared)},
		"a block of another day": {nil, []byte("\x5fEPSON\x00"), only(escpos.Noise)},
		"answer to GS r":         {nil, []byte{0x00}, only(escpos.Answered)},
		"answer, paper low":      {nil, []byte{0x03}, only(escpos.Answered)},
		"high bytes":             {nil, []byte{0xff}, only(escpos.Noise)},
		"group cut by a group":   {nil, []byte{0x10, 0, 0x18, 0, 0, 0}, []escpos.Event{{Kind: escpos.Noise}, told(escpos.Status{Offline: true})}},
		"block cut by a group":   {nil, []byte{0x37, 0x22, 0x10, 0, 0, 0}, []escpos.Event{{Kind: escpos.Noise}, told(escpos.Status{})}},
	} {
		t.Run(name, func(t *testing.T) {
			var whole, pieces escpos.Reader
			for _, r := range []*escpos.Reader{&whole, &pieces} {
				for _, n := range c.asked {
					r.Asked([]byte{0x10, 0x04, n})
				}
			}
			if d := cmp.Diff(whole.Feed(c.in), c.want); d != "" {
				t.Error(d)
			}
			var got []escpos.Event
			for _, b := range c.in {
				got = append(got, pieces.Feed([]byte{b})...)
			}
			if d := cmp.Diff(got, c.want); d != "" {
				t.Errorf("byte by byte: %s", d)
			}
		})
	}
}

func TestStatusReplaces(t *testing.T) {
	var r escpos.Reader
	r.Feed([]byte{0x38, 0x08, 0x0c, 0})
	if s := r.Status(); s.Ready() || !s.CoverOpen || !s.PaperOut || !s.CutterError {
		t.Errorf("after a fault: %+v", s)
	}
	r.Feed([]byte{0x10, 0, 0x03, 0})
	if s := r.Status(); !s.Ready() || !s.PaperLow {
		t.Errorf("after the repair: %+v", s)
	}
	r.Asked((escpos.Profile{}).Poll())
	r.Feed([]byte{0x1a, 0x16, 0x12, 0x72})
	if s := r.Status(); !s.Offline || !s.CoverOpen || !s.PaperOut {
		t.Errorf("after a poll: %+v", s)
	}
}

// FuzzReader: any bytes, cut anywhere, give the same events; memory is
// bounded; and a printer that speaks clearly afterwards is understood.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0x10, 0, 0, 0x0f}, 2, byte(1))
	f.Add([]byte("\x37\x22abcd\x00\x37\x25\x00"), 3, byte(2))
	f.Add(append([]byte{0x5f}, bytes.Repeat([]byte{0x41}, 500)...), 100, byte(4))
	f.Add([]byte{0x12, 0x1e, 0x11, 0x13, 0xff, 0x00}, 1, byte(9))
	f.Fuzz(func(t *testing.T, in []byte, at int, n byte) {
		var a, b escpos.Reader
		a.Asked([]byte{0x10, 0x04, n})
		b.Asked([]byte{0x10, 0x04, n})
		at = max(0, min(at, len(in)))
		whole := a.Feed(in)
		halves := append(b.Feed(in[:at]), b.Feed(in[at:])...)
		if d := cmp.Diff(whole, halves); d != "" {
			t.Error(d)
		}
		if len(whole) > 2*len(in) {
			t.Errorf("%d events of %d bytes", len(whole), len(in))
		}
		a.Feed([]byte{0x11, 0xff, 0x00, 0xff}) // end whatever was open
		ev := a.Feed([]byte{0x18, 0, 0, 0})
		if len(ev) == 0 || !ev[len(ev)-1].Status.Offline {
			t.Errorf("not understood any more: %+v", ev)
		}
	})
}
