package dossier

import (
	"cmp"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/worktime"
)

// Status is where a dossier stands. The national portal's ten status codes
// are a mapping of these (docs/glossary.md).
type Status string

// Dossier statuses.
const (
	Received   Status = "received"   // được tiếp nhận
	Processing Status = "processing" // đang xử lý
	Supplement Status = "supplement" // yêu cầu bổ sung giấy tờ; the clock stands still
	Ready      Status = "ready"      // đã xử lý xong, chờ nhận kết quả
	Returned   Status = "returned"   // đã trả kết quả
	Refused    Status = "refused"    // không được tiếp nhận
	Withdrawn  Status = "withdrawn"  // công dân yêu cầu rút
	Stopped    Status = "stopped"    // dừng giải quyết
)

// Over reports whether nothing more is to happen but a rating.
func (s Status) Over() bool {
	return s == Returned || s == Refused || s == Withdrawn || s == Stopped
}

// Handover is how the citizen wants the result.
type Handover string

// Ways to hand over a result.
const (
	AtCounter Handover = "counter"
	ByPost    Handover = "post"
	Online    Handover = "online"
)

// Person is an applicant in clear. It exists only between the screen and the
// office service, which seals it; it is never in an event, a log or a file.
type Person struct {
	Name    string `json:"name"`
	ID      string `json:"id"` // 12-digit personal number
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

// Paper is one line of the checklist, as presented.
type Paper struct {
	Name     string `json:"name"`
	Original int    `json:"original"` // bản chính
	Copies   int    `json:"copies"`   // bản sao
	Required bool   `json:"required"`
	Present  bool   `json:"present"`
}

// Step is a line of the dossier's history as a citizen may see it.
type Step struct {
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	// Unit is the desk or authority that acted, Note one plain sentence.
	Unit string `json:"unit,omitempty"`
	Note string `json:"note,omitempty"`
}

// Timeliness is what the national index counts (decision 766/QĐ-TTg).
type Timeliness string

// Timeliness values; Open dossiers are Within or Overdue.
const (
	Early   Timeliness = "early"   // trước hạn
	OnTime  Timeliness = "on-time" // đúng hạn
	Late    Timeliness = "late"    // quá hạn (finished)
	Within  Timeliness = "within"  // trong hạn (open)
	Overdue Timeliness = "overdue" // quá hạn (open)
)

// Dossier is one case. Applicant is sealed; Mask is what screens may show of
// the personal number ("001*****2345").
type Dossier struct {
	Code      string         `json:"code"` // official, or Provisional until it is numbered
	Procedure string         `json:"procedure"`
	Version   string         `json:"version,omitempty"` // catalogue.Procedure.VersionID it was received under
	Title     queue.Text     `json:"title"`
	Domain    string         `json:"domain"`
	Ticket    queue.TicketID `json:"ticket,omitempty"`
	Counter   string         `json:"counter"`
	Officer   string         `json:"officer"`
	Received  time.Time      `json:"received"`
	Due       time.Time      `json:"due"`
	DueRule   string         `json:"due_rule"` // e.g. "3 ngày làm việc (theo giờ)"
	// Time is the rule as data, for other languages than DueRule's (DueRuleText).
	Time catalogue.Duration `json:"time"`
	// DueTentative: Due was counted across a holiday not decided at the time.
	DueTentative bool `json:"due_tentative,omitempty"`
	// Finished is the end that the national index takes: the result done, or
	// the dossier closed; a supplement still open at closing ends it there.
	Finished time.Time `json:"finished,omitzero"`
	// Supplements counts requests; more than one makes the dossier late in
	// the national index (domain facts, decision 766/QĐ-TTg).
	Supplements int       `json:"supplements,omitempty"`
	PausedAt    time.Time `json:"paused_at,omitzero"`
	Papers      []Paper   `json:"papers"`
	Sets        int       `json:"sets"`
	Fee         int64     `json:"fee"` // đồng; 0 with FeeNote "Miễn phí"
	FeeNote     string    `json:"fee_note,omitempty"`
	Handover    Handover  `json:"handover"`
	Sealed      []byte    `json:"sealed,omitempty"`
	Mask        string    `json:"mask,omitempty"`
	CardHash    string    `json:"card_hash,omitempty"` // keyed hash of the personal number
	Steps       []Step    `json:"steps"`
	// Rated lists the stages already rated ("receive", "return").
	Rated []string `json:"rated,omitempty"`
	// Provisional is the code on the citizen's receipt when that is not an
	// official one. Filed is the code under which the case's key is kept, when
	// it is not Code (CaseName).
	Provisional string `json:"provisional,omitempty"`
	Filed       string `json:"filed,omitempty"`
}

// Numbered reports whether the dossier has an official code.
func (d Dossier) Numbered() bool { return d.Provisional == "" || d.Code != d.Provisional }

// CaseName is the code in the record that received the dossier. What is sealed
// is bound to it and its key filed under it; it never changes.
func (d Dossier) CaseName() string { return cmp.Or(d.Filed, d.Code) }

// Status is the present status.
func (d Dossier) Status() Status {
	if len(d.Steps) == 0 {
		return ""
	}
	return d.Steps[len(d.Steps)-1].Status
}

// Timeliness compares the due moment with the end, or with now while open.
// While a supplement is awaited the clock stands where it was asked for.
func (d Dossier) Timeliness(now time.Time) Timeliness {
	due := d.Due.In(worktime.Zone)
	if finished := d.Finished.In(worktime.Zone); !d.Finished.IsZero() {
		switch {
		case finished.After(due) || d.CountsLate():
			return Late
		case finished.Format(time.DateOnly) < due.Format(time.DateOnly):
			return Early
		}
		return OnTime
	}
	if !d.PausedAt.IsZero() {
		now = d.PausedAt
	}
	if now.After(due) {
		return Overdue
	}
	return Within
}

// CountsLate reports whether the national index counts the dossier as late
// whatever its dates: supplements were asked for more than once (decision
// 766/QĐ-TTg). An officer is to be told before asking a second time.
func (d Dossier) CountsLate() bool { return d.Supplements > 1 }

// Stage is the stage that can be rated now: "return" once the result has been
// handed over, "receive" before.
func (d Dossier) Stage() string {
	if d.Status() == Returned {
		return "return"
	}
	return "receive"
}

// Promise is what taking a procedure in right now would mean: the due moment
// with its rule, and the fee. Code is the code the next dossier would get; it
// is a preview, not a reservation.
type Promise struct {
	Code    string    `json:"code"`
	Due     time.Time `json:"due"`
	DueRule string    `json:"due_rule"`
	Fee     int64     `json:"fee"`
	FeeNote string    `json:"fee_note,omitempty"`
	// Time and DueTentative are as in Dossier.
	Time         catalogue.Duration `json:"time"`
	DueTentative bool               `json:"due_tentative,omitempty"`
}
