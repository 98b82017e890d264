package central

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// postEvents takes a batch. A slow line holds up only its own body: a slot is
// taken when all of it is here.
func (s *Server) postEvents(w http.ResponseWriter, r *http.Request, office string) {
	if !s.enter(r.Context(), s.readers) {
		s.tooMany(w)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxBody+1))
	<-s.readers
	if err != nil {
		s.badBatch(w, r, fmt.Errorf("%w: read body: %w", wire.ErrBadBatch, err))
		return
	}
	if !s.enter(r.Context(), s.slots) {
		s.tooMany(w)
		return
	}
	defer func() { <-s.slots }()
	batch, err := s.codec.Decode(r.Header, bytes.NewReader(body))
	if err != nil {
		s.badBatch(w, r, err)
		return
	}
	now := s.now()
	began := time.Now()
	taken, err := s.store.Ingest(r.Context(), office, batch, now, offset(r.Header, now))
	var conflict *Conflict
	switch {
	case errors.As(err, &conflict):
		s.meters.batch("conflict")
		if conflict.Fork {
			s.log.Error("fork", "office", office, "have", conflict.Have.Seq, "why", conflict.Why)
		}
		s.answer(w, http.StatusConflict, wire.Conflict{
			Office: office, Have: conflict.Have.Seq, Head: conflict.Have.Hash, Fork: conflict.Fork, Superseded: conflict.Superseded, Why: conflict.Why,
			Sig: wire.SignPosition(office, conflict.Have, s.key.sign),
		})
	case err != nil:
		s.meters.batch("error")
		s.fail(w, r, err)
	default:
		s.meters.took(taken, time.Since(began))
		for _, q := range taken.Rejected {
			s.log.Warn("record set aside", "office", office, "seq", q.Seq, "why", q.Why)
		}
		s.answer(w, http.StatusOK, wire.Ack{
			Office: office, LastSeq: taken.Head.Seq, Head: taken.Head.Hash, Rejected: taken.Rejected,
			MaxBatch: wire.MaxEvents, MaxBytes: wire.MaxBytes, NextAfterMS: s.pace(), ServerTime: now.UTC(),
			Sig: wire.SignPosition(office, taken.Head, s.key.sign),
		})
	}
}

func (s *Server) tooMany(w http.ResponseWriter) {
	s.meters.batch("busy")
	s.busy(w, "too many batches at once")
}

// slowest is how long an office is asked to wait between two batches when every
// slot is taken.
const slowest = 2 * time.Second

// pace is the wait asked of an office, in milliseconds: none while half of the
// slots are free, then the longer the fewer there are. Those that catch up after
// an outage so leave room for those that have little to say.
func (s *Server) pace() int {
	taken, all := len(s.slots), cap(s.slots)
	return max(0, 2*taken-all) * int(slowest.Milliseconds()) / all
}

func (s *Server) badBatch(w http.ResponseWriter, r *http.Request, err error) {
	s.meters.batch("bad")
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		s.refuse(w, r, http.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, wire.ErrVersion):
		w.Header().Set("Upgrade", "sync/"+strconv.Itoa(wire.Version))
		s.refuse(w, r, http.StatusUpgradeRequired, err.Error())
	default:
		s.refuse(w, r, http.StatusBadRequest, err.Error())
	}
}

// offset is the office's clock minus ours, to a second, 0 when it did not say.
func offset(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return date.Sub(now).Truncate(time.Second)
}

// getCursor tells where we stand, and notices when the office's own end, if it
// says it, is not on our copy.
func (s *Server) getCursor(w http.ResponseWriter, r *http.Request, office string) {
	if r.FormValue("seq") != "" {
		var end chain.Head
		seq, err := strconv.ParseUint(r.FormValue("seq"), 10, 63)
		if err != nil || end.Hash.UnmarshalText([]byte(r.FormValue("head"))) != nil {
			s.refuse(w, r, http.StatusBadRequest, "seq and head are not a position")
			return
		}
		end.Seq = seq
		var common *uint64
		if n, err := strconv.ParseUint(r.FormValue("common"), 10, 63); err == nil {
			common = &n
		}
		term, _ := strconv.ParseUint(r.FormValue("term"), 10, 31) // 0 is 1
		if err := s.store.Compare(r.Context(), office, end, term, common, s.now()); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	c, err := s.store.Cursor(r.Context(), office)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	c.ServerTime, c.Sig = s.now().UTC(), wire.SignPosition(office, c.Position(), s.key.sign)
	s.answer(w, http.StatusOK, c)
}

// getEvents gives an office its own records back.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request, office string) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 63)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, "after is not a number")
		return
	}
	most, err := strconv.Atoi(r.FormValue("max"))
	if err != nil || most < 1 || most > wire.BatchEvents {
		most = wire.BatchEvents
	}
	lines, err := s.store.Records(r.Context(), office, after, most)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", wire.ContentType)
	body := bytes.Join(lines, []byte("\n"))
	if len(lines) > 0 {
		body = append(body, '\n')
	}
	w.Write(body) //nolint:errcheck // the caller has gone: nothing to do
}

// lookEvery is how often a waiting poll looks into the database, for notices
// that another process of ours has made.
const lookEvery = 10 * time.Second

// getNotices answers as soon as there is a notice, or with none after the wait.
func (s *Server) getNotices(w http.ResponseWriter, r *http.Request, office string) {
	after, err := strconv.ParseUint(r.FormValue("after"), 10, 63)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, "after is not a number")
		return
	}
	seconds, _ := strconv.Atoi(r.FormValue("wait"))
	wait := min(wire.PollWait, max(0, time.Duration(seconds)*time.Second))
	s.meters.polls.Add(1)
	defer s.meters.polls.Add(-1)

	end := time.NewTimer(wait)
	defer end.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for last := wait == 0; ; {
		news := s.awake()
		if err := s.store.Attend(r.Context(), office, after, s.now()); err != nil {
			s.fail(w, r, err)
			return
		}
		list, err := s.store.Notices(r.Context(), office, after)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if list, err = s.signed(office, list); err != nil {
			s.fail(w, r, err)
			return
		}
		if len(list) > 0 || last {
			s.answer(w, http.StatusOK, wire.Notices{Office: office, After: after, Notices: list})
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-s.done:
			last = true
		case <-end.C:
			last = true
		case <-look.C:
		case <-news:
		}
	}
}

// signed puts the city's signature for one office on notices.
func (s *Server) signed(office string, list []wire.Notice) ([]wire.Notice, error) {
	for i, n := range list {
		var err error
		if list[i], err = n.Sign(office, s.key.sign); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// getKey tells an office what it will know the city by.
func (s *Server) getKey(w http.ResponseWriter, _ *http.Request, _ string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(s.key.Public().String())) //nolint:errcheck // the caller has gone: nothing to do
}

// postAgain tells an office all documents in force once more: its copies went
// with the disk that a backup replaced.
func (s *Server) postAgain(w http.ResponseWriter, r *http.Request, office string) {
	if err := s.store.TellAgain(r.Context(), office); err != nil {
		s.fail(w, r, err)
		return
	}
	s.wake()
	s.answer(w, http.StatusOK, map[string]string{"office": office})
}
