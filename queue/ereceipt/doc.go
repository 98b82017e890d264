// Package ereceipt is the electronic receipt for a fee (biên lai điện tử) as a
// value, and how it is asked of the provider that signs and numbers it.
//
// What the office prints is a note that it was paid; the legal number comes
// from the provider after signing. So that a lost answer never makes a second
// receipt, every request has a Key made of dossier and fee, and a provider
// answers the same key with the same receipt. Here are the value, the
// interface, and Book, a provider for demonstrations and tests;
// queue/ereceipt/vnpt is the shape of a real one's messages. The package is
// PURE.
//
// Sources: the fields are those of receipts under Decree 123/2020/NĐ-CP, art.
// 32, to be held against Decree 254/2026/NĐ-CP and Circular 91/2026/TT-BTC,
// in force since 1 July 2026; paper receipts end on 31 December 2026 (Decree
// 254/2026, art. 44.2).
package ereceipt
