package station

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"motcua/assets/i18n"
	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/slip"
	"motcua/printer/spool"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/idcard"
)

// PaperConfig says which printer a station has.
type PaperConfig struct {
	// Address and Profile are as in the configuration file.
	Address, Profile string
	// Dir keeps the print journal.
	Dir   string
	Texts *i18n.Texts
	// Changed is told how the printer is; it must not block.
	Changed func(spool.Status)
}

// Paper prints a station's slips, each once. A nil Paper is a station without
// a printer.
type Paper struct {
	texts   *i18n.Texts
	maker   *slip.Maker
	spool   *spool.Spool
	profile escpos.Profile

	mu      sync.Mutex
	config  queue.Config                  // mu guards: the office's, from its stream
	waiting map[string]chan spool.Outcome // mu guards: by job
	torn    map[string]bool               // mu guards: jobs of which some may be on paper
}

// NewPaper opens the print journal. The printer itself may be absent: the
// spool looks for it as long as it runs.
func NewPaper(c PaperConfig) (*Paper, error) {
	address, err := device.Parse(c.Address)
	if err != nil {
		return nil, fmt.Errorf("set up printing: %w", err)
	}
	return newPaper(c, address, address.Open)
}

// newPaper is NewPaper on a line that open opens.
func newPaper(c PaperConfig, address device.Address, open func(context.Context) (device.Device, error)) (*Paper, error) {
	profile, err := escpos.Find(c.Profile)
	if err != nil {
		return nil, fmt.Errorf("set up printing: %w", err)
	}
	maker, err := slip.New(c.Texts, slog.Default())
	if err != nil {
		return nil, fmt.Errorf("set up printing: %w", err)
	}
	p := &Paper{
		texts: c.Texts, maker: maker, profile: profile,
		waiting: map[string]chan spool.Outcome{}, torn: map[string]bool{},
	}
	p.spool, err = spool.New(spool.Config{
		Path: filepath.Join(c.Dir, "print.db"), Profile: profile, Open: open,
		Mute: address.Mute(), Rate: address.Rate(), CopyBar: maker.CopyBar,
		Outcome: p.came, Changed: c.Changed, Log: slog.Default(),
	})
	if err != nil {
		return nil, fmt.Errorf("set up printing: %w", err)
	}
	return p, nil
}

// Run prints until ctx ends, then closes the print journal.
func (p *Paper) Run(ctx context.Context) {
	if err := p.spool.Run(ctx); err != nil && ctx.Err() == nil {
		slog.Error("printing stopped", "err", err)
	}
	if err := p.spool.Close(); err != nil {
		slog.Error("print journal not closed", "err", err)
	}
}

// Configure tells what the office is called and how it calls.
func (p *Paper) Configure(c queue.Config) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.config = c
}

func (p *Paper) office() queue.Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.config
}

// Ticket prints a queue ticket and waits until it is in the slot. After an
// error the number on the screen stands for it, and no slip of it is begun any
// more; one that is stuck half way may still come, see Late.
func (p *Paper) Ticket(ctx context.Context, t queue.Ticket) error {
	if p == nil {
		return errNoPaper{"there is no printer"}
	}
	return p.ticket(ctx, t, ticketJob(t.ID), 1)
}

// TicketAgain prints one more slip of a ticket that came out before, here or
// elsewhere, with the copy mark, and waits for it as Ticket does.
func (p *Paper) TicketAgain(ctx context.Context, t queue.Ticket) error {
	if p == nil {
		return errNoPaper{"there is no printer"}
	}
	id, copies := p.nextJob(func(n int) string {
		if n == 1 {
			return ticketJob(t.ID)
		}
		return ticketJob(t.ID) + "-" + strconv.Itoa(n)
	})
	if t.Print == queue.Printed {
		copies = max(copies, 2) // by another kiosk
	}
	return p.ticket(ctx, t, id, copies)
}

func (p *Paper) ticket(ctx context.Context, t queue.Ticket, job string, copies int) error {
	c := p.office()
	service, _ := c.Service(t.Service)
	class, _ := c.Class(t.Class)
	s := slip.Ticket{
		Lang: t.Lang, Office: c.Name.In(t.Lang), Parent: c.Parent.In(t.Lang), Label: t.ID.Label(),
		Service: service.Name.In(t.Lang), Mark: class.Name.In(t.Lang), TakenAt: queue.Local(t.Arrived), Dossiers: t.Dossiers,
		Ahead: t.Estimate.Ahead, QR: c.TicketLink + t.Code, Code: t.Code,
		Calls: c.RecallLimit + 1, Penalty: c.AbsentPenalty, Kiosk: t.Kiosk, ID: string(t.ID), Alone: t.ID.ByDevice(),
	}
	if !t.After.IsZero() {
		s.After = queue.Local(t.After)
	}
	if t.Estimate.High > 0 {
		s.From, s.To = queue.Local(t.Arrived.Add(t.Estimate.Low)), queue.Local(t.Arrived.Add(t.Estimate.High))
	}
	picture, err := p.maker.Ticket(p.profile.Paper, s)
	if err != nil {
		return fmt.Errorf("set ticket %s: %w", t.ID, err)
	}
	return p.print(ctx, spool.Job{
		ID: job, Lang: t.Lang, Picture: picture, Deadline: time.Now().Add(ticketLife), Copy: copies,
	})
}

// Receipt prints the short receipt of a dossier and waits for it. Printed
// again, it carries the copy mark.
func (p *Paper) Receipt(ctx context.Context, d dossier.Dossier, who dossier.Person) error {
	if p == nil {
		return errNoPaper{"there is no printer"}
	}
	const lang = "vi" // the paper's language is the office's
	c := p.office()
	counter, _ := c.Counter(d.Counter)
	key, args := dossier.DueRuleText(d.Time)
	s := slip.Receipt{
		Lang: lang, Office: c.Name.In(lang), Parent: c.Parent.In(lang), Code: d.Code, Procedure: d.Title.In(lang),
		Applicant: initials(who.Name), ApplicantID: idcard.Mask(who.ID), Sets: d.Sets,
		ReceivedAt: queue.Local(d.Received), DueAt: queue.Local(d.Due), DueRule: p.texts.Get(lang, key, args...),
		Fee: d.Fee, FeeNote: d.FeeNote, Counter: counter.Name.In(lang),
		Handover: p.texts.Get(lang, "dossier.handover."+string(d.Handover)), Provisional: !d.Numbered(),
	}
	for _, paper := range d.Papers {
		if paper.Present {
			s.Papers = append(s.Papers, slip.Paper{Name: paper.Name, Originals: paper.Original, Copies: paper.Copies})
		}
	}
	picture, err := p.maker.Receipt(p.profile.Paper, s)
	if err != nil {
		return fmt.Errorf("set receipt %s: %w", d.Code, err)
	}
	id, copies := p.nextJob(func(n int) string { return "receipt-" + d.Code + "-" + strconv.Itoa(n) })
	return p.print(ctx, spool.Job{ID: id, Lang: lang, Picture: picture, Deadline: time.Now().Add(ticketLife), Copy: copies})
}

// initials shortens a name so that its owner knows it and a finder does not:
// "Nguyễn Thị Ánh Tuyết" becomes "N. T. Á. Tuyết".
func initials(name string) string {
	words := strings.Fields(name)
	for i := range max(0, len(words)-1) {
		first := []rune(words[i])[0]
		words[i] = strings.ToUpper(string(first)) + "."
	}
	return strings.Join(words, " ")
}
