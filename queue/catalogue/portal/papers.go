package portal

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"motcua/queue/catalogue"
)

// paperHead are the heads of the table of papers; each group has its own, and
// the group's name stands before them.
const paperHead = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"

var (
	countCell = regexp.MustCompile(`([0-9]+) bản (chính|sao)(?:,([0-9]+) bản sao)?`)
	// conditional are the words after which a paper is not everyone's.
	conditional = regexp.MustCompile(`(?i)nếu|trường hợp|hoặc|đối với|khi |trừ |một trong|tùy|lựa chọn`)
	formFile    = regexp.MustCompile(`(?i)\.(?:docx?|pdf|xlsx?|rtf|zip|rar|odt)$`)
	submitted   = regexp.MustCompile(`(?i)^[*\s-]*(?:giấy tờ phải nộp|thành phần hồ sơ(?: (?:gồm|bao gồm))?)?[\s:.-]*$`)
)

// papers reads the table of papers. What counts no copy at all is advice, not
// a paper, and becomes a remark.
func (b *builder) papers(text string) {
	parts := strings.Split(text, paperHead)
	if len(parts) == 1 {
		if rest := line(text); rest != "" && rest != nothing {
			b.open(catalogue.FieldPapers, catalogue.WhyFree, rest)
		} else {
			b.open(catalogue.FieldPapers, catalogue.WhyNothing, "")
		}
		return
	}
	seen := map[string]bool{}
	cases := 0
	heading := line(parts[0])
	for _, part := range parts[1:] {
		items, rest := cells(part)
		group := strings.Trim(heading, "-*: ")
		if cased := len(items) > 0 && !submitted.MatchString(heading); cased {
			cases++
		}
		for _, it := range items {
			b.paper(it, group, submitted.MatchString(heading), seen)
		}
		heading = line(rest)
	}
	if heading != "" {
		b.advise(catalogue.FieldPapers, catalogue.WhyLeftOver, heading)
	}
	if cases > 0 {
		b.advise(catalogue.FieldPapers, catalogue.WhyCases, "")
	}
	if len(b.p.Papers) == 0 {
		b.open(catalogue.FieldPapers, catalogue.WhyNothing, "")
	}
}

// item is one row of the table of papers.
type item struct {
	name              string
	cell              string // the count, verbatim
	originals, copies int
	together          bool // digits of the name touch the count
}

// cells takes a group apart; rest is what stands after the last count.
func cells(part string) (list []item, rest string) {
	from := 0
	found := countCell.FindAllStringSubmatchIndex(part, -1)
	for i, m := range found {
		next := -1
		if i+1 < len(found) {
			next = found[i+1][0]
		}
		if m[0] < from || !isCell(part, m[0], m[1], next) {
			continue
		}
		it := item{name: line(part[from:m[0]]), cell: part[m[0]:m[1]]}
		if digits := part[m[2]:m[3]]; len(digits) > 1 {
			it.together = true
			it.name += " " + it.cell
		} else {
			it.count(digits, part[m[4]:m[5]], group(part, m, 3))
		}
		list = append(list, it)
		from = m[1]
	}
	return list, part[from:]
}

func group(s string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

func (it *item) count(first, what, copies string) {
	n := int(first[0] - '0')
	if what == "sao" {
		it.copies = n
	} else {
		it.originals = n
	}
	if copies == "" {
		return
	}
	c, err := strconv.Atoi(copies)
	if err != nil || c > catalogue.MaxCopies {
		it.together = true
		it.originals, it.copies = 0, 0
		it.name += " " + it.cell
		return
	}
	it.copies += c
}

// isCell tells a count in its column from words like "nộp 02 bản chính tờ
// khai": a cell is followed at once by the next name or by nothing. next is
// where the following count begins.
func isCell(part string, from, to, next int) bool {
	after, _ := utf8.DecodeRuneInString(part[to:])
	before, _ := utf8.DecodeLastRuneInString(part[:from])
	spaceBefore := from > 0 && unicode.IsSpace(before)
	switch {
	case to == next && spaceBefore: // "…: 01 bản chính1 bản chính"
		return false
	case to == len(part):
		return true
	case strings.ContainsRune(";.,:)", after):
		return false
	case unicode.IsSpace(after):
		return from > 0 && !spaceBefore && part[from] != '0' && startsGroup(part[to:])
	}
	return true
}

// startsGroup reports whether a text begins as a heading does, with a capital.
func startsGroup(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \t\n"))
	return unicode.IsUpper(r)
}

// paper adds one row.
func (b *builder) paper(it item, group string, plain bool, seen map[string]bool) {
	text := strings.TrimSpace(strings.TrimLeft(it.name, "-+*•. "))
	if text == "" {
		b.advise(catalogue.FieldPapers, catalogue.WhyLeftOver, it.cell)
		return
	}
	if it.originals+it.copies == 0 && !it.together {
		if len(b.p.Remarks) < catalogue.MaxRemarks {
			b.p.Remarks = append(b.p.Remarks, clip(text, maxText))
		}
		return
	}
	if len(b.p.Papers) == catalogue.MaxPapers {
		b.advise(catalogue.FieldPapers, catalogue.WhyLong, text)
		return
	}
	p := catalogue.Paper{Name: clip(text, maxName), Original: it.originals, Copies: it.copies, Group: clip(group, maxName)}
	if len(text) > maxText {
		b.advise(catalogue.FieldPapers, catalogue.WhyLong, text)
	}
	if p.Name != text {
		p.Text = clip(text, maxText)
	}
	p.Required = plain && !it.together && !conditional.MatchString(text)
	switch {
	case it.together:
		p.Note = "“" + it.cell + "”"
		b.open(catalogue.FieldPapers, catalogue.WhyRunTogether, text)
	case formFile.MatchString(text):
		b.advise(catalogue.FieldPapers, catalogue.WhyFormInName, text)
	}
	// The same paper in two cases is two papers to tick.
	for n, name := 2, p.Name; seen[p.Name]; n++ {
		p.Name = name + " (" + strconv.Itoa(n) + ")"
		p.Text = clip(text, maxText)
	}
	seen[p.Name] = true
	b.p.Papers = append(b.p.Papers, p)
}
