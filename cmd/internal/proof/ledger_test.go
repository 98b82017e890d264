package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/office"
)

// ledger is everything that an office has ever acknowledged, kept where no
// crash reaches it.
type ledger struct {
	mu sync.Mutex
	// Guarded by mu:
	answers map[string][]said // by device, in order
	asked   map[string]int    // how many of them were asked for again
	owners  map[string]string // number or dossier code → who was given it
	last    uint64            // highest record acknowledged
	total   int
}

func newLedger() *ledger {
	return &ledger{answers: map[string][]said{}, asked: map[string]int{}, owners: map[string]string{}}
}

// add writes an answer down; a number or code given twice is an error.
func (l *ledger) add(s said) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers[s.Device] = append(l.answers[s.Device], s)
	l.total++
	r, ok := s.reply()
	if !ok {
		return nil
	}
	l.last = max(l.last, r.Seq)
	given := ""
	switch {
	case bytes.Contains(s.Call, []byte(`"ticket.issue"`)) && r.Ticket != nil:
		given = string(r.Ticket.ID)
	case bytes.Contains(s.Call, []byte(`"dossier.receive"`)) && r.Dossier != nil:
		given = r.Dossier.Code
	default:
		return nil
	}
	who := fmt.Sprint(s.Device, " command ", s.N)
	if other, twice := l.owners[given]; twice {
		return fmt.Errorf("%s was given to %s and to %s", given, other, who)
	}
	l.owners[given] = who
	return nil
}

// issued is how many numbers were given.
func (l *ledger) issued() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for given := range l.owners {
		if _, ok := queue.ParseTicketID(given); ok {
			n++
		}
	}
	return n
}

// kept is how many answers of a device the office keeps for a repetition.
const kept = 256

// check asks a restarted office for what it promised: the chain is whole and
// reaches far enough, and every answer since the last check and a few older
// ones come again, byte for byte, without a new record.
func (l *ledger) check(ctx context.Context, ask face, r *rand.Rand) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	head, err := verified(ctx, ask)
	if err != nil {
		return err
	}
	if head.Seq < l.last {
		return fmt.Errorf("record %d was acknowledged, the journal ends at %d", l.last, head.Seq)
	}
	for device, list := range l.answers {
		again := list[max(l.asked[device], len(list)-kept):]
		for range min(3, len(list)) {
			again = append(slices.Clip(again), list[len(list)-1-r.IntN(min(kept, len(list)))])
		}
		for _, s := range again {
			status, answer, err := ask(ctx, http.MethodPost, "/v1/commands", s.Call)
			if err != nil {
				return fmt.Errorf("%s command %d again: %w", device, s.N, err)
			}
			if status != s.Status || !bytes.Equal(answer, s.Answer) {
				return fmt.Errorf("%s command %d was answered %d %s, again %d %s", device, s.N, s.Status, s.Answer, status, answer)
			}
		}
		l.asked[device] = len(list)
		if _, raw, err := ask(ctx, http.MethodGet, "/v1/devices/"+device, nil); err != nil || !bytes.Contains(raw, fmt.Appendf(nil, `"last":%d`, list[len(list)-1].N)) {
			return fmt.Errorf("the last command of %s was %d, the office says %s (%w)", device, list[len(list)-1].N, raw, err)
		}
	}
	after, err := verified(ctx, ask)
	if err == nil && after != head {
		return fmt.Errorf("repeated commands brought the journal from record %d to %d", head.Seq, after.Seq)
	}
	return err
}

// verified lets the office verify its whole journal.
func verified(ctx context.Context, ask face) (h chain.Head, err error) {
	status, raw, err := ask(ctx, http.MethodGet, "/v1/verify", nil)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("verify: %d %s", status, raw)
	}
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	return h, err
}

// audit reads the whole record of an office that is at rest and holds it
// against the ledger: each acknowledged answer has its record, no command acted
// twice, no number is missing or doubled, and what is read from the records is
// what they say.
func (l *ledger) audit(ctx context.Context, dir string) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	o, err := open(dir, nil)
	if err != nil {
		return fmt.Errorf("open for the audit: %w", err)
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	j := o.Journal()
	if _, err := j.Verify(ctx); err != nil {
		return err
	}
	b := book{acts: map[act]uint64{}, numbers: map[string]int{}, given: map[string]act{}}
	records, err := j.Range(ctx, 0, int(j.Head().Seq))
	if err != nil {
		return err
	}
	for _, r := range records {
		if err := b.read(r); err != nil {
			return err
		}
	}
	for device, list := range l.answers {
		for _, s := range list {
			if r, ok := s.reply(); ok && b.acts[act{device, s.N}] != r.Seq {
				return fmt.Errorf("%s command %d was acknowledged with record %d, the record says %d", device, s.N, r.Seq, b.acts[act{device, s.N}])
			}
		}
	}
	for given, who := range l.owners {
		if a := b.given[given]; fmt.Sprint(a.device, " command ", a.n) != who {
			return fmt.Errorf("%s was given to %s, the record says %v", given, who, a)
		}
	}
	return rebuilt(ctx, o)
}

// act is a command by its key.
type act struct {
	device string
	n      uint64
}

// book is what an audit has read so far.
type book struct {
	acts    map[act]uint64 // last record of each command
	numbers map[string]int // last number of each day and series
	given   map[string]act // number or dossier code → the command that gave it
	last    act
}

func (b *book) read(r chain.Record) error {
	a := act{r.By.Device, r.N}
	if seen := b.acts[a]; seen != 0 && a != b.last && a.n != 0 { // 0: of no command
		return fmt.Errorf("%s command %d acted at record %d and again at %d", a.device, a.n, seen, r.Seq)
	}
	b.acts[a], b.last = r.Seq, a
	given := ""
	switch r.Type {
	case (queue.TicketIssued{}).Kind():
		var e queue.TicketIssued
		if err := json.Unmarshal(r.Data, &e); err != nil {
			return err
		}
		given = string(e.Ticket)
		id := queue.TicketID(given)
		series := given[:len(given)-3]
		if n := id.Number(); n != b.numbers[series]+1 {
			return fmt.Errorf("record %d gives number %s after %d", r.Seq, given, b.numbers[series])
		}
		b.numbers[series]++
	case (dossier.DossierReceived{}).Kind():
		var e dossier.DossierReceived
		if err := json.Unmarshal(r.Data, &e); err != nil {
			return err
		}
		given = e.Code
	default:
		return nil
	}
	if other, twice := b.given[given]; twice {
		return fmt.Errorf("record %d gives %s, which %v had", r.Seq, given, other)
	}
	b.given[given] = a
	return nil
}

// rebuilt makes the read models again and wants what was there.
func rebuilt(ctx context.Context, o *office.Office) error {
	before, err := shown(ctx, o)
	if err != nil {
		return err
	}
	if err := o.Journal().Rebuild(ctx); err != nil {
		return err
	}
	after, err := shown(ctx, o)
	if err != nil {
		return err
	}
	for what := range maps.Keys(before) {
		if !bytes.Equal(before[what], after[what]) {
			return fmt.Errorf("the %s were not what the records say: %s, made again %s", what, before[what], after[what])
		}
	}
	return nil
}

// shown is what an office reads out of its read models.
func shown(ctx context.Context, o *office.Office) (map[string][]byte, error) {
	list, err := o.Dossiers(ctx, office.DossierQuery{Limit: 500})
	if err != nil {
		return nil, err
	}
	dossiers, err := json.Marshal(list)
	state, bad := json.Marshal(o.State())
	return map[string][]byte{"dossiers": dossiers, "queue": state}, errors.Join(err, bad)
}
