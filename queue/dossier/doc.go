// Package dossier is the life of a dossier (hồ sơ): taken in at a counter,
// handled in steps, pausing for a supplement, ready, returned, rated.
//
// It is PURE and has the same shape as package queue: Decide turns a command
// into events or a refusal, Apply turns an event into the next value of one
// dossier. Deadlines come from package worktime and procedures from package
// catalogue, both handed in as Rules; no law, fee or holiday is written here.
//
// Who the applicant is never enters this package in clear: the office service
// seals the Applicant before Decide and keeps the key apart, so that dropping
// the key erases the person without breaking the chain.
package dossier
