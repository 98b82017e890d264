// Package scan turns whatever can read a code (hand scanner, camera, picture
// file) into one kind of event, and says what the code is: a dossier's, a
// ticket's, a citizen card, or unknown.
//
// Open makes a Source from an address in the configuration; Run emits events
// until its context ends. A source looks after itself: a device that is pulled
// out is waited for, and Fault says meanwhile what a person can do. Texts come
// from strangers and are bounded and cleaned before anybody sees them.
//
// Pictures are read by package picture below. Classify and Wedge are pure.
package scan
