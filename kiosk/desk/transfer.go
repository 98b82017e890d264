package desk

import (
	"slices"
	"strconv"

	"motcua/queue"
)

// transferMenu offers every place that the ticket can go to. The first item
// makes it a detour (scenario 12).
func (s State) transferMenu() *Menu {
	t := s.ticket()
	if t == nil {
		return nil
	}
	m := &Menu{Title: say("counter.transfer.title", "ticket", t.ID.Label()), Lines: []Say{say("counter.transfer.keeps")}}
	turned := s.dialog
	turned.back = !turned.back
	detour := Item{Hot: "0", Label: say("counter.transfer.once"), Do: Ask{turned}}
	if s.dialog.back {
		detour.Label, detour.Primary = say("counter.transfer.back"), true
		m.Lines = append(m.Lines, say("counter.transfer.back-first"))
	}
	m.Items = append(m.Items, detour)
	for _, v := range s.Queue.Config.Services {
		if v.ID == t.Service {
			continue
		}
		m.Items = append(m.Items, Item{
			Raw:  v.Name.In(s.Lang),
			Hint: say("counter.waiting-count", "n", strconv.Itoa(s.Queue.Waiting(v.ID))),
			Do:   s.sending(queue.TransferTicket{Service: v.ID}),
		})
	}
	m.Items = append(m.Items, s.counterItems()...)
	m.Items = append(m.Items, s.officerItems()...)
	m.Items = append(m.Items, Item{Hot: Onward.Hotkey(), Label: say("counter.transfer.onward"), Do: Pressed{Onward}})
	return m
}

// sending is the transfer, as a detour when that is chosen.
func (s State) sending(c queue.TransferTicket) Intent {
	c.Back = s.dialog.back
	return Order{c}
}

// counterItems are the other counters, with who sits there.
func (s State) counterItems() (items []Item) {
	for _, c := range s.Queue.Config.Counters {
		if c.ID == s.Counter {
			continue
		}
		hint := say("counter.desk.closed")
		if d := s.Queue.Counters[c.ID]; d != nil && d.Officer != "" {
			hint = say("counter.desk.officer", "officer", s.officerName(d.Officer))
			if d.Paused != "" {
				hint = say("counter.desk.paused")
			}
		}
		items = append(items, Item{Raw: c.Name.In(s.Lang), Hint: hint, Do: s.sending(queue.TransferTicket{Counter: c.ID})})
	}
	return items
}

// officerItems are the colleagues who sit somewhere: a ticket sent to one
// follows when the officer changes counters.
func (s State) officerItems() (items []Item) {
	for _, o := range s.Queue.Config.Officers {
		at := s.seatOf(o.ID)
		if o.ID == s.Officer || at == "" {
			continue
		}
		items = append(items, Item{
			Raw: o.Name, Hint: say("counter.transfer.person", "counter", s.counterName(at)),
			Do: s.sending(queue.TransferTicket{Officer: o.ID}),
		})
	}
	return items
}

// seatOf is the counter where an officer sits, "" for nowhere.
func (s State) seatOf(officer string) string {
	for _, c := range s.Queue.Config.Counters {
		if d := s.Queue.Counters[c.ID]; d != nil && d.Officer == officer {
			return c.ID
		}
	}
	return ""
}

// finishMenu ends this service and sends the same number on to others, in the
// order in which they are chosen.
func (s State) finishMenu() *Menu {
	t := s.ticket()
	if t == nil {
		return nil
	}
	m := &Menu{Title: say("counter.finish.title", "ticket", t.ID.Label()), Lines: []Say{say("counter.finish.order")}}
	confirm := Item{Hot: Finish.Hotkey(), Label: say("counter.finish.only"), Do: Pressed{Finish}}
	if n := len(s.dialog.next); n > 0 {
		confirm.Label, confirm.Primary = say("counter.finish.go", "n", strconv.Itoa(n)), true
	}
	m.Items = append(m.Items, confirm)
	for _, v := range s.Queue.Config.Services {
		if v.ID == t.Service {
			continue
		}
		item := Item{Raw: v.Name.In(s.Lang), Hint: say("counter.waiting-count", "n", strconv.Itoa(s.Queue.Waiting(v.ID)))}
		turned := s.dialog
		if at := slices.Index(turned.next, v.ID); at >= 0 {
			item.Hint, item.Primary = say("counter.finish.nth", "n", strconv.Itoa(at+1)), true
			turned.next = slices.Delete(slices.Clone(turned.next), at, at+1)
		} else {
			turned.next = append(slices.Clone(turned.next), v.ID)
		}
		item.Do = Ask{turned}
		m.Items = append(m.Items, item)
	}
	for _, stop := range t.Stops {
		key := "counter.finish.then"
		if stop.Back {
			key = "counter.finish.then-back"
		}
		m.Lines = append(m.Lines, say(key, "service", s.serviceName(stop.Service), "counter", s.counterName(stop.Counter)))
	}
	return m
}
