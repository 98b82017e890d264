// Package catalogue ships a first catalogue: some fifty procedures of a ward's
// one-stop office as the national portal showed them in June and July 2026,
// with papers named short enough for a screen, and the source of each. It is a
// beginning to be confirmed by the city's own decisions, which replace it by
// import; what the portal left open is said in each record's source.
package catalogue

import (
	_ "embed"
	"fmt"

	"motcua/queue/catalogue"
)

//go:embed procedures.json
var procedures []byte

// Load reads and checks the embedded catalogue.
func Load() (*catalogue.Catalogue, error) {
	c, err := catalogue.Parse(procedures)
	if err != nil {
		return nil, fmt.Errorf("embedded catalogue: %w", err)
	}
	return c, nil
}
