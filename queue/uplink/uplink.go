// Package uplink is the office's line to the city: ranges of the journal go
// up, notices come down, over a line that may be away for weeks.
//
// Up: one batch at a time, in order; the same batch again after any doubt. The
// city expects the next sequence number and the hash before it, so sending
// twice has no second effect and a journal that is not the one the city knows
// is found on the first batch. An answer counts only if it names this office,
// the last record sent and its hash under the city's signature, which no gateway
// can make.
//
// Down: a long poll for numbered notices, each signed by the city for this
// office; one that is not stops the way down and is told of. Each is delivered to the office,
// which turns it into a command with the key (device "central", n = notice
// id); a notice delivered twice is therefore carried out once.
//
// The line being away is normal work, not a fault: nothing here ever blocks
// the office, and Run ends only with its context.
package uplink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// Journal is what the uplink reads of the office's record. Only durable
// records may be visible through it.
type Journal interface {
	// Head is the end of the chain.
	Head() chain.Head
	// Range returns at most max records, the first being number after+1.
	Range(ctx context.Context, after uint64, max int) ([]chain.Record, error)
	// Changed is closed at the next commit. Take it before reading Head.
	Changed() <-chan struct{}
}

// Cursor keeps how far the city has the journal. It is a memory for the
// screens: the city's own cursor decides, and is asked on start.
type Cursor interface {
	Acked(ctx context.Context) (uint64, error)
	SetAcked(ctx context.Context, at chain.Head) error
}

// Config sets one office's line. URL, Office and TokenFile are required.
type Config struct {
	// URL is the city's server, e.g. "https://motcua.example.vn".
	URL    string
	Office string
	// TokenFile holds the office's bearer token; it is read anew for every
	// request, so that a renewed token needs no restart.
	TokenFile string
	// Transport is how requests travel; nil means http.DefaultTransport.
	Transport http.RoundTripper
	// Deliver hands a notice to the office. An error means "not now": the same
	// notice comes again later. What the office refuses (an unknown dossier)
	// is delivered. Nil means that no notices are asked for.
	Deliver func(context.Context, wire.Notice) error
	// KeyFile holds what the city is known by (wire.CityKey), required with
	// Deliver. When there is no such file the first key that the city shows is
	// kept in it, and from then on only that key counts: for notices, and for
	// how far the city says it has the record. Without it (tools that only ask)
	// the answers are believed as they come.
	KeyFile string
	// Forged is told of a notice that this key did not sign. Nothing behind it
	// is taken until the city sends it rightly. Nil means nobody wants to know.
	Forged func(context.Context, wire.Notice)
	// Term is the term in which this office's hub works; nil means 1.
	Term func() uint64
	// Report is told each change of the line, one call at a time and only the
	// newest; nil means nobody wants to know.
	Report func(State)
	// Linger is how long a fresh record waits for company; 0 means 2 s.
	Linger time.Duration
	// Timeout bounds one request (a poll: beside its waiting); 0 means 60 s.
	Timeout time.Duration
	// Jitter picks a wait below or at its argument; nil means evenly at random.
	// It spreads the offices of a city after a common outage.
	Jitter func(time.Duration) time.Duration
	Log    *slog.Logger // nil means slog.Default
}

// State is how the line is. It is a value to show, not to decide on.
type State struct {
	Up       bool
	Since    time.Time // of Up
	Acked    uint64    // last record that the city has
	Latest   uint64    // last record that the office has
	SyncedAt time.Time // when the city last answered; zero for never
	// Fork is set when the city holds another history than this office. The
	// office works on; nothing is sent until a person has decided.
	Fork *Fork
	// Trouble says why nothing moves although a person could help; it has a
	// text "central.trouble.<code>". Empty means that waiting is enough.
	Trouble Trouble
}

// Fork names the two histories.
type Fork struct {
	Office chain.Head // the journal's end here
	City   chain.Head // what the city holds
	Why    string     // for IT
	// Common is the last record that both have, if Known. When it is Office's
	// end the office only lacks records, and can Fetch them.
	Common uint64
	Known  bool
}

// Trouble is a reason that does not pass by itself.
type Trouble string

// Troubles.
const (
	TroubleToken   Trouble = "token"   // the city refuses this office's token
	TroubleVersion Trouble = "version" // the city no longer speaks our version
	TroubleFork    Trouble = "fork"    // see State.Fork
	TroubleJournal Trouble = "journal" // the journal does not give what the city lacks
	TroubleRecord  Trouble = "record"  // a single record is refused as too large
	// TroubleSignature: what comes down is not signed by the city that is known here.
	TroubleSignature Trouble = "signature"
	// TroubleSuperseded: another machine is the office's hub by now.
	TroubleSuperseded Trouble = "superseded"
)

// Limits of patience.
const (
	firstWait = time.Second
	maxWait   = 5 * time.Minute
)

// Uplink is one office's line. Make it with New and start it with Run.
type Uplink struct {
	cfg     Config
	base    *url.URL
	journal Journal
	cursor  Cursor
	codec   *wire.Codec
	client  *http.Client

	keyMu sync.Mutex // guards key
	key   *wire.CityKey

	mu     sync.Mutex // guards state and forged
	state  State
	forged bool          // the last notice was not the city's
	news   chan struct{} // capacity 1: state has changed
}

// New checks the configuration. It opens nothing.
func New(cfg Config, j Journal, c Cursor) (*Uplink, error) {
	base, err := url.Parse(cfg.URL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("uplink: %q is not an http(s) address", cfg.URL)
	}
	if !wire.ValidOffice(cfg.Office) {
		return nil, fmt.Errorf("uplink: %q cannot name an office", cfg.Office)
	}
	if cfg.TokenFile == "" {
		return nil, errors.New("uplink: the token file is not set")
	}
	if cfg.Deliver != nil && cfg.KeyFile == "" {
		return nil, errors.New("uplink: the file of the city's key is not set")
	}
	codec, err := wire.NewCodec()
	if err != nil {
		return nil, err
	}
	if cfg.Linger == 0 {
		cfg.Linger = 2 * time.Second
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Term == nil {
		cfg.Term = func() uint64 { return 1 }
	}
	if cfg.Jitter == nil {
		cfg.Jitter = func(most time.Duration) time.Duration { return rand.N(most + 1) }
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Uplink{
		cfg: cfg, base: base, journal: j, cursor: c, codec: codec,
		news: make(chan struct{}, 1),
		client: &http.Client{
			Transport: cfg.Transport,
			// A redirect is a gateway asking for a login, never the city.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Run keeps the line until ctx ends, and returns ctx's error.
func (u *Uplink) Run(ctx context.Context) error {
	acked, err := u.cursor.Acked(ctx)
	if err != nil {
		u.cfg.Log.Warn("uplink: read acknowledged position", "err", err)
	}
	u.change(func(s *State) { s.Acked, s.Since = acked, time.Now() })
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return u.report(ctx) })
	g.Go(func() error { return u.push(ctx) })
	if u.cfg.Deliver != nil {
		g.Go(func() error { return u.pull(ctx) })
	}
	return g.Wait()
}

func (u *Uplink) term() uint64 { return max(1, u.cfg.Term()) }

// State returns how the line is now.
func (u *Uplink) State() State {
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.state
	s.Latest = u.journal.Head().Seq
	return s
}

func (u *Uplink) change(edit func(*State)) {
	u.mu.Lock()
	before := u.state
	edit(&u.state)
	if u.state.Up != before.Up {
		u.state.Since = time.Now()
	}
	u.mu.Unlock()
	select {
	case u.news <- struct{}{}:
	default:
	}
}

// report calls back outside the lock and in order.
func (u *Uplink) report(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-u.news:
			if u.cfg.Report != nil {
				u.cfg.Report(u.State())
			}
		}
	}
}

// patience counts what went wrong in a row and says how long to wait: full
// jitter under a doubling bound.
type patience struct{ failures int }

func (p *patience) reset() { p.failures = 0 }

func (u *Uplink) rest(ctx context.Context, p *patience, err error) error {
	bound := maxWait
	if p.failures < 9 {
		bound = min(maxWait, firstWait<<p.failures)
	}
	p.failures++
	wait := u.cfg.Jitter(bound)
	var slow *slowDown
	if errors.As(err, &slow) {
		wait = slow.after + u.cfg.Jitter(min(bound, slow.after+firstWait))
	}
	u.cfg.Log.Info("uplink: waiting", "for", wait.Round(time.Millisecond), "err", err)
	return sleep(ctx, wait)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
