package backup

import (
	"fmt"
	"strings"

	"motcua/queue/journal"
)

// keyParts is how many files of some keys make one of all worth its while.
const keyParts = 64

// keysPage is how many keys one read transaction takes.
const keysPage = 2000

// renewKeys writes the file of all case keys when a key was dropped since it was
// written, when there is none, or when many keys stand in files of their own;
// then it removes every older file with keys.
func (b *Backup) renewKeys() error {
	whole, torn, err := others(b.cfg.Dir, keysDir)
	if err != nil {
		return err
	}
	var erased uint64
	if err := b.journal.View(func(v journal.View) (err error) {
		erased, err = v.Erasures()
		return err
	}); err != nil {
		return err
	}
	// The count stands in the name, so a run after a restart knows as well.
	want := fmt.Sprintf("all-%016d-", erased)
	current := ""
	for _, name := range whole {
		if strings.HasPrefix(name, want) {
			current = name
		}
	}
	if current != "" && len(whole) <= keyParts {
		for _, name := range whole {
			if strings.HasPrefix(name, "all-") && name != current {
				torn = append(torn, name)
			}
		}
		return b.remove(keysDir, torn)
	}
	all, err := b.allKeys()
	if err != nil {
		return err
	}
	written, err := b.writeKeys(want+fmt.Sprintf("%016d", b.journal.Head().Seq), all)
	if err != nil {
		return err
	}
	return b.remove(keysDir, append(torn, except(whole, written)...))
}

func (b *Backup) allKeys() (all []journal.CaseKey, err error) {
	for after := ""; ; {
		var page []journal.CaseKey
		if err := b.journal.View(func(v journal.View) (err error) {
			page, err = v.CaseKeys(after, keysPage)
			return err
		}); err != nil {
			return nil, err
		}
		if all = append(all, page...); len(page) < keysPage {
			return all, nil
		}
		after = page[len(page)-1].Code
	}
}

// writeKeys writes a file of keys; of none only when it stands for all.
func (b *Backup) writeKeys(stem string, keys []journal.CaseKey) (name string, err error) {
	if len(keys) == 0 && !strings.HasPrefix(stem, "all-") {
		return "", nil
	}
	return b.seal(keysDir, stem, func(add func([]byte) error) error {
		for _, k := range keys {
			if err := addJSON(add, k); err != nil {
				return err
			}
		}
		return nil
	})
}
