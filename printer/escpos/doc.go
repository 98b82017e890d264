// Package escpos speaks the language of receipt printers: a bitmap becomes
// bytes, and the printer's bytes become events.
//
// It sends pictures only. There is no command for text, drawers or memory in
// it, so nothing that a person typed can reach a printer as a command; byte
// pairs that printers would execute even inside a picture are broken (see
// hush). What differs between printers is data: see Profile.
//
// The commands and bits are those of Epson's ESC/POS reference, which other
// makers follow; sources are named at each. The package is PURE: no clock, no
// device; markers come from the caller's randomness.
package escpos
