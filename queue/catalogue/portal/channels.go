package portal

import (
	"regexp"
	"slices"
	"strings"

	"motcua/queue/catalogue"
	"motcua/queue/worktime"
)

// channelHead are the columns' heads, run together as every cell begins.
const channelHead = "Hình thức nộpThời gianPhí, lệ phíMô tả"

// cutOff is 15:00 in minutes from midnight.
const cutOff = 15 * 60

var (
	channelKinds = map[string]string{
		"Trực tiếp": catalogue.ChannelCounter, "Trực tuyến": catalogue.ChannelOnline, "Dịch vụ bưu chính": catalogue.ChannelPost,
	}
	// A row begins with a channel, a time and a fee without anything between.
	// Either the time ends in letters (1, 2), or it is a bare number and the
	// fee begins with a letter (3, 4), or digits of both touch (5).
	rowHead = regexp.MustCompile(`(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)(?:` +
		`(` + nothing + `|[0-9]{1,6} (?:Giờ|Ngày làm việc|Ngày|Tháng|Năm|Tuần|Phút)|[A-ZĐ][^\n0-9:]{0,80}?)` +
		`(Miễn phí|` + nothing + `|[0-9][0-9.,]* (?:VNĐ|Việt Nam Đồng|USD|EUR))` +
		`|([0-9]{1,6})(Miễn phí|` + nothing + `)` +
		`|([0-9][0-9.,]* (?:VNĐ|Việt Nam Đồng|USD|EUR)))`)
	// sameDay is how the order of handling tells the cut-off of a procedure
	// that is done on the day.
	sameDay = regexp.MustCompile(`(?is)sau 15 ?(?:giờ|h)[^.;]{0,200}?trong ngày làm việc tiếp theo`)
)

// row is one row of the table of channels, its cells verbatim.
type row struct {
	kind, time, fee, paren, desc string
	together                     bool // time holds the digits of both cells
}

// rows takes the table apart. rest is the text before the first row.
func rows(text string) (list []row, rest string) {
	heads := rowHead.FindAllStringSubmatchIndex(text, catalogue.MaxParts)
	if len(heads) == 0 {
		return nil, text
	}
	for i, h := range heads {
		cell := func(n int) string {
			if h[2*n] < 0 {
				return ""
			}
			return text[h[2*n]:h[2*n+1]]
		}
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		r := row{kind: channelKinds[cell(1)], time: cell(2) + cell(4), fee: cell(3) + cell(5)}
		if together := cell(6); together != "" {
			r.time, r.together = together, true
		}
		r.paren, r.desc = parenthesis(text[h[1]:end])
		list = append(list, r)
	}
	return list, text[:heads[0][0]]
}

// parenthesis splits a text that begins with "(" after the matching ")". One
// that never closes is all parenthesis: the portal drops closing ones.
func parenthesis(s string) (inside, rest string) {
	if !strings.HasPrefix(s, "(") {
		return "", strings.TrimSpace(s)
	}
	depth := 0
	for i, r := range s {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i+1], strings.TrimSpace(s[i+1:])
			}
		}
	}
	return s, ""
}

// channels reads the table and chooses the counter's time and fee.
func (b *builder) channels(text, order string) {
	list, rest := rows(text)
	if rest = line(strings.Replace(rest, channelHead, "", 1)); rest != "" && rest != nothing {
		b.advise(catalogue.FieldTime, catalogue.WhyLeftOver, rest)
	}
	if len(list) == 0 {
		b.open(catalogue.FieldTime, catalogue.WhyNothing, line(text))
		b.open(catalogue.FieldFee, catalogue.WhyNothing, line(text))
		b.p.Fee = catalogue.Fee{Open: true, Note: nothing}
		return
	}
	evidence := line(sameDay.FindString(order))
	var times, fees [][]catalogue.Open // what each row leaves open
	for _, r := range list {
		c := catalogue.Channel{Kind: r.kind, TimeText: r.time, Note: clip(line(r.desc), maxText)}
		var timeOpen, feeOpen []catalogue.Open
		c.Time, timeOpen = r.readTime(evidence)
		c.Fee, feeOpen = r.readFee()
		b.p.Channels = append(b.p.Channels, c)
		times, fees = append(times, timeOpen), append(fees, feeOpen)
	}
	b.choose(times, fees)
}

// choose takes time and fee of the counter's rows, or of all when there is no
// counter. Where the rows differ, nothing is chosen.
func (b *builder) choose(times, fees [][]catalogue.Open) {
	var at []int
	for i, c := range b.p.Channels {
		if c.Kind == catalogue.ChannelCounter {
			at = append(at, i)
		}
	}
	if at == nil {
		for i := range b.p.Channels {
			at = append(at, i)
		}
	}
	first := b.p.Channels[at[0]]
	b.p.Time = first.Time
	for _, i := range at {
		c := b.p.Channels[i]
		for _, o := range times[i] {
			b.add(o)
		}
		if c.Time != first.Time {
			b.open(catalogue.FieldTime, catalogue.WhySeveral, first.TimeText+" / "+c.TimeText+": "+c.Note)
		}
	}
	if !b.p.Decided(catalogue.FieldTime) {
		b.p.Time = catalogue.Duration{}
	}
	b.chooseFee(at, fees)
}

func (b *builder) chooseFee(at []int, fees [][]catalogue.Open) {
	// A row in a foreign currency is an embassy's: an office in Vietnam takes
	// đồng only (Pháp lệnh ngoại hối 2005, art. 22).
	ours := slices.DeleteFunc(slices.Clone(at), func(i int) bool { return isForeign(fees[i]) })
	if len(ours) < len(at) && len(ours) > 0 {
		for _, i := range at {
			if isForeign(fees[i]) {
				b.advise(catalogue.FieldFee, catalogue.WhyForeign, b.p.Channels[i].Fee.Text+" "+b.p.Channels[i].Note)
			}
		}
		at = ours
	}
	first := b.p.Channels[at[0]].Fee
	b.p.Fee = first
	for _, i := range at {
		f := b.p.Channels[i].Fee
		for _, o := range fees[i] {
			b.add(o)
		}
		if f.Amount != first.Amount || f.Per != first.Per || f.Open != first.Open {
			b.open(catalogue.FieldFee, catalogue.WhySeveral, first.Text+" / "+f.Text)
		}
	}
	if !b.p.Decided(catalogue.FieldFee) {
		b.p.Fee.Open, b.p.Fee.Amount = true, 0
	}
	if b.p.Fee.Open && b.p.Fee.Note == "" {
		b.p.Fee.Note = clip(b.p.Fee.Text, maxName)
	}
}

func isForeign(list []catalogue.Open) bool {
	return slices.ContainsFunc(list, func(o catalogue.Open) bool { return o.Why == catalogue.WhyForeign })
}

// readTime reads a row's time and says what it leaves open. evidence is the
// sentence of the order of handling about 15:00, if there is one.
func (r row) readTime(evidence string) (catalogue.Duration, []catalogue.Open) {
	open := func(why, text string) (catalogue.Duration, []catalogue.Open) {
		return catalogue.Duration{}, []catalogue.Open{{Field: catalogue.FieldTime, Why: why, Text: clip(text, maxOpenText)}}
	}
	if r.together {
		return open(catalogue.WhyRunTogether, r.time+r.paren)
	}
	if (r.time == "1" || r.time == nothing) && evidence != "" {
		return catalogue.Duration{Unit: worktime.SameDay, Model: worktime.ByDay, CutOff: cutOff},
			[]catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyInferred, Text: clip(r.time+": "+evidence, maxOpenText), Advisory: true}}
	}
	if r.time == nothing {
		return open(catalogue.WhyNothing, line(r.desc))
	}
	d, ok := catalogue.ParseTime(r.time)
	switch {
	case !ok && strings.Trim(r.time, "0123456789") == "":
		return open(catalogue.WhyNoUnit, r.time)
	case !ok:
		return open(catalogue.WhyFree, r.time)
	}
	// The description often repeats the time. Where it names times and none is
	// this one, the source contradicts itself.
	others := catalogue.TimesIn(r.desc)
	if len(others) > 0 && !slices.Contains(others, d) {
		return open(catalogue.WhyContradiction, r.time+": "+line(r.desc))
	}
	if slices.ContainsFunc(others, func(o catalogue.Duration) bool { return o != d }) {
		return d, []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyOtherTimes, Text: clip(line(r.desc), maxOpenText), Advisory: true}}
	}
	return d, nil
}
