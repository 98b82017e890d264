package session

import "motcua/queue"

// Say is something to say: a key of assets/i18n with name, value pairs for its
// placeholders, or words that are data (a name, a date) in Raw.
type Say struct {
	Key  string
	Args []string
	Raw  string
}

func say(key string, args ...string) Say { return Say{Key: key, Args: args} }
func raw(s string) Say                   { return Say{Raw: s} }

// Empty reports that there is nothing to say.
func (s Say) Empty() bool { return s.Key == "" && s.Raw == "" }

// Tone is how serious something shown is; it always goes with words and a
// pictogram.
type Tone int

// Tones.
const (
	Calm Tone = iota
	Good
	Warn
	Bad
)

// Notice is the message screen: what happened, what to do next, and at most
// one thing to press beside going home.
type Notice struct {
	Tone  Tone
	Icon  string
	Title Say
	Body  Say
	// Button and Press offer the next step; an empty Button offers none.
	Button Say
	Press  Tap
	// Code is for staff, small in the corner.
	Code string
}

// in is a bilingual text in the visit's language.
func (s State) in(t queue.Text) string { return t.In(s.Lang) }
