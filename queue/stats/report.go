package stats

import (
	"slices"
	"time"

	"motcua/queue"
)

// Report is what the chosen days came to. Durations are whole seconds.
type Report struct {
	Office string     `json:"office"`
	Name   queue.Text `json:"name"`
	Parent queue.Text `json:"parent"`
	// From and To are the first and last business day with a record.
	From string `json:"from"`
	To   string `json:"to"`
	// Target is the wait that WithinTarget counts against.
	Target int `json:"target_s"`
	// Complete is false while the last day is still open.
	Complete bool `json:"complete"`
	// ClockJumps counts records made after the clock was set: durations
	// around them are doubtful.
	ClockJumps int `json:"clock_jumps"`
	// Unread counts records that could not be decoded.
	Unread int `json:"unread"`

	// Elsewhere is what other places did while the line was cut.
	Elsewhere Elsewhere `json:"elsewhere,omitzero"`

	Total    Group   `json:"total"`
	Days     []Group `json:"days"`
	Hours    []Group `json:"hours"` // by the local hour of arrival
	Services []Group `json:"services"`
	Classes  []Group `json:"classes"`
	Counters []Group `json:"counters"`
	Officers []Group `json:"officers"`
}

// Elsewhere counts what happened while the line was cut, at a hub or a device
// that was alone. What applies is in the other figures too.
type Elsewhere struct {
	// Records were merged; of these Kept changed nothing.
	Records int `json:"records"`
	Kept    int `json:"kept"`
	// Tickets were given elsewhere. Late ones came here after their day was
	// over, and are in no other figure.
	Tickets int `json:"tickets"`
	Late    int `json:"late"`
	// Conflicts are double calls and the like (queue.AnomalyFound).
	Conflicts int `json:"conflicts"`
}

// Group is the figures of one day, hour, service, class, counter or officer.
//
// Days, hours, services (the one that was asked for) and classes own their
// tickets: Issued = Done + Open + Absent + Void + NotServed + Forced. Counters
// and officers own what they did: first calls, services finished (Done, each of
// a visit's), absences; Issued is 0.
type Group struct {
	Key  string     `json:"key"`
	Name queue.Text `json:"name,omitzero"`

	Issued    int `json:"issued"`
	Called    int `json:"called"` // tickets called at least once
	Done      int `json:"done"`
	Open      int `json:"open"` // still in the house
	Absent    int `json:"absent"`
	Void      int `json:"void"`
	NotServed int `json:"not_served"` // waiting or held when the session or the day was closed
	Forced    int `json:"forced"`     // closed by the day's end while at a counter

	Recalls     int `json:"recalls"`
	Chosen      int `json:"chosen"`      // called by hand, out of the rule's order
	ByHand      int `json:"by_hand"`     // served as they stood at the counter
	AutoDone    int `json:"auto_done"`   // finished by the next call
	Transferred int `json:"transferred"` // legs after which the visit went on

	Wait         Summary `json:"wait"`
	WithinTarget int     `json:"within_target"`
	Service      Summary `json:"service"`
	Later        Later   `json:"later"`
	// Busy is all time of serving, later legs and transferred ones included.
	Busy     int      `json:"busy_s"`
	Promise  Promise  `json:"promise"`
	Ratings  Ratings  `json:"ratings"` // never of a counter or an officer
	AbsentBy Fraction `json:"absent_rate"`
	InTarget Fraction `json:"target_rate"`
}

// Summary describes durations in seconds. Median and P90 are nearest ranks:
// values that really occurred.
type Summary struct {
	N      int `json:"n"`
	Median int `json:"median_s"`
	P90    int `json:"p90_s"`
	Mean   int `json:"mean_s"`
	Max    int `json:"max_s"`
}

// Later is what followed transfers: the wait from the transfer to the call of
// that leg, and the service there.
type Later struct {
	Legs    int     `json:"legs"`
	Wait    Summary `json:"wait"`
	Service Summary `json:"service"`
}

// Promise says how often the range printed on the ticket contained the real
// first call. Early and Late lie outside it.
type Promise struct {
	Tickets int `json:"tickets"`
	Kept    int `json:"kept"`
	Early   int `json:"early"`
	Late    int `json:"late"`
	// Width is the median width of the printed range in seconds: a promise
	// that says everything says nothing.
	Width int      `json:"width_s"`
	Rate  Fraction `json:"rate"`
}

// Ratings counts ticket ratings by level, index 1–5.
type Ratings struct {
	Levels [6]int `json:"levels"`
	N      int    `json:"n"`
	// Satisfied is levels 4 and 5.
	Satisfied Fraction `json:"satisfied"`
}

// Fraction is a share from 0 to 1; -1 when there is nothing to divide by.
type Fraction float64

// None is the fraction of nothing.
const None Fraction = -1

func share(part, whole int) Fraction {
	if whole == 0 {
		return None
	}
	return Fraction(part) / Fraction(whole)
}

// summarize sorts the seconds and describes them.
func summarize(seconds []int) Summary {
	if len(seconds) == 0 {
		return Summary{}
	}
	slices.Sort(seconds)
	sum := 0
	for _, s := range seconds {
		sum += s
	}
	n := len(seconds)
	return Summary{
		N: n, Median: rank(seconds, 50), P90: rank(seconds, 90), Mean: (sum + n/2) / n, Max: seconds[n-1],
	}
}

// rank is the nearest-rank percentile of sorted values.
func rank(sorted []int, percent int) int {
	i := (len(sorted)*percent + 99) / 100
	return sorted[max(1, i)-1]
}

func seconds(d time.Duration) int { return int(max(0, d) / time.Second) }
