package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// Stored documents: the catalogue in use, with the versions that ended, and the
// hash of the document that it was last made of.
const (
	documentCatalogue     = "catalogue"
	documentCatalogueHash = "catalogue.sha256"
)

// install replaces the catalogue. The same one again changes nothing.
func (d *deciding) install(c InstallCatalogue) (steps, error) {
	parsed, err := catalogue.Parse(c.Document)
	if err != nil {
		return steps{}, refusal.New(codeCatalogue, "fault", firstLine(err))
	}
	sum := sha256.Sum256(c.Document)
	before, err := d.tx.Document(documentCatalogueHash)
	if err != nil {
		return steps{}, err
	}
	if bytes.Equal(before, sum[:]) {
		return steps{}, nil
	}
	day := queue.Local(d.at)
	next, stored := follow(d.rules.Catalogue, parsed, c.Document, day)
	change := catalogue.Diff(d.rules.Catalogue, next, day)
	rules := *d.rules
	rules.Catalogue = next
	d.news = &rules
	return steps{
		events: []queue.Event{CatalogueInstalled{
			Version: parsed.Version, SHA256: hex.EncodeToString(sum[:]),
			Added: len(change.Added), Removed: len(change.Removed), Changed: len(change.Changed),
		}},
		beside: func(tx *journal.Tx) error {
			return errors.Join(tx.PutDocument(documentCatalogue, stored), tx.PutDocument(documentCatalogueHash, sum[:]))
		},
	}, nil
}

// follow is the catalogue from a day on, and how it is stored. Should old and
// fresh together not make a catalogue that can be read again, as when years of
// versions outgrow it, the fresh one stands alone: every dossier has with it
// what it was received under.
func follow(old, fresh *catalogue.Catalogue, document []byte, day time.Time) (*catalogue.Catalogue, []byte) {
	next := catalogue.Next(old, fresh, day)
	if stored, err := json.Marshal(next); err == nil && len(stored) <= catalogue.MaxSize && len(next.Check()) == 0 {
		return next, stored
	}
	return fresh, document
}

// loadRules begins with the city's catalogue when there is one.
func (o *Office) loadRules() error {
	rules := o.cfg.Rules
	var raw []byte
	if err := o.journal.View(func(v journal.View) (err error) {
		raw, err = v.Document(documentCatalogue)
		return err
	}); err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	if raw != nil {
		parsed, err := catalogue.Parse(raw)
		if err != nil {
			return fmt.Errorf("read the stored catalogue: %w", err)
		}
		rules.Catalogue = parsed
	}
	if rules.Catalogue == nil {
		rules.Catalogue = catalogue.New("", nil)
	}
	o.rules.Store(&rules)
	return nil
}

// maxFound bounds what a search of the catalogue returns.
const maxFound = 1000

// Procedures implements Client.
func (o *Office) Procedures(_ context.Context, query string) ([]catalogue.Procedure, error) {
	found := o.rules.Load().Catalogue.Search(query, queue.Local(o.cfg.Now()), maxFound)
	for i, p := range found {
		found[i] = p.Brief()
	}
	return found, nil
}

// Criteria implements Client.
func (o *Office) Criteria(context.Context) ([]dossier.Criterion, error) {
	return o.rules.Load().Criteria, nil
}
