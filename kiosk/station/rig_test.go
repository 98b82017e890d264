package station_test

import (
	"bytes"
	"context"
	"image"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/assets/i18n"
	"motcua/kiosk/board"
	"motcua/kiosk/desk"
	"motcua/kiosk/scan"
	"motcua/kiosk/scan/picture"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/kiosk/voice"
	"motcua/printer/device"
	"motcua/printer/raster"
	"motcua/printer/slip"
	"motcua/printer/twin"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// soon is how long anything here may take that does not wait on purpose.
const soon = 20 * time.Second

// clock begins on a Monday at 09:00 in Vietnam, whenever the tests run.
func clock() func() time.Time {
	begun := time.Now()
	return func() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC).Add(time.Since(begun)) }
}

// hall is the demo office in a folder of its own.
type hall struct {
	t    testing.TB
	demo demo.Office
	now  func() time.Time
	dir  string
	*office.Office
}

func open(t testing.TB) *hall {
	t.Helper()
	d, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, demo: d, now: clock(), dir: t.TempDir()}
	h.start()
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// start opens the office; again after it was closed, as a restart does.
func (h *hall) start() {
	h.t.Helper()
	o, err := office.Open(office.Config{
		Dir: h.dir, Setup: &h.demo.Config, Rules: h.demo.Rules(), Now: h.now,
		Synced: func() bool { return true }, Journal: journal.Options{MinFree: -1},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.Office = o
}

// procedure is one of the catalogue that belongs to a service.
func (h *hall) procedure(service string) catalogue.Procedure {
	h.t.Helper()
	list, err := office.Local(h.Office).Procedures(context.Background(), "")
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(p catalogue.Procedure) bool { return p.Service == service })
	if i < 0 {
		h.t.Fatalf("no procedure of %s", service)
	}
	return list[i]
}

// seat is a station at work: a presenter in its loop and the last state shown.
type seat[S, I, E any] struct {
	t    testing.TB
	loop *station.Loop[S, I, E]
	stop func()

	mu      sync.Mutex // guards what follows
	last    S
	changed chan struct{} // closed at the next state
}

func sit[S, I, E any](t testing.TB, loop *station.Loop[S, I, E], first S) *seat[S, I, E] {
	s := &seat[S, I, E]{t: t, loop: loop, changed: make(chan struct{})}
	loop.Show = s.show
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		loop.Run(ctx, first)
	}()
	s.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(s.stop)
	return s
}

func (s *seat[S, I, E]) show(state S) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = state
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *seat[S, I, E]) state() S {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// until waits for a state.
func (s *seat[S, I, E]) until(what string, good func(S) bool) S {
	s.t.Helper()
	late := time.After(soon)
	for {
		s.mu.Lock()
		last, changed := s.last, s.changed
		s.mu.Unlock()
		if good(last) {
			return last
		}
		select {
		case <-changed:
		case <-late:
			s.t.Fatalf("never saw %s; last: %+v", what, last)
		}
	}
}

// eventually polls for what no state shows: the record, the paper.
func eventually(t testing.TB, what string, good func() bool) {
	t.Helper()
	for end := time.Now().Add(soon); !good(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, soon)
		}
	}
}

// follow feeds a station with the office's copy until the test ends.
func follow(t testing.TB, on line, emit func(station.Seen)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		on.watch(ctx, emit)
	}()
	t.Cleanup(func() { cancel(); <-done })
}

// kiosk is a citizens' kiosk without a screen.
type kiosk struct {
	*seat[session.State, session.Intent, session.Effect]
	work *station.Kiosk
}

func (h *hall) kiosk(t testing.TB, client office.Client, paper *station.Paper) *kiosk {
	t.Helper()
	return h.kioskOn(t, h.line(client, "kiosk-1"), paper)
}

// line is how a station reaches its office.
type line struct {
	office.Client
	caller station.Caller
	watch  func(ctx context.Context, emit func(station.Seen))
}

func (h *hall) line(client office.Client, device string) line {
	return line{client, office.NewCaller(client, device), func(ctx context.Context, emit func(station.Seen)) {
		station.Watch(ctx, client, h.now, emit)
	}}
}

func (h *hall) kioskOn(t testing.TB, on line, paper *station.Paper) *kiosk {
	t.Helper()
	k := &kiosk{work: &station.Kiosk{Client: on, Caller: on.caller, Tickets: paper}}
	loop := &station.Loop[session.State, session.Intent, session.Effect]{
		Handle: session.Handle, Do: k.work.Do, Now: h.now, Tick: session.Tick{}, Every: time.Second,
	}
	k.seat = sit(t, loop, session.New(session.Config{
		Device: "kiosk-1", Criteria: h.demo.Criteria,
		Features: []session.Feature{session.FeatureDossier, session.FeatureRating, session.FeatureProcedures},
		Room:     [2]session.Room{{Services: 6, Procedures: 6, Papers: 8}, {Services: 3, Procedures: 3, Papers: 4}},
	}, h.now()))
	follow(t, on, func(seen station.Seen) {
		if seen.State != nil {
			paper.Configure(seen.State.Config)
		}
		loop.Send(session.OfficeChanged{State: seen.State, Hearing: seen.Hearing})
	})
	k.until("the office", func(s session.State) bool { return s.Queue != nil && s.Lost.IsZero() })
	return k
}

// press touches something.
func (k *kiosk) press(a session.Action, arg string) { k.loop.Send(session.Tap{Action: a, Arg: arg}) }

// take takes a number with two touches and returns it.
func (k *kiosk) take() queue.Ticket {
	k.t.Helper()
	old := k.state().Issued
	k.press(session.TakeNumber, "")
	k.press(session.PickService, "ho-tich")
	s := k.until("a number", func(s session.State) bool {
		return s.Screen == session.Ticket && s.Issued != nil && (old == nil || s.Issued.ID != old.ID)
	})
	return *s.Issued
}

// paper is what became of the slip on the screen.
func (k *kiosk) paper(want session.Print) {
	k.t.Helper()
	k.until("the paper's fate", func(s session.State) bool { return s.Screen == session.Ticket && s.Paper == want })
}

func texts(t testing.TB) *i18n.Texts {
	t.Helper()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// epson is a printer that confirms every slip; generic only answers questions.
const (
	epson   = "epson-tm-t82"
	generic = "generic-80"
)

// printer is a printer made of software on a TCP port.
type printer struct {
	*twin.Printer
	addr net.Addr
	off  func()
}

func plug(t testing.TB, cfg twin.Config) *printer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	// A printer's network part is small: what has been sent beyond it comes out
	// of the kernel after a refill.
	var lc net.ListenConfig
	lc.Control = func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 2048)
		})
	}
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := twin.Start(ctx, cfg)
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx, l) }()
	off := sync.OnceFunc(func() { cancel(); p.Wait(); <-served })
	t.Cleanup(func() {
		off()
		if err := p.Err(); err != nil {
			t.Errorf("the printer did not understand: %v", err)
		}
	})
	return &printer{p, l.Addr(), off}
}

// slow is a printer of 200 mm/s, so that faults can fall into a slip.
func slow() twin.Config { return twin.Config{RowTime: 625 * time.Microsecond} }

// load makes a station's paper.
func load(t testing.TB, profile, address string) *station.Paper {
	t.Helper()
	return run(t)(station.NewPaper(station.PaperConfig{Address: address, Profile: profile, Dir: t.TempDir(), Texts: texts(t)}))
}

func run(t testing.TB) func(*station.Paper, error) *station.Paper {
	return func(p *station.Paper, err error) *station.Paper {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); p.Run(ctx) }()
		t.Cleanup(func() { cancel(); <-done })
		return p
	}
}

// cable is a printer on a line in memory, for bubbles of time.
type cable struct {
	*twin.Printer
	dead atomic.Bool
	off  func()
}

func wired(t testing.TB, cfg twin.Config) *cable {
	ctx, cancel := context.WithCancel(context.Background())
	c := &cable{Printer: twin.Start(ctx, cfg)}
	c.off = func() { c.dead.Store(true); cancel(); c.Wait() }
	t.Cleanup(func() {
		c.off()
		if err := c.Err(); err != nil {
			t.Errorf("the printer did not understand: %v", err)
		}
	})
	return c
}

// paper is a station's paper on the cable.
func (c *cable) paper(t testing.TB, profile string) *station.Paper {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var lines sync.WaitGroup
	t.Cleanup(func() { cancel(); lines.Wait() })
	cfg := station.PaperConfig{Profile: profile, Dir: t.TempDir(), Texts: texts(t)}
	return run(t)(station.NewPaperOn(cfg, func(context.Context) (device.Device, error) {
		if c.dead.Load() {
			return nil, errCut
		}
		host, conn := net.Pipe()
		lines.Go(func() { c.Handle(ctx, conn) })
		return host, nil
	}))
}

// codes reads what is printed on a picture.
func codes(t testing.TB, b *raster.Bitmap) []scan.Event {
	t.Helper()
	var img image.Image = b.Image()
	found, err := picture.Read(img, picture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var events []scan.Event
	for _, c := range found {
		events = append(events, scan.Classify(c.Text))
	}
	return events
}

// isCopy reports whether a paper begins with the black copy bar.
func isCopy(t testing.TB, b *raster.Bitmap) bool {
	t.Helper()
	return barAt(t, b) == barAt(t, copyBar(t, b.Width))
}

// copyBar is the bar of the spool's copies.
func copyBar(t testing.TB, dots int) *raster.Bitmap {
	t.Helper()
	m, err := slip.New(texts(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	bar, err := m.CopyBar(raster.Paper{Dots: dots, DPI: 203}, "vi", 2, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return bar
}

// barAt is the first row that is black nearly from edge to edge; -1 none.
func barAt(t testing.TB, b *raster.Bitmap) int {
	t.Helper()
	for y := range b.Height {
		if inked(b.Row(y)) {
			return y
		}
	}
	return -1
}

func inked(row []byte) bool { return bytes.Count(row, []byte{0xff})*10 > len(row)*8 }

// counter is an officer's counter without a screen.
type counter struct {
	*seat[desk.State, desk.Intent, desk.Effect]
	work *station.Counter
}

func (h *hall) counter(t testing.TB, client office.Client, paper *station.Paper) *counter {
	t.Helper()
	return h.counterOn(t, h.line(client, "counter-3"), paper)
}

func (h *hall) counterOn(t testing.TB, on line, paper *station.Paper) *counter {
	t.Helper()
	c := &counter{work: &station.Counter{Client: on, Caller: on.caller, Receipts: paper}}
	loop := &station.Loop[desk.State, desk.Intent, desk.Effect]{
		Handle: desk.Handle, Do: c.work.Do, Now: h.now, Tick: desk.Tick{}, Every: time.Second,
	}
	c.seat = sit(t, loop, desk.New("3", "vi", h.now()))
	follow(t, on, func(seen station.Seen) {
		if seen.State != nil {
			paper.Configure(seen.State.Config)
			loop.Send(desk.OfficeChanged{State: seen.State})
		}
		loop.Send(desk.LinkChanged{Link: desk.Link{Office: true, Hearing: seen.Hearing}})
	})
	c.until("the office", func(s desk.State) bool { return s.Queue != nil })
	return c
}

// display is a hall display without a screen, and what its voice says.
type display struct {
	*seat[board.State, board.Intent, board.Effect]
	said chan voice.Announcement
}

func (h *hall) display(t testing.TB, client office.Client, sink voice.Sink) *display {
	t.Helper()
	work, d := station.NewBoard(), &display{said: make(chan voice.Announcement, 64)}
	loop := &station.Loop[board.State, board.Intent, board.Effect]{
		Handle: board.Handle, Now: h.now, Tick: board.Tick{}, Every: time.Second,
		Do: func(ctx context.Context, e board.Effect, send func(board.Intent)) {
			if s, ok := e.(board.Speak); ok {
				a := s.Announcement
				d.said <- voice.Announcement{Ticket: a.Ticket, Counter: a.Counter, Kind: voice.Kind(a.Kind), Langs: a.Langs}
			}
			work.Do(ctx, e, send)
		},
	}
	library, err := voice.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); work.Run(ctx, &voice.Player{Library: library, Sink: sink}) }()
	t.Cleanup(func() { cancel(); <-done })
	d.seat = sit(t, loop, board.New(board.Options{English: board.EnglishTicket}, h.now()))
	follow(t, h.line(client, ""), func(seen station.Seen) {
		if seen.State != nil {
			loop.Send(board.OfficeChanged{State: seen.State, Hearing: seen.Hearing})
		}
	})
	d.until("the office", func(s board.State) bool { return s.Queue != nil })
	return d
}
