package cut

import (
	"encoding/json"
	"slices"
	"strings"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// asked is the identity of a command.
type asked struct {
	device string
	n      uint64
}

// reply is what a hub says to a call.
type reply struct {
	claim   succession.Claim
	term    int // in whose chain the records are
	n       uint64
	records []entry
	ticket  queue.TicketID
	gave    queue.TicketID // the number that the command gave
	code    string         // of a dossier
	refusal error
}

// stored is an answer on disk, and after which record.
type stored struct {
	seq   uint64
	asked asked
	reply reply
}

// tail is the chain of a term that this machine led, kept after it retired.
type tail struct {
	led   int
	log   []entry
	terms succession.Lineage
	saved []stored
}

// hub is a machine that can lead the office. All of it is on disk but up.
type hub struct {
	w       *world
	id      int
	up      bool
	seat    succession.Seat
	log     []entry
	head    chain.Head
	state   *queue.State
	terms   succession.Lineage
	answers map[asked]reply
	saved   []stored // the same, in order
	past    []tail
	book    *book
}

func newHub(w *world, id int) *hub {
	h := &hub{w: w, id: id, up: true, answers: map[asked]reply{}}
	h.log, h.head, h.state = slices.Clip(w.lab.log), w.lab.head, w.lab.state.Clone()
	if id == box {
		h.seat = succession.NewHub(names[id])
	} else {
		h.seat, _ = succession.NewStandby(names[id]).Meet(w.hubs[box].seat.Seen)
	}
	h.book = newBook()
	return h
}

func (h *hub) leads() bool { return h.up && h.seat.Leads() }

// meet takes in a claim before anything else.
func (h *hub) meet(c succession.Claim) {
	if h.w.without(HighestTerm) {
		return
	}
	s, word := h.seat.Meet(c)
	if s.Role == succession.Retired && h.w.without(RetireFirst) {
		return
	}
	if word == succession.News {
		h.w.tell("%s meets %s, is %s", names[h.id], c, s.Role)
		h.seat = s
	}
}

func (h *hub) crash(why string) {
	h.up = false
	h.w.count.Crashes++
	h.w.tell("%s loses power %s", names[h.id], why)
}

// restart takes up what is on disk. A promotion whose record was not written
// yet is finished.
func (h *hub) restart() {
	h.up = true
	h.w.tell("%s starts, is %s, claims %s", names[h.id], h.seat.Role, h.seat.Seen)
	h.begin()
}

// serve answers a call; nil when it cannot (it crashed on the way).
func (h *hub) serve(claim succession.Claim, by chain.Actor, n uint64, c queue.Command) *reply {
	h.meet(claim)
	if !h.leads() {
		return &reply{claim: h.seat.Seen, n: n, refusal: h.seat.Refusal()}
	}
	key := asked{by.Device, n}
	if a, ok := h.answers[key]; ok && !h.w.without(StoredAnswers) {
		a.claim = h.seat.Seen
		if last := len(a.records); last > 0 && !h.has(a.records[last-1]) {
			a.records = nil // of another chain, and merged into this one
		}
		return &a
	}
	if h.state.GivenUp[by.Device].Has(n) {
		return &reply{claim: h.seat.Seen, n: n, refusal: refusal.New("call-given-up")}
	}
	if a, ok := h.merged(key); ok && !h.w.without(StoredAnswers) {
		return &a
	}
	events, err := h.decide(c, by)
	a := reply{claim: h.seat.Seen, term: h.seat.Seen.Term, n: n, refusal: err}
	next := h.head
	for _, e := range events {
		var r entry
		r, next, err = record(next, e, by, n, h.w.now)
		if err != nil {
			h.w.fault("%s cannot record %s: %v", names[h.id], e.Kind(), err)
			return nil
		}
		a.records = append(a.records, r)
		a.note(e)
	}
	switch {
	case h.w.without(CommitFirst) && !h.w.calm && h.w.one(10):
		defer h.crash("after the answer, before it was on disk")
		return &a
	case !h.w.calm && h.w.one(60):
		h.crash("before " + c.Name() + " was on disk")
		return nil
	}
	h.commit(a.records, next)
	h.store(stored{h.head.Seq, key, a})
	if h.w.opt.Tell {
		h.w.tell("%s carries out %s %d of %s: %s", names[h.id], c.Name(), n, by.Device, a.says())
	}
	if !h.w.calm && h.w.one(60) {
		h.crash("before it answered " + c.Name())
		return nil
	}
	return &a
}

// note takes what the caller must know out of an event.
func (a *reply) note(e queue.Event) {
	switch e := e.(type) {
	case queue.TicketIssued:
		a.ticket, a.gave = e.Ticket, e.Ticket
	case queue.TicketCalled:
		a.ticket = e.Ticket
	}
	if code := dossier.CodeOf(e); code != "" {
		a.code = code
	}
}

// says is an answer in words.
func (a *reply) says() string {
	if a.refusal != nil {
		return a.refusal.Error()
	}
	return inWords(a.records)
}

// inWords lists what records say: "ticket.called A012, ticket.started A012".
func inWords(list []entry) string {
	var words []string
	for _, r := range list {
		var about struct {
			Ticket queue.TicketID `json:"ticket"`
			Code   string         `json:"code"`
			Record string         `json:"record"`
			Why    string         `json:"why"`
		}
		_ = json.Unmarshal(r.Data, &about) // for reading only
		word := strings.TrimSpace(r.Type + " " + about.Ticket.Label() + " " + about.Code)
		if inner, err := chain.Parse([]byte(about.Record)); err == nil {
			word = "[" + inWords([]entry{{Record: inner}}) + " " + about.Why + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func (h *hub) store(s stored) {
	if _, have := h.answers[s.asked]; have {
		return
	}
	h.answers[s.asked] = s.reply
	h.saved = append(h.saved, s)
}

// merged is the answer to a command that another place carried out, whose
// records came here without its answer.
func (h *hub) merged(key asked) (reply, bool) {
	a := reply{claim: h.seat.Seen, n: key.n}
	for of, numbers := range h.state.Carried {
		if strings.HasSuffix(of, "/"+key.device) && numbers.Has(key.n) {
			for _, t := range h.state.Tickets {
				if t.Kiosk == key.device && t.N == key.n {
					a.ticket = t.ID
				}
			}
			return a, true
		}
	}
	return a, false
}

// has reports whether a record is in the own chain.
func (h *hub) has(r entry) bool {
	return r.Seq <= uint64(len(h.log)) && h.log[r.Seq-1].Hash() == r.Hash()
}

// answered is queue.Env.Answered.
func (h *hub) answered(device string, n uint64) (queue.TicketID, bool) {
	a, ok := h.answers[asked{device, n}]
	return a.gave, ok
}

func (h *hub) decide(c queue.Command, by chain.Actor) ([]queue.Event, error) {
	env := queue.Env{Now: h.w.now, Answered: h.answered}
	s := h.state
	switch c.(type) {
	case queue.IssueTicket:
		if h.w.without(TermInNumber) {
			s = s.Clone()
			s.Term = 0
		}
	case queue.Merge:
		if h.w.without(MergeOnce) {
			s = s.Clone()
			s.Merged, s.Carried = nil, nil
		}
	}
	events, ours, err := h.dossier(c, by)
	if !ours {
		events, err = queue.Decide(s, c, by, env)
	}
	if h.w.without(GivenUpIsVoid) {
		events = slices.DeleteFunc(events, func(e queue.Event) bool {
			closed, ok := e.(queue.TicketClosed)
			return e.Kind() == queue.CommandGivenUp{}.Kind() || ok && closed.Reason == "given-up"
		})
	}
	return events, err
}

// commit appends records to the chain.
func (h *hub) commit(list []entry, next chain.Head) {
	for _, r := range list {
		h.state.Apply(r.event, r.At, r.Seq, r.By)
		h.book.apply(r)
		if e, ok := r.event.(queue.TermBegan); ok {
			claim := succession.Claim{Term: e.Term, Hub: e.Hub}
			h.terms = append(slices.Clip(h.terms), succession.Beginning{Claim: claim, After: e.After})
		}
	}
	h.log, h.head = append(h.log, list...), next
}

// act carries out a command of the machine itself; false when it is refused.
func (h *hub) act(c queue.Command) bool {
	by := chain.Actor{Device: names[h.id], Officer: supervisor}
	events, err := h.decide(c, by)
	if err != nil {
		h.w.tell("%s refuses itself %s: %v", names[h.id], c.Name(), err)
		return false
	}
	return h.write(events)
}

// write records events of the machine itself.
func (h *hub) write(events []queue.Event) bool {
	by, next := chain.Actor{Device: names[h.id], Officer: supervisor}, h.head
	var list []entry
	for _, e := range events {
		var r entry
		var err error
		if r, next, err = record(next, e, by, 0, h.w.now); err != nil {
			h.w.fault("%s cannot record %s: %v", names[h.id], e.Kind(), err)
			return false
		}
		list = append(list, r)
	}
	h.commit(list, next)
	return true
}
