package office

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/journal"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// headerRecords asks for the records of a command with its reply, so that a
// terminal has what it was told even when the office is lost the next moment.
const headerRecords = "Office-Records"

// documentLineage keeps the terms that began in this machine's chain.
const documentLineage = "lineage"

// Lineage is the terms that began in the office's chain, oldest first.
func (o *Office) Lineage() (succession.Lineage, error) {
	var l succession.Lineage
	err := o.journal.View(func(v journal.View) (err error) {
		l, err = lineage(v)
		return err
	})
	return l, err
}

func lineage(v journal.View) (l succession.Lineage, err error) {
	raw, err := v.Document(documentLineage)
	if raw == nil || err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, fmt.Errorf("read the terms of the chain: %w", err)
	}
	return l, nil
}

// putLineage adds a term that a record begins.
func putLineage(tx *journal.Tx, began queue.TermBegan) error {
	l, err := lineage(tx.View)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(append(l, succession.Beginning{
		Claim: succession.Claim{Term: began.Term, Hub: began.Hub}, After: began.After,
	}))
	if err != nil {
		return fmt.Errorf("encode the terms of the chain: %w", err)
	}
	return tx.PutDocument(documentLineage, raw)
}

// About is what a terminal must know of an office before it follows it.
type About struct {
	Device string `json:"device"`
	// Last is n of the device's last answered command; 0 means none.
	Last uint64 `json:"last"`
	// Terms began in the office's chain.
	Terms succession.Lineage `json:"terms,omitempty"`
	// Box is the office's public key: what is sealed to it (SealFor) only the
	// office opens.
	Box []byte `json:"box,omitempty"`
}

// About tells a device how it stands with this office.
func (o *Office) About(ctx context.Context, device string) (About, error) {
	last, err := o.LastN(ctx, device)
	if err != nil {
		return About{}, err
	}
	terms, err := o.Lineage()
	if err != nil {
		return About{}, o.broken("read the terms of the chain", err)
	}
	public, _ := o.secret.box()
	return About{Device: device, Last: last, Terms: terms, Box: public[:]}, nil
}

// terminals are the paths that only terminals need.
func (s *server) terminals() []route {
	return []route{{
		method: "POST", path: "/v1/merge", name: "merge", reads: device.Stream, serve: s.merge, in: Offer{}, out: mergeReport{},
		about: "Takes in records made elsewhere: a device's own while the office was silent (origin: the device), or those of a hub of an earlier term that only its copy has (origin: term-N). Any number of times: what is here is passed over.",
	}}
}

// Offer is records to be merged, by a device.
type Offer struct {
	Device string            `json:"device"`
	Origin string            `json:"origin"`
	Items  []queue.MergeItem `json:"items"`
}

// mergeReport is the answer to an Offer: everything up to Last is here.
type mergeReport struct {
	Last uint64 `json:"last"`
}

func (s *server) merge(w http.ResponseWriter, r *http.Request) error {
	if !isJSON(r) {
		return refusal.New(codeBadRequest, "fault", "Content-Type is not application/json")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return refusal.New(codeBadRequest, "fault", "the body is too large or broken off")
	}
	var o Offer
	if err := strict(body, &o); err != nil {
		return refusal.New(codeBadRequest, "fault", short(err.Error()))
	}
	c := callerOf(r)
	if c.Name != "" {
		o.Device = c.Name
	}
	if err := s.office.mayGive(c, chain.Actor{Device: o.Device}, queue.Merge{Origin: o.Origin, Items: o.Items}); err != nil {
		return err
	}
	return answerWith(s, w)(s.office.Merge(r.Context(), o))
}

// Merge takes in what a device offers; see queue.Merge. A device offers its own
// records, and those of hubs.
func (o *Office) Merge(ctx context.Context, offer Offer) (mergeReport, error) {
	if !deviceShape.MatchString(offer.Device) {
		return mergeReport{}, refusal.New(codeBadCall, "field", "device")
	}
	if _, ofTerm := termOf(offer.Origin); !ofTerm && offer.Origin != offer.Device {
		return mergeReport{}, refusal.New("merge-origin", "origin", short(offer.Origin))
	}
	var last uint64
	for _, i := range offer.Items {
		last = max(last, i.Index)
	}
	err := o.inWriter(ctx, func() error {
		if err := o.Seat().Refusal(); err != nil {
			return err
		}
		by := chain.Actor{Device: offer.Device}
		done, err := o.record(by, queue.Merge{Origin: offer.Origin, Items: offer.Items}, nil)
		if err == nil {
			o.stream.publish(done)
		}
		return err
	})
	return mergeReport{Last: last}, err
}

// termOf reads the term out of an origin such as "term-1".
func termOf(origin string) (term int, ok bool) {
	var n int
	if _, err := fmt.Sscanf(origin, "term-%d", &n); err != nil || queue.TermOrigin(n) != origin {
		return 0, false
	}
	return n, true
}

// withRecords adds a command's records to its reply, when that was asked for.
func (o *Office) withRecords(r *http.Request, call wireCall, reply json.RawMessage) json.RawMessage {
	var full Reply
	if r.Header.Get(headerRecords) == "" || json.Unmarshal(reply, &full) != nil {
		return reply
	}
	const most = 32 // a command makes a handful
	list, err := o.journal.Range(r.Context(), full.Seq-min(full.Seq, most), most)
	if err != nil {
		o.log.Warn("the records of a reply could not be read", "seq", strconv.FormatUint(full.Seq, 10), "err", err)
		return reply
	}
	for _, rec := range list {
		if rec.Seq <= full.Seq && rec.N == call.N && rec.By.Device == call.By.Device {
			full.Records = append(full.Records, json.RawMessage(rec.Line()))
		}
	}
	raw, err := json.Marshal(full)
	if err != nil {
		return reply
	}
	return raw
}
