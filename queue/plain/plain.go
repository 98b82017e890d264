// Package plain reads JSON that is written exactly as this program writes it:
// the fields in their order, no blanks, no escapes, strings of ASCII. Nearly
// every record of a journal is, and read so it costs a small part of what
// encoding/json takes. Whatever is not plain, right or wrong, is left to
// encoding/json by the caller; so nothing is accepted here that is not accepted
// there, which fuzz tests of the callers hold. The package is PURE.
package plain

// Cursor walks along some JSON. Once OK is false it stands still and what it
// returns is empty.
type Cursor struct {
	Rest []byte
	OK   bool
}

// At returns a cursor at the beginning of some JSON, which it never changes.
func At(json []byte) Cursor { return Cursor{Rest: json, OK: true} }

// Next steps over a word if it is next.
func (c *Cursor) Next(word string) bool {
	if !c.OK || len(c.Rest) < len(word) || string(c.Rest[:len(word)]) != word {
		return false
	}
	c.Rest = c.Rest[len(word):]
	return true
}

// Word steps over a word that must be next.
func (c *Cursor) Word(word string) { c.OK = c.Next(word) }

// Text takes plain text up to the closing quote and steps over that.
func (c *Cursor) Text() []byte {
	for i, b := range c.Rest {
		switch {
		case !c.OK || b < ' ' || b >= 0x7f || b == '\\':
			c.OK = false
			return nil
		case b == '"':
			text := c.Rest[:i]
			c.Rest = c.Rest[i+1:]
			return text
		}
	}
	c.OK = false
	return nil
}

// digits of a number that surely fits.
const digits = 18

// Number takes a number of up to 18 digits without a sign.
func (c *Cursor) Number() (n int64) {
	i := 0
	for ; i < len(c.Rest) && i <= digits && c.Rest[i] >= '0' && c.Rest[i] <= '9'; i++ {
		n = 10*n + int64(c.Rest[i]-'0')
	}
	if !c.OK || i == 0 || i > digits || i > 1 && c.Rest[0] == '0' {
		c.OK = false
		return 0
	}
	c.Rest = c.Rest[i:]
	return n
}

// End reports whether everything was read.
func (c *Cursor) End() bool { return c.OK && len(c.Rest) == 0 }
