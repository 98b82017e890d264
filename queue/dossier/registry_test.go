package dossier_test

import (
	"encoding/json"
	"testing"
	"time"

	"motcua/assets/calendar"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
	"motcua/queue/worktime"
)

var desk = chain.Actor{Device: "quay-3", Officer: "cb03", Counter: "3"}

// registry is a Book over a journal of its own: events go through JSON, as
// they do in life, before they are applied.
type registry struct {
	t        testing.TB
	rules    dossier.Rules
	now      time.Time
	dossiers map[string]dossier.Dossier
	journal  []fact
	last     map[string]int // what the office claims, when a test says so
	numbered map[string]string
}

type fact struct {
	kind string
	data json.RawMessage
	at   time.Time
	by   chain.Actor
}

func newRegistry(t testing.TB, now string) *registry {
	t.Helper()
	cal, err := calendar.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &registry{
		t: t, now: moment(t, now), dossiers: map[string]dossier.Dossier{}, numbered: map[string]string{},
		rules: dossier.Rules{
			Office: "H26.138", Catalogue: procedures(), Calendar: cal,
			Criteria: []dossier.Criterion{{ID: "on-time"}, {ID: "polite"}},
		},
	}
}

func procedures() *catalogue.Catalogue {
	return catalogue.New("1", []catalogue.Procedure{
		{
			Code: "1.001193", Name: "Đăng ký khai sinh", NameEN: "Birth registration", Domain: "Hộ tịch", Service: "ho-tich",
			Decision: "163/QĐ-BTP", From: "2026-01-01", Source: "test",
			Time: catalogue.Duration{N: 3, Unit: "workday", Model: "hour"},
			Papers: []catalogue.Paper{
				{Name: "Tờ khai đăng ký khai sinh", Original: 1, Required: true},
				{Name: "Giấy chứng sinh", Original: 1, Required: true},
				{Name: "Văn bản ủy quyền", Original: 1},
			},
		},
		{
			Code: "2.000815", Name: "Chứng thực bản sao từ bản chính", Domain: "Chứng thực", Service: "ho-tich",
			Decision: "3152/QĐ-BTP", From: "2026-01-01", Source: "test",
			Time: catalogue.Duration{Unit: "same-day", CutOff: 900},
			Fee:  catalogue.Fee{Amount: 2000, Per: "trang", Note: "tối đa 200.000 đồng/bản"},
		},
	})
}

// birth is a complete Receive of the first procedure.
func birth() dossier.Receive {
	return dossier.Receive{
		Procedure: "1.001193", Ticket: "261109-A012",
		Papers: []dossier.Paper{
			{Name: "Giấy chứng sinh", Original: 1, Present: true},
			{Name: "Tờ khai đăng ký khai sinh", Original: 1, Present: true},
		},
		Sealed: []byte{1, 2, 3}, Mask: "001*****2345", CardHash: "9f86d081884c7d65",
	}
}

func (r *registry) Dossier(code string) (dossier.Dossier, bool) {
	if other, renamed := r.numbered[code]; renamed {
		code = other
	}
	d, ok := r.dossiers[code]
	return d, ok
}

func (r *registry) LastSerial(of string) int {
	last := r.last[of]
	for code := range r.dossiers {
		if count, n, ok := dossier.Serial(code); ok && count == of {
			last = max(last, n)
		}
	}
	for code := range r.numbered {
		if count, n, ok := dossier.Serial(code); ok && count == of {
			last = max(last, n)
		}
	}
	return last
}

// try decides a command and, when it is carried out, records and applies it.
func (r *registry) try(cmd queue.Command, by chain.Actor) (dossier.Dossier, error) {
	r.t.Helper()
	events, err := dossier.Decide(r, cmd, by, r.now, r.rules)
	if err != nil {
		if len(events) > 0 {
			r.t.Errorf("%s was refused (%v) and gave %v", cmd.Name(), err, events)
		}
		return dossier.Dossier{}, err
	}
	var d dossier.Dossier
	for _, e := range events {
		d = r.record(e, by)
	}
	return d, nil
}

// record keeps an event and applies what reads back.
func (r *registry) record(e queue.Event, by chain.Actor) dossier.Dossier {
	r.t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		r.t.Fatal(err)
	}
	r.journal = append(r.journal, fact{e.Kind(), data, r.now.UTC().Truncate(time.Millisecond), by})
	back, ok, err := dossier.DecodeEvent(e.Kind(), 1, data)
	if !ok || err != nil {
		r.t.Fatalf("decode %s: %t, %v", e.Kind(), ok, err)
	}
	before, _ := r.Dossier(dossier.CodeOf(back))
	d := dossier.Apply(before, back, r.now, by)
	if d.Provisional != "" && d.Numbered() {
		delete(r.dossiers, before.Code)
		r.numbered[d.Provisional] = d.Code
	}
	r.dossiers[d.Code] = d
	return d
}

func (r *registry) do(cmd queue.Command) dossier.Dossier {
	r.t.Helper()
	d, err := r.try(cmd, desk)
	if err != nil {
		r.t.Fatalf("%s at %s: %v", cmd.Name(), r.now, err)
	}
	return d
}

// refused expects a refusal with a code and returns its facts.
func (r *registry) refused(cmd queue.Command, by chain.Actor, code string) map[string]string {
	r.t.Helper()
	_, err := r.try(cmd, by)
	no, ok := refusal.Of(err)
	if !ok || no.Code != code {
		r.t.Errorf("%s: got %v, want %s", cmd.Name(), err, code)
		return nil
	}
	return no.Args
}

// clock moves to a moment, "09/11/2026 10:00".
func (r *registry) clock(at string) { r.now = moment(r.t, at) }

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("02/01/2006 15:04", s, worktime.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func clockText(t time.Time) string { return t.In(worktime.Zone).Format("02/01/2006 15:04") }
