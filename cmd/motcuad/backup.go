package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"filippo.io/age"

	"motcua/queue/health"
	"motcua/queue/journal/backup"
)

// backingUp is the continuous copy on another disk, where there is one.
type backingUp struct {
	to, recipient string // flags
	copy          atomic.Pointer[backup.Backup]
}

// checks are the health checks of the copy; none without one.
func (b *backingUp) checks() []health.Probe {
	if b.to == "" {
		return nil
	}
	return []health.Probe{{Name: "backup", Run: func(ctx context.Context) health.Check {
		c := b.copy.Load()
		if c == nil {
			return health.Of("backup", health.OK, "beginning")
		}
		return c.Check(ctx)
	}}}
}

// backUp keeps the copy until ctx ends. The disk may come and go.
func (m *Main) backUp(ctx context.Context) error {
	if m.backup.to == "" {
		return nil
	}
	who, err := age.ParseX25519Recipient(strings.TrimSpace(m.backup.recipient))
	if err != nil {
		return fmt.Errorf("--backup-recipient is not what motcuactl backup-key prints: %w", err)
	}
	b, err := backup.New(backup.Config{Dir: m.backup.to, Recipients: []age.Recipient{who}, Log: m.Log}, m.office.Journal())
	if err != nil {
		return err
	}
	m.backup.copy.Store(b)
	return ended(ctx, b.Run(ctx))
}
