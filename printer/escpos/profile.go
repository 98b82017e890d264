package escpos

import (
	_ "embed" // the profiles
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"motcua/printer/raster"
)

// How a printer tells its state.
const (
	StatusASB  = "asb"  // by itself, on every change (automatic status back, GS a)
	StatusPoll = "poll" // when asked (DLE EOT)
	StatusNone = "none" // never
)

// How a printer confirms that a slip came out.
const (
	// ConfirmProcess: it returns our marker when the printing is completed
	// (GS ( H), and again after the cut.
	ConfirmProcess = "process-id"
	// ConfirmAnswer: it answers GS r 1 in its turn, which proves that the data
	// before it has left the receive buffer.
	ConfirmAnswer = "answer"
	// ConfirmNone: what was sent counts as printed.
	ConfirmNone = "none"
)

// How paper is cut.
const (
	CutPartial = "partial"
	CutFull    = "full"
	CutNone    = "none" // feed far enough to tear
)

// How a half-received slip is thrown away.
const (
	ClearBuffer = "buffer" // DLE DC4 8, which the printer confirms
	ClearFlush  = "flush"  // fill the picture it waits for, then initialise
)

// Profile is what one kind of printer can do.
type Profile struct {
	Name  string       `json:"name"`  // e.g. "epson-tm-t82"
	Label string       `json:"label"` // which models, for people
	Paper raster.Paper `json:"paper"`
	// BandBytes bounds one picture command, header included. Receive buffers
	// are 4 KB, and a half-received band must be flushable with as many NULs.
	BandBytes int `json:"band_bytes"`
	// FeedUnits is how many units of "ESC J n" one dot row is: 2 on Epson
	// (motion units of 1/360 and 1/406 inch). Clones disagree, so 0 sends
	// blank rows as a picture, which is right everywhere.
	FeedUnits int    `json:"feed_units"`
	Cut       string `json:"cut"`
	// Guard switches drawer pulses and power-off from inside data off (GS ( D).
	Guard   bool   `json:"guard"`
	Status  string `json:"status"`
	Confirm string `json:"confirm"`
	Clear   string `json:"clear"`
	// Speed and HeadToCutter say how long a slip takes and how much paper
	// each costs beyond its picture.
	Speed        float64 `json:"speed_mm_s"`
	HeadToCutter float64 `json:"head_to_cutter_mm"`
}

//go:embed profiles.json
var profilesJSON []byte

// Profiles lists the known printers.
func Profiles() ([]Profile, error) {
	var list []Profile
	if err := json.Unmarshal(profilesJSON, &list); err != nil {
		return nil, fmt.Errorf("read printer profiles: %w", err)
	}
	return list, nil
}

// Find returns the profile with a name; the error lists the names there are.
func Find(name string) (Profile, error) {
	list, err := Profiles()
	if err != nil {
		return Profile{}, err
	}
	var names []string
	for _, p := range list {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Profile{}, fmt.Errorf("there is no printer profile %q; there are %s", name, strings.Join(names, ", "))
}

// Check names the first fault of a profile, which may come from a file.
func (p Profile) Check() error {
	known := func(field, v string, of ...string) error {
		if !slices.Contains(of, v) {
			return fmt.Errorf("printer profile %q: %s %q is not one of %s", p.Name, field, v, strings.Join(of, ", "))
		}
		return nil
	}
	switch {
	case p.Paper.Dots < 64 || p.Paper.Dots > 2400 || p.Paper.DPI < 100 || p.Paper.DPI > 600:
		return fmt.Errorf("printer profile %q: %d dots at %d dpi", p.Name, p.Paper.Dots, p.Paper.DPI)
	case p.rows() < 1:
		return fmt.Errorf("printer profile %q: a band of %d bytes holds no row", p.Name, p.BandBytes)
	case p.FeedUnits < 0 || p.FeedUnits > 8:
		return fmt.Errorf("printer profile %q: %d feed units", p.Name, p.FeedUnits)
	case p.Status == StatusNone && p.Confirm != ConfirmNone:
		return fmt.Errorf("printer profile %q: it confirms but has no status", p.Name)
	case !(p.Speed > 0):
		return fmt.Errorf("printer profile %q: the speed is missing", p.Name)
	}
	for _, err := range []error{
		known("cut", p.Cut, CutPartial, CutFull, CutNone),
		known("status", p.Status, StatusASB, StatusPoll, StatusNone),
		known("confirm", p.Confirm, ConfirmProcess, ConfirmAnswer, ConfirmNone),
		known("clear", p.Clear, ClearBuffer, ClearFlush),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Mute reports whether the printer never says anything.
func (p Profile) Mute() bool { return p.Status == StatusNone }

// stride is the bytes of a full row.
func (p Profile) stride() int { return (p.Paper.Dots + 7) / 8 }

// rows is how many rows a band holds: at most 255, so that the high byte of
// its row count is always 0.
func (p Profile) rows() int { return min((p.BandBytes-bandHeader)/p.stride(), 255) }
