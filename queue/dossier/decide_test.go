package dossier_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/assets/i18n"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

func TestReceive(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	promised, err := dossier.PromiseFor(r, "1.001193", r.now, r.rules)
	if err != nil {
		t.Fatal(err)
	}
	got := r.do(birth())
	want := dossier.Dossier{
		Code: "H26.138-261109-0001", Procedure: "1.001193", Version: "163/QĐ-BTP@2026-01-01",
		Domain: "Hộ tịch", Ticket: "261109-A012", Counter: "3", Officer: "cb03",
		Received: r.now, Due: moment(t, "12/11/2026 10:00"), DueRule: "3 ngày làm việc (theo giờ)",
		Time: catalogue.Duration{N: 3, Unit: "workday", Model: "hour"},
		Papers: []dossier.Paper{
			{Name: "Tờ khai đăng ký khai sinh", Original: 1, Required: true, Present: true},
			{Name: "Giấy chứng sinh", Original: 1, Required: true, Present: true},
			{Name: "Văn bản ủy quyền"},
		},
		Sets: 1, FeeNote: "Miễn phí", Handover: dossier.AtCounter,
		Sealed: []byte{1, 2, 3}, Mask: "001*****2345", CardHash: "9f86d081884c7d65",
		Steps: []dossier.Step{{At: r.now, Status: dossier.Received, Unit: "3"}},
	}
	want.Title.VI, want.Title.EN = "Đăng ký khai sinh", "Birth registration"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dossier (-want +got):\n%s", diff)
	}
	if promised.Code != got.Code || !promised.Due.Equal(got.Due) || promised.DueRule != got.DueRule || promised.FeeNote != got.FeeNote {
		t.Errorf("promised %+v, got another dossier", promised)
	}
}

func TestReceiveKeepsFeeAndOtherPapers(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 15:10")
	got := r.do(dossier.Receive{
		Procedure: "2.000815.000.00.00.H26", Sets: 2, Handover: dossier.ByPost,
		Papers: []dossier.Paper{{Name: "  Bằng\x1b tốt\u202e nghiệp ", Copies: 3, Required: true, Present: true}},
	})
	if got.Procedure != "2.000815" || got.Sets != 2 || got.Handover != dossier.ByPost ||
		got.Fee != 2000 || got.FeeNote != "mỗi trang; tối đa 200.000 đồng/bản" {
		t.Errorf("got %+v", got)
	}
	// The caller cannot make a paper required, nor send control characters on.
	if diff := cmp.Diff([]dossier.Paper{{Name: "Bằng tốt nghiệp", Copies: 3, Present: true}}, got.Papers); diff != "" {
		t.Errorf("papers (-want +got):\n%s", diff)
	}
	if got.DueRule != "trong ngày làm việc (nhận sau 15:00: ngày làm việc tiếp theo)" || clockText(got.Due) != "10/11/2026 17:00" {
		t.Errorf("due %s, %s", clockText(got.Due), got.DueRule)
	}
}

func TestSerials(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 23:59")
	r.do(birth())
	if got := r.do(birth()).Code; got != "H26.138-261109-0002" {
		t.Errorf("second of the day is %s", got)
	}
	r.now = r.now.Add(time.Minute).UTC() // midnight in Vietnam, whatever the machine's zone
	if got := r.do(birth()).Code; got != "H26.138-261110-0001" {
		t.Errorf("first of the next day is %s", got)
	}
	r.clock("09/11/2026 12:00") // the clock was put back a day
	if got := r.do(birth()).Code; got != "H26.138-261109-0003" {
		t.Errorf("after the clock went back: %s", got)
	}
	r.last = map[string]int{"2026-11-09": 9998}
	if got := r.do(birth()).Code; got != "H26.138-261109-9999" {
		t.Errorf("last of the day is %s", got)
	}
	args := r.refused(birth(), desk, "serial-exhausted")
	if args["day"] != "09/11/2026" {
		t.Errorf("exhausted %v", args)
	}
	// A book that forgot its counter still gives no code twice.
	r.last, r.now = nil, moment(t, "10/11/2026 09:00")
	first := r.dossiers["H26.138-261110-0001"]
	r.dossiers = map[string]dossier.Dossier{"H26.138-261110-0001": first}
	if got, err := dossier.PromiseFor(forgetful{r}, "1.001193", r.now, r.rules); err != nil || got.Code != "H26.138-261110-0002" {
		t.Errorf("promised %s (%v)", got.Code, err)
	}
}

type forgetful struct{ *registry }

func (forgetful) LastSerial(string) int { return 0 }

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*dossier.Receive)
		by     chain.Actor
		code   string
		args   map[string]string
	}{
		"an applicant in clear": {func(c *dossier.Receive) { c.Applicant = &dossier.Person{Name: "A"} }, desk, "applicant-not-sealed", nil},
		"a mask that is none":   {func(c *dossier.Receive) { c.Mask = "001199012345" }, desk, "applicant-not-sealed", nil},
		"a hash that is none":   {func(c *dossier.Receive) { c.CardHash = "001199012345" }, desk, "applicant-not-sealed", nil},
		"nobody signed in":      {func(*dossier.Receive) {}, chain.Actor{Device: "kiosk-1"}, "dossier-needs-officer", nil},
		"an unknown procedure": {
			func(c *dossier.Receive) { c.Procedure = "9.999999" }, desk, "procedure-unknown",
			map[string]string{"procedure": "9.999999"},
		},
		"an hostile procedure": {
			func(c *dossier.Receive) { c.Procedure = strings.Repeat("\x1b@ệ", 500) }, desk, "procedure-unknown",
			map[string]string{"procedure": strings.Repeat("@ệ", 12) + "@"},
		},
		"papers missing": {
			func(c *dossier.Receive) { c.Papers[0].Present, c.Papers[1].Present = false, false }, desk, "papers-missing",
			map[string]string{"names": "Tờ khai đăng ký khai sinh; Giấy chứng sinh"},
		},
		"a paper not mentioned": {
			func(c *dossier.Receive) { c.Papers = c.Papers[:1] }, desk, "papers-missing",
			map[string]string{"names": "Tờ khai đăng ký khai sinh"},
		},
		"negative counts": {func(c *dossier.Receive) { c.Papers[0].Copies = -1 }, desk, "dossier-field-invalid", map[string]string{"field": "papers"}},
		"a nameless paper": {
			func(c *dossier.Receive) { c.Papers = append(c.Papers, dossier.Paper{}) }, desk, "dossier-field-invalid",
			map[string]string{"field": "papers"},
		},
		"a thousand papers": {
			func(c *dossier.Receive) { c.Papers = make([]dossier.Paper, 1000) }, desk, "dossier-field-invalid",
			map[string]string{"field": "papers"},
		},
		"too many sets":    {func(c *dossier.Receive) { c.Sets = 100 }, desk, "dossier-field-invalid", map[string]string{"field": "sets"}},
		"another handover": {func(c *dossier.Receive) { c.Handover = "drone" }, desk, "dossier-field-invalid", map[string]string{"field": "handover"}},
		"no ticket's id":   {func(c *dossier.Receive) { c.Ticket = "A012" }, desk, "dossier-field-invalid", map[string]string{"field": "ticket"}},
		"a heap of sealed": {func(c *dossier.Receive) { c.Sealed = make([]byte, 1<<20) }, desk, "dossier-field-invalid", map[string]string{"field": "sealed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, "09/11/2026 10:00")
			c := birth()
			tt.change(&c)
			got := r.refused(c, tt.by, tt.code)
			if tt.args != nil && !cmp.Equal(tt.args, got) {
				t.Errorf("facts %v, want %v", got, tt.args)
			}
		})
	}
}

func TestNoPromiseWithoutACalendar(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "31/12/2027 10:00")
	if args := r.refused(birth(), desk, "calendar-missing"); args["year"] != "2028" {
		t.Errorf("facts %v", args)
	}
	r.rules.Calendar = nil
	if args := r.refused(birth(), desk, "calendar-missing"); args["year"] != "2027" {
		t.Errorf("facts %v", args)
	}
	r.rules.Catalogue = nil
	r.refused(birth(), desk, "procedure-unknown")
}

func TestUndecidedHolidayIsTold(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "03/02/2027 10:00")
	if got := r.do(birth()); !got.DueTentative {
		t.Errorf("due %s is told as certain", got.Due)
	}
}

func TestBadOfficeIdentifierIsAFault(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	r.rules.Office = "phường Tây Hồ"
	_, err := r.try(birth(), desk)
	if _, refused := refusal.Of(err); err == nil || refused {
		t.Errorf("got %v, want a plain error", err)
	}
}

// Each step is refused outside the statuses it belongs to.
func TestWrongStatus(t *testing.T) {
	t.Parallel()
	const code = "H26.138-261109-0001"
	commands := map[string]dossier.Command{
		"advance":    dossier.Advance{Code: code, Unit: "Tư pháp – Hộ tịch", Note: "Đã đăng ký khai sinh"},
		"request":    dossier.RequestSupplement{Code: code, Reason: "Thiếu giấy chứng sinh"},
		"supplement": dossier.Supplemented{Code: code},
		"ready":      dossier.MarkReady{Code: code},
		"return":     dossier.Return{Code: code},
		"refuse":     dossier.Close{Code: code, As: dossier.Refused, Reason: "Không thuộc thẩm quyền"},
	}
	for path, allowed := range map[string]string{
		"":                         "advance request ready refuse",
		"advance":                  "advance request ready refuse",
		"request":                  "supplement refuse",
		"request supplement":       "advance request ready refuse",
		"ready":                    "return",
		"ready return":             "",
		"refuse":                   "",
		"request refuse":           "",
		"request supplement ready": "return",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			for name, cmd := range commands {
				r := newRegistry(t, "09/11/2026 10:00")
				r.do(birth())
				for _, step := range strings.Fields(path) {
					r.do(commands[step])
				}
				if strings.Contains(allowed, name) {
					r.do(cmd)
				} else {
					args := r.refused(cmd, desk, "dossier-wrong-status")
					if args["code"] != code || args["status"] == "" {
						t.Errorf("%s: facts %v", name, args)
					}
				}
			}
		})
	}
}

func TestUnknownDossier(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	r.do(birth())
	for _, code := range []string{"H26.138-261109-0002", "", "DROP TABLE", strings.Repeat("9", 10_000)} {
		for _, cmd := range []dossier.Command{
			dossier.Advance{Code: code},
			dossier.RequestSupplement{Code: code, Reason: "x"},
			dossier.Supplemented{Code: code},
			dossier.MarkReady{Code: code},
			dossier.Return{Code: code},
			dossier.Close{Code: code, As: dossier.Stopped, Reason: "x"},
			dossier.Rate{Code: code, Level: 5},
		} {
			if args := r.refused(cmd, desk, "dossier-unknown"); len(args["code"]) > 64 {
				t.Errorf("the refusal repeats %d bytes", len(args["code"]))
			}
		}
	}
	// As a scanner or a hand may give it.
	r.do(dossier.MarkReady{Code: " h26.138-261109-0001\r"})
}

func TestReturnToSomebodyElse(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	code := r.do(birth()).Code
	r.do(dossier.MarkReady{Code: code})
	r.refused(dossier.Return{Code: code, Proxy: true}, desk, "proof-missing")
	r.refused(dossier.Return{Code: code, Proxy: true, Proof: " \x00\t "}, desk, "proof-missing")
	r.refused(dossier.Return{Code: code}, chain.Actor{Device: "kiosk-1"}, "dossier-needs-officer")
	r.clock("01/12/2026 09:00") // long overdue: no reason to keep a result back
	d := r.do(dossier.Return{Code: code, Proxy: true, Proof: "Giấy ủy quyền số 12/2026"})
	if d.Status() != dossier.Returned || clockText(d.Finished) != "09/11/2026 10:00" {
		t.Errorf("%s, finished %s", d.Status(), d.Finished)
	}
	for _, s := range d.Steps {
		if strings.Contains(s.Note, "12/2026") {
			t.Errorf("a citizen's eyes would see the proof: %+v", s)
		}
	}
	if last := r.journal[len(r.journal)-1]; !strings.Contains(string(last.data), "12/2026") {
		t.Errorf("the proof is not in the record: %s", last.data)
	}
}

func TestCloseNeedsAnEndAndAReason(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	code := r.do(birth()).Code
	r.refused(dossier.Close{Code: code, As: dossier.Returned, Reason: "x"}, desk, "dossier-field-invalid")
	r.refused(dossier.Close{Code: code, As: dossier.Withdrawn}, desk, "dossier-reason-missing")
	r.refused(dossier.RequestSupplement{Code: code}, desk, "dossier-reason-missing")
	r.refused(dossier.RequestSupplement{Code: code, Reason: strings.Repeat("ệ", 501)}, desk, "dossier-field-invalid")
	r.refused(dossier.Advance{Code: code, Note: strings.Repeat("a", 1<<20)}, desk, "dossier-field-invalid")
	r.refused(dossier.Advance{Code: code, Unit: strings.Repeat("a", 200)}, desk, "dossier-field-invalid")
	d := r.do(dossier.Close{Code: code, As: dossier.Withdrawn, Reason: "Công dân xin rút"})
	if d.Status() != dossier.Withdrawn || !d.Finished.Equal(r.now) || d.Steps[1].Note != "Công dân xin rút" {
		t.Errorf("got %+v", d)
	}
}

func TestScenario37_RateOncePerStage(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	kiosk := chain.Actor{Device: "kiosk-1"}
	code := r.do(birth()).Code
	r.refused(dossier.Rate{Code: code, Level: 0}, kiosk, "level-out-of-range")
	r.refused(dossier.Rate{Code: code, Level: 6}, kiosk, "level-out-of-range")
	r.refused(dossier.Rate{Code: code, Level: 5, Praise: []string{"bribe"}}, kiosk, "criterion-unknown")
	if _, err := r.try(dossier.Rate{Code: code, Level: 4, Praise: []string{"polite", "polite"}}, kiosk); err != nil {
		t.Fatal(err)
	}
	if got := string(r.journal[1].data); got != `{"code":"H26.138-261109-0001","stage":"receive","level":4,"praise":["polite"]}` {
		t.Errorf("recorded %s", got)
	}
	r.refused(dossier.Rate{Code: code, Level: 1}, kiosk, "already-rated")
	r.do(dossier.MarkReady{Code: code})
	r.refused(dossier.Rate{Code: code, Level: 1}, kiosk, "already-rated") // still the same stage
	r.do(dossier.Return{Code: code})
	d := r.do(dossier.Rate{Code: code, Level: 5})
	if diff := cmp.Diff([]string{"receive", "return"}, d.Rated); diff != "" {
		t.Errorf("rated (-want +got):\n%s", diff)
	}
	r.refused(dossier.Rate{Code: code, Level: 5}, kiosk, "already-rated")
}

func TestCommandsOfOthers(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	if args := r.refused(foreign{}, desk, "command-unknown"); args["command"] != "ticket.eat" {
		t.Errorf("facts %v", args)
	}
}

type foreign struct{}

func (foreign) Name() string { return "ticket.eat" }

// What the record keeps in Vietnamese is what the texts say.
func TestDueRuleIsTheText(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{"hour", "workday", "day", "month", "same-day"} {
		for _, model := range []string{"hour", "day"} {
			for _, cutOff := range []int{0, 900} {
				d := catalogue.Duration{N: 3, Unit: unit, Model: model, CutOff: cutOff}
				key, args := dossier.DueRuleText(d)
				if got, want := dossier.DueRule(d), texts.Get("vi", key, args...); got != want {
					t.Errorf("%+v: rule %q, text %q", d, got, want)
				}
				if !texts.Has("en", key) {
					t.Errorf("no English for %s", key)
				}
			}
		}
	}
	for _, s := range []dossier.Status{
		dossier.Received, dossier.Processing, dossier.Supplement, dossier.Ready,
		dossier.Returned, dossier.Refused, dossier.Withdrawn, dossier.Stopped,
	} {
		if !texts.Has("vi", "dossier.status."+string(s)) {
			t.Errorf("no word for status %s", s)
		}
	}
}
