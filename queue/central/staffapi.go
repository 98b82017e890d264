package central

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/letter"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// Limits of what staff sends.
const (
	maxCatalogue = 16 << 20
	maxOrder     = 64 << 10
)

// postCatalogue publishes a catalogue to all offices.
func (s *Server) postCatalogue(w http.ResponseWriter, r *http.Request) {
	s.publish(w, r, wire.NoticeCatalogue, "")
}

// postDocument publishes a document of a kind to one office or to all.
func (s *Server) postDocument(w http.ResponseWriter, r *http.Request) {
	kind, office := r.PathValue("kind"), r.PathValue("office")
	toAll, known := documentKinds()[kind]
	switch {
	case !known || office != "" && !wire.ValidOffice(office):
		http.NotFound(w, r)
	case office == "" && !toAll:
		s.refuse(w, r, http.StatusUnprocessableEntity, "a "+kind+" document is for one office")
	default:
		s.publish(w, r, kind, office)
	}
}

func (s *Server) publish(w http.ResponseWriter, r *http.Request, kind, office string) {
	raw, ok := s.body(w, r, maxCatalogue)
	if !ok {
		return
	}
	said, faults := checkDocument(kind, raw)
	if len(faults) > 0 {
		s.answer(w, http.StatusUnprocessableEntity, map[string]any{"error": "the " + kind + " has faults", "faults": messages(faults)})
		return
	}
	raw, err := s.sealPINs(r.Context(), office, raw)
	if err != nil {
		s.no(w, r, err)
		return
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, "not JSON")
		return
	}
	version, err := s.store.Publish(r.Context(), kind, office, compact.Bytes(), s.now())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.wake()
	said["version"] = version
	s.answer(w, http.StatusOK, said)
}

// checkDocument finds what is wrong with a document before an office has to;
// said is what the answer tells about it.
func checkDocument(kind string, raw []byte) (said map[string]any, faults []error) {
	said = map[string]any{"kind": kind}
	switch kind {
	case wire.NoticeCatalogue:
		c, err := catalogue.Parse(raw)
		if err != nil {
			return said, []error{err}
		}
		said["procedures"] = len(c.Procedures)
		return said, c.Check()
	case wire.NoticeStaff:
		var staff struct {
			Officers []struct {
				ID  string  `json:"id"`
				PIN *string `json:"pin"`
			} `json:"officers"`
		}
		if err := json.Unmarshal(raw, &staff); err != nil {
			return said, []error{err}
		}
		said["officers"] = len(staff.Officers)
		seen := map[string]bool{}
		for i, o := range staff.Officers {
			if o.ID == "" || seen[o.ID] {
				faults = append(faults, fmt.Errorf("officer %d has no code of their own", i+1))
			}
			if o.PIN != nil && !pinShape.MatchString(*o.PIN) {
				faults = append(faults, fmt.Errorf("officer %d: a first PIN has 6 to 12 digits", i+1))
			}
			seen[o.ID] = true
		}
		if len(staff.Officers) == 0 {
			faults = append(faults, errors.New("there is no officer"))
		}
		return said, faults
	}
	var patch map[string]json.RawMessage
	if err := json.Unmarshal(raw, &patch); err != nil {
		return said, []error{err}
	}
	for _, fixed := range []string{"office", "officers"} {
		if _, there := patch[fixed]; there {
			faults = append(faults, fmt.Errorf("%q cannot be set by settings", fixed))
		}
	}
	return said, faults
}

var pinShape = regexp.MustCompile(`^[0-9]{6,12}$`)

// sealPINs puts a letter to the office in the place of every first PIN in a list
// of officers, so that nobody here keeps one. An office whose key is not known
// yet cannot be written to.
func (s *Server) sealPINs(ctx context.Context, office string, doc []byte) ([]byte, error) {
	var staff struct {
		Officers []map[string]json.RawMessage `json:"officers"`
	}
	if !bytes.Contains(doc, []byte(`"pin"`)) || json.Unmarshal(doc, &staff) != nil {
		return doc, nil
	}
	for _, o := range staff.Officers {
		raw, there := o["pin"]
		if !there {
			continue
		}
		var id, first string
		if err := errors.Join(json.Unmarshal(o["id"], &id), json.Unmarshal(raw, &first)); err != nil {
			return nil, fmt.Errorf("seal a PIN: %w", err)
		}
		key, known, err := s.store.Signer(ctx, office)
		if err != nil {
			return nil, err
		}
		if !known {
			return nil, refusal.New("office-key-unknown", "office", office)
		}
		sealed, err := letter.Seal(key, []byte(id+" "+first))
		if err != nil {
			return nil, err
		}
		delete(o, "pin")
		if o["pin_sealed"], err = json.Marshal(sealed); err != nil {
			return nil, fmt.Errorf("seal a PIN: %w", err)
		}
	}
	return json.Marshal(staff)
}

// getDocuments lists what is in force for an office and what it says of it.
func (s *Server) getDocuments(w http.ResponseWriter, r *http.Request) {
	list, err := s.store.Documents(r.Context(), r.PathValue("office"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, map[string]any{"office": r.PathValue("office"), "documents": list})
}

func messages(faults []error) []string {
	var list []string
	for _, f := range faults[:min(len(faults), 50)] {
		list = append(list, f.Error())
	}
	return list
}

// order is a department's word about a dossier.
type order struct {
	As   string `json:"as"`   // "advance" or "ready"
	Unit string `json:"unit"` // who says it, e.g. "Phòng Tư pháp"
	Note string `json:"note"` // one plain sentence for the citizen
}

// postDossierStatus tells an office a step of one of its dossiers. The header
// Idempotency-Key makes a repeated request harmless.
func (s *Server) postDossierStatus(w http.ResponseWriter, r *http.Request) {
	raw, ok := s.body(w, r, maxOrder)
	if !ok {
		return
	}
	var o order
	if err := json.Unmarshal(raw, &o); err != nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, "not JSON")
		return
	}
	office, code := r.PathValue("office"), r.PathValue("code")
	o.Unit, o.Note = clean(o.Unit, 200), clean(o.Note, 500)
	var kind string
	var command any
	switch o.As {
	case "advance":
		kind, command = wire.NoticeAdvance, dossier.Advance{Code: code, Unit: o.Unit, Note: o.Note}
	case "ready":
		kind, command = wire.NoticeReady, dossier.MarkReady{Code: code, Unit: o.Unit, Note: o.Note}
	}
	key := r.Header.Get("Idempotency-Key")
	switch {
	case command == nil:
		s.refuse(w, r, http.StatusUnprocessableEntity, `"as" is neither "advance" nor "ready"`)
		return
	case o.Unit == "":
		s.refuse(w, r, http.StatusUnprocessableEntity, `"unit" is missing`)
		return
	case len(key) > 100 || clean(key, 100) != key:
		s.refuse(w, r, http.StatusUnprocessableEntity, "Idempotency-Key is not a short text")
		return
	}
	known, err := s.store.HasDossier(r.Context(), office, code)
	if err == nil && !known {
		err = ErrUnknown
	}
	var id uint64
	if err == nil {
		var data []byte
		if data, err = json.Marshal(command); err == nil {
			id, err = s.store.Tell(r.Context(), office, kind, data, key, s.now())
		}
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.wake()
	s.answer(w, http.StatusOK, map[string]any{"office": office, "notice": id})
}

// postSettle clears a fork alarm after a person has looked at it.
func (s *Server) postSettle(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Settle(r.Context(), r.PathValue("office")); err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, map[string]string{"office": r.PathValue("office")})
}

// postRewind takes the office's history instead of ours after a record.
func (s *Server) postRewind(w http.ResponseWriter, r *http.Request) {
	raw, ok := s.body(w, r, maxOrder)
	if !ok {
		return
	}
	var wish struct {
		To *uint64 `json:"to"`
	}
	if err := json.Unmarshal(raw, &wish); err != nil || wish.To == nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, `"to" is not the number of a record`)
		return
	}
	office := r.PathValue("office")
	err := s.store.Rewind(r.Context(), office, *wish.To, s.now())
	switch {
	case errors.Is(err, ErrPosition):
		s.refuse(w, r, http.StatusUnprocessableEntity, ErrPosition.Error())
	case err != nil:
		s.fail(w, r, err)
	default:
		s.log.Warn("rewound by an administrator", "office", office, "to", *wish.To)
		s.answer(w, http.StatusOK, map[string]any{"office": office, "to": *wish.To})
	}
}

func (s *Server) body(w http.ResponseWriter, r *http.Request, most int64) ([]byte, bool) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "the request is too large or was cut")
		return nil, false
	}
	return raw, true
}

// day is the asked-for day, today by our clock when none or nonsense.
func (s *Server) day(r *http.Request) string {
	if d := r.FormValue("day"); isDay(d) {
		return d
	}
	return s.now().In(vietnam).Format(time.DateOnly)
}

func (s *Server) getReport(w http.ResponseWriter, r *http.Request) {
	report, err := s.store.City(r.Context(), s.day(r), s.now(), s.tokens.Load().Offices())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, report)
}

func (s *Server) getOfficeReport(w http.ResponseWriter, r *http.Request) {
	report, err := s.store.Office(r.Context(), r.PathValue("office"), s.day(r), s.now())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, report)
}

func (s *Server) getHealth(w http.ResponseWriter, r *http.Request) {
	if err := s.store.Ping(r.Context()); err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// getTail gives the superseded records of a term, as lines.
func (s *Server) getTail(w http.ResponseWriter, r *http.Request) {
	term, err := strconv.ParseUint(r.PathValue("term"), 10, 31)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	lines, err := s.store.Superseded(r.Context(), r.PathValue("office"), term)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", wire.ContentType)
	w.Write(append(bytes.Join(lines, []byte("\n")), '\n')) //nolint:errcheck // the caller has gone: nothing to do
}

// postSigner takes another key of an office, which a person has compared.
func (s *Server) postSigner(w http.ResponseWriter, r *http.Request) {
	raw, ok := s.body(w, r, maxOrder)
	if !ok {
		return
	}
	var wish struct {
		Key chain.PublicKey `json:"key"`
	}
	office := r.PathValue("office")
	if err := json.Unmarshal(raw, &wish); err != nil || wish.Key == (chain.PublicKey{}) || !wire.ValidOffice(office) {
		s.refuse(w, r, http.StatusUnprocessableEntity, `"key" is not 64 hex digits`)
		return
	}
	if err := s.store.SetSigner(r.Context(), office, wish.Key); err != nil {
		s.fail(w, r, err)
		return
	}
	s.log.Warn("an office's key was set by an administrator", "office", office)
	s.answer(w, http.StatusOK, map[string]any{"office": office, "key": wish.Key})
}
