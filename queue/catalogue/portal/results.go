package portal

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"motcua/queue/catalogue"
)

var (
	resultCode = regexp.MustCompile(`Mã: (KQ[.-][A-Z][0-9]{2}\.[0-9]{5,6}|(?:[0-9]{2,3}\.){3}[A-Z][0-9]{2}-KQ[0-9]{4,6})`)
	stepHead   = regexp.MustCompile(`(?:^|[\n;.])[\s+*–-]*(?:[a-zđ]\)\s*)?Bước [0-9]{1,2}\b`)
)

// pageFoot begins what the portal's page has below the results.
const pageFoot = "Từ khóa"

// results reads names and codes: each code ends its name.
func (b *builder) results(text string) {
	text, _, _ = strings.Cut(text, pageFoot)
	from := 0
	for _, m := range resultCode.FindAllStringSubmatchIndex(text, catalogue.MaxParts) {
		name := strings.TrimLeft(line(text[from:m[0]]), "-+*. ")
		from = m[1]
		if name == "" {
			b.advise(catalogue.FieldResult, catalogue.WhyNothing, text[m[2]:m[3]])
			continue
		}
		b.p.Results = append(b.p.Results, catalogue.Result{Name: clip(name, maxText), Code: text[m[2]:m[3]]})
	}
	if rest := line(text[from:]); rest != "" && rest != nothing {
		b.advise(catalogue.FieldResult, catalogue.WhyLeftOver, rest)
	}
	if len(b.p.Results) == 0 {
		b.advise(catalogue.FieldResult, catalogue.WhyNothing, "")
		return
	}
	b.p.Result = b.p.Results[0].Name
}

// steps splits the order of handling where it counts its own steps; else it is
// one text. A long one goes on in the next step.
func (b *builder) steps(order string) {
	order = strings.TrimSpace(order)
	if order == "" || order == nothing {
		return
	}
	var starts []int
	for _, m := range stepHead.FindAllStringIndex(order, catalogue.MaxParts-1) {
		starts = append(starts, m[0])
	}
	if len(starts) == 0 || starts[0] != 0 {
		starts = append([]int{0}, starts...)
	}
	for i, start := range starts {
		end := len(order)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		for _, name := range pages(strings.Trim(order[start:end], " \n\t;.")) {
			if len(b.p.Steps) == catalogue.MaxParts {
				b.advise(catalogue.FieldSteps, catalogue.WhyLong, name)
				return
			}
			b.p.Steps = append(b.p.Steps, catalogue.Step{Name: name})
		}
	}
}

// pages cuts a text at line ends, or at spaces, into parts that a record holds.
func pages(s string) []string {
	var list []string
	for len(s) > maxText {
		cut := strings.LastIndexByte(s[:maxText], '\n')
		if cut <= 0 {
			cut = strings.LastIndexByte(s[:maxText], ' ')
		}
		if cut <= 0 {
			for cut = maxText; !utf8.RuneStart(s[cut]); {
				cut--
			}
		}
		list = append(list, strings.TrimSpace(s[:cut]))
		s = strings.TrimSpace(s[cut:])
	}
	if s != "" {
		list = append(list, s)
	}
	return list
}
