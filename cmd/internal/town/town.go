// Package town starts the whole product on one machine, through the real
// binaries: the city's system, an office, its screens and a printer made of
// software. The demo shows it and the end-to-end test walks through it.
package town

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"motcua/cmd/internal/proc"
	"motcua/cmd/internal/screen"
	"motcua/printer/twin"
	"motcua/queue/central"
)

// Config says what to start and where.
type Config struct {
	// Bin holds the four programs.
	Bin string
	// Dir holds everything that the town makes; it is kept.
	Dir string
	// Office is the office's identifier, as in its configuration.
	Office string
	// CentralAddr and OfficeAddr are listen addresses; empty is any free port
	// on the loopback.
	CentralAddr, OfficeAddr string
}

// Town is a running city with one office.
type Town struct {
	cfg Config
	// CentralURL and OfficeURL are where the two answer.
	CentralURL, OfficeURL string
	// AdminToken opens the city's staff interface.
	AdminToken string
	Central    *proc.Program
	Office     *proc.Program
	Terminals  []*Terminal

	mu    sync.Mutex // guards slips and twins
	slips []string
	twins []*twin.Printer
	ends  []context.CancelFunc // of the printers
}

// Terminal is one screen of the office.
type Terminal struct {
	Name    string
	Screen  *screen.Screen // nil on a real display
	Program *proc.Program
	// Scan is the folder that its file scanner watches: a picture put there
	// is a scan.
	Scan string
	// Targets is the file that names its touch targets, for drivers.
	Targets string
}

// Start starts the city and the office and waits until both answer, or ctx
// ends. What runs afterwards ends with Close, in order, and not with ctx.
func Start(ctx context.Context, cfg Config) (*Town, error) {
	t := &Town{cfg: cfg}
	if err := t.start(ctx); err != nil {
		t.Close()
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	return t, nil
}

func (t *Town) start(ctx context.Context) error {
	for _, addr := range []*string{&t.cfg.CentralAddr, &t.cfg.OfficeAddr} {
		if *addr != "" {
			continue
		}
		free, err := proc.FreeAddr()
		if err != nil {
			return err
		}
		*addr = free
	}
	t.CentralURL, t.OfficeURL = "http://"+t.cfg.CentralAddr, "http://"+t.cfg.OfficeAddr
	if err := os.MkdirAll(t.cfg.Dir, 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	if err := t.tokens(); err != nil {
		return err
	}
	if err := t.StartCentral(ctx); err != nil {
		return err
	}
	return t.StartOffice(ctx)
}

// tokens makes the secrets of this town once; a town started again in the same
// folder keeps them.
func (t *Town) tokens() error {
	admin, office := t.path("admin.token"), t.path("office.token")
	if raw, err := os.ReadFile(admin); err == nil {
		t.AdminToken = string(raw)
		return nil
	}
	t.AdminToken = rand.Text()
	token := rand.Text()
	lines := central.TokenLine(central.Admin, t.AdminToken) + "\n" + central.TokenLine(t.cfg.Office, token) + "\n"
	return errors.Join(
		os.WriteFile(office, []byte(token), 0o600),
		os.WriteFile(t.path("tokens"), []byte(lines), 0o600),
		os.WriteFile(admin, []byte(t.AdminToken), 0o600), // last: it says that all are there
	)
}

// StartCentral starts the city's system, again after it was killed.
func (t *Town) StartCentral(ctx context.Context) (err error) {
	t.Central, err = proc.Start(context.WithoutCancel(ctx), t.log("central"), nil, t.bin("motcua-central"),
		"--listen", t.cfg.CentralAddr, "--db", t.path("central.db"), "--tokens", t.path("tokens"))
	if err != nil {
		return err
	}
	return t.Central.Ready(ctx, t.CentralURL+"/healthz")
}

// StartOffice starts the office service, again after it was killed.
func (t *Town) StartOffice(ctx context.Context) (err error) {
	t.Office, err = proc.Start(context.WithoutCancel(ctx), t.log("office"), nil, t.bin("motcuad"),
		"--data", t.path("office"), "--listen", t.cfg.OfficeAddr, "--office", "demo",
		"--central", t.CentralURL, "--token-file", t.path("office.token"))
	if err != nil {
		return err
	}
	return t.Office.Ready(ctx, t.OfficeURL+"/v1/health")
}

// Printer starts a software printer and returns its device address. Each slip
// that comes out becomes a PNG in the town's "slips" folder.
func (t *Town) Printer(ctx context.Context, name string) (string, error) {
	if err := os.MkdirAll(t.path("slips"), 0o755); err != nil {
		return "", fmt.Errorf("make the folder of slips: %w", err)
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	p, addr, err := twin.Listen(life, "127.0.0.1:0", twin.Config{OnPaper: func(paper twin.Paper) { t.keep(name, paper) }})
	if err != nil {
		end()
		return "", fmt.Errorf("start a software printer: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends = append(t.ends, end)
	t.twins = append(t.twins, p)
	return "tcp:" + addr.String(), nil
}

func (t *Town) keep(name string, paper twin.Paper) {
	t.mu.Lock()
	defer t.mu.Unlock()
	file := filepath.Join(t.path("slips"), fmt.Sprintf("%s-%03d.png", name, len(t.slips)+1))
	f, err := os.Create(file)
	if err != nil {
		return // a demo without a picture of a slip is still a demo
	}
	if errors.Join(paper.Picture.WritePNG(f), f.Close()) == nil {
		t.slips = append(t.slips, file)
	}
}

// Slips lists the pictures of what has been printed, in order.
func (t *Town) Slips() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.slips...)
}

// PrinterFault is the first complaint of a software printer about what it was
// sent; nil is as it should be.
func (t *Town) PrinterFault() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []error
	for _, p := range t.twins {
		all = append(all, p.Err())
	}
	return errors.Join(all...)
}

// Terminal starts the desktop app in a role. size is of the virtual display;
// zero puts the window on the real one. More flags may follow.
func (t *Town) Terminal(ctx context.Context, name, role string, width, height int, flags ...string) (*Terminal, error) {
	term := &Terminal{
		Name: name, Scan: filepath.Join(t.path("scan"), name), Targets: t.path(name + ".targets.json"),
	}
	if err := os.MkdirAll(term.Scan, 0o755); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	args := append([]string{
		"--role", role, "--device", name, "--office", t.OfficeURL, "--data", t.path(name),
		"--scanner", "wedge", "--scanner", "dir:" + term.Scan, "--targets", term.Targets,
	}, flags...)
	var env []string
	if width > 0 {
		s, err := screen.Start(context.WithoutCancel(ctx), width, height)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", name, err)
		}
		term.Screen, env = s, s.Env()
		args = append(args, "--show", "full", "--panel", strconv.Itoa(width)+"x"+strconv.Itoa(height))
	} else {
		args = append(args, "--show", "window")
	}
	p, err := proc.Start(context.WithoutCancel(ctx), t.log(name), env, t.bin("motcua"), args...)
	if err != nil {
		return nil, err
	}
	term.Program = p
	t.Terminals = append(t.Terminals, term)
	return term, nil
}

// Close ends everything, screens first, and waits.
func (t *Town) Close() {
	for _, term := range t.Terminals {
		term.Program.Stop()
		if term.Screen != nil {
			_ = term.Screen.Close() // it has nothing to lose
		}
	}
	for _, p := range []*proc.Program{t.Office, t.Central} {
		if p != nil {
			p.Stop()
		}
	}
	for _, end := range t.ends {
		end()
	}
}

func (t *Town) path(name string) string { return filepath.Join(t.cfg.Dir, name) }
func (t *Town) log(name string) string  { return filepath.Join(t.cfg.Dir, "logs", name+".log") }
func (t *Town) bin(name string) string  { return filepath.Join(t.cfg.Bin, name) }
