// Package cityline holds the tests of the line between an office and the city
// as it is in earnest: real programs, real files, a faulty network between them,
// a week without it, sticks, backups and forks. It has no code of its own.
package cityline
