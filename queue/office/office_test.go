package office_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"motcua/assets/calendar"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// clock is a wall clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

// morningOf is 08:00 in Vietnam on a working Friday.
func morningOf() *clock { return &clock{now: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func setup() *queue.Config {
	return &queue.Config{
		Office: "H26.138", Name: queue.Text{VI: "Bộ phận Một cửa"}, TicketLink: "HTTPS://MC.EXAMPLE/T/",
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: queue.Text{VI: "Hộ tịch"}, Pace: 300},
			{ID: "copy", Letter: "H", Name: queue.Text{VI: "Chứng thực"}, Pace: 120},
		},
		Counters: []queue.Counter{
			{ID: "1", Tiers: [][]string{{"civil", "copy"}}}, {ID: "2", Tiers: [][]string{{"civil", "copy"}}},
		},
		Officers:    []queue.Officer{{ID: "cb01", Name: "Nguyễn Văn A"}, {ID: "cb02", Name: "Trần Thị B"}},
		RecallLimit: 3, AutoFinish: true,
	}
}

func procedures() *catalogue.Catalogue {
	return catalogue.New("2026-11-01", []catalogue.Procedure{{
		Code: "1.001193", Name: "Đăng ký khai sinh", NameEN: "Birth registration", Domain: "Hộ tịch", Service: "civil",
		Decision: "163/QĐ-BTP", From: "2026-01-01", Source: "test",
		Time:   catalogue.Duration{N: 3, Unit: "workday", Model: "day"},
		Papers: []catalogue.Paper{{Name: "Tờ khai", Original: 1, Required: true}},
	}})
}

// open opens an office in a folder; change edits the configuration.
func open(t testing.TB, dir string, change func(*office.Config)) *office.Office {
	t.Helper()
	days, err := calendar.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := office.Config{
		Dir: dir, Setup: setup(), Now: morningOf().Now, Synced: func() bool { return true },
		Rules:   dossier.Rules{Catalogue: procedures(), Calendar: days, Criteria: []dossier.Criterion{{ID: "kind"}}},
		Journal: journal.Options{MinFree: -1},
	}
	if change != nil {
		change(&cfg)
	}
	o, err := office.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// serve serves an office over HTTP and returns its client.
func serve(t testing.TB, o *office.Office) (office.Client, *httptest.Server) {
	t.Helper()
	h, err := office.Handler(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return office.Dial(server.URL, office.DialOptions{}), server
}

func do(t testing.TB, c *office.Caller, officer, counter string, cmd queue.Command) office.Reply {
	t.Helper()
	r, err := c.Do(context.Background(), officer, counter, cmd)
	if err != nil {
		t.Fatalf("%s: %v", cmd.Name(), err)
	}
	return r
}

func person() *dossier.Person {
	return &dossier.Person{Name: "Nguyễn Thị Bí Mật", ID: "001099012345", Phone: "0912345678", Address: "Hà Nội"}
}

func receive() dossier.Receive {
	return dossier.Receive{
		Procedure: "1.001193", Applicant: person(),
		Papers: []dossier.Paper{{Name: "Tờ khai", Original: 1, Present: true}},
	}
}

func TestRestartKeepsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := open(t, dir, nil)
	kiosk, desk := office.NewCaller(office.Local(o), "kiosk-1"), office.NewCaller(office.Local(o), "desk-1")
	first := do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"})
	do(t, desk, "cb01", "1", queue.OpenCounter{})
	do(t, desk, "cb01", "1", queue.CallNext{})
	code := do(t, desk, "cb01", "1", receive()).Dossier.Code
	want, err := json.Marshal(o.State())
	if err != nil {
		t.Fatal(err)
	}
	head := o.Journal().Head()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, nil)
	got, _ := json.Marshal(again.State())
	if !bytes.Equal(got, want) {
		t.Errorf("state after a restart: got %s, want %s", got, want)
	}
	if again.Journal().Head() != head {
		t.Errorf("got head %v, want %v: the same configuration was recorded twice", again.Journal().Head(), head)
	}
	local := office.Local(again)
	if k, err := local.Case(t.Context(), code); err != nil || k.Applicant != *person() {
		t.Errorf("applicant after a restart: got %v, %v", k.Applicant, err)
	}
	if tk, err := local.Ticket(t.Context(), first.Ticket.Code); err != nil || tk.ID != first.Ticket.ID {
		t.Errorf("ticket by its code: got %v, %v", tk.ID, err)
	}
	next := do(t, office.NewCaller(local, "kiosk-1"), "", "", queue.IssueTicket{Service: "civil"})
	if next.Ticket.ID != "261120-A002" {
		t.Errorf("got %s after a restart, want 261120-A002", next.Ticket.ID)
	}
	if _, err := again.Journal().Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestKeyFileMustBelongToTheJournal(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	_ = open(t, dir, nil).Close()
	_ = open(t, other, nil).Close()
	for name, spoil := range map[string]string{"another office's key": filepath.Join(other, office.KeyFile), "no key": ""} {
		if err := replace(filepath.Join(dir, office.KeyFile), spoil); err != nil {
			t.Fatal(err)
		}
		if _, err := office.Open(office.Config{Dir: dir}); !errors.Is(err, office.ErrKey) {
			t.Errorf("%s: got %v, want ErrKey", name, err)
		}
	}
}

func TestNoPersonalDataInRecordsFileOrLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var log bytes.Buffer
	o := open(t, dir, func(c *office.Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	over, _ := serve(t, o)
	desk := office.NewCaller(over, "desk-1")
	code := do(t, desk, "cb01", "1", receive()).Dossier.Code
	if _, err := over.Dossiers(t.Context(), office.DossierQuery{Card: person().ID}); err != nil {
		t.Fatal(err)
	}
	_, _ = over.Case(t.Context(), code)
	wrong := receive()
	wrong.Procedure = "9.999999"
	_, _ = desk.Do(t.Context(), "cb01", "1", wrong)
	_ = o.Close()
	file, err := read(filepath.Join(dir, office.JournalFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Bí Mật", "001099012345", "0912345678"} {
		if bytes.Contains(file, []byte(secret)) || bytes.Contains(log.Bytes(), []byte(secret)) {
			t.Errorf("%q stands in clear in the file or the log", secret)
		}
	}
	if !bytes.Contains(file, []byte("001*****2345")) {
		t.Error("control: the mask is not in the file, so the search finds nothing")
	}
}

func TestErasedApplicantIsGoneAndTheChainHolds(t *testing.T) {
	t.Parallel()
	o := open(t, t.TempDir(), nil)
	local := office.Local(o)
	desk := office.NewCaller(local, "desk-1")
	code := do(t, desk, "cb01", "1", receive()).Dossier.Code
	do(t, desk, "cb01", "1", office.Erase{Code: code, Reason: "hết thời hạn lưu"})
	k, err := local.Case(t.Context(), code)
	if err != nil || !k.Erased || k.Applicant != (dossier.Person{}) {
		t.Errorf("got %+v, %v, want an erased case", k, err)
	}
	if _, err := o.Journal().Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := o.Journal().Rebuild(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCatalogueFromTheCity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := open(t, dir, nil)
	city := office.NewCaller(office.Local(o), office.DeviceCentral)
	fresh := procedures()
	fresh.Version = "2026-11-21"
	fresh.Procedures[0].Name = "Đăng ký khai sinh (mới)"
	fresh.Procedures[0].Steps = []catalogue.Step{{Name: "Thẩm tra", Hours: 2}}
	doc, err := json.Marshal(fresh)
	if err != nil {
		t.Fatal(err)
	}
	before := o.Journal().Head().Seq
	do(t, city, "", "", office.InstallCatalogue{Document: doc})
	do(t, city, "", "", office.InstallCatalogue{Document: doc})
	if got := o.Journal().Head().Seq - before; got != 1 {
		t.Errorf("got %d records for one catalogue sent twice, want 1", got)
	}
	records, err := o.Journal().Range(t.Context(), before, 1)
	if err != nil || len(records) != 1 || !bytes.Contains(records[0].Data, []byte(`"changed":1`)) {
		t.Errorf("the record does not count what changed: %v, %+v", err, records)
	}
	_, err = city.Do(t.Context(), "", "", office.InstallCatalogue{Document: []byte(`{"version":"x","procedures":[{}]}`)})
	if !errors.Is(err, refusal.New("catalogue-invalid")) {
		t.Errorf("faulty catalogue: got %v, want a refusal", err)
	}
	_ = o.Close()
	o = open(t, dir, nil)
	found, err := office.Local(o).Procedures(t.Context(), "khai sinh")
	if err != nil || len(found) != 1 || found[0].Name != fresh.Procedures[0].Name || found[0].Steps != nil {
		t.Errorf("after a restart: got %v, %v, want the city's", found, err)
	}
}

func TestClockStateIsRecorded(t *testing.T) {
	t.Parallel()
	at, synced := morningOf(), false
	o := open(t, t.TempDir(), func(c *office.Config) { c.Now, c.Synced = at.Now, func() bool { return synced } })
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	clockOf := func(r office.Reply) chain.Clock {
		t.Helper()
		records, err := o.Journal().Range(t.Context(), r.Seq-1, 1)
		if err != nil || len(records) != 1 {
			t.Fatal(err)
		}
		return records[0].Clock
	}
	issue := func() office.Reply { return do(t, kiosk, "", "", queue.IssueTicket{Service: "civil"}) }
	issue()
	at.add(time.Minute)
	if got := clockOf(issue()); got != chain.ClockFree {
		t.Errorf("a minute later: got %q, want free", got)
	}
	at.add(-3 * time.Hour)
	if got := clockOf(issue()); got != chain.ClockJumped {
		t.Errorf("three hours back: got %q, want jumped", got)
	}
	if got := clockOf(issue()); got != chain.ClockFree {
		t.Errorf("and on from there: got %q, want free", got)
	}
	numbers := map[queue.TicketID]bool{}
	for id := range o.State().Tickets {
		numbers[id] = true
	}
	if len(numbers) != 4 {
		t.Errorf("got %d numbers, want 4", len(numbers))
	}
}

func TestSuspectStoreEndsTheOffice(t *testing.T) {
	t.Parallel()
	broken := make(chan struct{})
	o := open(t, t.TempDir(), func(c *office.Config) {
		c.Journal.BeforeCommit = func() error {
			select {
			case <-broken:
				return errors.New("input/output error")
			default:
				return nil
			}
		}
	})
	over, _ := serve(t, o)
	close(broken)
	_, err := over.Do(t.Context(), office.Call{N: 1, By: chain.Actor{Device: "kiosk-1"}, Command: queue.IssueTicket{Service: "civil"}})
	if !errors.Is(err, office.ErrUnreachable) {
		t.Fatalf("got %v, want ErrUnreachable: nobody knows whether it is on the disk", err)
	}
	<-o.Done()
	if !errors.Is(o.Err(), journal.ErrSuspect) {
		t.Errorf("got %v, want ErrSuspect", o.Err())
	}
	_, err = office.Local(o).Do(t.Context(), office.Call{N: 2, By: chain.Actor{Device: "kiosk-1"}, Command: queue.IssueTicket{Service: "civil"}})
	if !errors.Is(err, office.ErrUnreachable) {
		t.Errorf("after the end: got %v, want ErrUnreachable", err)
	}
}
