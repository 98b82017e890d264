package central

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// Reasons for setting a record aside (wire.Rejected.Why).
const (
	whyMalformed      = "malformed"       // not a record at all
	whyShape          = "shape"           // a kind we know, with contents we do not
	whyUnknownTicket  = "unknown-ticket"  // about a ticket that was never issued
	whyUnknownDossier = "unknown-dossier" // about a dossier that was never received
	whyTwice          = "twice"           // issued, received or rated a second time
	whySignature      = "signature"       // a checkpoint that does not sign for what stands before it
	whySigner         = "signer"          // a checkpoint by another key than the office's
)

// item is one line of a batch as far as it could be read.
type item struct {
	seq     uint64
	hash    chain.Hash
	line    []byte
	record  chain.Record // zero when the line is malformed
	kind    string       // "" when the line is malformed
	at      time.Time
	event   queue.Event   // nil for other packages' and unknown kinds
	dossier *dossierEvent // likewise
	answer  *answered     // likewise
	signed  *chain.Checkpoint
	says    string        // the kind that it counts as: another's, when merged
	merged  *chain.Record // the record inside this one
	why     string        // set when it is to be set aside
}

// dossierEvent is what the city reads of any event about a dossier. The events
// themselves belong to package dossier; by their field names alone the city
// goes on working when they grow.
type dossierEvent struct {
	Code  string    `json:"code"`
	Due   time.Time `json:"due"`
	Level int       `json:"level"`
	Fee   int64     `json:"fee"` // đồng
	// Provisional is the code that Code takes the place of (dossier.numbered).
	Provisional string `json:"provisional"`
}

// answered is what an office says about a notice (record "notice.answered").
type answered struct {
	Notice  uint64           `json:"notice"`
	Version uint64           `json:"version"`
	Refusal *refusal.Refusal `json:"refusal"`
}

var (
	kindShape = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)
	codeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./_-]{0,63}$`)
)

// read reads a batch and checks that its records follow each other. A line that
// is no record still has a hash, so the chain goes through it.
func read(b wire.Batch) ([]item, error) {
	head := chain.Head{Seq: b.First - 1, Hash: b.Prev}
	items := make([]item, 0, len(b.Lines))
	for _, line := range b.Lines {
		it := readLine(head.Seq+1, line)
		if it.why != whyMalformed {
			if _, err := head.Check(it.record); err != nil {
				return nil, fmt.Errorf("batch from %d: %w", b.First, err)
			}
		}
		items = append(items, it)
		head = chain.Head{Seq: it.seq, Hash: it.hash}
	}
	return items, nil
}

// readLine reads the line that stands at a position.
func readLine(seq uint64, line []byte) item {
	it := item{seq: seq, hash: sha256.Sum256(line), line: line}
	rec, err := chain.Parse(line)
	if err != nil {
		it.why = whyMalformed
		return it
	}
	it.record, it.at = rec, rec.At
	it.interpret(rec, 0)
	return it
}

// recorded is when the record was made, which for a merged one is later than
// what it says.
func (it *item) recorded() time.Time { return it.record.At }

// interpret decodes what the city counts; everything else stays unread. depth
// is how many records this one is inside of.
func (it *item) interpret(rec chain.Record, depth int) {
	if !kindShape.MatchString(rec.Type) {
		it.why = whyShape
		return
	}
	it.kind, it.says = rec.Type, rec.Type
	if isMerged(rec.Type) && rec.V == 1 {
		it.unwrap(rec, depth+1)
		return
	}
	if c, ok, err := chain.ReadCheckpoint(rec); err != nil {
		it.why = whyShape
		return
	} else if ok {
		it.signed = &c
		return
	}
	if strings.HasPrefix(rec.Type, "dossier.") && rec.V == 1 {
		var d dossierEvent
		if json.Unmarshal(rec.Data, &d) != nil || !codeShape.MatchString(d.Code) ||
			d.Provisional != "" && !codeShape.MatchString(d.Provisional) {
			it.why = whyShape
			return
		}
		it.dossier = &d
		return
	}
	if rec.Type == "notice.answered" && rec.V == 1 {
		var a answered
		if json.Unmarshal(rec.Data, &a) != nil || a.Notice == 0 || a.Notice > math.MaxInt64 {
			it.why = whyShape
			return
		}
		it.answer = &a
		return
	}
	e, ok, err := queue.DecodeEvent(rec.Type, rec.V, rec.Data)
	if err != nil {
		it.why = whyShape
		return
	}
	if !ok {
		return
	}
	if id, about := ticketOf(e); about {
		if _, good := queue.ParseTicketID(string(id)); !good {
			it.why = whyShape
			return
		}
	}
	it.event = e
}

// ticketOf names the ticket that an event counts for.
func ticketOf(e queue.Event) (queue.TicketID, bool) {
	switch e := e.(type) {
	case queue.TicketIssued:
		return e.Ticket, true
	case queue.TicketCalled:
		return e.Ticket, true
	case queue.TicketRecalled:
		return e.Ticket, true
	case queue.TicketStarted:
		return e.Ticket, true
	case queue.TicketHeld:
		return e.Ticket, true
	case queue.TicketTransferred:
		return e.Ticket, true
	case queue.TicketMissed:
		return e.Ticket, true
	case queue.TicketReturned:
		return e.Ticket, true
	case queue.TicketFinished:
		return e.Ticket, true
	case queue.TicketClosed:
		return e.Ticket, true
	case queue.TicketRated:
		return e.Ticket, true
	}
	return "", false
}

// profile is what the pages need of an office's configuration.
type profile struct {
	Name     queue.Text    `json:"name"`
	Parent   queue.Text    `json:"parent"`
	Services []serviceName `json:"services"`
}

type serviceName struct {
	ID   string     `json:"id"`
	Name queue.Text `json:"name"`
}

func profileOf(c queue.Config) profile {
	p := profile{Name: cleanText(c.Name), Parent: cleanText(c.Parent)}
	for _, s := range c.Services[:min(len(c.Services), 100)] {
		p.Services = append(p.Services, serviceName{ID: clean(s.ID, 64), Name: cleanText(s.Name)})
	}
	return p
}

func cleanText(t queue.Text) queue.Text {
	return queue.Text{VI: clean(t.VI, 120), EN: clean(t.EN, 120)}
}

// clean makes a text from outside fit for a column and a line of a page: valid
// UTF-8, no control or direction marks, at most n characters.
func clean(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	count := 0
	for i := range s {
		if count == n {
			return s[:i]
		}
		count++
	}
	return s
}
