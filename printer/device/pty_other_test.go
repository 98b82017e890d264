//go:build !linux

package device_test

import (
	"os"
	"testing"
)

func pty(*testing.T) (*os.File, string, bool) { return nil, "", false }
