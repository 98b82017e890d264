package slip

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"motcua/printer/raster"
)

// Ticket is what a queue ticket says. Times are printed in their own location.
// Empty fields leave their line out; only Label is required.
type Ticket struct {
	Lang    string // "vi" or "en"
	Office  string // "Bộ phận Một cửa"
	Parent  string // "UBND phường Tây Hồ, TP Hà Nội"
	Label   string // "A012", the biggest thing on the paper
	Service string // "Hộ tịch, chứng thực"
	// Mark stands in a frame in capitals: the name of the ticket's class,
	// e.g. "Ưu tiên".
	Mark    string
	TakenAt time.Time
	// Dossiers is how many one person brings; it is printed when more than 1.
	Dossiers int
	// Ahead is how many people wait before this one; From and To the expected
	// first call, both zero for "straight away".
	Ahead    int
	From, To time.Time
	// After is when the session begins for which the number was taken, and
	// before which it is not called; zero for the present one.
	After time.Time
	// Alone: a device gave the number while the office was silent. Officers call
	// it at the counter, so nothing is promised: Ahead, From and To are not
	// printed, and the QR is for the officer.
	Alone bool
	// QR is the whole text of the code, upper-case ASCII; Code the part that a
	// person can type, printed under it.
	QR, Code string
	// Calls is how often a number is called before its holder counts as
	// absent; Penalty how many minutes a returning holder falls back. The
	// rule is printed so that it can be held against the office.
	Calls, Penalty int
	Hotline        string
	// Kiosk and ID are for complaints and reprints, in small type.
	Kiosk, ID string
}

// Ticket sets a queue ticket.
func (m *Maker) Ticket(p raster.Paper, t Ticket) (*raster.Bitmap, error) {
	if clean(t.Label) == "" {
		return nil, errors.New("slip: a ticket needs a number")
	}
	say := m.words(t.Lang)
	blocks := []block{
		gap(2),
		centred(heading, strings.ToUpper(t.Office)),
		centred(subhead, t.Parent),
		rule(),
		centred(caption, say("ticket.number")),
		gap(2.6),
		number(t.Label, 25, 17.5),
		gap(2.6),
		centred(service, t.Service),
	}
	if t.Mark != "" {
		blocks = append(blocks, gap(1), boxed(centred(mark, strings.ToUpper(t.Mark))), gap(0.4))
	}
	if !t.After.IsZero() {
		blocks = append(blocks, gap(1), boxed(centred(mark, say("ticket.after-"+part(t.After), "time", t.After.Format("15:04")))), gap(0.4))
	}
	blocks = append(blocks,
		gap(0.6),
		rule(),
		pair(say("ticket.taken"), moment(t.Lang, t.TakenAt)),
		pair(say("ticket.dossiers"), several(t.Dossiers)),
	)
	if t.Alone {
		blocks = append(blocks, gap(1), boxed(centred(strong, say("ticket.alone"))), gap(0.4))
	} else {
		blocks = append(blocks,
			pair(say("ticket.ahead"), people(say, t.Ahead)),
			pair(say("ticket.expected"), expected(say, t.From, t.To)),
		)
	}
	if t.QR != "" {
		scan := "ticket.scan"
		if t.Alone {
			scan = "ticket.scan-counter"
		}
		// The code's own quiet zone is the white around it.
		blocks = append(blocks, qr(t.QR), centred(caption, say(scan)), centred(small, t.Code), gap(0.4))
	}
	blocks = append(blocks,
		rule(),
		centred(caption, absentRule(say, t.Calls, t.Penalty)),
		centred(caption, hotline(say, t.Hotline)),
		gap(1),
		centred(small, joined(t.Kiosk, t.ID)),
		gap(3),
	)
	return m.set(p, blocks)
}

// CopyBar is what goes above a slip that is printed again: white on black, the
// number of the copy (2 for the first) and when. With it, two papers of one
// number do no harm.
func (m *Maker) CopyBar(p raster.Paper, lang string, copy int, at time.Time) (*raster.Bitmap, error) {
	bar := m.words(lang)("copy", "n", strconv.Itoa(copy), "time", at.Format("15:04:05"))
	return m.set(p, []block{gap(1), inverted(centred(mark, bar)), gap(0.5)})
}

// moment writes a time and a day, "" for none.
func moment(lang string, t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case lang == "en":
		return t.Format("15:04 · 2 Jan 2006")
	}
	return t.Format("15:04 · 02/01/2006")
}

// people writes how many wait before.
func people(say func(string, ...string) string, n int) string {
	switch n = max(n, 0); n {
	case 0:
		return say("ticket.nobody")
	case 1:
		return say("ticket.person")
	}
	return say("ticket.people", "n", strconv.Itoa(n))
}

// expected writes the promise; it is an estimate, and says so.
func expected(say func(string, ...string) string, from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return say("ticket.now")
	case to.IsZero() || from.Format("15:04") == to.Format("15:04"):
		return say("ticket.about", "time", from.Format("15:04"))
	}
	return from.Format("15:04") + "–" + to.Format("15:04")
}

// absentRule writes what happens to somebody who does not come when called.
func absentRule(say func(string, ...string) string, calls, penalty int) string {
	switch {
	case calls < 1:
		return say("ticket.valid")
	case penalty < 1:
		return say("ticket.valid") + " " + say("ticket.absent", "calls", strconv.Itoa(calls))
	}
	return say("ticket.valid") + " " + say("ticket.absent-penalty", "calls", strconv.Itoa(calls), "minutes", strconv.Itoa(penalty))
}

func hotline(say func(string, ...string) string, number string) string {
	if number == "" {
		return ""
	}
	return say("hotline", "number", number)
}

// joined writes small facts on one line.
func joined(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}

// part is the part of the day in which a later session begins, in text keys.
func part(t time.Time) string {
	if t.Hour() >= 12 {
		return "afternoon"
	}
	return "later"
}

// several is a number worth printing: more than one.
func several(n int) string {
	if n < 2 {
		return ""
	}
	return strconv.Itoa(n)
}
