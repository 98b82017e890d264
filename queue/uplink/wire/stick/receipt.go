package stick

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// MaxReceipt bounds a receipt file: it may carry a catalogue.
const MaxReceipt = 64 << 20

// Receipt is the city's word on the way back: how far it has an office's
// record, and what it has to tell the office.
type Receipt struct {
	Office string     `json:"office"`
	Have   chain.Head `json:"have"`
	At     time.Time  `json:"at"` // the city's clock
	Sig    []byte     `json:"sig"`
	// Notices after the last that the office has taken, each signed by itself.
	Notices []wire.Notice `json:"notices,omitempty"`
}

// FileName is what a receipt is called.
func (r Receipt) FileName() string {
	return fmt.Sprintf("motcua-%s-%08d.receipt", r.Office, r.Have.Seq)
}

// Sign fills in Sig; the notices have signatures of their own.
func (r Receipt) Sign(key ed25519.PrivateKey) Receipt {
	r.At = r.At.UTC().Truncate(time.Millisecond)
	r.Sig = ed25519.Sign(key, r.text())
	return r
}

func (r Receipt) text() []byte {
	return fmt.Appendf(nil, "motcua receipt 1\noffice %q\nseq %d\nhash %s\nat %s\n",
		r.Office, r.Have.Seq, r.Have.Hash, r.At.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// ParseReceipt reads a receipt and proves that the city has signed it, and each
// notice in it, for this office; else wire.ErrSignature.
func ParseReceipt(raw []byte, office string, city wire.CityKey) (Receipt, error) {
	var r Receipt
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("read receipt: %w", err)
	}
	if r.Office != office {
		return r, fmt.Errorf("the receipt is for %.70q, not for %s: %w", r.Office, office, wire.ErrSignature)
	}
	if len(city.Sign) != ed25519.PublicKeySize || !ed25519.Verify(city.Sign, r.text(), r.Sig) {
		return r, fmt.Errorf("receipt for record %d: %w", r.Have.Seq, wire.ErrSignature)
	}
	for _, n := range r.Notices {
		if err := n.Verify(office, city); err != nil {
			return r, err
		}
	}
	return r, nil
}
