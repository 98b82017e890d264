package dossier

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/refusal"
	"motcua/queue/worktime"
)

// Rules is everything a decision needs beside the dossiers: whose codes are
// given, which procedures there are, when the office works, what can be
// praised. All of it is data and may change between two commands.
type Rules struct {
	Office    string // electronic identifier, e.g. "H26.138"
	Catalogue *catalogue.Catalogue
	Calendar  *worktime.Calendar
	Criteria  []Criterion
	// Series is that of provisional codes (HubSeries) while a hub before this
	// one has not handed over; "" while official codes are given (R6).
	Series string
}

// Criterion is something a citizen may praise.
type Criterion struct {
	ID   string     `json:"id"`
	Text queue.Text `json:"text"`
}

// Book is what a decision reads of the office's dossiers.
type Book interface {
	// Dossier returns the dossier with a code (Code.Key).
	Dossier(code string) (Dossier, bool)
	// LastSerial is the highest serial of a count (Serial): of a local date
	// ("2006-01-02") for official codes; 0 when there is none.
	LastSerial(count string) int
}

// PromiseFor tells what Receive would promise for a procedure at a moment,
// without doing it. It refuses what Receive would refuse for the procedure.
func PromiseFor(book Book, procedure string, now time.Time, rules Rules) (Promise, error) {
	p, _, err := promise(book, procedure, stamp(now), rules)
	return p, err
}

func promise(book Book, procedure string, now time.Time, rules Rules) (Promise, catalogue.Procedure, error) {
	var proc catalogue.Procedure
	found := false
	if rules.Catalogue != nil {
		proc, found = rules.Catalogue.Find(procedure, now)
	}
	if !found {
		return Promise{}, proc, refusal.New("procedure-unknown", "procedure", clip(procedure))
	}
	if !proc.Decided(catalogue.FieldTime) {
		return Promise{}, proc, refusal.New("procedure-undecided", "procedure", proc.Code)
	}
	due, err := rules.due(now, proc.Time)
	if err != nil {
		return Promise{}, proc, fmt.Errorf("deadline of %s: %w", proc.Code, err)
	}
	code, err := nextCode(book, rules, now)
	if err != nil {
		return Promise{}, proc, err
	}
	return Promise{
		Code: code,
		Due:  due.At, DueRule: DueRule(proc.Time), DueTentative: due.Tentative, Time: proc.Time,
		Fee: proc.Fee.Amount, FeeNote: feeNote(proc.Fee),
	}, proc, nil
}

// due counts from the minute of receipt, as the receipt prints it.
func (r Rules) due(received time.Time, d catalogue.Duration) (worktime.Deadline, error) {
	if r.Calendar == nil {
		return worktime.Deadline{}, refusal.New("calendar-missing", "year", strconv.Itoa(received.Year()))
	}
	due, err := r.Calendar.Due(received.Truncate(time.Minute), worktime.Term(d))
	return due, missing(err)
}

// resumed is the deadline after a pause: moved by exactly the working time
// that passed in it.
func (r Rules) resumed(d Dossier, now time.Time) (DossierSupplemented, error) {
	if r.Calendar == nil {
		return DossierSupplemented{}, refusal.New("calendar-missing", "year", strconv.Itoa(now.Year()))
	}
	paused, err := r.Calendar.WorkingBetween(d.PausedAt, now)
	if err != nil {
		return DossierSupplemented{}, missing(err)
	}
	due, err := r.Calendar.Add(d.Due, paused)
	if err != nil {
		return DossierSupplemented{}, missing(err)
	}
	tentative := d.DueTentative || r.Calendar.Tentative(d.Due, due)
	return DossierSupplemented{Due: due, DueTentative: tentative, Paused: paused}, nil
}

// missing turns a gap of the calendar into a refusal.
func missing(err error) error {
	if gap, ok := errors.AsType[*worktime.MissingError](err); ok {
		return refusal.New("calendar-missing", "year", gap.Date[:4])
	}
	return err
}

// nextCode is the code of the next dossier of the day.
func nextCode(book Book, rules Rules, now time.Time) (string, error) {
	day := now.Format(time.DateOnly)
	write := func(n int) string { return NewCode(rules.Office, day, n) }
	count := day
	if rules.Series != "" {
		write, count = func(n int) string { return NewProvisional(rules.Series, day, n) }, provisionalCount(rules.Series, day)
	}
	for serial := book.LastSerial(count) + 1; serial <= MaxSerial; serial++ {
		code := write(serial)
		if _, ok := Key(code); !ok {
			return "", fmt.Errorf("office identifier %q makes no dossier code", rules.Office)
		}
		// A code that came in from elsewhere, as by a restored backup, is kept.
		if _, taken := book.Dossier(code); !taken {
			return code, nil
		}
	}
	return "", refusal.New("serial-exhausted", "day", now.Format("02/01/2006"))
}

// DueRuleText is the key and arguments of the sentence for a statutory time,
// in any language: texts.Get(lang, key, args...).
func DueRuleText(d catalogue.Duration) (key string, args []string) {
	if d.Unit == worktime.SameDay {
		if d.CutOff == 0 {
			return "dossier.due.same-day", nil
		}
		return "dossier.due.same-day-cut-off", []string{"time", fmt.Sprintf("%02d:%02d", d.CutOff/60, d.CutOff%60)}
	}
	key = "dossier.due." + d.Unit
	if d.Model == worktime.ByHour && d.Unit != worktime.Hours {
		key += "-by-hour"
	}
	return key, []string{"n", strconv.Itoa(d.N)}
}

// DueRule is that sentence in Vietnamese, as the record and the receipt keep
// it; a test holds it equal to the text of DueRuleText.
func DueRule(d catalogue.Duration) string {
	units := map[string]string{
		worktime.Hours: "giờ làm việc", worktime.Workdays: "ngày làm việc", worktime.Days: "ngày", worktime.Months: "tháng",
	}
	switch {
	case d.Unit == worktime.SameDay && d.CutOff == 0:
		return "trong ngày làm việc"
	case d.Unit == worktime.SameDay:
		return fmt.Sprintf("trong ngày làm việc (nhận sau %02d:%02d: ngày làm việc tiếp theo)", d.CutOff/60, d.CutOff%60)
	case d.Model == worktime.ByHour && d.Unit != worktime.Hours:
		return fmt.Sprintf("%d %s (theo giờ)", d.N, units[d.Unit])
	}
	return fmt.Sprintf("%d %s", d.N, units[d.Unit])
}

// feeNote says what the amount alone would hide.
func feeNote(f catalogue.Fee) string {
	switch {
	case f.Per != "" && f.Note != "":
		return "mỗi " + f.Per + "; " + f.Note
	case f.Per != "":
		return "mỗi " + f.Per
	case f.Note != "":
		return f.Note
	case f.Amount == 0:
		return "Miễn phí"
	}
	return ""
}
