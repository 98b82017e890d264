package session

import "time"

// ringAgain is how long a call for help may go unanswered before the officers
// are rung again (UI rule 15).
const ringAgain = 60 * time.Second

// callHelp rings the officers; a call that is under way is enough.
func (t *step) callHelp() {
	if t.Help == NotAsked || t.Help == NotHeard {
		t.ring()
	}
}

func (t *step) ring() {
	t.asks++
	t.Help, t.call = Asking, call{ask: t.asks, at: t.Now}
	t.do(RequestHelp{Ask: t.asks})
}

// helpReplied takes the office's answer to the ring.
func (t *step) helpReplied(in Replied) {
	if t.Help != Asking {
		return
	}
	if in.Failed || in.Refusal != nil {
		t.Help = NotHeard
		return
	}
	t.Help = Asked
	t.helpListed()
}

// helpListed follows the call in the office's list: once it has stood there
// and is gone, somebody is coming.
func (t *step) helpListed() {
	if t.Queue == nil || !t.Lost.IsZero() || t.Help != Asking && t.Help != Asked {
		return
	}
	if _, open := t.Queue.Help[t.Config.Device]; open {
		t.call.listed = true
	} else if t.call.listed && t.Help == Asked {
		t.Help = Coming
	}
}

// helpTick rings again while nobody answers.
func (t *step) helpTick() {
	if (t.Help == Asked || t.Help == NotHeard) && t.Now.Sub(t.call.at) >= ringAgain {
		t.ring()
	}
}
