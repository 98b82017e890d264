package terminal

import (
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/field"
)

// admission is the wish that makes a device known.
func admission(role string) field.Wish { return field.Wish{Command: queue.AdmitDevice{Role: role}} }

// decide is what is decided at the terminal while the office is silent: the
// queue's rules on the copy. Nobody's identity can be hashed here as the office
// does it, so it is left out: the emergency series has no cap by person.
func (t *Terminal) decide(s *queue.State, c queue.Command, by chain.Actor, env queue.Env) ([]queue.Event, error) {
	switch c := c.(type) {
	case queue.IssueTicket:
		c.Identity = ""
		return queue.Decide(s, c, by, env)
	}
	return queue.Decide(s, c, by, env)
}
