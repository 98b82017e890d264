package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"motcua/kiosk/scan/scantest"
	"motcua/queue"
	"motcua/queue/office"
)

// TestScenario24_HubKilledUnderTheScreens: the office's process is killed in the
// middle of a morning. The kiosk prints a number of its own, the counter serves
// whoever holds it and takes a dossier in with a provisional receipt, the board
// says so; when the office is back it has everything.
func TestScenario24_HubKilledUnderTheScreens(t *testing.T) {
	v := begin(t)
	v.takesATicket()
	v.isCalled()
	v.counter.key("F8")
	until(t, "the first citizen is done", func() bool { return v.state().Ticket(v.ticket.ID).Status() == queue.Done })

	v.town.Office.Kill()
	v.kiosk.touch("Lấy số thứ tự")
	v.kiosk.touch("Hộ tịch, chứng thực")
	touched := time.Now()
	until(t, "the kiosk's own number is printed", func() bool { return len(v.town.Slips()) == 2 })
	t.Logf("the slip was there %v after the touch", time.Since(touched).Round(time.Millisecond))
	v.kiosk.picture("s1-number")
	v.board.picture("s2-board-quiet")
	v.kiosk.touch("Xong")
	v.kiosk.picture("s3-home")

	v.counter.key("F2")
	v.counter.sees("Người không có số")
	v.counter.picture("s4-by-hand")
	v.counter.touch("Gõ hoặc quét số")
	v.counter.sees("Phục vụ")
	v.counter.types("x1-001")
	v.counter.key("Return")
	time.Sleep(2 * time.Second)
	v.counter.picture("s5-served")
	v.takesInAlone()
	if os.Getenv("MOTCUA_E2E_DIR") != "" { // somebody looks: the stronger words too
		time.Sleep(time.Until(touched.Add(45 * time.Second)))
		v.board.picture("s7-board-long")
		v.kiosk.picture("s8-home-long")
		v.counter.picture("s9-counter-long")
	}

	if err := v.town.StartOffice(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := v.ticket.ID[:7] + "X1-001"
	until(t, "the office has what happened", func() bool {
		k := v.state().Ticket(id)
		list, err := v.client.Dossiers(t.Context(), office.DossierQuery{})
		return k != nil && k.Status() == queue.Serving && k.Counter == "3" && err == nil && len(list) == 1 && list[0].Numbered()
	})
	if bad := v.state().Anomalies; len(bad) > 0 {
		t.Errorf("anomalies: %+v", bad)
	}
	v.counter.key("F8")
	until(t, "the citizen is done", func() bool { return v.state().Ticket(id).Status() == queue.Done })
	v.counter.picture("s10-back")
	v.board.picture("s11-board-back")
}

// takesInAlone takes a dossier in while the office is silent.
func (v *visit) takesInAlone() {
	card, err := scantest.Card(v.data.Cards[0])
	if err != nil {
		v.t.Fatal(err)
	}
	v.counter.scans(scantest.Shot{Width: 1280, Height: 720, Scale: 1, Turn: 7, Blur: 0.6, Noise: 4, Seed: 1}.Of(card))
	v.counter.touch("Thủ tục")
	v.counter.types("khai sinh")
	v.counter.touch("1.001193")
	v.counter.touch("Đủ cả")
	v.counter.key("F9")
	var slip string
	until(v.t, "the provisional receipt is printed", func() bool {
		if files, _ := filepath.Glob(filepath.Join(v.slips, "*.png")); len(files) == 1 {
			slip = files[0]
		}
		return slip != ""
	})
	if code := zbar(v.t, slip); !strings.HasPrefix(code, "TAM.Q") {
		v.t.Errorf("the receipt's code is %q", code)
	}
	v.counter.picture("s6-received")
}
