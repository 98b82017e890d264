//go:build !linux

package device

import "errors"

// USB and serial printers are driven on Linux only; the others work anywhere.

func openUSB(string) (Device, error) { return nil, errors.ErrUnsupported }

func openSerial(string, int) (Device, error) { return nil, errors.ErrUnsupported }
