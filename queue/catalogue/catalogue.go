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
}

// Paper is a component of the dossier (thành phần hồ sơ).
type Paper struct {
	Name     string `json:"name"`
	Original int    `json:"original"`
	Copies   int    `json:"copies"`
	Required bool   `json:"required"`
	Note     string `json:"note,omitempty"` // "xuất trình", "nếu có"
}

// InForce reports whether the version is valid on a local date.
func (p Procedure) InForce(day time.Time) bool {
	d := day.Format(time.DateOnly)
	return p.From <= d && (p.To == "" || d <= p.To)
}
