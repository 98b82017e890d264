// Package portal reads the records of the national portal's crawl into
// procedures. The portal's cells come run together in one text; what can be
// taken apart without guessing is, and everything else is kept verbatim and
// marked as open, so that a person decides. The package is PURE.
package portal

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"motcua/queue/catalogue"
	"motcua/queue/refusal"
)

// MaxSize bounds one record, in bytes; the portal's largest is under 80 KB.
const MaxSize = 1 << 20

// nothing is what the portal writes into an empty cell.
const nothing = "Không có thông tin"

// Options is what a record does not say.
type Options struct {
	// From is the first local date of validity, "2006-01-02": the portal tells
	// the decision, never its date.
	From string
	// Services gives the queue's service for a domain; a domain that is not
	// here is left open.
	Services map[string]string
}

// record is the crawl's schema. Everything is text.
type record struct {
	Code     string `json:"ma_thu_tuc"`
	URL      string `json:"detail_url"`
	Name     string `json:"ten_thu_tuc"`
	Decision string `json:"so_quyet_dinh"`
	Level    string `json:"cap_thuc_hien"`
	Domain   string `json:"linh_vuc"`
	Order    string `json:"trinh_tu_thuc_hien"`
	Channels string `json:"cach_thuc_thuc_hien"`
	Papers   string `json:"thanh_phan_ho_so"`
	Legal    string `json:"can_cu_phap_ly"`
	Results  string `json:"ket_qua_xu_ly"`
}

var (
	codeShape = regexp.MustCompile(`^[1-9]\.[0-9]{6}$`)
	uuidShape = regexp.MustCompile(`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
)

// Read reads one record. The error is a *refusal.Refusal that says what is
// wrong with it; a record with a code and a name is never refused for what its
// cells leave open.
func Read(raw []byte, o Options) (catalogue.Procedure, error) {
	var p catalogue.Procedure
	r, err := decode(raw)
	if err != nil {
		return p, err
	}
	if r.Code = catalogue.National(r.Code); !codeShape.MatchString(r.Code) {
		return p, refusal.New("import-no-code", "value", clip(r.Code, 40))
	}
	if r.Name == "" {
		return p, refusal.New("import-no-name")
	}
	p = catalogue.Procedure{
		Code: r.Code, Name: r.Name, Domain: r.Domain, Service: o.Services[r.Domain],
		Decision: r.Decision, Level: r.Level, From: o.From,
		UUID:   uuidShape.FindString(r.URL),
		Source: "Cổng Dịch vụ công quốc gia",
	}
	if r.URL != "" {
		p.Source += ", " + r.URL
	}
	b := builder{p: &p}
	if p.Service == "" {
		b.advise(catalogue.FieldService, catalogue.WhyUnmapped, r.Domain)
	}
	b.channels(r.Channels, r.Order)
	b.papers(r.Papers)
	b.results(r.Results)
	b.steps(r.Order)
	p.Legal = legal(r.Legal)
	return p, nil
}

// builder fills a procedure and notes what is left open.
type builder struct{ p *catalogue.Procedure }

func (b *builder) open(field, why, text string) {
	b.add(catalogue.Open{Field: field, Why: why, Text: clip(text, maxOpenText)})
}

func (b *builder) advise(field, why, text string) {
	b.add(catalogue.Open{Field: field, Why: why, Text: clip(text, maxOpenText), Advisory: true})
}

// add notes a point once.
func (b *builder) add(o catalogue.Open) {
	for _, have := range b.p.Open {
		if have == o {
			return
		}
	}
	if len(b.p.Open) < catalogue.MaxOpen {
		b.p.Open = append(b.p.Open, o)
	}
}

// decode reads the JSON and cleans every text.
func decode(raw []byte) (record, error) {
	var r record
	if len(raw) > MaxSize {
		return r, refusal.New("import-too-large")
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
			return r, refusal.New("import-wrong-type", "field", clip(wrong.Field, 40))
		}
		return r, refusal.New("import-not-json")
	}
	for _, line := range []*string{&r.Code, &r.URL, &r.Name, &r.Decision, &r.Level, &r.Domain} {
		*line = clip(strings.Join(strings.Fields(clean(*line)), " "), maxLine)
		if *line == nothing {
			*line = ""
		}
	}
	for _, text := range []*string{&r.Order, &r.Channels, &r.Papers, &r.Legal, &r.Results} {
		*text = clean(*text)
	}
	return r, nil
}

// clean composes letters and drops what cannot be seen: control characters but
// line ends and tabs, and direction and width marks, which the portal has
// inside words.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return norm.NFC.String(s)
}
