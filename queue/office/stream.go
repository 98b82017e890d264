package office

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"

	"motcua/queue"
	"motcua/queue/chain"
)

// behind is how many messages a follower may lag before it is cut off. It comes
// back and gets a whole state, which is cheaper for everybody than a buffer
// without bound.
const behind = 256

// message is an update with its bytes on the wire, which are made once however
// many follow over HTTP.
type message struct {
	update Update
	once   sync.Once
	frame  []byte
}

// stream hands what was committed to everybody who follows.
type stream struct {
	mu     sync.Mutex
	subs   map[*subscriber]struct{} // guarded by mu
	latest *Link                    // guarded by mu
	cut    int                      // followers cut off; guarded by mu
	closed bool                     // guarded by mu
}

// subscriber is one follower. Its channel is closed when it is cut off.
type subscriber struct {
	messages chan *message
}

func newStream() *stream { return &stream{subs: map[*subscriber]struct{}{}} }

// publish is called by the writer after a commit, in order.
func (s *stream) publish(records []chain.Record) {
	for i := range records {
		s.send(&message{update: Update{Seq: records[i].Seq, Record: &records[i]}})
	}
}

func (s *stream) setLink(seq uint64, l Link) {
	s.mu.Lock()
	s.latest = &l
	s.mu.Unlock()
	s.send(&message{update: Update{Seq: seq, Link: &l}})
}

func (s *stream) link() *Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest
}

func (s *stream) send(m *message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.subs {
		select {
		case sub.messages <- m:
		default:
			s.drop(sub)
			s.cut++
		}
	}
}

// subscribe must come before the snapshot that the follower begins with, so
// that no record falls between.
func (s *stream) subscribe() *subscriber {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := &subscriber{messages: make(chan *message, behind)}
	if s.closed {
		close(sub.messages)
		return sub
	}
	s.subs[sub] = struct{}{}
	return sub
}

func (s *stream) unsubscribe(sub *subscriber) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(sub)
}

// drop is called with mu held.
func (s *stream) drop(sub *subscriber) {
	if _, ok := s.subs[sub]; ok {
		delete(s.subs, sub)
		close(sub.messages)
	}
}

func (s *stream) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cutAll()
}

// cutAll ends every follower; they may come back.
func (s *stream) cutAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for sub := range s.subs {
		s.drop(sub)
	}
}

func (s *stream) counts() (following, cut int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subs), s.cut
}

// wireUpdate is an Update as its JSON: the record is its own line, byte for
// byte, so that a follower can check the chain.
type wireUpdate struct {
	Seq    uint64          `json:"seq"`
	State  *queue.State    `json:"state,omitempty"`
	Record json.RawMessage `json:"record,omitempty"`
	Link   *Link           `json:"link,omitempty"`
}

func (w wireUpdate) update() (Update, error) {
	u := Update{Seq: w.Seq, State: w.State, Link: w.Link}
	if w.Record != nil {
		r, err := chain.Parse(w.Record)
		if err != nil {
			return Update{}, err
		}
		u.Record = &r
	}
	return u, nil
}

// sse is the message as a server-sent event. Only messages with a record or a
// state carry an id: a link says nothing about what the follower has.
func (m *message) sse() []byte {
	m.once.Do(func() {
		u := m.update
		w := wireUpdate{Seq: u.Seq, State: u.State, Link: u.Link}
		name := "link"
		switch {
		case u.State != nil:
			name = "state"
		case u.Record != nil:
			name, w.Record = "record", u.Record.Line()
		}
		data, err := json.Marshal(w)
		if err != nil {
			return // a state always encodes; a frame of nothing is skipped by readers
		}
		var b bytes.Buffer
		if name != "link" {
			b.WriteString("id: " + strconv.FormatUint(u.Seq, 10) + "\n")
		}
		b.WriteString("event: " + name + "\ndata: ")
		b.Write(data)
		b.WriteString("\n\n")
		m.frame = b.Bytes()
	})
	return m.frame
}
