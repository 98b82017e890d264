// Package banks ships the BINs and names of the banks that take a VietQR
// transfer, each with its source. What is marked to be verified was not read
// in the bank's own papers: an office compares its own bank's row once, before
// its account goes on a screen. A newer list replaces the file, not the
// program.
package banks

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"motcua/queue/vietqr"
)

//go:embed banks.json
var banks []byte

// Load reads and checks the embedded list.
func Load() (*vietqr.Banks, error) {
	var file struct {
		Version string        `json:"version"`
		Banks   []vietqr.Bank `json:"banks"`
	}
	if err := json.Unmarshal(banks, &file); err != nil {
		return nil, fmt.Errorf("read the embedded banks: %w", err)
	}
	return vietqr.NewBanks(file.Banks)
}
