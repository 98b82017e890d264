package vietqr

import (
	"fmt"
	"strings"
)

// maxValue is the longest value that two digits of length can tell (EMVCo MPM
// 3.2).
const maxValue = 99

// object is one data object: an id of two digits and its value.
type object struct{ id, value string }

// write appends an object; a value that does not fit is a fault of its field.
func write(b *strings.Builder, o object) error {
	if len(o.value) > maxValue {
		return &Fault{Field: o.id, Err: ErrTooLong}
	}
	fmt.Fprintf(b, "%s%02d%s", o.id, len(o.value), o.value)
	return nil
}

// join writes objects in order, leaving out the empty ones.
func join(list ...object) (string, error) {
	var b strings.Builder
	for _, o := range list {
		if o.value == "" {
			continue
		}
		if err := write(&b, o); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// fields are the objects of one level by id. within names the level in faults:
// "" at the top, "38" inside of it.
type fields struct {
	within string
	values map[string]string
}

// split takes one level apart: every character belongs to an object, ids are
// digits, no id stands twice, no value is empty.
func split(within, s string) (fields, error) {
	f := fields{within: within, values: map[string]string{}}
	for len(s) > 0 {
		if len(s) < 4 || !digits(s[:4]) {
			return f, f.fault("", ErrLayout)
		}
		id, n := s[:2], int(s[2]-'0')*10+int(s[3]-'0')
		s = s[4:]
		if n == 0 || n > len(s) {
			return f, f.fault(id, ErrLength)
		}
		if _, twice := f.values[id]; twice {
			return f, f.fault(id, ErrTwice)
		}
		f.values[id], s = s[:n], s[n:]
	}
	return f, nil
}

// fault names a field of this level.
func (f fields) fault(id string, err error) error {
	if f.within != "" {
		id = strings.TrimSuffix(f.within+"."+id, ".")
	}
	return &Fault{Field: id, Err: err}
}

// need is a value that has to be there and, when want is given, has to be it.
func (f fields) need(id, want string) (string, error) {
	v, ok := f.values[id]
	switch {
	case !ok:
		return "", f.fault(id, ErrMissing)
	case want != "" && v != want:
		return "", f.fault(id, ErrUnsupported)
	}
	return v, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
