package device

import (
	"slices"
	"strings"
)

// Role is what a device is there for, and so what it may do.
type Role string

// Roles of enrolled devices.
const (
	Kiosk   Role = "kiosk"   // citizens use it alone
	Counter Role = "counter" // an officer sits at it
	Board   Role = "board"   // shows and announces, does nothing
	Standby Role = "standby" // keeps a copy of the whole office
	Admin   Role = "admin"   // local IT
)

// Roles lists every role, in the order that help texts show.
func Roles() []Role { return []Role{Kiosk, Counter, Board, Standby, Admin} }

// Known reports whether the role is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Reading is something to be read of an office that not every device may read.
type Reading string

// Readings. What follows each is who needs it.
const (
	Stream    Reading = "stream"    // today's queue and every record: all
	Public    Reading = "public"    // tickets, procedures, one dossier without applicant: kiosk, counter
	Personal  Reading = "personal"  // lists of dossiers, applicants in clear: counter
	Watch     Reading = "watch"     // metrics, verification: admin
	Replicate Reading = "replicate" // the whole store: standby
	Manage    Reading = "manage"    // the list of devices, codes for new ones: admin
)

// May reports whether a device of this role may read something.
func (r Role) May(what Reading) bool {
	switch what {
	case Stream:
		return r.Known()
	case Public:
		return r == Kiosk || r == Counter || r == Admin
	case Personal:
		return r == Counter
	case Watch:
		return r == Admin || r == Standby
	case Replicate:
		return r == Standby
	case Manage:
		return r == Admin
	}
	return false
}

// citizen are the commands that somebody may give without an officer, and those
// that a machine gives for itself.
var citizen = []string{
	"ticket.issue", "ticket.report-print", "ticket.void", "ticket.return", "ticket.rate",
	"appointment.check-in", "dossier.rate", "help.request", "device.admit", "journal.merge",
}

// counter and admin are families of commands: an officer's work, and what
// changes the office itself.
var (
	counter = []string{"ticket.", "counter.", "session.", "appointment.", "help.", "dossier.", "anomaly.", "term."}
	admin   = []string{"office.", "day.", "catalogue.", "applicant.", "staff.", "term."}
)

// Gives reports whether a device of this role may give a command, by its name.
// A supervisor unlocks a colleague at a counter.
func (r Role) Gives(command string) bool {
	family := func(list []string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(command, p) })
	}
	switch r {
	case Kiosk:
		return slices.Contains(citizen, command)
	case Counter:
		return family(counter) || slices.Contains(citizen, command) || command == "staff.unlock"
	case Standby:
		return command == "journal.merge" || command == "term.settle"
	case Admin:
		return family(admin) || command == "device.revoke"
	}
	return false
}
