package slip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"motcua/printer/raster"
)

// Receipt is what the short copy of "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
// (form 01) says. It is for the wallet and the phone's camera: thermal paper
// fades, the form itself is A4. Personal data arrives masked; this package
// prints what it is given.
type Receipt struct {
	Lang      string // "vi" or "en"
	Office    string
	Parent    string
	Code      string // the dossier code; also the QR's whole text
	Procedure string
	// Applicant and ApplicantID are masked by the caller: "N. T. Tuyết",
	// "001•••••2345".
	Applicant, ApplicantID string
	Papers                 []Paper
	Sets                   int // how many sets of papers
	ReceivedAt, DueAt      time.Time
	DueRule                string // why it is due then: "3 ngày làm việc (theo giờ)"
	// Fee is in đồng; FeeNote replaces the words for no fee and follows a fee.
	Fee     int64
	FeeNote string
	Paid    bool
	Counter string // "Quầy 3"
	// Handover is how the result is given back, in words.
	Handover string
	// Provisional: a terminal gave it while the office was silent, and Code is
	// not the dossier's official one yet.
	Provisional bool
	Note        string
	Hotline     string
}

// Paper is one line of what was handed in.
type Paper struct {
	Name              string
	Originals, Copies int
}

// papersLimit bounds the list; the rest is counted in one line.
const papersLimit = 30

// Receipt sets the short receipt.
func (m *Maker) Receipt(p raster.Paper, r Receipt) (*raster.Bitmap, error) {
	if clean(r.Code) == "" {
		return nil, errors.New("slip: a receipt needs a dossier code")
	}
	say := m.words(r.Lang)
	blocks := []block{
		gap(2),
		centred(subhead, r.Parent),
		centred(heading, strings.ToUpper(r.Office)),
		rule(),
		centred(heading, say(title(r))),
		qr(r.Code),
		centred(strong, r.Code),
		provisional(say, r),
		rule(),
		field(say("receipt.procedure"), r.Procedure),
		pair(say("receipt.applicant"), r.Applicant),
		pair(say("receipt.applicant-id"), r.ApplicantID),
		pair(say("receipt.received"), moment(r.Lang, r.ReceivedAt)),
		pair(say("receipt.counter"), r.Counter),
	}
	blocks = append(blocks, papers(say, r.Papers, r.Sets)...)
	blocks = append(blocks,
		gap(0.8),
		boxed(
			centred(caption, say("receipt.due")),
			centred(strong, dueMoment(say, r.Lang, r.DueAt)),
			centred(caption, r.DueRule),
		),
		gap(1),
		pair(say("receipt.fee"), fee(say, r)),
		pair(say("receipt.handover"), r.Handover),
		rule(),
		centred(caption, r.Note),
		centred(caption, say("receipt.bring")),
		centred(caption, hotline(say, r.Hotline)),
		gap(0.8),
		centred(small, say("receipt.fades")),
		gap(3),
	)
	return m.set(p, blocks)
}

// title is the text key of what the paper is called.
func title(r Receipt) string {
	if r.Provisional {
		return "receipt.title-provisional"
	}
	return "receipt.title"
}

// provisional says what a provisional receipt is good for.
func provisional(say func(string, ...string) string, r Receipt) block {
	if !r.Provisional {
		return gap(0)
	}
	return boxed(centred(caption, say("receipt.provisional")))
}

// field sets a label and, below it, a value of any length.
func field(label, val string) block {
	l, v := flush(body, label), flush(value, val)
	return func(s *sheet) {
		if clean(val) != "" {
			l(s)
			v(s)
			s.room(s.paper.MM(0.4))
		}
	}
}

// papers lists what was handed in, numbered, with counts at the right.
func papers(say func(string, ...string) string, list []Paper, sets int) []block {
	if len(list) == 0 {
		return nil
	}
	head := say("receipt.papers")
	if sets > 0 {
		head = say("receipt.papers-sets", "n", strconv.Itoa(sets))
	}
	blocks := []block{rule(), flush(body, head)}
	for i, p := range list[:min(len(list), papersLimit)] {
		blocks = append(blocks, item(strconv.Itoa(i+1)+".", p.Name, counts(say, p)))
	}
	if more := len(list) - papersLimit; more > 0 {
		blocks = append(blocks, flush(body, say("receipt.more", "n", strconv.Itoa(more))))
	}
	return blocks
}

func counts(say func(string, ...string) string, p Paper) string {
	var parts []string
	if p.Originals > 0 {
		parts = append(parts, say("receipt.originals", "n", strconv.Itoa(p.Originals)))
	}
	if p.Copies > 0 {
		parts = append(parts, say("receipt.copies", "n", strconv.Itoa(p.Copies)))
	}
	return strings.Join(parts, ", ")
}

// item sets a numbered line: the name wraps between its number and its count.
func item(no, name, count string) block {
	name, count = clean(name), clean(count)
	return func(s *sheet) {
		nf, cf := s.face(body), s.face(value)
		indent := nf.width("00. ")
		top, room := s.y, s.inner()-indent
		s.lines(nf, []string{no}, s.left)
		s.y = top
		counts, column := cf.wrap(count, s.inner()*2/5), 0
		for _, c := range counts {
			column = max(column, cf.width(c)+s.paper.MM(2))
		}
		s.lines(cf, counts, s.right)
		low := max(s.y, top+lineHeight(nf))
		s.y = top
		s.lines(nf, nf.wrap(name, room-column), func(int) int { return s.margin + indent })
		s.y = max(s.y, low)
	}
}

// dueMoment writes the day and the hour, which the law wants both.
func dueMoment(say func(string, ...string) string, lang string, t time.Time) string {
	if t.IsZero() {
		return say("receipt.due-unknown")
	}
	day := say("weekday." + strconv.Itoa(int(t.Weekday())))
	if lang == "en" {
		return t.Format("15:04") + ", " + day + t.Format("\u00a02\u00a0Jan\u00a02006")
	}
	return t.Format("15\u00a0giờ\u00a004") + ", " + day + t.Format("\u00a002/01/2006")
}

// fee writes what is to be paid, and whether it has been.
func fee(say func(string, ...string) string, r Receipt) string {
	if r.Fee <= 0 {
		if r.FeeNote != "" {
			return r.FeeNote
		}
		return say("receipt.free")
	}
	paid := say("receipt.unpaid")
	if r.Paid {
		paid = say("receipt.paid")
	}
	return joined(say("receipt.amount", "amount", grouped(r.Fee, say("receipt.separator"))), r.FeeNote, paid)
}

// grouped writes a number with a separator between thousands.
func grouped(n int64, separator string) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + separator + s[i:]
	}
	return s
}
