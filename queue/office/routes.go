package office

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// route is one path of the API. The same table serves and describes it, so the
// description cannot lag behind.
type route struct {
	method, path string
	name         string // operation id
	about        string
	params       []param
	in, out      any    // values of the body's types; nil means none
	media        string // of the answer when it is not JSON
	streams      bool
	reads        device.Reading // what a device's role must be for; empty: this machine only
	always       bool           // also where another machine leads
	serve        func(http.ResponseWriter, *http.Request) error
}

// param is a path or query parameter.
type param struct {
	name, about string
	path        bool
	number      bool
}

// table lists every path.
func (s *server) table() []route {
	return slices.Concat(s.doing(), s.asking(), s.watching(), s.joining(), s.leading(), s.terminals())
}

// doing are the paths by which things happen and are heard of.
func (s *server) doing() []route {
	return []route{
		{
			method: "POST", path: "/v1/commands", name: "do", reads: device.Stream, serve: s.command, in: wireCall{}, out: Reply{},
			about: "Carries out a command exactly once per (by.device, n). The same call again gets the same answer. The answer comes after the record is on the disk.",
		},
		{
			method: "GET", path: "/v1/events", name: "follow", reads: device.Stream, serve: s.events, out: wireUpdate{}, media: "text/event-stream", streams: true,
			about: "Server-sent events: first \"state\" with today's whole queue, then \"record\" for each record and \"link\" when the line to the city changes. With Last-Event-ID within reach it goes on with the next record instead. A comment comes every 5 s; a slow reader is cut off.",
		},
	}
}

// asking are the paths that answer questions about the office's work.
func (s *server) asking() []route {
	code := param{name: "code", about: "dossier code, as on the receipt", path: true}
	return []route{
		{
			method: "GET", path: "/v1/dossiers", name: "dossiers", reads: device.Personal, serve: s.dossiers, out: []dossier.Dossier{},
			about: "Lists dossiers, newest first, without applicants.",
			params: []param{
				{name: "day", about: "received on, local date 2006-01-02"},
				{name: "status", about: "present status, e.g. ready"},
				{name: "card", about: "personal number; only its keyed hash is compared"},
				{name: "limit", about: "at most so many, 50 unless told, 500 at most", number: true},
			},
		},
		{
			method: "GET", path: "/v1/dossiers/{code}", name: "dossier", reads: device.Public, out: dossier.Dossier{}, params: []param{code}, about: "A dossier for a citizen's eyes: no applicant.",
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Dossier(r.Context(), r.PathValue("code")))
			},
		},
		{
			method: "GET", path: "/v1/cases/{code}", name: "case", reads: device.Personal, out: Case{}, params: []param{code}, about: "A dossier for an officer, with the applicant in clear.",
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Case(r.Context(), r.PathValue("code")))
			},
		},
		{
			method: "GET", path: "/v1/procedures", name: "procedures", reads: device.Public, out: []catalogue.Procedure{}, about: "Searches the catalogue; accents are optional.",
			params: []param{{name: "q", about: "words or a code; empty lists all"}},
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Procedures(r.Context(), r.URL.Query().Get("q")))
			},
		},
		{
			method: "GET", path: "/v1/criteria", name: "criteria", reads: device.Public, out: []dossier.Criterion{}, about: "What can be praised in a rating, in the office's order.",
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Criteria(r.Context()))
			},
		},
		{
			method: "GET", path: "/v1/promises/{procedure}", name: "promise", reads: device.Public, out: dossier.Promise{}, about: "When and for how much a procedure would be done if it were taken in now.",
			params: []param{{name: "procedure", about: "code of the procedure", path: true}},
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Promise(r.Context(), r.PathValue("procedure")))
			},
		},
		{
			method: "GET", path: "/v1/tickets/{idOrCode}", name: "ticket", reads: device.Public, out: queue.Ticket{}, about: "A ticket of today.",
			params: []param{{name: "idOrCode", about: "ticket id, or the code of its QR", path: true}},
			serve: func(w http.ResponseWriter, r *http.Request) error {
				return answerWith(s, w)(s.office.Ticket(r.Context(), r.PathValue("idOrCode")))
			},
		},
	}
}

// watching are the paths about the service itself.
func (s *server) watching() []route {
	return []route{
		{
			method: "GET", path: "/v1/devices/{id}", name: "device", reads: device.Stream, out: About{}, about: "How a device stands with the office: where the office's record of it ends, the terms of the chain, the key to seal for the office.",
			params: []param{{name: "id", about: "device name", path: true}}, serve: s.device,
		},
		{method: "GET", path: "/v1/health", name: "health", reads: anybody, out: healthReport{}, always: true, about: "Named checks; 503 when one fails.", serve: s.health},
		{method: "GET", path: "/health", name: "healthPage", reads: anybody, media: "text/html", always: true, about: "The same checks as a page for people, in Vietnamese or English.", serve: s.healthPage},
		{method: "GET", path: "/v1/verify", name: "verify", reads: device.Watch, out: chain.Head{}, streams: true, always: true, about: "Reads the whole journal and checks every record and stored value; record-false names the first false record.", serve: s.verify},
		{method: "GET", path: "/metrics", name: "metrics", reads: device.Watch, media: "text/plain", always: true, about: "Prometheus text.", serve: s.metrics},
		{
			method: "GET", path: "/openapi.json", name: "openapi", reads: anybody, out: map[string]any{}, always: true, about: "This description.",
			serve: func(w http.ResponseWriter, _ *http.Request) error {
				s.writeRaw(w, http.StatusOK, s.openapi)
				return nil
			},
		},
	}
}

// answerWith writes what a read returned.
func answerWith(s *server, w http.ResponseWriter) func(any, error) error {
	return func(v any, err error) error {
		if err == nil {
			s.write(w, http.StatusOK, v)
		}
		return err
	}
}

func (s *server) dossiers(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit := 0
	if text := q.Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 0 {
			return refusal.New(codeBadRequest, "fault", "limit is not a number")
		}
	}
	list, err := s.office.Dossiers(r.Context(), DossierQuery{
		Day: q.Get("day"), Status: dossier.Status(q.Get("status")), Card: q.Get("card"), Limit: limit,
	})
	return answerWith(s, w)(list, err)
}

func (s *server) device(w http.ResponseWriter, r *http.Request) error {
	if c := callerOf(r); c.Name != "" && c.Role != device.Admin && c.Name != r.PathValue("id") {
		return refusal.New(codeMismatch, "device", short(r.PathValue("id")))
	}
	a, err := s.office.About(r.Context(), r.PathValue("id"))
	return answerWith(s, w)(a, err)
}

func (s *server) verify(w http.ResponseWriter, r *http.Request) error {
	if !s.verifying.TryLock() {
		return refusal.New(codeBusy)
	}
	defer s.verifying.Unlock()
	head, err := s.office.Verify(r.Context())
	if wrong, ok := errors.AsType[*journal.FalseRecord](err); ok {
		return refusal.New("record-false", "seq", strconv.FormatUint(wrong.Seq, 10))
	}
	return answerWith(s, w)(head, err)
}
