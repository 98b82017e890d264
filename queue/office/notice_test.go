package office_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/letter"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// answers reads what the office has said to the city's notices.
func answers(t *testing.T, o *office.Office) (list []office.NoticeAnswered) {
	t.Helper()
	records, err := o.Journal().Range(context.Background(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		var a office.NoticeAnswered
		if r.Type != a.Kind() {
			continue
		}
		if err := json.Unmarshal(r.Data, &a); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

func bookable(cfg *office.Config) {
	cfg.Setup.Services[0].PerSlot = 1
	cfg.Setup.Hours = map[time.Weekday][]queue.Span{}
	for day := range time.Weekday(7) {
		cfg.Setup.Hours[day] = []queue.Span{{From: 450, To: 690}}
	}
}

// TestNoticesActOnceAndAreAnswered: a notice's effect and the office's word
// about it stand in the record together, once.
func TestNoticesActOnceAndAreAnswered(t *testing.T) {
	o := open(t, t.TempDir(), bookable)
	slot := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC) // 09:30
	take := func(n uint64, version uint64, c queue.Command) error {
		name := "of a later version"
		if c != nil {
			name = c.Name()
		}
		_, err := o.Do(context.Background(), office.Call{
			N: n, By: chain.Actor{Device: office.DeviceCentral}, Command: office.TakeNotice{Kind: name, Version: version, Command: c},
		})
		return err
	}
	book := queue.BookAppointment{Code: "TP-AAAA01", Service: "civil", Slot: slot}
	other := book
	other.Code = "TP-AAAA02"
	document := func(version string) queue.Command {
		return office.InstallCatalogue{Document: []byte(`{"version":"` + version + `","procedures":[]}`)}
	}
	for _, c := range []struct {
		n, version uint64
		command    queue.Command
	}{
		{10, 0, book},
		{10, 0, book},
		{11, 0, other},
		{12, 0, nil},
		{13, 7, document("7")},
		{14, 6, document("6")},
		{15, 7, document("7")},
		{16, 8, document("8")},
	} {
		if err := take(c.n, c.version, c.command); err != nil {
			t.Fatalf("notice %d: %v", c.n, err)
		}
	}
	want := []office.NoticeAnswered{
		{Notice: 10, What: "appointment.book"},
		{Notice: 11, What: "appointment.book", Refusal: refusal.New("appointment-full", "at", "09:30 20/11/2026")},
		{Notice: 12, What: "of a later version", Refusal: refusal.New("notice-unknown", "kind", "of a later version")},
		{Notice: 13, What: "catalogue.install", Version: 7},
		{Notice: 14, What: "catalogue.install", Version: 6, Refusal: refusal.New("notice-older", "version", "6", "have", "7")},
		{Notice: 15, What: "catalogue.install", Version: 7},
		{Notice: 16, What: "catalogue.install", Version: 8},
	}
	if diff := cmp.Diff(want, answers(t, o)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if a := o.State().Appointments; len(a) != 1 || a["TP-AAAA01"].Service != "civil" {
		t.Errorf("appointments: %+v", a)
	}
	_, err := o.Do(context.Background(), office.Call{
		N: 1, By: chain.Actor{Device: office.DeviceUplink}, Command: office.TakeNotice{Kind: "staff", Version: 3, Forged: 1 << 40},
	})
	last := answers(t, o)[len(want)]
	if diff := cmp.Diff(office.NoticeAnswered{Notice: 1 << 40, What: "staff", Version: 3, Refusal: refusal.New("notice-forged")}, last); diff != "" || err != nil {
		t.Errorf("forged (-want +got): %v\n%s", err, diff)
	}
	if err := take(9, 0, book); !errors.Is(err, refusal.New("call-stale")) {
		t.Errorf("an id from before: %v", err)
	}
	if _, err := o.Do(context.Background(), office.Call{
		N: 1, By: chain.Actor{Device: "kiosk-1"}, Command: office.TakeNotice{Kind: "appointment.book", Command: book},
	}); !errors.Is(err, refusal.New("call-invalid")) {
		t.Errorf("from a kiosk: %v", err)
	}
}

// TestTheCitysSettingsLieOverTheFile: a settings or staff document changes the
// configuration whole or not at all, and again after every start.
func TestTheCitysSettingsLieOverTheFile(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir, nil)
	n := uint64(0)
	take := func(c queue.Command) (why string) {
		t.Helper()
		n++
		_, err := o.Do(context.Background(), office.Call{
			N: n, By: chain.Actor{Device: office.DeviceCentral}, Command: office.TakeNotice{Kind: c.Name(), Version: n, Command: c},
		})
		if err != nil {
			t.Fatal(err)
		}
		if a := answers(t, o); a[len(a)-1].Refusal != nil {
			return a[len(a)-1].Refusal.Code
		}
		return ""
	}
	settings := func(patch string) string { return take(office.InstallSettings{Patch: []byte(patch)}) }
	if why := settings(`{"recall_limit":5,"booking":{"days":30},"office":"H99"}`); why != "" {
		t.Fatal(why)
	}
	if why := take(staffOf(t, o, `{"officers":[{"id":"tp01","name":"Lê Văn C","supervisor":true}]}`)); why != "" {
		t.Fatal(why)
	}
	check := func(when string) {
		t.Helper()
		c := o.State().Config
		if c.RecallLimit != 5 || c.Booking.Days != 30 || c.Office != "H26.138" || len(c.Officers) != 1 || c.Officers[0].ID != "tp01" || len(c.Services) != 2 {
			t.Errorf("%s: %+v", when, c)
		}
	}
	check("at once")
	for name, patch := range map[string]string{"not an object": `7`, "no services": `{"services":null}`, "nonsense": `{"services":7}`} {
		if why := settings(patch); why == "" {
			t.Errorf("%s was taken", name)
		}
	}
	check("after what did not fit")
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	o = open(t, dir, func(cfg *office.Config) { cfg.Setup.RecallPause = 17 })
	check("after a start with another file")
	if o.State().Config.RecallPause != 17 {
		t.Error("the file's own change is lost")
	}
}

func staffOf(t *testing.T, o *office.Office, doc string) office.InstallStaff {
	t.Helper()
	c, err := o.ReadStaff(t.Context(), []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFirstPINsComeSealed: an officer signs in with the PIN that the city has
// sealed for this office; neither record nor journal holds it.
func TestFirstPINsComeSealed(t *testing.T) {
	dir := t.TempDir()
	o := open(t, dir, nil)
	sealed := func(officer, words string) string {
		letter, err := letter.Seal(o.Checkpoint().Key, []byte(words))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(letter)
		if err != nil {
			t.Fatal(err)
		}
		return `{"officers":[{"id":"` + officer + `","name":"Lê Văn C","pin_sealed":` + string(raw) + `}]}`
	}
	n := uint64(0)
	take := func(doc string) *refusal.Refusal {
		t.Helper()
		n++
		if _, err := o.Do(t.Context(), office.Call{
			N: n, By: chain.Actor{Device: office.DeviceCentral}, Command: office.TakeNotice{Kind: "staff", Version: n, Command: staffOf(t, o, doc)},
		}); err != nil {
			t.Fatal(err)
		}
		all := answers(t, o)
		return all[len(all)-1].Refusal
	}
	if no := take(sealed("tp01", "tp01 492735")); no != nil {
		t.Fatal(no)
	}
	desk := office.NewCaller(office.Local(o), "counter-1")
	if _, err := desk.Do(t.Context(), "tp01", "1", queue.OpenCounter{PIN: "111222"}); !errors.Is(err, refusal.New("pin-wrong")) {
		t.Errorf("a wrong PIN: %v", err)
	}
	if _, err := desk.Do(t.Context(), "tp01", "1", queue.OpenCounter{PIN: "492735"}); err != nil {
		t.Errorf("the first PIN: %v", err)
	}
	for name, doc := range map[string]string{
		"another officer's": sealed("tp01", "tp02 492735"), "a weak one": sealed("tp01", "tp01 123456"),
		"no letter": `{"officers":[{"id":"tp01","name":"C","pin_sealed":"AAAA"}]}`, "no list": `{}`,
	} {
		if no := take(doc); no == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if no := take(`{"officers":[{"id":"tp02","name":"D"}]}`); no != nil {
		t.Fatal(no)
	}
	if raw := o.State().Config.Officers; len(raw) != 1 || raw[0].ID != "tp02" {
		t.Errorf("officers %+v", raw)
	}
}
