package portal

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"motcua/queue/catalogue"
	"motcua/queue/money"
)

// smallest is the smallest amount that is believed: there is no smaller money
// in use, and the portal writes thousands ("20 VNĐ" beside "20.000 đ/tờ khai").
const smallest = 1000

// councilNote is what a screen and a receipt say instead of the law's sentence,
// which stays in the fee's text.
const councilNote = "Mức do Hội đồng nhân dân cấp tỉnh quyết định"

var (
	council = regexp.MustCompile(`(?i)hội đồng nhân dân|hđnd`)
	// noFee are the notes beside "Miễn phí" that say nothing else.
	noFee     = regexp.MustCompile(`(?i)^[\s(.]*(?:không|không có|không quy định|miễn phí|miễn lệ phí|không thu(?: lệ)? phí[^.;()]{0,200})?[\s).]*$`)
	feeCell   = regexp.MustCompile(`^([0-9.,]+) (VNĐ|Việt Nam Đồng)$`)
	perAfter  = regexp.MustCompile(`^\s*/\s*([^.;:,()]{1,60})`)
	perAlone  = regexp.MustCompile(`^\(/\s*([^/()]{1,40})\)$`)
	untilText = regexp.MustCompile(`(?i)áp dụng đến hết ngày ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})`)
	reduction = regexp.MustCompile(`(?i)từ ngày ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) đến hết ngày ([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})[^.;]*?bằng ([0-9]{1,2}) ?%`)
	dated     = regexp.MustCompile(`(?i)đến hết ngày`)
	online    = regexp.MustCompile(`(?i)trực tuy[ếể]n`)
	sentence  = regexp.MustCompile(`[^.;]+(?:\.[0-9][^.;]*)*[.;]?`)
)

// readFee reads a row's fee and says what it leaves open.
func (r row) readFee() (catalogue.Fee, []catalogue.Open) {
	note := line(r.paren)
	f := catalogue.Fee{Text: clip(strings.TrimSpace(r.fee+" "+note), maxText), Note: clip(bare(note), maxName), Exempt: exempt(note), Kind: kind(note)}
	open := func(why string) (catalogue.Fee, []catalogue.Open) {
		f.Open, f.Amount = true, 0
		if f.Note == "" {
			f.Note = clip(f.Text, maxName)
		}
		return f, []catalogue.Open{{Field: catalogue.FieldFee, Why: why, Text: clip(f.Text, maxOpenText)}}
	}
	if f.Local = council.MatchString(note); f.Local {
		f.Note = councilNote
	}
	switch {
	case r.together:
		f.Text = clip(r.time+note, maxText)
		return open(catalogue.WhyRunTogether)
	case r.fee == nothing:
		return open(catalogue.WhyNothing)
	case f.Local:
		return open(catalogue.WhyCouncil)
	case r.fee == "Miễn phí" && noFee.MatchString(note):
		return f, nil
	case r.fee == "Miễn phí" && len(catalogue.AmountsIn(note)) > 0:
		return open(catalogue.WhyContradiction)
	case r.fee == "Miễn phí":
		return open(catalogue.WhyElsewhere)
	}
	m := feeCell.FindStringSubmatch(r.fee)
	if m == nil {
		return open(catalogue.WhyForeign)
	}
	amount, err := money.Parse(m[1])
	if err != nil || amount < smallest {
		return open(catalogue.WhyImplausible)
	}
	f.Amount = amount
	named := catalogue.AmountsIn(note + " " + line(r.desc))
	if len(named) > 0 && !slices.Contains(named, amount) {
		return open(catalogue.WhyContradiction)
	}
	f.Per = per(note, amount)
	return f, r.dates(&f, named, note)
}

// dates reads what holds between dates, and notes what a person should read.
func (r row) dates(f *catalogue.Fee, named []int64, note string) []catalogue.Open {
	var list []catalogue.Open
	advise := func(why, text string) {
		list = append(list, catalogue.Open{Field: catalogue.FieldFee, Why: why, Text: clip(text, maxOpenText), Advisory: true})
	}
	if slices.ContainsFunc(named, func(a int64) bool { return a != f.Amount }) {
		advise(catalogue.WhyOtherAmounts, note+" "+line(r.desc))
	}
	for _, part := range sentence.FindAllString(note, -1) {
		if !dated.MatchString(part) {
			continue
		}
		if m := untilText.FindStringSubmatch(part); m != nil {
			if f.Until = date(m[1:]); f.Until != "" {
				advise(catalogue.WhyUntil, part)
				continue
			}
		}
		m := reduction.FindStringSubmatch(part)
		if m == nil {
			advise(catalogue.WhyReductionText, part)
			continue
		}
		percent, err := strconv.Atoi(m[7])
		red := catalogue.Reduction{From: date(m[1:]), To: date(m[4:]), Percent: percent, Text: strings.TrimSpace(part)}
		if online.MatchString(part) {
			red.Channel = catalogue.ChannelOnline
		}
		if err != nil || red.From == "" || red.To == "" || red.To < red.From || len(f.Reductions) == catalogue.MaxReductions {
			advise(catalogue.WhyReductionText, part)
			continue
		}
		f.Reductions = append(f.Reductions, red)
	}
	return list
}

// date is day, month, year as "2006-01-02", "" when there is no such day.
func date(dmy []string) string {
	t, err := time.Parse("2/1/2006", strings.Join(dmy[:3], "/"))
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// per is what an amount is paid for, where the note says so beside the same
// amount: "(/trang)", "70.000 đồng/Giấy chứng nhận.".
func per(note string, amount int64) string {
	if m := perAlone.FindStringSubmatch(note); m != nil {
		return strings.TrimSpace(m[1])
	}
	for _, unit := range []string{"đồng", "đ", "Đ", "vnđ", "VNĐ"} {
		for _, written := range []string{money.Digits(amount), strings.ReplaceAll(money.Digits(amount), ".", ",")} {
			for _, space := range []string{"", " "} {
				_, after, found := strings.Cut(note, written+space+unit)
				if m := perAfter.FindStringSubmatch(after); found && m != nil {
					return strings.TrimSpace(m[1])
				}
			}
		}
	}
	return ""
}

// exempt are the sentences about who pays nothing.
func exempt(note string) []string {
	var list []string
	for _, part := range sentence.FindAllString(bare(note), -1) {
		part = strings.TrimSpace(part)
		if lower := strings.ToLower(part); strings.HasPrefix(lower, "miễn") && len(part) > len("Miễn lệ phí.") && len(list) < catalogue.MaxReductions {
			list = append(list, clip(part, maxLine))
		}
	}
	return list
}

// kind is phí or lệ phí, when the note speaks of one of them only.
func kind(note string) string {
	lower := strings.ToLower(note)
	fees := strings.Count(lower, "lệ phí")
	all := strings.Count(lower, "phí") - strings.Count(lower, "miễn phí") - strings.Count(lower, "kinh phí")
	switch {
	case fees > 0 && all == fees:
		return catalogue.FeeKindFee
	case fees == 0 && all > 0:
		return catalogue.FeeKindCharge
	}
	return ""
}

// bare is a note without the parentheses around all of it.
func bare(note string) string {
	for strings.HasPrefix(note, "(") {
		inside, rest := parenthesis(note)
		if rest != "" || !strings.HasSuffix(inside, ")") {
			break
		}
		note = strings.TrimSpace(inside[1 : len(inside)-1])
	}
	return note
}
