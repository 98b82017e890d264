package view_test

import (
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"motcua/kiosk/kit"
	"motcua/kiosk/kit/kittest"
	"motcua/kiosk/session"
)

// kioskModes are what a citizen may switch.
var kioskModes = []struct {
	name  string
	mode  kit.Mode
	lang  string
	short string
}{
	{"vi", kit.Mode{}, "vi", ""},
	{"en", kit.Mode{}, "en", "-en"},
	{"vi large", kit.Mode{Large: true}, "vi", "-large"},
	{"en large", kit.Mode{Large: true}, "en", "-en-large"},
	{"vi contrast", kit.Mode{Contrast: true}, "vi", "-contrast"},
	{"en large contrast", kit.Mode{Large: true, Contrast: true}, "en", "-en-large-contrast"},
}

// TestKioskScreens walks every screen on every panel in every mode: targets of
// 20 mm, gaps of 5 mm, every text whole, large enough and translated. With
// MOTCUA_LOOK set to a folder the pictures are left there.
func TestKioskScreens(t *testing.T) {
	dir := os.Getenv("MOTCUA_LOOK")
	for panelName, p := range kioskPanels {
		r := newKioskRig(t, p)
		for _, m := range kioskModes {
			rules := kittest.KioskRules()
			if m.mode.Large {
				rules.Cap = 7.3
			}
			for _, scene := range kioskScenes {
				t.Run(panelName+"/"+scene.name+"/"+m.name, func(t *testing.T) {
					r.t = t
					r.begin(m.lang, m.mode)
					scene.set(r)
					for _, f := range kittest.Check(r.k.Root(), p, rules) {
						t.Error(f)
					}
					if dir != "" {
						kittest.Save(t, dir+"/kiosk-"+scene.name+"-"+panelName+m.short+".png", r.w.Canvas().Capture())
					}
				})
			}
		}
	}
}

// TestKioskGoldens compares the hero screens with pictures that were looked at.
func TestKioskGoldens(t *testing.T) {
	heroes := map[string]bool{"home": true, "services": true, "count": true, "closing": true, "ticket": true, "dossier": true, "rating": true}
	r := newKioskRig(t, kioskPanels["upright"])
	for _, scene := range kioskScenes {
		if heroes[scene.name] {
			r.begin("vi", kit.Mode{})
			scene.set(r)
			kittest.Golden(t, "kiosk-"+scene.name, r.w.Canvas().Capture())
		}
	}
}

// TestKioskVisit touches the real widgets from the first screen to the number.
func TestKioskVisit(t *testing.T) {
	r := newKioskRig(t, kioskPanels["upright"])
	touch := func(words string) {
		t.Helper()
		w := kittest.Find(r.k.Root(), words)
		if w == nil {
			t.Fatalf("nothing to touch says %q; the screen says %s", words, kittest.Words(r.k.Root()))
		}
		test.Tap(w)
	}
	touch("Lấy số thứ tự")
	touch("English")
	touch("I have priority")
	touch("Land, environment")
	var ask session.IssueTicket
	for _, e := range r.effects {
		if e, ok := e.(session.IssueTicket); ok {
			ask = e
		}
	}
	if ask.Service != "land" || ask.Class != "priority" || ask.Lang != "en" {
		t.Fatalf("got %+v", ask)
	}
	r.reply(session.Replied{Ticket: kioskTicketOf("261122-D003", "waiting")})
	if words := kittest.Words(r.k.Root()); !strings.Contains(words, "D003") {
		t.Errorf("the screen says %s", words)
	}
	touch("Done")
	if r.s.Screen != session.Home || r.s.Lang != "vi" {
		t.Errorf("got screen %d in %s", r.s.Screen, r.s.Lang)
	}
}

// TestKioskShowsNothingOfTheLastPerson looks at the screen and at everything
// hidden behind it (scenario 41).
func TestKioskShowsNothingOfTheLastPerson(t *testing.T) {
	r := newKioskRig(t, kioskPanels["upright"])
	r.dossier(kioskDossierOf(kioskTitle))
	r.tap(session.Done, "")
	if words := kittest.Words(r.k.Root()); strings.Contains(words, "0007") || strings.Contains(words, "BHYT") {
		t.Errorf("the screen still says %s", words)
	}
}

func BenchmarkKioskRenderUnchanged(b *testing.B) {
	r := newKioskRig(b, kioskPanels["upright"])
	r.tap(session.TakeNumber, "")
	for b.Loop() {
		r.k.Render(r.s)
	}
}
