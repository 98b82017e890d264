package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/proc"
	"motcua/cmd/internal/reach"
	"motcua/queue"
	"motcua/queue/device"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
	"motcua/queue/office/terminal"
	"motcua/queue/succession"
)

// asMotcuad makes the test's own binary the program.
const asMotcuad = "MOTCUAD_TEST_MAIN"

// pair is a hub and its standby as processes, and the terminals of the hall.
type pair struct {
	t            *testing.T
	dir          string
	hub, standby *proc.Program
	hubAddr      string
	standbyAddr  string
	rules        dossier.Rules
}

// newPair starts both; the standby has joined and got the key.
func newPair(t *testing.T) *pair {
	t.Helper()
	shipped, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{t: t, dir: t.TempDir(), rules: shipped.Rules()}
	for _, addr := range []*string{&p.hubAddr, &p.standbyAddr} {
		if *addr, err = proc.FreeAddr(); err != nil {
			t.Fatal(err)
		}
	}
	p.startHub()
	var got struct{ Code string }
	grant := enrol.Grant{Name: "standby-1", Role: device.Standby}
	if err := enrol.Ask(t.Context(), http.DefaultTransport, "POST", "http://"+p.hubAddr+"/v1/enrolment/codes", grant, &got); err != nil {
		t.Fatal(err)
	}
	code, _ := enrol.ParseCode(got.Code)
	if err := os.MkdirAll(p.path("standby"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := reach.Join(t.Context(), "https://"+p.hubAddr, p.path("standby"), code); err != nil {
		t.Fatal(err)
	}
	p.startStandby()
	return p
}

func (p *pair) path(name string) string { return filepath.Join(p.dir, name) }

func (p *pair) startHub() { p.hub = p.start("hub", p.hubAddr) }

func (p *pair) startStandby() {
	p.standby = p.start("standby", p.standbyAddr, "--standby-of", "https://"+p.hubAddr, "--device", "standby-1")
}

func (p *pair) start(name, addr string, more ...string) *proc.Program {
	p.t.Helper()
	args := append([]string{"--data", p.path(name), "--listen", addr}, more...)
	prog, err := proc.Start(context.WithoutCancel(p.t.Context()), p.path(name+".log"), append(os.Environ(), asMotcuad+"=1"), os.Args[0], args...)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(prog.Kill)
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	if err := prog.Ready(ctx, "http://"+addr+"/v1/seat"); err != nil {
		p.t.Fatal(err)
	}
	return prog
}

// seat is what a machine says of itself.
func (p *pair) seat(addr string) (a struct {
	Seat    succession.Seat
	Head    struct{ Seq uint64 }
	Waiting []int
},
) {
	_ = enrol.Ask(p.t.Context(), http.DefaultTransport, "GET", "http://"+addr+"/v1/seat", nil, &a) // a dead one says nothing
	return a
}

// state is the queue at a machine.
func (p *pair) state(addr string) *queue.State {
	ctx, cancel := context.WithTimeout(p.t.Context(), 5*time.Second)
	defer cancel()
	updates, err := office.Dial("http://"+addr, office.DialOptions{}).Follow(ctx)
	if err != nil {
		return queue.NewState()
	}
	if u, ok := <-updates; ok && u.State != nil {
		return u.State
	}
	return queue.NewState()
}

// place is a terminal at work.
type place struct {
	*terminal.Terminal
	t                *testing.T
	officer, counter string
	stop             func()
}

func (p *pair) place(name, role, counter, officer string) *place {
	p.t.Helper()
	if err := os.MkdirAll(p.path(name), 0o700); err != nil {
		p.t.Fatal(err)
	}
	t, err := terminal.Open(terminal.Config{
		Device: name, Role: role, Dir: p.path(name), Rules: p.rules,
		Offices: []terminal.Office{{Base: "http://" + p.hubAddr}, {Base: "http://" + p.standbyAddr}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(p.t.Context()))
	ended := make(chan struct{})
	go func() { defer close(ended); _ = t.Run(ctx) }()
	at := &place{Terminal: t, t: p.t, officer: officer, counter: counter}
	at.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		if err := t.Close(); err != nil {
			p.t.Error(err)
		}
	})
	p.t.Cleanup(at.stop)
	return at
}

// ready waits until the office has given the terminal its series.
func (p *place) ready() *place {
	p.t.Helper()
	eventually(p.t, p.Device()+" is known", func() bool {
		s := p.Seen()
		return s.State != nil && s.Lost.IsZero() && s.State.Stations[p.Device()].Series != ""
	})
	return p
}

func (p *place) do(cmd queue.Command) office.Reply {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	r, err := p.DoAs(ctx, 0, p.officer, p.counter, cmd)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.Device(), cmd.Name(), err)
	}
	return r
}

func (p *place) issue(service string) string {
	p.t.Helper()
	return string(p.do(queue.IssueTicket{Service: service}).Ticket.ID)
}

func (p *place) silent() {
	p.t.Helper()
	eventually(p.t, p.Device()+" is alone", func() bool { return !p.Seen().Lost.IsZero() })
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// TestScenario24_HubDiesAndComesBack: the hub is killed with records that only
// terminals have; the hall goes on, a supervisor promotes the standby, the first
// number of the new term comes within a minute of the death. The old hub comes
// back, retires and hands over; everything is there once, and what two places
// did is listed.
func TestScenario24_HubDiesAndComesBack(t *testing.T) {
	p := newPair(t)
	config := p.state(p.hubAddr).Config
	service := config.Services[0].ID
	kiosk := p.place("kiosk-1", queue.RoleKiosk, "", "").ready()
	one := p.place("counter-1", queue.RoleCounter, config.Counters[0].ID, config.Officers[0].ID).ready()
	two := p.place("counter-2", queue.RoleCounter, config.Counters[1].ID, config.Officers[1].ID).ready()
	var given []string
	for range 3 {
		given = append(given, kiosk.issue(service))
	}
	one.do(queue.OpenCounter{})
	two.do(queue.OpenCounter{})
	if _, err := one.Procedures(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	first := queue.TicketID(given[0])
	eventually(t, "the second counter has the numbers", func() bool { return two.Seen().State.Ticket(queue.TicketID(given[2])) != nil })
	eventually(t, "the standby is level", func() bool { return p.seat(p.standbyAddr).Head == p.seat(p.hubAddr).Head })

	// From here the standby gets nothing, and the second counter is away.
	p.standby.Kill()
	two.stop()
	given = append(given, kiosk.issue(service))
	one.do(queue.CallTicket{Ticket: first, Reason: "other"})
	one.do(queue.StartService{})
	one.do(queue.FinishTicket{})
	eventually(t, "the kiosk's copy has all", func() bool { return kiosk.Seen().State.Ticket(first).Status() == queue.Done })

	p.hub.Kill()
	died := time.Now()
	given = append(given, kiosk.issue(service))
	if took := time.Since(died); took > 4*time.Second {
		t.Errorf("the kiosk's own number came after %v", took)
	}
	p.startStandby()
	two = p.place("counter-2", queue.RoleCounter, two.counter, two.officer)
	two.silent()
	two.do(queue.ServeByHand{Ticket: first}) // its copy says that nobody has
	two.do(queue.FinishTicket{})
	receipt := p.receipt(one)

	eventually(t, "the standby is promoted", func() bool {
		return office.PromoteAt(t.Context(), "http://"+p.standbyAddr, office.Promotion{Officer: one.officer, Reason: "hub-power"}) == nil
	})
	for {
		id := kiosk.issue(service)
		given = append(given, id)
		if queue.TicketID(id).Series() == "A2" || queue.TicketID(id).Label()[1:3] == "2-" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	took := time.Since(died)
	t.Logf("the first number of the new term came %v after the hub's death", took.Round(time.Millisecond))
	if took > time.Minute {
		t.Errorf("the first number of the new term came after %v", took)
	}

	p.startHub() // it believes that it leads
	eventually(t, "the old hub is retired", func() bool { return p.seat(p.hubAddr).Seat.Role == succession.Retired })
	eventually(t, "it has handed over", func() bool {
		s := p.seat(p.standbyAddr)
		return s.Seat.Role == succession.Hub && len(s.Waiting) == 0
	})
	p.check(given, receipt)
}

// receipt takes in a dossier while the office is silent.
func (p *pair) receipt(at *place) string {
	p.t.Helper()
	at.silent()
	list, err := at.Procedures(p.t.Context(), "")
	if err != nil || len(list) == 0 {
		p.t.Fatal(errors.Join(err, errors.New("no procedures")))
	}
	c := dossier.Receive{Procedure: list[0].Code, Sets: 1, Applicant: &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345"}}
	for _, q := range list[0].Papers {
		c.Papers = append(c.Papers, dossier.Paper{Name: q.Name, Original: q.Original, Copies: q.Copies, Required: q.Required, Present: true})
	}
	return at.do(c).Dossier.Code
}

// check holds the new hub to what citizens have in their hands.
func (p *pair) check(given []string, receipt string) {
	p.t.Helper()
	client := office.Dial("http://"+p.standbyAddr, office.DialOptions{})
	eventually(p.t, "everything is merged", func() bool {
		s := p.state(p.standbyAddr)
		for _, id := range given {
			if s.Ticket(queue.TicketID(id)) == nil {
				return false
			}
		}
		d, err := client.Dossier(p.t.Context(), receipt)
		return err == nil && d.Numbered() && len(s.Anomalies) > 0
	})
	seen := map[string]bool{}
	for _, id := range given {
		if seen[id] {
			p.t.Errorf("%s was given twice", id)
		}
		seen[id] = true
	}
	found := false
	for _, a := range p.state(p.standbyAddr).Anomalies {
		found = found || a.What == queue.DoubleService && string(a.Ticket) == given[0]
	}
	if !found {
		p.t.Errorf("who was served twice is not listed: %+v", p.state(p.standbyAddr).Anomalies)
	}
}
