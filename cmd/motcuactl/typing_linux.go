package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// hideTyping stops the terminal from showing what is typed until the returned
// function is called; nothing happens where there is no terminal.
func hideTyping(f *os.File) (back func()) {
	fd := int(f.Fd())
	was, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return func() {}
	}
	hidden := *was
	hidden.Lflag &^= unix.ECHO
	_ = unix.IoctlSetTermios(fd, unix.TCSETS, &hidden) // at worst the PIN shows
	return func() { _ = unix.IoctlSetTermios(fd, unix.TCSETS, was) }
}
