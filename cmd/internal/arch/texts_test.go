package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const textFolder = "assets/i18n/texts"

var (
	languages   = []string{"vi", "en"}
	placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)
)

// texts is every text by language and key, read apart from package i18n so
// that a key that stands twice in one file is seen too.
type texts map[string]map[string]string

// readTexts also reports what is wrong with the files themselves.
func readTexts(root fs.FS) (texts, []string) {
	all := texts{}
	for _, lang := range languages {
		all[lang] = map[string]string{}
	}
	files, err := fs.Glob(root, textFolder+"/*.json")
	if err != nil {
		return all, []string{err.Error()}
	}
	var faults []string
	for _, name := range files {
		parts := strings.Split(path.Base(name), ".")
		if len(parts) != 3 || !slices.Contains(languages, parts[1]) {
			faults = append(faults, name+": is not <area>.<language>.json")
			continue
		}
		lang := parts[1]
		err := eachPair(root, name, func(key, value string) {
			if _, twice := all[lang][key]; twice {
				faults = append(faults, fmt.Sprintf("%s: key %q stands twice", name, key))
			}
			all[lang][key] = value
		})
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", name, err))
		}
	}
	return all, faults
}

// eachPair reads a flat JSON object of strings in order, repeats included.
func eachPair(root fs.FS, name string, use func(key, value string)) error {
	raw, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(errors.New("is not a JSON object"), err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		value, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string) // JSON has no other keys
		text, ok := value.(string)
		if !ok {
			return fmt.Errorf("the value of %q is not a text", name)
		}
		use(name, text)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the object")
	}
	return nil
}

// textsComplete wants every key in both languages with the same placeholders.
func textsComplete(t *tree) []string {
	all, faults := readTexts(t.root)
	for i, lang := range languages {
		other := languages[1-i]
		for _, key := range slices.Sorted(maps.Keys(all[lang])) {
			text := all[lang][key]
			there, ok := all[other][key]
			switch {
			case !ok:
				faults = append(faults, fmt.Sprintf("text %q: is in %s and not in %s", key, lang, other))
			case lang == "vi" && !slices.Equal(holders(text), holders(there)):
				faults = append(faults, fmt.Sprintf("text %q: placeholders are %v in vi and %v in en", key, holders(text), holders(there)))
			}
			if strings.TrimSpace(text) == "" {
				faults = append(faults, fmt.Sprintf("text %q: is empty in %s", key, lang))
			}
			if !norm.NFC.IsNormalString(text) {
				faults = append(faults, fmt.Sprintf("text %q: is not in Unicode form NFC in %s", key, lang))
			}
		}
	}
	return faults
}

// holders lists the placeholders of a text, once each.
func holders(text string) []string {
	list := placeholder.FindAllString(text, -1)
	slices.Sort(list)
	return slices.Compact(list)
}
