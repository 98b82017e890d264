package central

import (
	"context"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"motcua/assets/i18n"
	"motcua/queue/uplink/wire"
)

// Server answers offices, staff and browsers. It is an http.Handler; make it
// with NewServer.
type Server struct {
	store   *Store
	tokens  atomic.Pointer[Tokens]
	texts   *i18n.Texts
	pages   *template.Template
	targets []target
	codec   *wire.Codec
	key     *Key
	log     *slog.Logger
	now     func() time.Time
	mux     http.Handler
	meters  meters
	// slots bounds the batches being taken at once, readers those that are
	// arriving; who waits longer than patience is asked to come back.
	slots    chan struct{}
	readers  chan struct{}
	patience time.Duration
	// done ends the long polls, so that a shutdown need not wait for them.
	done <-chan struct{}

	mu   sync.Mutex    // guards news
	news chan struct{} // closed when there is a new notice for somebody
}

// NewServer makes the face of a store. ctx ends the long polls. key signs what
// goes down. now is the clock, time.Now in earnest.
func NewServer(ctx context.Context, store *Store, tokens *Tokens, key *Key, now func() time.Time, log *slog.Logger) (*Server, error) {
	codec, err := wire.NewCodec()
	if err != nil {
		return nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	s := &Server{
		store: store, texts: texts, codec: codec, key: key, log: log, now: now, done: ctx.Done(),
		slots: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), readers: make(chan struct{}, mostReaders), patience: time.Second,
		news: make(chan struct{}),
	}
	s.tokens.Store(tokens)
	if s.targets, err = loadTargets(); err != nil {
		return nil, err
	}
	if s.pages, err = parsePages(s); err != nil {
		return nil, err
	}
	// A page elsewhere must not use a browser that knows an admin's token.
	s.mux = http.NewCrossOriginProtection().Handler(s.routes())
	return s, nil
}

// SetTokens replaces the tokens while running.
func (s *Server) SetTokens(t *Tokens) { s.tokens.Store(t) }

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	office := func(pattern string, h func(http.ResponseWriter, *http.Request, string)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			id := r.PathValue("office")
			if !wire.ValidOffice(id) || !s.tokens.Load().holds(bearer(r), id) {
				s.refuse(w, r, http.StatusUnauthorized, "the token is not this office's")
				return
			}
			h(w, r, id)
		})
	}
	office("POST /v1/offices/{office}/events", s.postEvents)
	office("GET /v1/offices/{office}/events", s.getEvents)
	office("GET /v1/offices/{office}/cursor", s.getCursor)
	office("GET /v1/offices/{office}/notices", s.getNotices)
	office("GET /v1/offices/{office}/key", s.getKey)
	office("POST /v1/offices/{office}/documents/again", s.postAgain)

	admin := func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, s.only(h, true, Admin)) }
	admin("POST /v1/catalogue", s.postCatalogue)
	admin("POST /v1/documents/{kind}", s.postDocument)
	admin("POST /v1/offices/{office}/documents/{kind}", s.postDocument)
	admin("GET /v1/offices/{office}/documents", s.getDocuments)
	admin("POST /v1/offices/{office}/dossiers/{code}/status", s.postDossierStatus)
	admin("POST /v1/stick", s.postStick)
	admin("GET /v1/offices/{office}/superseded/{term}", s.getTail)
	admin("POST /v1/offices/{office}/signer", s.postSigner)
	admin("POST /v1/offices/{office}/fork/settle", s.postSettle)
	admin("POST /v1/offices/{office}/fork/rewind", s.postRewind)

	staff := func(pattern string, h http.HandlerFunc) {
		mux.HandleFunc(pattern, s.only(h, false, Staff, Admin))
	}
	staff("GET /v1/report", s.getReport)
	staff("GET /v1/offices/{office}/report", s.getOfficeReport)
	staff("GET /{$}", s.getCityPage)
	staff("GET /offices/{office}", s.getOfficePage)

	// Whoever knows an appointment's code may use it: never open to everybody.
	booking := func(pattern string, h http.HandlerFunc) { mux.HandleFunc(pattern, s.only(h, true, Booking, Admin)) }
	booking("GET /v1/offices/{office}/slots", s.getSlots)
	booking("GET /v1/offices/{office}/appointments", s.getAppointments)
	booking("POST /v1/offices/{office}/appointments", s.postAppointment)
	booking("DELETE /v1/offices/{office}/appointments/{code}", s.deleteAppointment)
	booking("GET /offices/{office}/appointments", s.getBookings)
	booking("POST /offices/{office}/appointments", s.postBookingForm)

	mux.HandleFunc("GET /static/{file}", s.getStatic)
	mux.HandleFunc("GET /healthz", s.getHealth)
	mux.HandleFunc("GET /metrics", s.getMetrics)
	return mux
}

// only lets in who holds one of the tokens. Reading (always false) is open
// while no staff token is set: the numbers name nobody.
func (s *Server) only(h http.HandlerFunc, always bool, names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t := s.tokens.Load()
		if (always || t.guarded()) && !t.holds(bearer(r), names...) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Mot Cua", charset="UTF-8"`)
			s.refuse(w, r, http.StatusUnauthorized, "a token is needed")
			return
		}
		h(w, r)
	}
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// mostReaders bounds the memory of batches that are arriving: 2 MiB each at worst.
const mostReaders = 128

// enter takes a place, or says that there is none. Give it back.
func (s *Server) enter(ctx context.Context, places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	default:
	}
	t := time.NewTimer(s.patience)
	defer t.Stop()
	select {
	case places <- struct{}{}:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// wake ends the waiting of all polls; each then looks for itself.
func (s *Server) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.news)
	s.news = make(chan struct{})
}

func (s *Server) awake() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

// answer writes JSON.
func (s *Server) answer(w http.ResponseWriter, status int, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		s.log.Error("encode answer", "err", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)+1))
	w.WriteHeader(status)
	w.Write(append(raw, '\n')) //nolint:errcheck // the caller has gone: nothing to do
}

// refuse writes a problem in one sentence.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	s.log.Info("refused", "path", r.URL.Path, "status", status, "why", why)
	s.answer(w, status, map[string]string{"error": why})
}

// fail answers an error of ours. A database that is away is asked again later;
// details go to the log only.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, ErrUnknown):
		s.refuse(w, r, http.StatusNotFound, "unknown here")
	case r.Context().Err() != nil: // the caller has gone
	default:
		s.log.Error("request", "path", r.URL.Path, "err", err)
		s.busy(w, "the database does not answer")
	}
}

// busy asks to come back.
func (s *Server) busy(w http.ResponseWriter, why string) {
	w.Header().Set("Retry-After", "3")
	s.answer(w, http.StatusServiceUnavailable, map[string]string{"error": why})
}
