// Package fee works out what a citizen pays: the rate of a day and a channel,
// how many copies and pages, who is exempt and what is reduced, each step with
// the rule it rests on.
//
// Nothing about an amount, a date or a group is written here: all of it is a
// Table of rules with validity and source (assets/fees is the national one).
// Where a provincial council sets the rate, the national table says only that
// much, and until the office's own table fills it in, Assess refuses rather
// than call it free. The package is PURE.
//
// Sources: Law on fees and charges 97/2015/QH13, art. 3 (phí, lệ phí), art. 4
// (who sets them), art. 10 (exemption and reduction).
package fee
