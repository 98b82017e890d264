package desk

import (
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// An Effect is work for the runner. It answers every one with exactly one
// Intent (named beside it), also when the work failed or ran out of time.
type Effect interface{ kind() kind }

// kind names what may be under way once.
type kind int

const (
	kindCommand kind = iota // of the queue
	kindReceive
	kindReturn // and the other commands about one dossier
	kindSearch
	kindPromise
	kindCase
	kindList
	kindPrint
	kindPromote
	kinds
)

// Command is a command to the office by this officer at this counter, answered
// by CommandReplied. The runner gives every ID its own number N of the
// idempotency key and keeps the pair: an ID that comes again is the same Call
// again (its first answer was lost), so it acts once.
type Command struct {
	ID      uint64
	Officer string
	Counter string
	Command queue.Command
}

// SearchProcedures is answered by ProceduresFound.
type SearchProcedures struct{ Query string }

// FetchPromise is answered by PromiseCame.
type FetchPromise struct{ Procedure string }

// FetchCase is answered by CaseCame.
type FetchCase struct{ Code string }

// ListDossiers is answered by DossiersListed. Day lists what was received
// then; Card lists what a person may collect.
type ListDossiers struct {
	Day  string
	Card string
}

// PrintReceipt prints the receipt (giấy tiếp nhận và hẹn trả); it is answered
// by ReceiptPrinted.
type PrintReceipt struct {
	Dossier   dossier.Dossier
	Applicant dossier.Person
}

// Promote makes the standby on this machine the hub; it is answered by Promoted.
type Promote struct{ Officer, Reason string }

func (c Command) kind() kind {
	switch c.Command.(type) {
	case dossier.Receive:
		return kindReceive
	case dossier.Return, dossier.MarkReady:
		return kindReturn
	}
	return kindCommand
}
func (SearchProcedures) kind() kind { return kindSearch }
func (FetchPromise) kind() kind     { return kindPromise }
func (FetchCase) kind() kind        { return kindCase }
func (ListDossiers) kind() kind     { return kindList }
func (PrintReceipt) kind() kind     { return kindPrint }
func (Promote) kind() kind          { return kindPromote }

// Outcome is how an effect ended; the zero value is success.
type Outcome struct {
	// Refusal: understood and not carried out.
	Refusal *refusal.Refusal
	// Failed: no answer (office unreachable, printer silent). A command may or
	// may not have been carried out.
	Failed bool
}

// OK reports success.
func (o Outcome) OK() bool { return o.Refusal == nil && !o.Failed }

// CommandReplied answers Command. Seq, Ticket and Dossier are those of
// office.Reply.
type CommandReplied struct {
	ID      uint64
	Seq     uint64
	Ticket  *queue.Ticket
	Dossier *dossier.Dossier
	Outcome
}

// ProceduresFound answers SearchProcedures.
type ProceduresFound struct {
	Query string
	List  []catalogue.Procedure
	Outcome
}

// PromiseCame answers FetchPromise.
type PromiseCame struct {
	Procedure string
	Promise   dossier.Promise
	Outcome
}

// CaseCame answers FetchCase.
type CaseCame struct {
	Code string
	Case Case
	Outcome
}

// DossiersListed answers ListDossiers.
type DossiersListed struct {
	Of   ListDossiers
	List []dossier.Dossier
	Outcome
}

// Promoted answers Promote.
type Promoted struct{ Outcome }

// ReceiptPrinted answers PrintReceipt.
type ReceiptPrinted struct {
	Code string
	Outcome
}
