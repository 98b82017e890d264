package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
)

//go:embed texts/*.json
var files embed.FS

// Languages are the languages of the product, the first one being the first
// everywhere.
var Languages = [2]string{"vi", "en"}

// Texts is every text, by language and key. It is read-only after Load.
type Texts struct {
	byLang map[string]map[string]string
}

// Load reads the embedded texts. It fails on a key that stands twice.
func Load() (*Texts, error) {
	names, err := files.ReadDir("texts")
	if err != nil {
		return nil, fmt.Errorf("list texts: %w", err)
	}
	t := &Texts{byLang: map[string]map[string]string{}}
	for _, n := range names {
		parts := strings.Split(n.Name(), ".") // area.lang.json
		if len(parts) != 3 || !slices.Contains(Languages[:], parts[1]) {
			return nil, fmt.Errorf("text file %s is not area.language.json", n.Name())
		}
		raw, err := files.ReadFile(path.Join("texts", n.Name()))
		if err != nil {
			return nil, fmt.Errorf("read texts %s: %w", n.Name(), err)
		}
		var m map[string]string
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("read texts %s: %w", n.Name(), err)
		}
		if t.byLang[parts[1]] == nil {
			t.byLang[parts[1]] = map[string]string{}
		}
		for k, v := range m {
			if _, twice := t.byLang[parts[1]][k]; twice {
				return nil, fmt.Errorf("text %q stands twice in %s", k, parts[1])
			}
			t.byLang[parts[1]][k] = v
		}
	}
	return t, nil
}

// Get returns a text with its {name} placeholders filled from name, value
// pairs. A missing text comes back as ⟦key⟧, which a test of every screen
// looks for.
func (t *Texts) Get(lang, key string, args ...string) string {
	s, ok := t.byLang[lang][key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// Has reports whether a language has a key.
func (t *Texts) Has(lang, key string) bool {
	_, ok := t.byLang[lang][key]
	return ok
}

// Keys lists a language's keys in order.
func (t *Texts) Keys(lang string) []string {
	keys := make([]string, 0, len(t.byLang[lang]))
	for k := range t.byLang[lang] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
