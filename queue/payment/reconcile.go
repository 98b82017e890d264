package payment

import (
	"strings"
	"time"

	"motcua/queue/ereceipt"
	"motcua/queue/vietqr"
)

// Credit is one line of the bank's statement: money that came in.
type Credit struct {
	Ref    string    `json:"ref"` // the bank's own reference, unique
	At     time.Time `json:"at"`
	Amount int64     `json:"amount"`
	Text   string    `json:"text"` // the purpose as it arrived, with what banks put around it
}

// Reconciliation is what a statement explains and what it leaves open.
type Reconciliation struct {
	// Matched are transfers with their Credit filled in.
	Matched []Payment `json:"matched"`
	// Missing are transfers that no line explains.
	Missing []Payment `json:"missing"`
	// Amounts are transfers whose mark came with another amount.
	Amounts []Difference `json:"amounts"`
	// Unclear are transfers whose mark stands on several lines, or whose line
	// has several marks: a person decides.
	Unclear []Payment `json:"unclear"`
	// Unknown are lines that no transfer asked for.
	Unknown []Credit `json:"unknown"`
	// Conflicts are lines whose reference came again with something else.
	Conflicts []Credit `json:"conflicts"`
}

// Difference is a transfer and the line with its mark.
type Difference struct {
	Payment Payment `json:"payment"`
	Credit  Credit  `json:"credit"`
}

// Reconcile holds transfers against lines. A line that comes again is the same
// line; one that a payment was reconciled with before explains nothing else.
// Payments that stand in no need of it are passed over: cash, taken back, or
// reconciled. Matched ones are put into the ledger with SetCredit.
func Reconcile(payments []Payment, credits []Credit) Reconciliation {
	var r Reconciliation
	lines := r.unique(credits)
	spent := map[string]bool{}
	var open []Payment
	for _, p := range payments {
		switch {
		case p.Credit != "":
			spent[p.Credit] = true
		case p.Method == ereceipt.Transfer && p.Void == "":
			open = append(open, p)
		}
	}
	found := make([][]int, len(open)) // lines of each payment
	claims := make([]int, len(lines)) // payments of each line
	for i, p := range open {
		for k, c := range lines {
			if !spent[c.Ref] && marked(c.Text, p.Mark) {
				found[i] = append(found[i], k)
				claims[k]++
			}
		}
	}
	for i, p := range open {
		switch {
		case len(found[i]) == 0:
			r.Missing = append(r.Missing, p)
		case len(found[i]) > 1 || claims[found[i][0]] > 1:
			r.Unclear = append(r.Unclear, p)
		case lines[found[i][0]].Amount != p.Amount:
			r.Amounts = append(r.Amounts, Difference{p, lines[found[i][0]]})
		default:
			p.Credit = lines[found[i][0]].Ref
			r.Matched = append(r.Matched, p)
		}
	}
	for k, c := range lines {
		if claims[k] == 0 && !spent[c.Ref] {
			r.Unknown = append(r.Unknown, c)
		}
	}
	return r
}

// unique keeps the first line of each reference; the amount and the text must
// be the same when it comes again.
func (r *Reconciliation) unique(credits []Credit) []Credit {
	first := map[string]Credit{}
	var lines []Credit
	for _, c := range credits {
		before, again := first[c.Ref]
		switch {
		case c.Ref == "" || again && (before.Amount != c.Amount || before.Text != c.Text):
			r.Conflicts = append(r.Conflicts, c)
		case !again:
			first[c.Ref] = c
			lines = append(lines, c)
		}
	}
	return lines
}

// marked reports whether a mark stands in a text. Banks change case and drop
// or add spaces and dots, so only letters and digits count; a digit before or
// after would make another mark of it.
func marked(text, mark string) bool {
	t, m := squeeze(text), squeeze(mark)
	for m != "" {
		at := strings.Index(t, m)
		if at < 0 {
			return false
		}
		end := at + len(m)
		before := at > 0 && isDigit(t[at-1]) && isDigit(m[0])
		after := end < len(t) && isDigit(t[end]) && isDigit(m[len(m)-1])
		if !before && !after {
			return true
		}
		t = t[at+1:]
	}
	return false
}

func squeeze(s string) string {
	return strings.ToUpper(strings.ReplaceAll(vietqr.Fold(s), " ", ""))
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// SetCredit records the line that explains a transfer. It reports whether the
// ledger took it: not for cash, not when another line explains it already, not
// when the line explains another payment.
func (l *Ledger) SetCredit(key ereceipt.Key, ref string) bool {
	i, ok := l.at[key]
	if !ok || ref == "" || l.list[i].Method != ereceipt.Transfer || l.list[i].Credit != "" && l.list[i].Credit != ref {
		return false
	}
	for k, p := range l.list {
		if k != i && p.Credit == ref {
			return false
		}
	}
	l.list[i].Credit = ref
	return true
}
