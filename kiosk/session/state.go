package session

import (
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
)

// Screen is what fills the kiosk.
type Screen int

// Screens.
const (
	Home       Screen = iota
	Services          // which line
	Count             // how many dossiers
	Closing           // a number all the same, so late?
	Ticket            // the number
	ScanPrompt        // hold something under the scanner
	Dossier           // how a dossier stands
	Rating            // how was it
	Thanks            // for the rating
	Groups            // of procedures
	Procedures        // of one group
	Procedure         // papers, time, fee
	Message           // one sentence and what to do next
	Working           // an answer takes longer than a second
	StillThere        // the visit is about to end
	screens
)

// Feature is something the home screen offers beside the number. An office
// that does not have one leaves it out.
type Feature string

// Features.
const (
	FeatureDossier    Feature = "dossier"
	FeatureRating     Feature = "rating"
	FeatureProcedures Feature = "procedures"
	// FeatureAppointment shows by itself where the office books slots.
	FeatureAppointment Feature = "appointment"
)

// Config is what an installation sets. The zero durations mean the defaults.
type Config struct {
	Device   string    // this kiosk's name in the office's journal
	Lang     string    // language of the idle screen, "vi" when empty
	Features []Feature // tiles of the home screen, in order
	Criteria []dossier.Criterion
	// Room is how much fits on a page, standard and with large text.
	Room [2]Room

	Idle   time.Duration // without a touch until the warning; 60 s
	Warn   time.Duration // the warning; 20 s
	Show   time.Duration // a printed number; 30 s
	Photo  time.Duration // a number that could not be printed; 60 s
	Thanks time.Duration // 10 s
}

// Room is how many things fit on one page.
type Room struct{ Services, Procedures, Papers int }

func (c Config) filled() Config {
	def := func(d *time.Duration, to time.Duration) {
		if *d <= 0 {
			*d = to
		}
	}
	def(&c.Idle, 60*time.Second)
	def(&c.Warn, 20*time.Second)
	def(&c.Show, 30*time.Second)
	def(&c.Photo, 60*time.Second)
	def(&c.Thanks, 10*time.Second)
	if c.Lang == "" {
		c.Lang = "vi"
	}
	for i := range c.Room {
		r := &c.Room[i]
		r.Services, r.Procedures, r.Papers = max(1, r.Services), max(1, r.Procedures), max(1, r.Papers)
	}
	return c
}

// Help is how far a call for a person has come.
type Help int

// Stages of a call for help.
const (
	NotAsked Help = iota
	Asking        // on its way to the office
	Asked         // the officers have been told
	Coming        // an officer answered
	NotHeard      // the office could not be reached
)

// Print is how far the paper has come.
type Print int

// Stages of a ticket's paper.
const (
	Printing Print = iota
	Printed
	PrintFailed // the number stays on the screen to be photographed
	NotPrinting // a ticket that was looked up
)

// purpose is why somebody was asked to scan.
type purpose int

const (
	toLookUp purpose = iota
	toRate
	toCheckIn
)

// State is the kiosk. It is a value: Handle returns a new one, and the pointers
// in it lead to data that nobody changes.
type State struct {
	Config Config
	Now    time.Time    // of the last intent
	Queue  *queue.State // last copy; nil until the office was reached once
	silent.Hearing
	// PrinterDown and ScannerDown come from the devices.
	PrinterDown, ScannerDown bool
	Visit
	asks    uint64 // questions asked so far
	orphans []orphan
}

// Visit is everything about one person's stay; it is replaced as a whole.
type Visit struct {
	Screen   Screen
	Lang     string
	Large    bool
	Contrast bool
	Priority bool // of the services screen
	Many     bool // the same: several dossiers on one number
	Page     int  // of the services or the procedures
	Help     Help

	Dossiers int           // of the count screen
	Outlook  queue.Outlook // of the closing screen

	Issued *queue.Ticket // the number on the ticket screen
	Paper  Print
	Case   *dossier.Dossier
	// OnlyOne: the number is shown because its holder may not have another.
	OnlyOne bool
	Level   int      // chosen face, 0 none
	Praise  []string // chosen criteria
	// Catalogue is what the office answered; Group and Code are chosen in it.
	Catalogue []catalogue.Procedure
	Group     string
	Code      string
	Notice    Notice // of the message screen

	held     bool      // the number on the screen was given before
	card     uint64    // the runner's handle of the card that was shown
	call     call      // for help
	trail    []Screen  // the way back
	touched  time.Time // last sign of life
	until    time.Time // when the screen closes by itself; zero never
	listPage int       // of the procedures, to come back to
	under    Screen    // what StillThere or Working covers
	purpose  purpose
	wish     IssueTicket // what the count and closing screens ask about
	waiting  *question
	failed   *question // that Retry asks again
}

// call is one call for help.
type call struct {
	ask    uint64
	at     time.Time
	listed bool // the office's list has shown it
}

// question is what was asked of the office.
type question struct {
	ask    uint64
	effect Effect
	since  time.Time
}

// New returns an idle kiosk.
func New(c Config, now time.Time) State {
	s := State{Config: c.filled(), Now: now}
	s.Visit = s.fresh()
	return s
}

// fresh is the visit of nobody.
func (s State) fresh() Visit { return Visit{Lang: s.Config.Lang, touched: s.Now} }

// Idle reports that nobody is using the kiosk.
func (s State) Idle() bool {
	return s.Screen == Home && s.Lang == s.Config.Lang && !s.Large && !s.Contrast && s.Help == NotAsked && s.waiting == nil
}

// room is how much fits on a page now.
func (s State) room() Room {
	if s.Large {
		return s.Config.Room[1]
	}
	return s.Config.Room[0]
}
