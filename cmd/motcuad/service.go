package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/office/find"
	"motcua/queue/uplink"
)

// Main is the daemon: Parse, Run, Close.
type Main struct {
	Stdout io.Writer
	Log    *slog.Logger

	// Set by Parse.
	data, listen, officeFile string
	central, tokenFile       string
	centralKey               string
	backup                   backingUp
	device, standbyOf        string
	openLAN, mdns            bool
	showVersion, logJSON     bool

	// Addr is where the API answers; set before Ready is closed.
	Addr net.Addr
	// Ready, when set, is closed once the API answers.
	Ready chan struct{}

	office *office.Office
}

const usage = `motcuad runs a one-stop office: queue, dossiers, HTTP API, line to the city.

Examples:
  motcuad --data /var/lib/motcua
        the demo office, for this machine only
  motcuad --data /var/lib/motcua --office /etc/motcua/office.json --listen 192.168.1.10:8080
        an office of its own for the machines that join it (motcuactl enrol)
  motcuad --data … --office … --central https://motcua.example.vn --token-file /etc/motcua/token
        the same with a line to the city

Flags:
`

// Parse reads the flags. Its error is for the person who typed them.
func (m *Main) Parse(args []string, stderr io.Writer) error {
	f := flag.NewFlagSet("motcuad", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	f.StringVar(&m.data, "data", "motcua-data", "folder of the journal and the office's key")
	f.StringVar(&m.listen, "listen", "127.0.0.1:8080", "address of the HTTP API")
	f.StringVar(&m.officeFile, "office", "demo", `the office's configuration, a JSON file; "demo" is the built-in one`)
	f.StringVar(&m.central, "central", "", "address of the city's server; empty works alone")
	f.StringVar(&m.tokenFile, "token-file", "", "file with the office's token for the city")
	f.StringVar(&m.centralKey, "central-key", "", "file with the city's public key (motcua-central key); without it the first that the city shows is kept in the data folder")
	f.BoolVar(&m.openLAN, "open-lan", false, "let every machine on the network do everything, without joining: only to try the office out")
	f.BoolVar(&m.mdns, "announce", true, "tell the network where the office is (mDNS, "+find.Service+")")
	f.StringVar(&m.device, "device", "", `this machine's name among those that can lead the office (default "hub", "standby" with --standby-of)`)
	f.StringVar(&m.standbyOf, "standby-of", "", "address of the hub: keep a copy of its record, and wait to be promoted")
	f.BoolVar(&m.logJSON, "log-json", false, "write the log as JSON, one object a line")
	f.StringVar(&m.backup.to, "backup-to", "", "folder on another disk that motcuactl backup --prepare was used on; the journal is copied there as it grows")
	f.StringVar(&m.backup.recipient, "backup-recipient", "", "the line that motcuactl backup-key printed: whoever has that key can read the copy")
	f.BoolVar(&m.showVersion, "version", false, "print the version and end")
	if err := f.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%q is not a flag", f.Arg(0))
	case (m.backup.to == "") != (m.backup.recipient == ""):
		return errors.New("--backup-to and --backup-recipient go together")
	case m.central != "" && m.tokenFile == "":
		return errors.New("--central needs --token-file")
	}
	return nil
}

// Run opens the office and serves it until ctx ends, which is no error, or the
// store is suspect, which is.
func (m *Main) Run(ctx context.Context) error {
	setup, rules, err := loadOffice(m.officeFile)
	if err != nil {
		return err
	}
	if err := m.ownKey(ctx); err != nil {
		return err
	}
	m.office, err = office.Open(office.Config{
		Dir: m.data, Setup: setup, Rules: rules, Version: fullVersion(), Log: m.Log,
		Checks: m.backup.checks(), Journal: journal.Options{Inspected: true},
		Device: m.deviceName(), Standby: m.standbyOf != "", OpenLAN: m.openLAN,
	})
	if err != nil {
		return fmt.Errorf("open the office in %s: %w", m.data, err)
	}
	handler, err := office.Handler(m.office)
	if err != nil {
		return err
	}
	listener, err := m.bind(ctx)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return m.serve(ctx, listener, handler) })
	group.Go(func() error { return m.watchOffice(ctx) })
	group.Go(func() error { return m.supervise(ctx) })
	group.Go(func() error { return m.backUp(ctx) })
	group.Go(func() error { return m.serveSticks(ctx) })
	group.Go(func() error { return m.announce(ctx, listener.Addr()) })
	if m.standbyOf != "" {
		group.Go(func() error { return m.follow(ctx) })
	}
	if m.central != "" {
		up, err := m.uplink(setup)
		if err != nil {
			_ = listener.Close()
			return err
		}
		group.Go(func() error { return m.whileLeading(ctx, up.Run) })
	}
	m.Addr = listener.Addr()
	m.Log.Info("the office is open", "address", m.Addr.String(), "office", setup.Office, "records", m.office.Journal().Head().Seq, "key", m.office.PublicKey(), "version", fullVersion())
	if m.Ready != nil {
		close(m.Ready)
	}
	return group.Wait()
}

// Close ends the office; what was answered is on the disk already.
func (m *Main) Close() error {
	if m.office == nil {
		return nil
	}
	return m.office.Close()
}

// goodbye is how long requests at hand may take after the end was asked for.
const goodbye = 3 * time.Second

// serve answers until ctx ends; then it lets requests finish, and cuts the
// event streams, which never do.
func (m *Main) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	requests, cut := context.WithCancel(context.Background())
	defer cut()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(m.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the API: %w", err)
	case <-ctx.Done():
	}
	cut()
	bye, done := context.WithTimeout(context.Background(), goodbye)
	defer done()
	if err := server.Shutdown(bye); err != nil {
		_ = server.Close()
	}
	<-failed //nolint:errcheck // Shutdown ended it
	return nil
}

// watchOffice ends everything when the office has ended by itself.
func (m *Main) watchOffice(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-m.office.Done():
		return fmt.Errorf("the office ended: %w", m.office.Err())
	}
}

// uplink prepares the line to the city.
func (m *Main) uplink(setup *queue.Config) (*uplink.Uplink, error) {
	j := m.office.Journal()
	return uplink.New(uplink.Config{
		URL: m.central, Office: setup.Office, TokenFile: m.tokenFile, Log: m.Log,
		Deliver:   deliver(m.office, m.Log),
		Forged:    forged(m.office, m.Log),
		Term:      func() uint64 { return uint64(max(1, m.office.Seat().Led)) },
		KeyFile:   cmp.Or(m.centralKey, filepath.Join(m.data, cityKeyFile)),
		Report:    m.report(),
		Transport: dated{next: http.DefaultTransport, now: time.Now, tell: m.office.SetClockOffset},
	}, j, j)
}

// report tells the office's screens how the line is, and the log once when
// only a person can mend it.
func (m *Main) report() func(uplink.State) {
	known := uplink.Trouble("")
	return func(s uplink.State) {
		m.office.SetLink(office.Link{
			Up: s.Up, Since: s.Since, Acked: s.Acked, Latest: s.Latest, SyncedAt: s.SyncedAt, Trouble: string(s.Trouble),
		})
		if s.Trouble != known && s.Trouble != "" {
			m.Log.Error("the line to the city needs a person", "trouble", s.Trouble)
		}
		known = s.Trouble
	}
}

// ended is no error when it was asked for.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// fullVersion names the build: version, commit, Go.
func fullVersion() string {
	v := version
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				v += " " + s.Value[:12]
			}
		}
	}
	return v + " " + runtime.Version()
}

// hintFor says what to do about an error, in both languages' own words; "" when
// the error says enough.
func hintFor(err error) string {
	texts, fault := i18n.Load()
	if fault != nil {
		return ""
	}
	key := ""
	switch {
	case errors.Is(err, journal.ErrSuspect):
		key = "office.store-suspect"
	case errors.Is(err, journal.ErrDamaged), isFalse(err):
		key = "backup.restore-hint"
	case errors.Is(err, journal.ErrInUse):
		key = "office.in-use"
	case errors.Is(err, office.ErrKey):
		key = "office.key-missing"
	case isNewer(err):
		key = "office.newer-format"
	default:
		return ""
	}
	return texts.Get("vi", key) + " / " + texts.Get("en", key)
}

func isFalse(err error) bool {
	_, wrong := errors.AsType[*journal.FalseRecord](err)
	return wrong
}

func isNewer(err error) bool {
	_, newer := errors.AsType[*journal.NewerError](err)
	return newer
}
