// Package catalogue is the procedures an office handles (thủ tục hành chính):
// what to bring, how long it takes, what it costs, in which version.
//
// Everything in it is data with validity dates, imported; nothing about a
// procedure is written in code. The package is PURE.
package catalogue

import "time"

// Procedure is one version of a procedure. A dossier keeps the version that
// it was received under.
type Procedure struct {
	Code    string `json:"code"`    // national code, e.g. "1.001193"
	Name    string `json:"name"`    // official Vietnamese name
	NameEN  string `json:"name_en"` // may be empty
	Domain  string `json:"domain"`  // lĩnh vực, e.g. "Hộ tịch"
	Service string `json:"service"` // the queue's service id it belongs to
	// Decision is the publishing decision, e.g. "163/QĐ-BTP"; with From it is
	// the version.
	Decision string `json:"decision"`
	// From and To bound the validity: local dates "2006-01-02"; To is empty
	// while in force.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	// Time is the statutory time at the counter.
	Time   Duration `json:"time"`
	Fee    Fee      `json:"fee"`
	Papers []Paper  `json:"papers"`
	Result string   `json:"result,omitempty"` // name of the result
	Level  string   `json:"level,omitempty"`  // "Cấp xã"
	Source string   `json:"source"`           // where this record was taken from

	// Channels are the ways of handing in, each with its own time and fee;
	// Time and Fee above are the counter's. Empty in records that know only
	// the counter.
	Channels []Channel `json:"channels,omitempty"`
	Results  []Result  `json:"results,omitempty"`
	Steps    []Step    `json:"steps,omitempty"`
	Legal    []string  `json:"legal,omitempty"`   // numbers of the documents it rests on, "123/2015/NĐ-CP"
	Remarks  []string  `json:"remarks,omitempty"` // what the source says between the papers, verbatim
	UUID     string    `json:"uuid,omitempty"`    // the new national portal's address of it
	// Open is what the source left open; nobody has decided it yet.
	Open []Open `json:"open,omitempty"`
}

// Duration is a statutory time and how it is counted.
type Duration struct {
	N    int    `json:"n"`
	Unit string `json:"unit"` // "hour", "workday", "day", "month", "same-day"
	// Model is "hour" (1 day = 8 working hours) or "day" (Civil Code 2015
	// art. 147: first day not counted, ends with the last day).
	Model string `json:"model"`
	// CutOff is minutes from midnight after which a same-day procedure is due
	// the next working day (15:00 = 900); 0 is none.
	CutOff int `json:"cut_off,omitempty"`
}

// Fee is what a procedure costs. Exemptions are kept verbatim: showing only a
// number misleads people.
type Fee struct {
	Amount int64  `json:"amount"` // đồng per Per
	Per    string `json:"per,omitempty"`
	Note   string `json:"note,omitempty"`
	// Local marks a fee set by the provincial council; Amount is the office's.
	Local bool `json:"local,omitempty"`

	Kind string `json:"kind,omitempty"` // FeeKind… ; empty when the source does not say
	Text string `json:"text,omitempty"` // the source's own words
	// Exempt are the sentences about who pays nothing, verbatim.
	Exempt     []string    `json:"exempt,omitempty"`
	Reductions []Reduction `json:"reductions,omitempty"`
	// Until is the last local date on which Amount is known to hold; empty is
	// no such date.
	Until string `json:"until,omitempty"`
	// Open marks an amount that nobody has decided: Amount means nothing.
	Open bool `json:"open,omitempty"`
}

// Paper is a component of the dossier (thành phần hồ sơ).
type Paper struct {
	Name     string `json:"name"`
	Original int    `json:"original"`
	Copies   int    `json:"copies"`
	Required bool   `json:"required"`
	Note     string `json:"note,omitempty"` // "xuất trình", "nếu có"
	// Group is the case that the paper belongs to, as the source heads it.
	Group string `json:"group,omitempty"`
	Text  string `json:"text,omitempty"` // the source's own words when Name is shorter
	Form  string `json:"form,omitempty"` // the form's file or number
}

// InForce reports whether the version is valid on a local date.
func (p Procedure) InForce(day time.Time) bool {
	d := day.Format(time.DateOnly)
	return p.From <= d && (p.To == "" || d <= p.To)
}

// Brief is the procedure without what only its keeper reads: the steps, the
// legal documents, the remarks. It is a small part of a full record.
func (p Procedure) Brief() Procedure {
	p.Steps, p.Legal, p.Remarks = nil, nil, nil
	return p
}
