//go:build !linux

package main

import "os"

// hideTyping is for Linux terminals; elsewhere what is typed shows.
func hideTyping(*os.File) (back func()) { return func() {} }
