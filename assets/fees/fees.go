// Package fees ships the fees that the country sets and that a ward's office
// meets most, with their exemptions, dated reductions and sources, and names
// those that a provincial council sets. It is a beginning: an office adds its
// own table beside it (fee.New joins them), and what is marked to be verified
// is held against the official text before it is relied on.
package fees

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"motcua/queue/fee"
)

//go:embed national.json
var national []byte

// Load reads the embedded table; fee.New checks it.
func Load() (fee.Table, error) {
	var t fee.Table
	if err := json.Unmarshal(national, &t); err != nil {
		return t, fmt.Errorf("read the embedded fees: %w", err)
	}
	return t, nil
}
