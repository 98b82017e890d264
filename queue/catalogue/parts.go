package catalogue

import (
	"slices"
	"strings"
)

// Ways of handing in a dossier.
const (
	ChannelCounter = "counter" // trực tiếp
	ChannelOnline  = "online"  // trực tuyến
	ChannelPost    = "post"    // dịch vụ bưu chính
)

// Kinds of a fee in the law on fees and charges 97/2015/QH13.
const (
	FeeKindCharge = "phi"    // phí: pays for a service
	FeeKindFee    = "le-phi" // lệ phí: fixed, for a paper or a registration
)

// Channel is one way of handing in. The source may give the same way several
// times, each row for another case that Note tells.
type Channel struct {
	Kind     string   `json:"kind"`                // Channel…
	Time     Duration `json:"time,omitzero"`       // zero when not understood
	TimeText string   `json:"time_text,omitempty"` // the source's own words
	Fee      Fee      `json:"fee"`
	Note     string   `json:"note,omitempty"` // the source's description, verbatim
}

// Reduction is what the source says of a lower fee between two local dates, both included; an empty one
// is no bound: so many percent of the amount are to be paid. What is paid in
// the end is for queue/fee to work out.
type Reduction struct {
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Channel string `json:"channel,omitempty"` // Channel…; empty is every one
	Percent int    `json:"percent"`           // 0 to 100
	Text    string `json:"text"`              // the source's own words
}

// Result is what the citizen gets.
type Result struct {
	Code string `json:"code,omitempty"` // "KQ.G15.000031"
	Name string `json:"name"`
}

// Step is a step of the handling. Hours is its working time in the process
// decision, 0 when there is none; it never replaces the statutory time.
type Step struct {
	Name  string `json:"name"`
	Unit  string `json:"unit,omitempty"` // who does it
	Hours int    `json:"hours,omitempty"`
}

// Fields that Open names.
const (
	FieldTime    = "time"
	FieldFee     = "fee"
	FieldPapers  = "papers"
	FieldService = "service"
	FieldResult  = "result"
	FieldSteps   = "steps"
)

// Reasons of an Open, each with a text "catalogue.open.<reason>".
const (
	WhyNoUnit        = "no-unit"        // a bare number
	WhyNothing       = "nothing"        // the source has no information
	WhyRunTogether   = "run-together"   // digits of two columns touch
	WhyContradiction = "contradiction"  // the source says two things
	WhyCouncil       = "council"        // the provincial council sets it
	WhyElsewhere     = "elsewhere"      // "free", beside a text that may say otherwise
	WhySeveral       = "several"        // more than one value, by case
	WhyForeign       = "foreign"        // not in đồng
	WhyImplausible   = "implausible"    // an amount that no one can pay
	WhyFree          = "free-text"      // words where a value belongs
	WhyInferred      = "inferred"       // taken from the order of handling
	WhyCases         = "cases"          // papers of several cases; which are required is not said
	WhyLong          = "long"           // cut to the length of a record
	WhyUnmapped      = "unmapped"       // no queue service for the domain
	WhyLeftOver      = "left-over"      // text outside every column
	WhyUntil         = "until"          // holds until a date; what then is not said
	WhyFormInName    = "form-in-name"   // the form's file name touches the paper's name
	WhyOtherTimes    = "other-times"    // the description has other times for other cases
	WhyOtherAmounts  = "other-amounts"  // the note has other amounts for other cases
	WhyReductionText = "reduction-text" // a dated reduction that was not understood
)

// Open is a point that a person has to decide or, when Advisory, to read.
type Open struct {
	Field    string `json:"field"`          // Field…
	Why      string `json:"why"`            // Why…
	Text     string `json:"text,omitempty"` // the source's own words
	Advisory bool   `json:"advisory,omitempty"`
}

// Decided reports whether nothing that must be decided about a field is open.
// A procedure whose time is not decided is not received: no deadline can be
// promised.
func (p *Procedure) Decided(field string) bool {
	return !slices.ContainsFunc(p.Open, func(o Open) bool { return o.Field == field && !o.Advisory })
}

// Decide closes what is open about a field.
func (p *Procedure) Decide(field string) {
	p.Open = slices.DeleteFunc(slices.Clone(p.Open), func(o Open) bool { return o.Field == field })
	if len(p.Open) == 0 {
		p.Open = nil
	}
	if field == FieldFee {
		p.Fee.Open = false
	}
}

// Levels are the levels that handle the procedure: "Cấp tỉnh", "Cấp xã".
func (p *Procedure) Levels() []string {
	var levels []string
	for part := range strings.FieldsFuncSeq(p.Level, func(r rune) bool { return r == ',' || r == ';' }) {
		if level := strings.TrimSpace(part); level != "" {
			levels = append(levels, level)
		}
	}
	return levels
}

// By returns the rows of a channel.
func (p *Procedure) By(kind string) []Channel {
	var rows []Channel
	for _, c := range p.Channels {
		if c.Kind == kind {
			rows = append(rows, c)
		}
	}
	return rows
}

// TimeBy is the time of a channel: the counter's when the procedure has none
// of its own. ok is false when there is no such channel, or it has not exactly
// one time.
func (p *Procedure) TimeBy(kind string) (d Duration, ok bool) {
	if len(p.Channels) == 0 || kind == ChannelCounter {
		return p.Time, p.Time != Duration{}
	}
	for i, c := range p.By(kind) {
		if i > 0 && c.Time != d {
			return Duration{}, false
		}
		d = c.Time
	}
	return d, d != Duration{}
}

// FeeBy is the fee of a channel, by the rule of TimeBy.
func (p *Procedure) FeeBy(kind string) (f Fee, ok bool) {
	if len(p.Channels) == 0 || kind == ChannelCounter {
		return p.Fee, !p.Fee.Open
	}
	rows := p.By(kind)
	for i, c := range rows {
		if i > 0 && (c.Fee.Amount != f.Amount || c.Fee.Per != f.Per) {
			return Fee{}, false
		}
		f = c.Fee
	}
	return f, len(rows) > 0 && !f.Open
}
