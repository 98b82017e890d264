package scan

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// What tells a scan from typing when the scanner types no prefix. People stay
// above 60 ms between keys even when they are fast; a key that is held down
// repeats at about 30 ms.
const (
	shortestScan = 8                     // characters
	scannerGap   = 15 * time.Millisecond // middle of all gaps, of any text
	inhuman      = 40 * time.Millisecond // the same, of a code that we know
)

// How long after a key a burst may go on. A slow scanner is known by its
// prefix; everything else must be quick, because somebody may be typing.
const (
	patience       = 50 * time.Millisecond
	prefixPatience = 500 * time.Millisecond
)

// burst judges keys that a window has collected: after the prefix they are a
// scan; without one set, they must be long enough and come faster than anybody
// types, and while a field has the focus also be a code that we know.
func burst(text, prefix string, gaps []time.Duration, typing bool) (scanned string, ok bool) {
	if len([]rune(text)) > maxScan {
		return "", false
	}
	if prefix != "" {
		rest, ok := strings.CutPrefix(text, prefix)
		return strings.TrimSpace(rest), ok
	}
	limit := scannerGap
	switch known := Classify(text).Kind != Unknown; {
	case known:
		limit = inhuman
	case typing:
		return "", false
	}
	sorted := slices.Sorted(slices.Values(gaps))
	if len([]rune(text)) < shortestScan || len(sorted) == 0 || sorted[len(sorted)/2] > limit {
		return "", false
	}
	return strings.TrimSpace(text), true
}

// repeatAfter is how long the same text from the same device is the same scan.
const repeatAfter = 2 * time.Second

// once lets a text through that was not seen for a while. A code that stays in
// front of a scanner stays one scan. It keeps a hash, not the text.
type once struct {
	within time.Duration
	seen   [sha256.Size]byte
	at     time.Time
}

func (o *once) first(text string, at time.Time) bool {
	sum := sha256.Sum256([]byte(text))
	again := sum == o.seen && at.Sub(o.at) < o.within && !at.Before(o.at)
	o.seen, o.at = sum, at
	return !again
}
