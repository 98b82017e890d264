package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"sync"
	"time"

	"motcua/assets/i18n"
	"motcua/queue/health"
	"motcua/queue/refusal"
)

// Bounds of a request.
const (
	// maxBody is enough for a city's whole catalogue; everything else is far
	// smaller.
	maxBody = 16 << 20
	// answerTime bounds how long one answer may take to be taken away.
	answerTime = 30 * time.Second
)

// server is the HTTP side of an office.
type server struct {
	office    *Office
	texts     *i18n.Texts
	log       *slog.Logger
	routes    []route
	verifying sync.Mutex // one whole verification at a time
	openapi   []byte
}

// Handler serves an office over HTTP; /openapi.json describes it. Who may ask
// what is decided here: programs on this machine everything, enrolled devices
// what their role is for and in their own name, anybody else nothing but to
// join. Connections come from enrol.Listen with Office.TLS.
func Handler(o *Office) (http.Handler, error) {
	s, err := newServer(o)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, r := range s.routes {
		mux.HandleFunc(r.method+" "+r.path, s.bounded(r))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, http.StatusNotFound, refusal.New(codeBadRequest, "fault", "no such path"))
	})
	return mux, nil
}

func newServer(o *Office) (*server, error) {
	texts, err := i18n.Load()
	if err != nil {
		return nil, fmt.Errorf("load texts: %w", err)
	}
	s := &server{office: o, texts: texts, log: o.log}
	s.routes = s.table()
	if s.openapi, err = json.MarshalIndent(describe(s.routes, o.cfg.Version), "", "  "); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	return s, nil
}

// bounded gives each request a bounded body and a time to be answered in, and
// writes down what went wrong, never what was in it.
func (s *server) bounded(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !r.streams {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTime)) // unsupported in tests' recorders
		}
		c, err := s.admit(r, req)
		req = req.WithContext(withCaller(req.Context(), c))
		if err == nil {
			err = s.office.Meet(req.Context(), ReadStanding(req.Header))
		}
		s.office.Standing().Write(w.Header())
		if err == nil {
			err = s.led(r)
		}
		if err == nil {
			err = r.serve(w, req)
		}
		if err != nil {
			s.fail(w, req, r, err)
		}
	}
}

// fault is the body of every answer that is not a success.
type fault struct {
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
	// Message is the sentence for people, in both languages.
	Message faultText `json:"message"`
}

type faultText struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// statusOf is the HTTP status of a refusal; 409 is "understood, not carried
// out".
func statusOf(code string) int {
	switch code {
	case codeBusy, codeFull, codeStopping:
		return http.StatusServiceUnavailable
	case codeBadRequest, codeBadCall, codeUnknown, codeCatalogue:
		return http.StatusUnprocessableEntity
	case codeNotFound, codeTicket:
		return http.StatusNotFound
	case codeDevice, codeRevoked, codeExpired, codeMismatch, codeRole, codeCounter:
		return http.StatusForbidden
	case "enrol-too-often":
		return http.StatusTooManyRequests
	case codeStandby, codeSuperseded:
		return http.StatusMisdirectedRequest
	case codeFault:
		return http.StatusInternalServerError
	}
	return http.StatusConflict
}

func (s *server) fail(w http.ResponseWriter, req *http.Request, r route, err error) {
	no, refused := refusal.Of(err)
	switch {
	case refused:
		s.office.turnAway(req, no)
	case errors.Is(err, ErrUnreachable):
		no = refusal.New(codeStopping)
	default:
		s.log.Error("a request failed", "method", r.method, "path", r.path, "err", err)
		no = refusal.New(codeFault)
	}
	status := statusOf(no.Code)
	if status == http.StatusNotFound && r.method == http.MethodPost {
		status = http.StatusConflict // the path exists; the command was understood
	}
	s.refuse(w, status, no)
}

func (s *server) refuse(w http.ResponseWriter, status int, r *refusal.Refusal) {
	args := make([]string, 0, 2*len(r.Args))
	for k, v := range r.Args {
		args = append(args, k, v)
	}
	f := fault{Code: r.Code, Args: r.Args}
	f.Message.VI, f.Message.EN = s.sentence("vi", r.Code, args), s.sentence("en", r.Code, args)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	s.write(w, status, f)
}

// sentence is the text of a refusal, or a general one when a code has none.
func (s *server) sentence(lang, code string, args []string) string {
	if key := "refusal." + code; s.texts.Has(lang, key) {
		return s.texts.Get(lang, key, args...)
	}
	return s.texts.Get(lang, "refusal.unknown")
}

func (s *server) write(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		s.log.Error("an answer could not be encoded", "err", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	s.writeRaw(w, status, raw)
}

// writeRaw writes JSON that is already encoded. A client that went away in the
// middle is no fault of ours.
func (s *server) writeRaw(w http.ResponseWriter, status int, raw []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

// command is POST /v1/commands.
func (s *server) command(w http.ResponseWriter, r *http.Request) error {
	if !isJSON(r) {
		return refusal.New(codeBadRequest, "fault", "Content-Type is not application/json")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return refusal.New(codeBadRequest, "fault", "the body is too large or broken off")
	}
	var wire wireCall
	if err := strict(body, &wire); err != nil {
		return refusal.New(codeBadRequest, "fault", short(err.Error()))
	}
	cmd, err := s.office.decode(wire.Type, wire.Data)
	if err != nil {
		return err
	}
	if err := s.office.mayGive(callerOf(r), wire.By, cmd); err != nil {
		return err
	}
	a, err := s.office.do(r.Context(), Call{N: wire.N, By: wire.By, Command: cmd})
	if err != nil {
		return err
	}
	if a.Refusal != nil {
		return a.Refusal
	}
	s.writeRaw(w, http.StatusOK, s.office.withRecords(r, wire, a.Reply))
	return nil
}

// isJSON: a web page can post a form to this address, but not this type without
// asking first; nobody answers that question.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// decode reads a command by its name.
func (o *Office) decode(name string, data json.RawMessage) (cmd Command, err error) {
	for _, t := range o.commands {
		if t.name == name {
			if len(data) == 0 {
				data = json.RawMessage("{}")
			}
			if data, err = o.secret.unbox(data); err != nil {
				return nil, err
			}
			return t.decode(data)
		}
	}
	return nil, refusal.New(codeUnknown, "command", short(name))
}

// healthReport is the answer of /v1/health.
type healthReport struct {
	Level   health.Level   `json:"level"`
	Version string         `json:"version,omitempty"`
	Checks  []health.Check `json:"checks"`
}

func (s *server) health(w http.ResponseWriter, r *http.Request) error {
	checks := s.office.Health(r.Context())
	report := healthReport{Level: health.Worst(checks), Version: s.office.cfg.Version, Checks: checks}
	status := http.StatusOK
	if report.Level == health.Fail {
		status = http.StatusServiceUnavailable
	}
	s.write(w, status, report)
	return nil
}
