package office

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/refusal"
)

// Bounds of what is written down of machines that were turned away, so that
// nobody fills the disk with knocking: each kind of knock once an hour, and no
// more than so many records an hour in all.
const (
	knockPause   = time.Hour
	knocksAnHour = 30
	mostKnocks   = 256
)

// turnedAway counts refusals that have to do with who asks.
type turnedAway struct {
	mu      sync.Mutex
	total   map[string]uint64 // by code; guarded by mu
	knocks  map[knock]*knocks // guarded by mu
	since   time.Time         // of the present hour; guarded by mu
	written int               // records of the present hour; guarded by mu
}

// knock is one kind of being turned away.
type knock struct{ device, code, from string }

type knocks struct {
	written time.Time
	times   uint64 // since then
}

// watched are the refusals that are counted and written down. The last two mean
// that a call came a second time as something else.
func watched() []string {
	return []string{
		codeDevice, codeRevoked, codeExpired, codeMismatch, codeRole, codeCounter,
		"enrol-code-wrong", "enrol-code-used", "enrol-too-often", codePINWrong, codePINLocked, codeReused, codeStale,
	}
}

// turnAway counts a refusal and writes it down when it is time to.
func (o *Office) turnAway(r *http.Request, no *refusal.Refusal) {
	if !slices.Contains(watched(), no.Code) {
		return
	}
	name := callerOf(r).Name
	from := address(r)
	if said := no.Args["device"]; name == "" && said != from && deviceShape.MatchString(said) {
		name = said
	}
	k := knock{device: name, code: no.Code, from: from}
	times := o.lan.turned.count(k, o.cfg.Now())
	if times == 0 {
		return
	}
	o.log.Warn("a machine was turned away", "device", name, "code", no.Code, "from", k.from, "times", times)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), answerTime)
	defer cancel()
	if _, err := o.note(ctx, noteRefused{device.Refused{Device: name, Code: no.Code, From: k.from, Times: times}}); err != nil {
		o.log.Warn("it could not be recorded that a machine was turned away", "err", err)
	}
}

// count returns how often it happened since the last record, when another is
// due, else 0.
func (t *turnedAway) count(k knock, now time.Time) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.total == nil {
		t.total, t.knocks = map[string]uint64{}, map[knock]*knocks{}
	}
	t.total[k.code]++
	n := t.knocks[k]
	if n == nil {
		if len(t.knocks) >= mostKnocks { // too many names and addresses to tell apart
			maps.DeleteFunc(t.knocks, func(_ knock, n *knocks) bool { return now.Sub(n.written).Abs() >= knockPause })
		}
		if len(t.knocks) >= mostKnocks {
			return 0
		}
		n = &knocks{}
		t.knocks[k] = n
	}
	n.times++
	if now.Sub(t.since).Abs() >= time.Hour {
		t.since, t.written = now, 0
	}
	if !n.written.IsZero() && now.Sub(n.written).Abs() < knockPause || t.written >= knocksAnHour {
		return 0
	}
	times := n.times
	n.written, n.times = now, 0
	t.written++
	return times
}

// write is the metric.
func (t *turnedAway) write(b *strings.Builder) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b.WriteString("# HELP motcua_turned_away_total requests refused because of who asked\n# TYPE motcua_turned_away_total counter\n")
	for _, code := range watched() {
		fmt.Fprintf(b, "motcua_turned_away_total{code=%q} %d\n", code, t.total[code])
	}
}

// noteRefused records a device.Refused; the office gives it itself.
type noteRefused struct{ device.Refused }

// Name implements queue.Command.
func (noteRefused) Name() string { return "device.note-refused" }

// note carries out a command of the office's own.
func (o *Office) note(ctx context.Context, cmd queue.Command) (Reply, error) {
	o.lan.recording.Lock()
	defer o.lan.recording.Unlock()
	n, err := o.LastN(ctx, DeviceOffice)
	if err != nil {
		return Reply{}, err
	}
	return o.Do(ctx, Call{N: n + 1, By: chain.Actor{Device: DeviceOffice}, Command: cmd})
}
