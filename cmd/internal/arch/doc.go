// Package arch holds the house rules that a compiler does not know: which
// package may know which, what stays pure, how long a file may grow, that
// every text exists in both languages. They run with the tests, read only the
// source and name the reason with the fault. Each rule is itself tested on a
// small bad example, so that it is known to fail.
//
// docs/architecture.md draws what is checked here. A rule that hurts is
// changed there and here in one commit, not worked around.
package arch
