// Package refusal is the one way the pure core says no.
//
// A refusal is an ordinary answer, not a fault: the office is closed, the
// queue is empty, the dossier is unknown. It carries a stable code and the
// facts a sentence needs; the words themselves live in assets/texts under
// "refusal.<code>", in every language, because the same refusal is read by a
// citizen, an officer and a log. The package is PURE.
package refusal

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Refusal says that a command was understood and not carried out.
type Refusal struct {
	// Code is stable and kebab-case, e.g. "office-closed".
	Code string `json:"code"`
	// Args fill the sentence's placeholders, e.g. {"opens": "13:30"}.
	Args map[string]string `json:"args,omitempty"`
}

// New returns a refusal; args are name, value pairs.
func New(code string, args ...string) *Refusal {
	r := &Refusal{Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if r.Args == nil {
			r.Args = make(map[string]string, len(args)/2)
		}
		r.Args[args[i]] = args[i+1]
	}
	return r
}

// Error lists the code and its facts, for logs; people read the texts instead.
func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString("refused: ")
	b.WriteString(r.Code)
	for _, k := range slices.Sorted(maps.Keys(r.Args)) {
		b.WriteString(" " + k + "=" + r.Args[k])
	}
	return b.String()
}

// Is makes errors.Is(err, refusal.New("empty")) compare codes only.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// Of finds a refusal in an error chain.
func Of(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}
