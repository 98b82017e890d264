package office

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/health"
	"motcua/queue/journal"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// Names of the files in Config.Dir.
const (
	JournalFile = "office.db"
	KeyFile     = "office.key"
	// SuspectFile marks a journal to be verified on the next start.
	SuspectFile = "office.suspect"
)

// Devices that are not machines in the hall.
const (
	DeviceSetup   = "setup"   // the configuration file
	DeviceCentral = "central" // the city; n is the notice's id
)

// Config says where an office is kept and what it begins with. Only Dir is
// needed.
type Config struct {
	// Dir holds the journal and the office's key; it is made when missing.
	Dir string
	// Setup is the queue's configuration from the office's file. It is
	// recorded when it is not the one in force, so the file is right again
	// after every start; nil leaves the one in force.
	Setup *queue.Config
	// Rules decide about dossiers until the city installs its own.
	Rules dossier.Rules
	// Journal tunes the store.
	Journal journal.Options
	// Now and Synced are the clock and whether the network sets it; nil asks
	// the machine.
	Now    func() time.Time
	Synced func() bool
	// Uptime is real time, which nobody can set; nil asks the machine where Now
	// does, and otherwise leaves a clock that was set forward unnoticed.
	Uptime func() time.Duration
	// Random is the source of keys; nil is the system's.
	Random io.Reader
	// Device is this machine's name in the succession of hubs; "" is "hub".
	Device string
	// Standby lets a machine without a record yet begin as a standby: it carries
	// out nothing until FollowHub has copied the hub's record and Promote has
	// made it the hub.
	Standby bool
	// OpenLAN serves every machine on the network without a certificate: it may
	// do what any role may, but not look after machines, PINs and the office's
	// copy. Only to try the office out.
	OpenLAN bool
	// Checks are added to the office's own in Health.
	Checks []health.Probe
	// Version is shown by health and metrics.
	Version string
	// Log gets one line per event that a person may have to know; nil discards.
	Log *slog.Logger
}

// waiting is how many commands may wait for the writer; together how many go
// into one commit.
const (
	waiting  = 1024
	together = 256
)

// Office is one office at work. Its methods may be called from any goroutine.
type Office struct {
	cfg     Config
	log     *slog.Logger
	journal *journal.Journal
	secret  secret
	lan     lan
	stream  *stream
	meter   meter

	commands []commandType
	requests chan *request
	tasks    chan task
	seat     atomic.Pointer[succession.Seat]
	promoted chan struct{} // capacity 1
	turn     sync.Mutex
	turned   chan struct{} // turn guards; closed and made anew when the role changes

	// Of a standby: the hub's last record, when it was last heard, and that its
	// record is not a part of the hub's.
	hubHead  atomic.Uint64
	hubHeard atomic.Pointer[time.Time]
	forked   atomic.Bool
	feeds    feeds // of a hub: the standbys that follow it

	running  sync.WaitGroup
	quit     chan struct{} // closed by Close
	quitOnce sync.Once
	done     chan struct{} // closed when the writer has ended
	cause    error         // why; read after done

	// The writer's own; nobody else touches them.
	lastAt  time.Time // of the latest record
	seenAt  time.Time // the clock at the latest record of this process, or when it began
	seenUp  time.Duration
	nowUp   time.Duration
	wrote   bool   // this process has recorded something
	watched bool   // the clock ran on by itself since then
	clockN  uint64 // commands since the clock was last asked whether it is synced
	synced  bool

	rules    atomic.Pointer[dossier.Rules]
	verified atomic.Pointer[verified] // nil until the record was verified
	first    atomic.Pointer[message]  // the whole state for new followers
}

// Open opens the office in cfg.Dir and starts its writer. The errors of
// journal.Open and ErrKey come through; a faulty Setup is a *refusal.Refusal.
func Open(cfg Config) (*Office, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
		if cfg.Uptime == nil {
			cfg.Uptime = uptime
		}
	}
	if cfg.Synced == nil {
		cfg.Synced = clockSynced
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Device == "" {
		cfg.Device = "hub"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Journal.Log == nil {
		cfg.Journal.Log = cfg.Log
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the office's folder: %w", err)
	}
	j, err := openJournal(cfg)
	if err != nil {
		return nil, err
	}
	o := &Office{
		cfg: cfg, log: cfg.Log, journal: j, stream: newStream(),
		commands: commandTypes(), requests: make(chan *request, waiting), tasks: make(chan task), promoted: make(chan struct{}, 1), turned: make(chan struct{}), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if err := o.begin(); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	o.running.Go(o.write)
	o.running.Go(o.watchdog)
	o.running.Go(o.keep)
	if err := o.setup(); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// inspectWhole is how long a whole journal may take to be verified after a failed
// flush; a million records take some seconds.
const inspectWhole = 10 * time.Minute

// openJournal opens the journal. After a failed flush it is verified from its
// first record to its last before anybody may write to it.
func openJournal(cfg Config) (*journal.Journal, error) {
	path, mark := filepath.Join(cfg.Dir, JournalFile), filepath.Join(cfg.Dir, SuspectFile)
	_, err := os.Stat(mark)
	suspect := !errors.Is(err, fs.ErrNotExist)
	if suspect && cfg.Journal.Inspected {
		cfg.Log.Warn("the store was suspect: another process verifies the whole journal")
		if err := journal.Inspect(context.Background(), path, true, inspectWhole); err != nil {
			return nil, fmt.Errorf("verify after a failed flush: %w", err)
		}
	}
	j, err := journal.Open(context.Background(), path, cfg.Journal)
	if err != nil || !suspect {
		return j, err
	}
	if !cfg.Journal.Inspected {
		cfg.Log.Warn("the store was suspect: verifying the whole journal")
		if _, err := j.Verify(context.Background()); err != nil {
			return nil, errors.Join(fmt.Errorf("verify after a failed flush: %w", err), j.Close())
		}
	}
	if err := os.Remove(mark); err != nil {
		return nil, errors.Join(fmt.Errorf("remove the mark of a failed flush: %w", err), j.Close())
	}
	return j, nil
}

// begin reads what the writer needs before its first command.
func (o *Office) begin() error {
	head := o.journal.Head()
	var err error
	if o.secret, err = openSecret(filepath.Join(o.cfg.Dir, KeyFile), o.cfg.Random, head.Seq == 0 && !o.cfg.Standby); err != nil {
		return err
	}
	if err := o.openLAN(); err != nil {
		return err
	}
	if err := o.checkSecret(); err != nil {
		return err
	}
	if err := o.journal.SignWith(context.Background(), o.secret.signing()); err != nil {
		return err
	}
	if head.Seq > 0 {
		last, err := o.journal.Range(context.Background(), head.Seq-1, 1)
		if err != nil {
			return err
		}
		if len(last) == 1 {
			o.lastAt = last[0].At
		}
	}
	if err := o.openSeat(); err != nil {
		return err
	}
	return o.loadRules()
}

// The journal's documents that are about this machine: which office key is in
// use, the watchdog's mark, and the machine's place in the succession.
const (
	documentKey   = "office-key"
	documentProbe = "probe"
	documentSeat  = "seat"
)

// checkSecret ties journal and key file together on the first start and
// compares them on every later one.
func (o *Office) checkSecret() error {
	var known []byte
	if err := o.journal.View(func(v journal.View) (err error) {
		known, err = v.Document(documentKey)
		return err
	}); err != nil {
		return err
	}
	ours := o.secret.fingerprint()
	if known == nil {
		_, err := o.journal.Update(func(tx *journal.Tx) error { return tx.PutDocument(documentKey, ours) })
		return err
	}
	if string(known) != string(ours) {
		return fmt.Errorf("compare office key: %w", ErrKey)
	}
	return nil
}

// setup records the configuration file when it says something new.
func (o *Office) setup() error {
	if o.cfg.Setup == nil || !o.Seat().Leads() {
		return nil // a standby gets the configuration with the record
	}
	inForce, err := json.Marshal(o.State().Config)
	if err != nil {
		return fmt.Errorf("compare the configuration: %w", err)
	}
	setup := o.wanted()
	if wanted, err := json.Marshal(setup); err != nil || bytes.Equal(wanted, inForce) {
		return err
	}
	n, err := o.LastN(context.Background(), DeviceSetup)
	if err != nil {
		return err
	}
	_, err = o.Do(context.Background(), Call{
		N: n + 1, By: chain.Actor{Device: DeviceSetup}, Command: queue.Configure{Config: setup},
	})
	if err != nil {
		return fmt.Errorf("configure the office: %w", err)
	}
	return nil
}

// Close lets the commands at hand finish, ends every follower and closes the
// journal.
func (o *Office) Close() error {
	o.quitOnce.Do(func() { close(o.quit) })
	o.running.Wait()
	o.stream.close()
	return o.journal.Close()
}

// Done is closed when the office no longer takes commands: after Close, or
// because the store is suspect (see Err). The process must then end; systemd
// starts it again and the journal is verified.
func (o *Office) Done() <-chan struct{} { return o.done }

// Err is why the office ended by itself; nil while it works and after Close.
func (o *Office) Err() error {
	select {
	case <-o.done:
		return o.cause
	default:
		return nil
	}
}

// State is today's queue as of the last commit. Do not change it.
func (o *Office) State() *queue.State { return o.journal.Snapshot().State }

// Journal is the office's journal, for the uplink and for backups. Only the
// office appends to it.
func (o *Office) Journal() *journal.Journal { return o.journal }

// PublicKey is what the office's checkpoints are checked with. Whoever is to
// judge the record later should have it from here, now.
func (o *Office) PublicKey() chain.PublicKey { return chain.PublicOf(o.secret.signing()) }

// LastN is the number of the last command of a device that the office has
// answered: the device goes on with the next.
func (o *Office) LastN(_ context.Context, device string) (uint64, error) {
	if !deviceShape.MatchString(device) {
		return 0, refusal.New(codeBadCall, "field", "device")
	}
	var n uint64
	err := o.journal.View(func(v journal.View) error {
		n = v.LastN(device)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read the last command of %s: %w", device, err)
	}
	return n, nil
}

// Probe writes to the disk and comes back when it is there: a watchdog that is
// fed by it cannot be deceived by a process that only looks alive. A full disk
// is no fault of the process.
func (o *Office) Probe() error {
	if err := o.Err(); err != nil {
		return err
	}
	_, err := o.journal.Update(func(tx *journal.Tx) error { return tx.PutDocument(documentProbe, []byte{1}) })
	if errors.Is(err, journal.ErrFull) {
		return nil
	}
	return err
}

// SetLink tells followers how the line to the city is.
func (o *Office) SetLink(l Link) {
	o.stream.setLink(o.journal.Head().Seq, l)
}

// Link is how the line to the city is; nil when the office has none.
func (o *Office) Link() *Link { return o.stream.link() }
