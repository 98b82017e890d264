// Package idcard reads what the QR code of a Vietnamese citizen card says.
//
// Scanners, keyboards and paste paths damage that text in a handful of known
// ways. Parse undoes those it can undo without guessing, says what it undid,
// and warns where the card contradicts itself; a lost letter stays lost. It
// keeps the five facts an office needs (number, name, address, birth date,
// sex) and forgets the rest before it returns.
//
// The package is PURE. A Card is personal data: it prints as its masked number
// only, so that a careless log line leaks nothing.
package idcard
