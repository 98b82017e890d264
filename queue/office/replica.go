package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// replicated is one line of the feed that a standby copies: a record exactly as
// it stands, and what the office keeps beside it and cannot be read from it.
// A line without a record is a heartbeat.
type replicated struct {
	// Head is the feeding office's last record: the standby knows from it how
	// far behind it is.
	Head   uint64          `json:"head"`
	Record json.RawMessage `json:"record,omitempty"`
	// Ground is what a copy begins with whose first records were dropped here.
	Ground *journal.Ground `json:"ground,omitempty"`
	// Answer is the stored answer of the record's command, with its last record.
	Answer json.RawMessage `json:"answer,omitempty"`
	// Key is the wrapped case key of a dossier that the record received; absent
	// when the person has been erased since.
	Key []byte `json:"key,omitempty"`
	// Documents are what the record names but is too large to carry.
	Documents map[string][]byte `json:"documents,omitempty"`
}

// feedPage is how many records are read and sent at a time.
const feedPage = 256

// replica is GET /v1/replica: the office's whole record for a standby, from
// after on and then as it grows. hash is that of record after; a standby whose
// record differs is another office, or has been promoted.
func (s *server) replica(w http.ResponseWriter, r *http.Request) error {
	after, err := s.office.replicaFrom(r)
	if err != nil {
		return err
	}
	defer s.office.feeds.come()()
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	out := frames{w: w, control: http.NewResponseController(w)}
	f := feed{office: s.office, sent: map[string][32]byte{}}
	if after == 0 && s.office.journal.Base().Seq > 0 {
		ground, err := s.office.journal.Ground()
		if err != nil {
			return s.cutFeed(err)
		}
		if after = ground.Base.Seq; out.write(f.line(replicated{Ground: &ground})) != nil {
			return nil
		}
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		changed := s.office.journal.Changed()
		lines, last, err := f.page(r, after)
		if err != nil {
			return s.cutFeed(err)
		}
		after = last
		if len(lines) == 0 {
			select {
			case <-changed:
				continue
			case <-beat.C:
				lines = [][]byte{f.line(replicated{})}
			case <-r.Context().Done():
				return nil
			case <-s.office.done:
				return nil
			}
		}
		if out.write(lines...) != nil {
			return nil // the standby is gone; it comes back
		}
	}
}

// cutFeed ends a feed that has begun: nothing more can be said on it.
func (s *server) cutFeed(err error) error {
	s.log.Warn("the feed of a standby was cut", "err", err)
	panic(http.ErrAbortHandler)
}

// replicaFrom reads where a standby stands and refuses one that does not hold
// a part of this record.
func (o *Office) replicaFrom(r *http.Request) (after uint64, err error) {
	q := r.URL.Query()
	if after, err = strconv.ParseUint(q.Get("after"), 10, 64); err != nil {
		return 0, refusal.New(codeBadRequest, "fault", "after is not a number")
	}
	if after == 0 {
		return 0, nil
	}
	var hash chain.Hash
	if hash.UnmarshalText([]byte(q.Get("hash"))) != nil {
		return 0, refusal.New(codeBadRequest, "fault", "hash is not a hash")
	}
	same, err := o.holds(r.Context(), chain.Head{Seq: after, Hash: hash})
	if err != nil {
		return 0, err
	}
	if !same {
		return 0, refusal.New(codeForked, "seq", strconv.FormatUint(after, 10))
	}
	return after, nil
}

// feed makes the lines of one standby's feed.
type feed struct {
	office *Office
	sent   map[string][32]byte // documents as they were last sent
}

// page is the next lines after a record, and the record they end with.
func (f *feed) page(r *http.Request, after uint64) (lines [][]byte, last uint64, err error) {
	records, err := f.office.journal.Range(r.Context(), after, feedPage)
	if err != nil {
		return nil, after, err
	}
	err = f.office.journal.View(func(v journal.View) error {
		for i, rec := range records {
			with := replicated{Record: rec.Line()}
			if err := f.beside(v, rec, &with); err != nil {
				return err
			}
			if next := i + 1; next < len(records) && sameCommand(rec, records[next]) {
				with.Answer = nil
			}
			lines = append(lines, f.line(with))
			after = rec.Seq
		}
		return nil
	})
	return lines, after, err
}

// sameCommand: both records were made by one command.
func sameCommand(a, b chain.Record) bool {
	return a.N != 0 && a.N == b.N && a.By.Device == b.By.Device
}

// beside adds what lies beside a record.
func (f *feed) beside(v journal.View, r chain.Record, with *replicated) (err error) {
	if r.N != 0 {
		if with.Answer, err = v.Answer(r.By.Device, r.N); err != nil {
			return err
		}
	}
	switch {
	case r.Type == (dossier.DossierReceived{}).Kind():
		_, code := subject(r)
		with.Key, err = v.CaseKey(code)
		return err
	case strings.HasPrefix(r.Type, "ticket."), strings.HasPrefix(r.Type, "counter."), strings.HasPrefix(r.Type, "dossier."):
		return nil // the many, which never name a document
	}
	return f.documents(v, with)
}

// documents adds the stored documents that this standby has not been sent. A
// document that was replaced since its record goes as it is now: only the
// latest is ever used.
func (f *feed) documents(v journal.View, with *replicated) error {
	for _, name := range v.Documents() {
		if ownDocument(name) {
			continue
		}
		doc, err := v.Document(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(doc)
		if doc == nil || f.sent[name] == sum {
			continue
		}
		if with.Documents == nil {
			with.Documents = map[string][]byte{}
		}
		with.Documents[name], f.sent[name] = bytes.Clone(doc), sum
	}
	return nil
}

// ownDocument tells documents that are about this machine and not the office.
func ownDocument(name string) bool {
	return name == documentKey || name == documentProbe || name == documentSeat || name == documentLineage
}

func (f *feed) line(with replicated) []byte {
	with.Head = f.office.journal.Head().Seq
	raw, err := json.Marshal(with)
	if err != nil {
		return []byte("{}\n") // records and answers are JSON already; the standby asks again
	}
	return append(raw, '\n')
}

// holds reports whether the journal's record at a head's place is that head's.
func (o *Office) holds(ctx context.Context, head chain.Head) (bool, error) {
	if head.Seq > o.journal.Head().Seq {
		return false, nil
	}
	if head.Seq == 0 {
		return true, nil
	}
	list, err := o.journal.Range(ctx, head.Seq-1, 1)
	if err != nil || len(list) != 1 {
		return false, fmt.Errorf("read record %d: %w", head.Seq, err)
	}
	return list[0].Hash() == head.Hash, nil
}
