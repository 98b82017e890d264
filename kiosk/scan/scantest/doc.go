// Package scantest makes the pictures that tests and demonstrations scan: a
// specimen citizen card, a ticket, a receipt with its bars, and the way a
// camera or a phone would see them. Nothing in it imitates a real document
// beyond the place and size of its code.
package scantest
