// Package central is the city: it keeps a copy of every office's journal,
// counts what happens in them, shows it to the city's people and carries their
// notices down to the offices.
//
// The copy of an office is always a prefix of its journal, byte for byte,
// proved by the chain. A batch is taken in one transaction (cursor, records,
// counts), so it has its effect exactly once however often it arrives. A record
// that cannot be read is kept and set aside; it never stops the ones behind it.
// A history that contradicts the one held is refused, and shown until a person
// has decided.
//
// Store is the memory, on SQLite or PostgreSQL with the same statements. Server
// is the face: the offices' protocol (package wire), the staff's API and the
// pages. Nobody's name is in what is counted or shown.
package central
