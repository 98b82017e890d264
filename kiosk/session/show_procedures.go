package session

import (
	"strconv"
	"strings"
	"time"

	"motcua/queue/catalogue"
)

// PageOf tells which page is on the screen, empty when there is only one.
func (s State) PageOf() Say {
	if n := s.Pages(); n > 1 {
		return say("kiosk.page", "n", strconv.Itoa(s.Page+1), "of", strconv.Itoa(n))
	}
	return Say{}
}

// GroupPage lists the groups of the present page.
func (s State) GroupPage() []Group { return page(s.Groups(), s.Page, s.room().Services) }

// GroupName names the chosen group.
func (s State) GroupName() string {
	if v, ok := s.service(s.Group); ok {
		return s.in(v.Name)
	}
	return s.Group
}

// Item is one procedure to choose.
type Item struct {
	Code, Name string
	Time, Fee  Say
}

// Items lists the procedures of the present page.
func (s State) Items() []Item {
	var list []Item
	for _, p := range page(s.inGroup(), s.Page, s.room().Procedures) {
		list = append(list, Item{Code: p.Code, Name: s.name(p), Time: timeWords(p.Time), Fee: feeWords(p.Fee)})
	}
	return list
}

func (s State) name(p catalogue.Procedure) string {
	if s.Lang == "en" && p.NameEN != "" {
		return p.NameEN
	}
	return p.Name
}

// Detail is the procedure screen.
type Detail struct {
	Code, Name string
	Time, Fee  Fact
	Notes      []Say // the cut-off and what the fee's exemptions are
	Papers     []Paper
	First      int  // number of the first paper on this page, from 1
	CanTake    bool // a number may be taken for it
}

// Paper is one line of what to bring.
type Paper struct {
	Name  string
	Count Say
}

// Detail describes the chosen procedure; papers are those of the present page.
func (s State) Detail() Detail {
	p, ok := s.Chosen()
	if !ok {
		return Detail{}
	}
	d := Detail{
		Code: p.Code, Name: s.name(p),
		Time: Fact{say("kiosk.procedure.time"), timeWords(p.Time)}, Fee: Fact{say("kiosk.procedure.fee"), feeWords(p.Fee)},
		First: s.Page*s.room().Papers + 1,
	}
	if p.Time.CutOff > 0 {
		at := time.Date(0, 1, 1, 0, p.Time.CutOff, 0, 0, time.UTC).Format("15:04")
		d.Notes = append(d.Notes, say("kiosk.procedure.cut-off", "at", at))
	}
	if p.Fee.Note != "" && p.Fee.Amount > 0 {
		d.Notes = append(d.Notes, raw(p.Fee.Note))
	}
	for _, k := range page(p.Papers, s.Page, s.room().Papers) {
		d.Papers = append(d.Papers, Paper{Name: k.Name, Count: paperCount(k)})
	}
	_, d.CanTake = s.service(p.Service)
	return d
}

// paperCount says how many of a paper, and whether it is needed at all.
func paperCount(k catalogue.Paper) Say {
	switch {
	case !k.Required && k.Note != "":
		return raw(k.Note)
	case !k.Required:
		return say("kiosk.paper.optional")
	case k.Original > 0 && k.Copies > 0:
		return say("kiosk.paper.both", "n", strconv.Itoa(k.Original), "m", strconv.Itoa(k.Copies))
	case k.Original > 0:
		return say("kiosk.paper.original", "n", strconv.Itoa(k.Original))
	case k.Copies > 0:
		return say("kiosk.paper.copies", "n", strconv.Itoa(k.Copies))
	}
	return raw(k.Note)
}

// timeWords puts a statutory time into words.
func timeWords(d catalogue.Duration) Say {
	switch d.Unit {
	case "same-day":
		return say("kiosk.time.same-day")
	case "hour", "workday", "day", "month":
		if d.N == 1 {
			return say("kiosk.time.one-" + d.Unit)
		}
		return say("kiosk.time."+d.Unit, "n", strconv.Itoa(d.N))
	}
	return say("kiosk.time.ask")
}

// feeWords puts a fee into words; a note says more than a nought.
func feeWords(f catalogue.Fee) Say {
	switch {
	case f.Amount > 0 && f.Per != "":
		return say("kiosk.fee.per", "amount", dong(f.Amount), "per", f.Per)
	case f.Amount > 0:
		return say("kiosk.fee", "amount", dong(f.Amount))
	case f.Note != "":
		return raw(f.Note)
	case f.Local:
		return say("kiosk.fee.local")
	}
	return say("kiosk.fee.none")
}

// dong groups an amount in thousands: 150000 → "150.000".
func dong(n int64) string {
	digits := strconv.FormatInt(n, 10)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ".")
}
