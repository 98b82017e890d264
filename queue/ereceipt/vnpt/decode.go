package vnpt

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"motcua/queue/ereceipt"
)

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 1 << 20

// ErrAnswer: what came back is no answer of this service to this question.
// Whether the receipt was made is not known: ask Status.
var ErrAnswer = errors.New("not an answer of the receipt service")

// Error is a code that the service answered with, "ERR:n".
type Error struct {
	Action string // "issue", "status", "cancel"
	Code   int
}

// Error is for logs.
func (e *Error) Error() string {
	return fmt.Sprintf("vnpt: %s answered ERR:%d", e.Action, e.Code)
}

// Text is the key and arguments of the sentence for people:
// texts.Get(lang, key, args...).
func (e *Error) Text() (key string, args []string) {
	what := e.Action + "-" + strconv.Itoa(e.Code)
	if _, known := meaning[what]; !known {
		return "ereceipt.vnpt.other", []string{"code", strconv.Itoa(e.Code)}
	}
	return "ereceipt.vnpt." + what, nil
}

// Unwrap gives what a caller branches on: an Err… of package ereceipt, nil
// when asking again later may help.
func (e *Error) Unwrap() error { return meaning[e.Action+"-"+strconv.Itoa(e.Code)] }

// meaning is what the known codes come to.
var meaning = map[string]error{
	"issue-1":  ereceipt.ErrRejected,  // login, or no right
	"issue-3":  ereceipt.ErrRejected,  // bad XML
	"issue-5":  nil,                   // not issued
	"issue-6":  ereceipt.ErrExhausted, // the range is used up
	"issue-7":  ereceipt.ErrRejected,  // no company for the user
	"issue-10": ereceipt.ErrExhausted, // more than the batch may number
	"issue-13": ereceipt.ErrTaken,     // the key has a receipt
	"issue-20": ereceipt.ErrRejected,  // pattern or serial
	"issue-21": nil,                   // the number was taken meanwhile
	"issue-29": ereceipt.ErrRejected,  // the certificate has ended
	"issue-30": ereceipt.ErrRejected,  // dated before the last one issued
	"status-1": ereceipt.ErrRejected,
	"status-4": ereceipt.ErrUnknown, // nothing of that pattern was ever issued
	"status-7": ereceipt.ErrRejected,
	"cancel-1": ereceipt.ErrRejected,
	"cancel-2": ereceipt.ErrUnknown,
	"cancel-8": ereceipt.ErrCancelled, // replaced or cancelled before
	"cancel-9": ereceipt.ErrRejected,  // its state does not allow it
}

// Issued reads the answer to Issue. It takes "OK:pattern;serial-key_number",
// with number and key in either order, and "OK:pattern;serial;number". The
// error is an *Error, or wraps ErrAnswer.
func (s Service) Issued(answer []byte, key ereceipt.Key) (ereceipt.Receipt, error) {
	text, err := result(answer, "ImportAndPublishInv", "issue")
	if err != nil {
		return ereceipt.Receipt{}, err
	}
	rest, ok := strings.CutPrefix(text, "OK:"+s.Pattern+";"+s.Serial)
	if !ok {
		return ereceipt.Receipt{}, fmt.Errorf("issue: no OK for the pattern and serial: %w", ErrAnswer)
	}
	if number, ok := strings.CutPrefix(rest, ";"); ok {
		return s.receipt(key, number, ereceipt.Issued)
	}
	for one := range strings.SplitSeq(strings.TrimPrefix(rest, "-"), ",") {
		if number, ok := strings.CutPrefix(one, key.String()+"_"); ok {
			return s.receipt(key, number, ereceipt.Issued)
		}
		if number, ok := strings.CutSuffix(one, "_"+key.String()); ok {
			return s.receipt(key, number, ereceipt.Issued)
		}
	}
	return ereceipt.Receipt{}, fmt.Errorf("issue: the answer is about another key: %w", ErrAnswer)
}

// Found reads the answer to Status; ereceipt.ErrUnknown when there is none.
func (s Service) Found(answer []byte, key ereceipt.Key) (ereceipt.Receipt, error) {
	text, err := result(answer, "listInvByCusFkey", "status")
	if err != nil {
		return ereceipt.Receipt{}, err
	}
	var data struct {
		XMLName xml.Name `xml:"Data"`
		Items   []struct {
			Pattern string `xml:"pattern"`
			Serial  string `xml:"serial"`
			Number  string `xml:"invNum"`
			Status  string `xml:"status"`
			Key     string `xml:"fkey"`
		} `xml:"Item"`
	}
	if err := xml.Unmarshal([]byte(text), &data); err != nil {
		return ereceipt.Receipt{}, fmt.Errorf("status: %w", ErrAnswer)
	}
	for _, i := range data.Items {
		if i.Key != key.String() {
			continue
		}
		state := ereceipt.Issued
		switch i.Status {
		case "0": // written, not signed yet
			return ereceipt.Receipt{}, ereceipt.ErrUnknown
		case "3", "5": // replaced, cancelled
			state = ereceipt.Cancelled
		}
		found := Service{Pattern: i.Pattern, Serial: i.Serial}
		return found.receipt(key, i.Number, state)
	}
	return ereceipt.Receipt{}, ereceipt.ErrUnknown
}

// Cancelled reads the answer to Cancel, for a receipt as it was before. A
// receipt that was cancelled already is no error.
func (s Service) Cancelled(answer []byte, before ereceipt.Receipt) (ereceipt.Receipt, error) {
	text, err := result(answer, "cancelInv", "cancel")
	if err != nil && !errors.Is(err, ereceipt.ErrCancelled) {
		return before, err
	}
	if err == nil && !strings.HasPrefix(text, "OK") {
		return before, fmt.Errorf("cancel: neither OK nor ERR: %w", ErrAnswer)
	}
	before.State = ereceipt.Cancelled
	return before, nil
}

// receipt writes the number with seven digits, as receipts show it.
func (s Service) receipt(key ereceipt.Key, number string, state ereceipt.State) (ereceipt.Receipt, error) {
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 32)
	if err != nil || n == 0 || n > 99_999_999 || s.Pattern == "" || s.Serial == "" {
		return ereceipt.Receipt{}, fmt.Errorf("the number, pattern or serial is none: %w", ErrAnswer)
	}
	return ereceipt.Receipt{Key: key, Pattern: s.Pattern, Serial: s.Serial, Number: fmt.Sprintf("%07d", n), State: state}, nil
}

// result is the text of the answer's one result element.
func result(answer []byte, action, short string) (string, error) {
	bad := func(what string) (string, error) { return "", fmt.Errorf("%s: %s: %w", short, what, ErrAnswer) }
	if len(answer) > maxAnswer {
		return bad("too long")
	}
	d := xml.NewDecoder(bytes.NewReader(answer))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return bad("no result in it")
		}
		if err != nil {
			return bad("no XML")
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Local == "Fault":
			return bad("a SOAP fault")
		case start.Name.Local == action+"Result":
			var text string
			if err := d.DecodeElement(&text, &start); err != nil {
				return bad("no text in the result")
			}
			return failed(strings.TrimSpace(text), short)
		}
	}
}

// failed turns "ERR:n" into an *Error; a code that is no number is 0.
func failed(text, short string) (string, error) {
	code, ok := strings.CutPrefix(text, "ERR:")
	if !ok {
		return text, nil
	}
	digits := len(code) - len(strings.TrimLeft(code, "0123456789"))
	n, err := strconv.Atoi(code[:min(digits, 6)])
	if err != nil {
		n = 0
	}
	return "", &Error{Action: short, Code: n}
}
