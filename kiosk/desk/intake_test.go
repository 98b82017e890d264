package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/desk"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

var birth = catalogue.Procedure{
	Code: "1.001193", Name: "Đăng ký khai sinh",
	Papers: []catalogue.Paper{
		{Name: "Tờ khai", Original: 1, Required: true},
		{Name: "Giấy chứng sinh", Original: 1, Required: true},
		{Name: "Văn bản ủy quyền", Original: 1},
	},
}

// fill chooses the procedure, scans the card and marks the papers.
func (r *rig) fill() {
	r.t.Helper()
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai sinh"})
	r.take(desk.ProceduresFound{Query: "khai sinh", List: []catalogue.Procedure{birth}})
	r.take(desk.KeyPressed{Key: "Return"})
	r.take(desk.PromiseCame{Procedure: birth.Code, Promise: dossier.Promise{Code: "H26.138-261122-0001", FeeNote: "Miễn phí"}})
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{
		Number: "001199012345", Name: "Nguyễn Thị Ánh Tuyết", Address: "Tây Hồ, Hà Nội",
	}}})
	r.take(desk.AllPapers{})
}

func TestReceivingADossier(t *testing.T) {
	t.Parallel()
	r := seated(t, 1)
	r.press("F2")
	r.answer()
	r.fill()
	if got := r.s.Text[desk.FieldID]; got != "001 199 012 345" {
		t.Errorf("number in the field: got %q", got)
	}
	r.answer() // the scan began the service
	r.take(desk.Typed{Field: desk.FieldPhone, Text: "0912 345 678"})
	r.out = nil
	r.press("F9")
	if len(r.out) != 1 {
		t.Fatalf("effects of F9: got %v (notice %v), want one", r.out, r.s.Notice)
	}
	c := r.out[0].(desk.Command)
	got := c.Command.(dossier.Receive)
	want := dossier.Receive{
		Procedure: "1.001193", Ticket: "261122-A001", Handover: dossier.AtCounter, Sets: 1,
		Applicant: &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "001199012345", Phone: "0912345678", Address: "Tây Hồ, Hà Nội"},
		Papers: []dossier.Paper{
			{Name: "Tờ khai", Original: 1, Required: true, Present: true},
			{Name: "Giấy chứng sinh", Original: 1, Required: true, Present: true},
			{Name: "Văn bản ủy quyền", Original: 1, Present: true},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("command (-want +got):\n%s", d)
	}
	r.out = nil
	r.press("F9") // a double press
	r.take(desk.Typed{Field: desk.FieldName, Text: "lost?"})
	if len(r.out) != 0 || r.s.Text[desk.FieldName] == "lost?" {
		t.Error("while receiving the form is locked and nothing is sent twice")
	}
	r.take(desk.CommandReplied{ID: c.ID, Dossier: &dossier.Dossier{Code: "H26.138-261122-0001"}})
	if r.s.Unfinished() || r.s.Intake.Last == nil {
		t.Error("after success the form is empty and the code is kept")
	}
	p, ok := r.out[0].(desk.PrintReceipt)
	if !ok || p.Dossier.Code != "H26.138-261122-0001" || p.Applicant.ID != "001199012345" {
		t.Fatalf("effect: got %+v, want the receipt printed", r.out)
	}
	r.take(desk.ReceiptPrinted{Code: p.Dossier.Code, Outcome: desk.Outcome{Failed: true}})
	r.wantNotice("counter.notice.not-printed")
	r.out = nil
	r.press("F9") // prints once more, receives nothing
	if _, again := r.out[0].(desk.PrintReceipt); !again {
		t.Errorf("F9 after a failed print: got %v, want the receipt again", r.out)
	}
}

func TestReceivingNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		do   func(*rig)
		want string
	}{
		{"nothing chosen", func(r *rig) { r.take(desk.ClearForm{}) }, "counter.need.procedure"},
		{"a search half done", func(r *rig) { r.take(desk.Typed{Field: desk.FieldProcedure, Text: "kết hôn"}) }, "counter.need.choose"},
		{"no name", func(r *rig) { r.take(desk.Typed{Field: desk.FieldName, Text: "  "}) }, "counter.need.name"},
		{"eleven digits", func(r *rig) { r.take(desk.Typed{Field: desk.FieldID, Text: "00119901234"}) }, "counter.need.id"},
		{"a short phone", func(r *rig) { r.take(desk.Typed{Field: desk.FieldPhone, Text: "09"}) }, "counter.need.phone"},
		{"post without address", func(r *rig) {
			r.take(desk.PickHandover{Handover: dossier.ByPost})
			r.take(desk.Typed{Field: desk.FieldAddress, Text: ""})
		}, "counter.need.address"},
		{"a required paper", func(r *rig) { r.take(desk.TogglePaper{N: 1}) }, "counter.need.papers"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := seated(t, 0)
			r.fill()
			c.do(r)
			r.out = nil
			r.press("F9")
			r.wantNotice(c.want)
			if len(r.out) != 0 {
				t.Errorf("effects: got %v, want none", r.out)
			}
		})
	}
	r := seated(t, 0)
	r.fill()
	r.take(desk.TogglePaper{N: 1})
	r.press("F9")
	if got := strings.Join(r.s.Notice.Say.Args, " "); !strings.Contains(got, "Giấy chứng sinh") {
		t.Errorf("sentence: got %q, want the paper named", got)
	}
}

func TestNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.fill()
	r.take(desk.Typed{Field: desk.FieldProof, Text: "giấy ủy quyền"})
	text, papers := r.s.Text, r.s.Intake.Papers
	r.take(desk.OfficeChanged{State: r.q.Clone()})
	r.press("F2")
	r.wantNotice("counter.notice.form-unfinished") // warned first
	r.press("F2")
	r.answer()
	r.take(desk.PromiseCame{Procedure: birth.Code, Outcome: desk.Outcome{Failed: true}})
	r.take(desk.CaseCame{Code: "H26.138-261122-0001", Outcome: desk.Outcome{Refusal: refusal.New("dossier-unknown")}})
	r.take(desk.CommandReplied{ID: 999})
	r.later(time.Minute)
	if r.s.Turn().Ticket != "A001" {
		t.Errorf("turn: got %q, want A001 after the second F2", r.s.Turn().Ticket)
	}
	if d := cmp.Diff(text, r.s.Text); d != "" {
		t.Errorf("typed text changed (-before +after):\n%s", d)
	}
	if d := cmp.Diff(papers, r.s.Intake.Papers); d != "" {
		t.Errorf("checklist changed (-before +after):\n%s", d)
	}
	t.Run("a second card can be taken back", func(t *testing.T) {
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199054321", Name: "Lê Văn Bình"}}})
		r.wantNotice("counter.notice.applicant-replaced")
		r.take(desk.KeyPressed{Key: "Escape"})
		if d := cmp.Diff(text, r.s.Text); d != "" {
			t.Errorf("after Esc (-before +after):\n%s", d)
		}
	})
}

func TestSearchFollowsTheTyping(t *testing.T) {
	t.Parallel()
	r := seated(t, 0)
	r.out = nil
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "k"})
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "kh"})
	r.take(desk.Typed{Field: desk.FieldProcedure, Text: "khai"})
	if want := []desk.Effect{desk.SearchProcedures{Query: "k"}}; !cmp.Equal(r.out, want) {
		t.Errorf("searches: got %v, want one under way", r.out)
	}
	r.out = nil
	r.take(desk.ProceduresFound{Query: "k", List: []catalogue.Procedure{birth}})
	if want := []desk.Effect{desk.SearchProcedures{Query: "khai"}}; !cmp.Equal(r.out, want) {
		t.Errorf("searches: got %v, want the newest text", r.out)
	}
	if r.s.Suggesting() {
		t.Error("results of an old text are shown")
	}
	r.take(desk.ProceduresFound{Query: "khai"})
	if !r.s.NoneFound() {
		t.Error("no result: the field does not say so")
	}
}

func TestReturningAResult(t *testing.T) {
	t.Parallel()
	const code = "H26.138-261120-0007"
	ready := desk.Case{
		Dossier:   dossier.Dossier{Code: code, Steps: []dossier.Step{{Status: dossier.Ready}}},
		Applicant: dossier.Person{Name: "Phạm Văn Cường", ID: "001088000123"},
	}
	open := func(t *testing.T, c desk.Case) *rig {
		r := seated(t, 0)
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanDossier, Code: strings.ToLower(code)}})
		if want := (desk.FetchCase{Code: code}); len(r.out) == 0 || r.out[len(r.out)-1] != want || r.s.Tab != desk.TabReturn {
			t.Fatalf("scan: got %v on tab %d, want %v on the return tab", r.out, r.s.Tab, want)
		}
		r.take(desk.CaseCame{Code: code, Case: c})
		r.out = nil
		return r
	}
	t.Run("to the applicant", func(t *testing.T) {
		t.Parallel()
		r := open(t, ready)
		r.press("F9")
		c := r.out[0].(desk.Command)
		if want := (dossier.Return{Code: code}); c.Command != want {
			t.Fatalf("command: got %+v, want %+v", c.Command, want)
		}
		r.take(desk.CommandReplied{ID: c.ID})
		r.wantNotice("counter.notice.handed-over")
		if r.s.Giving.Case != nil {
			t.Error("the case is still open")
		}
	})
	t.Run("to a proxy only with a proof", func(t *testing.T) {
		t.Parallel()
		r := open(t, ready)
		r.take(desk.ToggleProxy{})
		r.press("F9")
		r.wantNotice("counter.need.proof")
		r.take(desk.Typed{Field: desk.FieldProof, Text: "Giấy ủy quyền 12/2026"})
		r.press("F9")
		if want := (dossier.Return{Code: code, Proxy: true, Proof: "Giấy ủy quyền 12/2026"}); r.out[0].(desk.Command).Command != want {
			t.Errorf("command: got %+v, want %+v", r.out[0], want)
		}
	})
	for _, st := range []dossier.Status{dossier.Received, dossier.Processing, dossier.Supplement, dossier.Refused, dossier.Withdrawn, dossier.Stopped, dossier.Returned} {
		t.Run("not when "+string(st), func(t *testing.T) {
			t.Parallel()
			c := ready
			c.Dossier.Steps = []dossier.Step{{Status: st}}
			c.Dossier.Due = morning.Add(48 * time.Hour)
			r := open(t, c)
			r.press("F9")
			if len(r.out) != 0 || r.s.Notice.Say.Empty() {
				t.Errorf("got effects %v and notice %q, want a sentence only", r.out, r.s.Notice.Say.Key)
			}
		})
	}
}

func TestScans(t *testing.T) {
	t.Parallel()
	r := seated(t, 2)
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261122-A002-XY"}})
	if m := r.s.Menu(); m == nil || m.Title.Args[1] != "A002" {
		t.Errorf("ticket by code: got %+v, want A002 opened", m)
	}
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanTicket, Code: "261121-A002"}})
	r.wantNotice("counter.notice.ticket-not-today")
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}})
	r.wantNotice("counter.notice.scan-unknown")
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanDossier, Code: "\x1b@<script>"}})
	r.wantNotice("counter.notice.code-unreadable")
	r.take(desk.OpenTab{Tab: desk.TabReturn})
	r.out = nil
	r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanCard, Card: desk.CitizenCard{Number: "001199012345"}}})
	if want := []desk.Effect{desk.ListDossiers{Card: "001199012345"}}; !cmp.Equal(r.out, want) {
		t.Errorf("card in the return tab: got %v, want %v", r.out, want)
	}
	r.take(desk.DossiersListed{Of: desk.ListDossiers{Card: "001199012345"}, List: []dossier.Dossier{{Code: "X", Mask: "001*****2345"}}})
	if rows := r.s.FoundRows(); len(rows) != 1 || rows[0].Mask != "001*****2345" {
		t.Errorf("found: got %+v", rows)
	}
}
