package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
)

// AlarmCall is a counter that calls for help at once.
type AlarmCall struct {
	Counter string
	Own     bool // it is this one
	Say     Say
	At      time.Time
}

// Alarms lists who calls for help: other counters first, the longest first,
// then this one.
func (s State) Alarms() []AlarmCall {
	if s.Queue == nil {
		return nil
	}
	var list []AlarmCall
	for id, a := range s.Queue.Alarms {
		call := AlarmCall{Counter: id, Own: id == s.Counter, At: a.At}
		key := "counter.alarm.rings"
		switch {
		case call.Own:
			key = "counter.alarm.own"
		case slices.Contains(alarmReasons, a.Reason):
			key = "counter.alarm.rings-" + a.Reason
		}
		call.Say = say(key, "counter", s.counterName(id), "officer", s.officerName(a.Officer),
			"minutes", strconv.Itoa(int(max(0, s.clock().Sub(a.At)).Minutes())))
		list = append(list, call)
	}
	slices.SortFunc(list, func(a, b AlarmCall) int {
		switch {
		case a.Own != b.Own && a.Own:
			return 1
		case a.Own != b.Own:
			return -1
		}
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Counter, b.Counter))
	})
	return list
}

// alarmMenu asks what it is about, which is the confirmation too; the key once
// more takes the first.
func (s State) alarmMenu() *Menu {
	m := &Menu{Title: say("counter.alarm.title"), Lines: []Say{say("counter.alarm.who")}}
	for _, r := range alarmReasons {
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.RaiseAlarm{Reason: r}}})
	}
	m.Items[0].Hint = say("counter.again", "key", string(Alarm.Hotkey()))
	return m
}

// answerCall answers the most urgent call: a counter's, then a kiosk's.
func (p *step) answerCall() {
	if alarms := p.Alarms(); len(alarms) > 0 {
		p.send(queue.AnswerAlarm{Counter: alarms[0].Counter})
	} else if help := p.Helps(); len(help) > 0 {
		p.send(queue.AnswerHelp{Device: help[0].Device})
	}
}

// alarmsChanged tells this counter that its call has been answered.
func (p *step) alarmsChanged(old, now *queue.State) {
	if old == nil || !p.SignedIn() {
		return
	}
	_, rang := old.Alarms[p.Counter]
	if _, rings := now.Alarms[p.Counter]; rang && !rings {
		p.tell(Good, say("counter.notice.alarm-answered"))
	}
}
