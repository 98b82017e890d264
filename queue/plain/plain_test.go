package plain_test

import (
	"encoding/json"
	"testing"

	"motcua/queue/plain"
)

func TestCursor(t *testing.T) {
	c := plain.At([]byte(`{"a":"x y","n":120}`))
	c.Word(`{"a":"`)
	a := string(c.Text())
	if c.Next(`,"b":`) {
		t.Error("there is no b")
	}
	c.Word(`,"n":`)
	n := c.Number()
	c.Word(`}`)
	if a != "x y" || n != 120 || !c.End() {
		t.Errorf("%q, %d, %+v", a, n, c)
	}
	if c.Word("more"); c.OK || c.End() || c.Next("") || c.Text() != nil || c.Number() != 0 {
		t.Errorf("it went on: %+v", c)
	}
}

// FuzzText and FuzzNumber: what is taken is what encoding/json takes.
func FuzzText(f *testing.F) {
	for _, s := range []string{`"abc"`, `""`, `"a\"b"`, `"ữ"`, "\"\x7f\"", `"`, `"a" `} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := plain.At(b)
		c.Word(`"`)
		if text := c.Text(); c.End() {
			var want string
			if err := json.Unmarshal(b, &want); err != nil || want != string(text) {
				t.Fatalf("%q, want %q, %v", text, want, err)
			}
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "7", "-1", "01", "1.5", "999999999999999999", "9999999999999999999", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := plain.At(b)
		if n := c.Number(); c.End() {
			var want int64
			if err := json.Unmarshal(b, &want); err != nil || want != n {
				t.Fatalf("%d, want %d, %v", n, want, err)
			}
		}
	})
}
