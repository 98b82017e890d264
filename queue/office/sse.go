package office

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"motcua/queue/chain"
)

const (
	// heartbeat is the longest silence of the stream.
	heartbeat = 5 * time.Second
	// reach is how many records a follower may have missed and still get them
	// one by one; beyond it the whole state is less work.
	reach = 1000
	// writeTime cuts off a follower that does not read.
	writeTime = 10 * time.Second
)

// events is GET /v1/events.
func (s *server) events(w http.ResponseWriter, r *http.Request) error {
	first, sub, err := s.office.follow()
	if err != nil {
		return err
	}
	defer s.office.stream.unsubscribe(sub)
	begin, after := [][]byte{first.sse()}, first.update.Seq
	if missed, ok := s.missed(r); ok {
		begin = begin[:0]
		if link := s.office.stream.link(); link != nil {
			begin = append(begin, (&message{update: Update{Seq: after, Link: link}}).sse())
		}
		for i := range missed {
			begin = append(begin, (&message{update: Update{Seq: missed[i].Seq, Record: &missed[i]}}).sse())
			after = missed[i].Seq
		}
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	out := frames{w: w, control: http.NewResponseController(w)}
	if out.write(append([][]byte{[]byte("retry: 1000\n\n")}, begin...)...) != nil {
		return nil // the follower is gone
	}
	return s.pump(r, out, sub, after)
}

// pump writes messages until the follower, the office or the line ends.
func (s *server) pump(r *http.Request, out frames, sub *subscriber, after uint64) error {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var batch [][]byte
		select {
		case <-r.Context().Done():
			return nil
		case <-beat.C:
			if _, err := s.office.who(r); err != nil {
				return nil // its certificate has ended
			}
			batch = append(batch, []byte(": heartbeat\n\n"))
		case m, ok := <-sub.messages:
			if !ok {
				return nil
			}
			if s.shutOut(r, m) {
				return nil
			}
			batch = append(batch, fresh(m, after)...)
		}
		for more := true; more; { // what came together goes in one write
			select {
			case m, ok := <-sub.messages:
				if !ok || s.shutOut(r, m) {
					return nil
				}
				batch = append(batch, fresh(m, after)...)
			default:
				more = false
			}
		}
		if len(batch) > 0 && out.write(batch...) != nil {
			return nil
		}
	}
}

// fresh is a message's frame, none when the follower began after it.
func fresh(m *message, after uint64) [][]byte {
	if m.update.Record != nil && m.update.Seq <= after {
		return nil
	}
	return [][]byte{m.sse()}
}

// missed reads the records since Last-Event-ID, when there is one within reach.
func (s *server) missed(r *http.Request) ([]chain.Record, bool) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		return nil, false
	}
	last, err := strconv.ParseUint(text, 10, 64)
	head := s.office.journal.Head().Seq
	if err != nil || last > head || head-last > reach {
		return nil, false
	}
	records, err := s.office.journal.Range(r.Context(), last, int(head-last))
	if err != nil || len(records) != int(head-last) {
		return nil, false
	}
	return records, true
}

// frames writes events, each write within its time.
type frames struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

func (f frames) write(list ...[]byte) error {
	_ = f.control.SetWriteDeadline(time.Now().Add(writeTime)) // unsupported in tests' recorders
	for _, b := range list {
		if _, err := f.w.Write(b); err != nil {
			return fmt.Errorf("write event: %w", err)
		}
	}
	if err := f.control.Flush(); err != nil {
		return fmt.Errorf("flush events: %w", err)
	}
	return nil
}
