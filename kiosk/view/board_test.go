package view_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"motcua/assets/i18n"
	"motcua/kiosk/board"
	"motcua/kiosk/kit"
	"motcua/kiosk/kit/kittest"
	"motcua/kiosk/view"
	"motcua/queue"
)

func boardText(vi, en string) queue.Text { return queue.Text{VI: vi, EN: en} }

func boardCall(ticket, counter string, fresh bool) board.Row {
	return board.Row{Ticket: ticket, Counter: boardText("Quầy "+counter, "Counter "+counter), New: fresh}
}

// boardPicture is a hall in the middle of a morning.
func boardPicture() board.Picture {
	big := boardCall("A012", "3", true)
	return board.Picture{
		Office: boardText("Bộ phận Một cửa · UBND phường Tây Hồ", "One-stop office · Tây Hồ ward"), Clock: "09:44", Big: &big,
		Rows: []board.Row{
			boardCall("K003", "5", false), boardCall("B021", "1", false), boardCall("A011", "4", false),
			boardCall("D002", "6", false), boardCall("A010", "3", false), boardCall("C007", "2", false),
		},
		Waiting: []board.Line{{Service: boardText("Hộ tịch", ""), Waiting: 7}, {Service: boardText("Đất đai", ""), Waiting: 2}, {Service: boardText("Kinh doanh", ""), Waiting: 1}},
		Hours:   board.Say{Key: "board.until", Args: []string{"at", "17:00"}},
		Notice:  boardText("Hồ sơ đúng hạn tháng này: 99,3%", ""),
	}
}

var boardScenes = []struct {
	name string
	set  func(*board.Picture)
}{
	{"new", func(*board.Picture) {}},
	{"two-new", func(p *board.Picture) { p.Rows[0].New = true }},
	{"settled", func(p *board.Picture) { p.Big.New = false }},
	{"few", func(p *board.Picture) { p.Rows = p.Rows[:2]; p.Waiting = nil }},
	{"idle", func(p *board.Picture) { p.Big, p.Rows, p.Idle = nil, nil, board.Say{Key: "board.idle"} }},
	{"closed", func(p *board.Picture) { p.Big, p.Rows, p.Idle = nil, nil, board.Say{Key: "board.closed"} }},
	{"starting", func(p *board.Picture) {
		*p = board.Picture{Clock: "07:30", Both: p.Both, Idle: board.Say{Key: "board.starting"}}
	}},
	{"silent", func(p *board.Picture) {
		p.Silence = &board.Silence{Say: board.Say{Key: "board.silent.seconds", Args: []string{"n", "12", "at", "09:44:03"}}}
	}},
	{"lost", func(p *board.Picture) {
		p.Big.New = false
		p.Silence = &board.Silence{Urgent: true, Say: board.Say{Key: "board.silent.minutes", Args: []string{"n", "3", "at", "09:44:03"}}}
	}},
	{"rush", func(p *board.Picture) {
		for i := range 6 {
			p.Rows = append(p.Rows, boardCall(fmt.Sprintf("M%03d", i), fmt.Sprint(10+i), i < 2))
		}
	}},
	{"long", func(p *board.Picture) {
		p.Big.Ticket, p.Big.Counter = "A2-001", boardText("Phòng tiếp công dân số 12", "Reception room 12")
		p.Rows[0] = board.Row{Ticket: "X1-0007", Counter: p.Big.Counter}
		p.Office = boardText("Bộ phận Tiếp nhận và Trả kết quả giải quyết thủ tục hành chính · UBND phường Tây Hồ, thành phố Hà Nội", "")
		for range 6 {
			p.Waiting = append(p.Waiting, board.Line{Service: boardText("Lao động, thương binh và xã hội", ""), Waiting: 12})
		}
	}},
}

func newBoardView(t testing.TB) (*view.Board, fyne.Window, kit.Panel) {
	t.Helper()
	test.NewTempApp(t)
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	panel := kit.HallPanel()
	b := view.NewBoard(kit.NewLook(panel, kit.Hall), texts)
	w := test.NewWindow(b.Root())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(panel.PxW, panel.PxH))
	t.Cleanup(w.Close)
	return b, w, panel
}

func TestBoardScreens(t *testing.T) {
	b, w, panel := newBoardView(t)
	for _, both := range []bool{false, true} {
		for _, scene := range boardScenes {
			name := fmt.Sprintf("board-%s-both=%v", scene.name, both)
			t.Run(name, func(t *testing.T) {
				p := boardPicture()
				p.Both = both
				scene.set(&p)
				b.Render(p)
				counterLook(t, name, w)
				// From ten metres nothing may be under 8.5 mm, even a sign that had to shrink; the calls have their own test.
				faults := kittest.Check(b.Root(), panel, kittest.Rules{Cap: 8.5})
				if len(faults) > 0 {
					t.Error(strings.Join(faults, "\n"))
				}
			})
		}
	}
}

// The big number must be read from ten metres: capitals of 108 mm on a 43-inch
// panel (ADA 703.5; UI rule 27); the calls beside it from the middle of a hall.
func TestBoardIsReadFromAfar(t *testing.T) {
	b, _, panel := newBoardView(t)
	b.Render(boardPicture())
	want := map[string]float32{"A012": 108, "Quầy 3": 40, "K003": 28, "C007": 28, "Quầy 5": 28}
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch v := o.(type) {
		case *fyne.Container:
			for _, c := range v.Objects {
				visit(c)
			}
		case *canvas.Text:
			if least, ok := want[v.Text]; ok && v.Visible() {
				if got := v.TextSize * kit.CapHeight / panel.MM(1); got < least {
					t.Errorf("%s: capitals of %.0f mm, want %.0f", v.Text, got, least)
				}
				delete(want, v.Text)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(v).Objects() {
				visit(c)
			}
		}
	}
	visit(b.Root())
	for text := range want {
		t.Errorf("%s is not on the board", text)
	}
}

// The pictures that a reviewer looks at.
func TestBoardPictures(t *testing.T) {
	b, w, _ := newBoardView(t)
	for _, scene := range boardScenes {
		if scene.name != "new" && scene.name != "lost" && scene.name != "rush" {
			continue
		}
		p := boardPicture()
		scene.set(&p)
		b.Render(p)
		kittest.Golden(t, "board-"+scene.name, w.Canvas().Capture())
	}
}
