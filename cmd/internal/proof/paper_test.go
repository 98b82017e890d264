package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"motcua/assets/i18n"
	"motcua/cmd/internal/faultdisk"
	"motcua/kiosk/scan"
	"motcua/kiosk/scan/picture"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/printer/raster"
	"motcua/printer/slip"
	"motcua/printer/twin"
	"motcua/queue"
	"motcua/queue/office"
)

// rolePrinter is the printer's address for the box.
const rolePrinter = "MOTCUA_PROOF_PRINTER"

// box is the machine in the hall: the office and its kiosk with the ticket
// printer, all in one power cut.
type box struct {
	office *office.Office
	kiosk  *station.Kiosk
	end    func()
}

// openBox opens everything in a folder.
func openBox(dir, printer string) (*box, error) {
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	o, err := open(filepath.Join(dir, "office"), nil)
	if err != nil {
		return nil, err
	}
	paper, err := station.NewPaper(station.PaperConfig{Address: "tcp:" + printer, Profile: "epson-tm-t82", Dir: dir, Texts: texts})
	if err != nil {
		return nil, errors.Join(err, o.Close())
	}
	paper.Configure(o.State().Config)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { paper.Run(ctx) })
	client := office.Local(o)
	return &box{
		office: o, kiosk: &station.Kiosk{Client: client, Caller: office.NewCaller(client, "kiosk-1"), Tickets: paper},
		end: func() { cancel(); running.Wait(); _ = o.Close() },
	}, nil
}

// press takes a number as a touch does; shown is told of it as the screen is,
// before its paper comes. It reports whether the paper came.
func (b *box) press(ask uint64, shown func(queue.Ticket)) (printed bool, err error) {
	var ticket *queue.Ticket
	hear := func(i session.Intent) {
		switch i := i.(type) {
		case session.Replied:
			ticket = i.Ticket
		case session.PaperCame:
			printed = i.OK
		}
	}
	b.kiosk.Do(context.Background(), session.IssueTicket{Ask: ask, Service: "ho-tich", Lang: "vi"}, hear)
	if ticket == nil {
		return false, errors.New("no number")
	}
	shown(*ticket)
	b.kiosk.Do(context.Background(), session.PrintTicket{Ticket: *ticket}, hear)
	return printed, nil
}

// boxRole is the box at work until its power fails.
func boxRole() error {
	go dieWithParent()
	b, err := openBox(os.Getenv(roleDir), os.Getenv(rolePrinter))
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	for ask := uint64(1); ; ask++ {
		if _, err := b.press(ask, func(t queue.Ticket) { err = out.Encode(ack{Ticket: t.Code}) }); err != nil {
			return err
		}
	}
}

// tap is a line to the printer that counts what the printer takes.
type tap struct {
	net.Conn
	left *atomic.Int64
	now  func() // at the byte that left counts down to
}

func (t tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b[:min(len(b), 256)])
	if before := t.left.Load(); before > 0 && t.left.Add(-int64(n)) <= 0 {
		t.now()
	}
	return n, err
}

// printer is a strict printer whose power is the box's.
type printer struct {
	*twin.Printer
	addr string
	left atomic.Int64 // bytes until the power fails; never for 0 or less
	cut  atomic.Pointer[func()]
	off  func()
}

func newPrinter(t *testing.T) *printer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &printer{Printer: twin.Start(ctx, twin.Config{}), addr: l.Addr().String()}
	var lines sync.WaitGroup
	lines.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			lines.Go(func() {
				p.Handle(ctx, tap{c, &p.left, func() {
					if cut := p.cut.Load(); cut != nil {
						(*cut)()
					}
				}})
			})
		}
	})
	p.off = sync.OnceFunc(func() {
		cancel()
		_ = l.Close()
		p.Wait()
		lines.Wait()
	})
	return p
}

// paper is what one piece of paper says.
type paper struct {
	code string // "" when it cannot be read
	copy bool
}

// readPapers reads what came out of printers.
func readPapers(t *testing.T, bar int, list []twin.Paper) []paper {
	t.Helper()
	var all []paper
	for _, p := range list {
		found, err := picture.Read(p.Picture.Image(), picture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		one := paper{copy: barAt(p.Picture) == bar}
		for _, c := range found {
			if e := scan.Classify(c.Text); e.Kind == scan.TicketCode {
				one.code = e.Code
			}
		}
		all = append(all, one)
	}
	return all
}

// barAt is the first row that is black nearly from edge to edge; -1 none. A
// slip printed again begins with one.
func barAt(b *raster.Bitmap) int {
	for y := range b.Height {
		if row := b.Row(y); bytes.Count(row, []byte{0xff})*10 > len(row)*8 {
			return y
		}
	}
	return -1
}

// copyBarAt is where it is on a slip that was printed again.
func copyBarAt(t *testing.T) int {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := slip.New(texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.CopyBar(raster.Paper{Dots: 576, DPI: 203}, "vi", 2, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return barAt(b)
}

// fall is one power cut of the box and what came of it.
type fall struct {
	shown  []string // codes of the numbers on its screen
	papers []paper
	disk   *faultdisk.Disk
}

// slipBytes is more than a ticket's slip has.
const slipBytes = 40_000

// cutBox lets the box work and cuts its power, at a flush of the disk or at a
// byte of the printer's line.
func cutBox(t *testing.T, random *rand.Rand, image faultdisk.Image, bar int) fall {
	t.Helper()
	p, mnt := newPrinter(t), t.TempDir()
	defer p.off()
	d, err := faultdisk.Mount(mnt, image)
	if errors.Is(err, faultdisk.ErrNoFuse) {
		t.Skipf("%v (Debian: fuse3)", err)
	} else if err != nil {
		t.Fatal(err)
	}
	atByte := random.IntN(2) == 0
	once := sync.OnceFunc(func() { d.Cut(); p.PowerCycle() })
	p.cut.Store(&once)
	if atByte {
		p.left.Store(1 + random.Int64N(2*slipBytes))
	} else {
		d.Set(faultdisk.Mood{CutAt: 4 + random.IntN(40)})
	}
	c, err := cast("box", mnt, rolePrinter+"="+p.addr)
	if err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(5 * time.Second); !d.Off() && time.Now().Before(late); time.Sleep(200 * time.Microsecond) {
		select {
		case <-c.done:
			t.Fatalf("the box ended by itself: %v", c.err)
		default:
		}
	}
	once()
	c.kill()
	f := fall{disk: d}
	for a := range c.acks {
		f.shown = append(f.shown, a.Ticket)
	}
	<-c.done
	if err := d.Unmount(); err != nil {
		t.Fatal(err)
	}
	p.PowerCycle()
	if err := p.Err(); err != nil {
		t.Errorf("the strict printer complains: %v", err)
	}
	f.papers = readPapers(t, bar, p.Papers())
	return f
}

// TestScenario05_PowerFailsBetweenTouchAndCut: the office, its kiosk and its
// printer lose their power at any flush and any byte. Afterwards each number
// that was on the screen or on paper is in the record, once; a slip comes a
// second time only with the copy mark; and the next number is a new one.
func TestScenario05_PowerFailsBetweenTouchAndCut(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random, bar := rand.New(rand.NewPCG(seed, 5)), copyBarAt(t)
	first := firstDisk(t)
	worlds, numbers, papers, again := 0, 0, 0, 0
	cuts := times(20, 300)
	for range cuts {
		f := cutBox(t, random, first, bar)
		for range 2 {
			dir := t.TempDir()
			if err := f.disk.State(random).Write(dir); err != nil {
				t.Fatal(err)
			}
			n, more := f.wake(t, dir, bar)
			numbers, papers = numbers+n, papers+len(f.papers)
			for _, p := range more {
				if p.copy {
					again++
				}
			}
			worlds++
		}
	}
	t.Logf("%d cuts, %d disk states woken: %d numbers, %d papers before the cuts, %d copies after them; no number twice, no paper unknown to the record", cuts, worlds, numbers, papers, again)
	if papers < cuts/2 {
		t.Errorf("only %d papers in %d cuts: the proof proves little", papers, cuts)
	}
}

// firstDisk is the box's disk after its first ordinary start.
func firstDisk(t *testing.T) faultdisk.Image {
	t.Helper()
	p := newPrinter(t)
	defer p.off()
	dir := t.TempDir()
	b, err := openBox(dir, p.addr)
	if err != nil {
		t.Fatal(err)
	}
	b.end()
	image, err := faultdisk.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// wake starts the box after the cut, on a printer with a full roll, takes one
// more number and compares paper and record.
func (f fall) wake(t *testing.T, dir string, bar int) (numbers int, more []paper) {
	t.Helper()
	p := newPrinter(t)
	defer p.off()
	b, err := openBox(dir, p.addr)
	if err != nil {
		t.Fatalf("it does not open by itself: %v", err)
	}
	defer b.end()
	var fresh queue.Ticket
	printed, err := b.press(1, func(t queue.Ticket) { fresh = t })
	if err != nil || !printed {
		t.Fatalf("the next number %s: printed %v, %v", fresh.ID, printed, err)
	}
	more = readPapers(t, bar, p.Papers())
	known := map[string]queue.TicketID{}
	for id, ticket := range b.office.State().Tickets {
		if _, twice := known[ticket.Code]; twice || !strings.HasPrefix(ticket.Code, string(id)) {
			t.Errorf("the code %s of %s is another's", ticket.Code, id)
		}
		known[ticket.Code] = id
	}
	if len(known) != b.office.State().Tickets[fresh.ID].ID.Number() {
		t.Errorf("%d numbers and the last is %s", len(known), fresh.ID)
	}
	for _, code := range f.shown {
		if known[code] == "" {
			t.Errorf("the number %s was on the screen and is not in the record", code)
		}
		if code == fresh.Code {
			t.Errorf("the number %s was given twice", code)
		}
	}
	plain := map[string]int{}
	for _, paper := range append(append([]paper(nil), f.papers...), more...) {
		switch {
		case paper.code == "":
			continue // torn off before its code
		case known[paper.code] == "":
			t.Errorf("a paper says %s, which the office does not know", paper.code)
		case !paper.copy:
			plain[paper.code]++
		}
		if plain[paper.code] > 1 {
			t.Errorf("two plain papers say %s", paper.code)
		}
	}
	if plain[fresh.Code] != 1 {
		t.Errorf("the next number %s is on %d papers", fresh.ID, plain[fresh.Code])
	}
	return len(known), more
}
