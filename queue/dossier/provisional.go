package dossier

import (
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// MaxBackdate is how old a receipt may be that a terminal gave by itself.
const MaxBackdate = 7 * 24 * time.Hour

// ahead is how far another clock may run before this one.
const ahead = 5 * time.Minute

// moment is when a dossier is received: now, or when a terminal gave the
// provisional receipt.
func (c *Receive) moment(book Book, now time.Time) (time.Time, error) {
	if c.Provisional == "" {
		if !c.At.IsZero() {
			return now, refusal.New("dossier-field-invalid", "field", "at")
		}
		return now, nil
	}
	code, ok := ParseProvisional(c.Provisional)
	at := stamp(c.At)
	switch {
	case !ok || code.Day != at.Format(time.DateOnly):
		return now, refusal.New("dossier-field-invalid", "field", "provisional")
	case at.After(now.Add(ahead)) || at.Before(now.Add(-MaxBackdate)):
		days := strconv.Itoa(int(MaxBackdate / (24 * time.Hour)))
		return now, refusal.New("receipt-out-of-time", "code", code.Key, "days", days)
	}
	if _, known := book.Dossier(code.Key); known {
		return now, refusal.New("receipt-known", "code", code.Key)
	}
	c.Provisional = code.Key
	if at.After(now) {
		at = now
	}
	return at, nil
}

// Number gives official codes to dossiers that have provisional ones, in the
// order of the list, once every earlier hub has handed over (R6): the next
// serials of the days on which they were received. Those of a day whose serials
// are used up keep the code they have.
func Number(book Book, list []Dossier, office string) []queue.Event {
	var events []queue.Event
	last := map[string]int{}
	for _, d := range list {
		if d.Numbered() {
			continue
		}
		day := stamp(d.Received).Format(time.DateOnly)
		if _, begun := last[day]; !begun {
			last[day] = book.LastSerial(day)
		}
		for last[day] < MaxSerial {
			last[day]++
			code := NewCode(office, day, last[day])
			if _, taken := book.Dossier(code); !taken {
				events = append(events, DossierNumbered{Provisional: d.Provisional, Code: code})
				break
			}
		}
	}
	return events
}
