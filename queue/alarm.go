package queue

import (
	"time"

	"motcua/queue/refusal"
)

// Alarm is a counter's call for help that nobody has answered.
type Alarm struct {
	At      time.Time `json:"at"`
	Officer string    `json:"officer,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// raiseAlarm asks nothing of the counter but that it exists: whoever needs help
// must not be refused for being on a break.
func (d decision) raiseAlarm(c RaiseAlarm) ([]Event, error) {
	if _, ok := d.s.Config.Counter(d.by.Counter); !ok {
		return nil, refusal.New("counter-unknown", "counter", cut(d.by.Counter))
	}
	if _, rings := d.s.Alarms[d.by.Counter]; rings {
		return nil, nil
	}
	return []Event{CounterAlarmed{Counter: d.by.Counter, Officer: cut(d.by.Officer), Reason: cut(c.Reason)}}, nil
}

func (d decision) answerAlarm(c AnswerAlarm) ([]Event, error) {
	if _, rings := d.s.Alarms[c.Counter]; !rings {
		return nil, refusal.New("alarm-unknown", "counter", cut(c.Counter))
	}
	return []Event{AlarmAnswered{Counter: c.Counter, Officer: cut(d.by.Officer)}}, nil
}
