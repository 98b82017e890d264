package voice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	recorded "motcua/assets/voice"
)

// Manifest says where a voice comes from: the voice.json of its folder. A
// speaker's recordings are personal data; Licence names the release that the
// office keeps.
type Manifest struct {
	Language string `json:"language"`
	Speaker  string `json:"speaker"`
	Licence  string `json:"licence"`
	Date     string `json:"date"`
	Recipe   string `json:"recipe"` // how it was recorded or made
	// Clips is the script: clip name to the words that are spoken in it.
	Clips map[string]string `json:"clips"`
}

// Library is the recorded words of every language and the chime. It is
// read-only after Load and safe for several goroutines.
type Library struct {
	voices map[string]Manifest
	clips  map[string]Sound
}

// Load reads the built-in voices and puts the office's own in their place:
// office holds a folder per language (vi, en, chime), each with voice.json and
// a WAV file per clip; nil means there is none. A voice is taken whole or not
// at all, so that no line mixes two speakers.
//
// An unusable office voice is refused with everything that is wrong with it;
// the library is then still returned, with the built-in voice in its place.
// Without a library the program itself is damaged.
func Load(office fs.FS) (*Library, error) {
	l := &Library{voices: map[string]Manifest{}, clips: map[string]Sound{}}
	var refused []error
	for _, lang := range []string{"vi", "en", "chime"} {
		if office != nil {
			err := l.take(office, lang)
			if err == nil {
				continue
			}
			if !errors.Is(err, errNoVoice) {
				refused = append(refused, fmt.Errorf("refuse the office's voice: %w", err))
			}
		}
		if err := l.take(recorded.Files, lang); err != nil {
			return nil, fmt.Errorf("load the built-in voice: %w", err)
		}
	}
	return l, errors.Join(refused...)
}

// Voice tells which voice speaks a language ("chime" for the chime).
func (l *Library) Voice(lang string) (Manifest, bool) {
	m, ok := l.voices[lang]
	return m, ok
}

// Render joins the clips of steps into one sound.
func (l *Library) Render(steps []Step) (Sound, error) {
	size := 0
	for _, s := range steps {
		clip, ok := l.clips[s.Clip]
		if !ok {
			return nil, fmt.Errorf("render announcement: there is no clip %q", s.Clip)
		}
		size += samples(s.Pause) + len(clip)
	}
	sound := make(Sound, 0, size)
	for _, s := range steps {
		sound = append(sound, make(Sound, samples(s.Pause))...)
		sound = append(sound, l.clips[s.Clip]...)
	}
	return sound, nil
}

// errNoVoice: the folder has no voice of a language at all.
var errNoVoice = errors.New("no voice")

// maxFile bounds a file of a voice: a WAV of MaxClip samples with some room.
const maxFile = 2*MaxClip + 4096

// take reads one voice; the library changes only if all of it is good.
func (l *Library) take(dir fs.FS, lang string) error {
	m, err := readManifest(dir, lang)
	if err != nil {
		return err
	}
	clips := map[string]Sound{}
	var faults []error
	for _, name := range Clips(lang) {
		raw, err := readFile(dir, path.Join(lang, name+".wav"))
		if err != nil {
			faults = append(faults, fmt.Errorf("clip %s: %w", name, err))
			continue
		}
		s, err := DecodeWAV(raw)
		if err == nil && len(s) == 0 {
			err = errors.New("it is empty")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("clip %s: %w", name, err))
		}
		clips[lang+"/"+name] = s
	}
	if len(faults) > 0 {
		return fmt.Errorf("voice %s: %w", lang, errors.Join(faults...))
	}
	l.voices[lang] = m
	for name, s := range clips {
		l.clips[name] = s
	}
	return nil
}

func readManifest(dir fs.FS, lang string) (Manifest, error) {
	var m Manifest
	raw, err := readFile(dir, path.Join(lang, "voice.json"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, none := fs.Stat(dir, lang); errors.Is(none, fs.ErrNotExist) {
			return m, errNoVoice
		}
	}
	if err != nil {
		return m, fmt.Errorf("voice %s: %w", lang, err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("voice %s: read voice.json: %w", lang, err)
	}
	if m.Language != lang {
		return m, fmt.Errorf("voice %s: voice.json is for language %q", lang, m.Language)
	}
	for name, value := range map[string]string{"speaker": m.Speaker, "licence": m.Licence, "date": m.Date} {
		if strings.TrimSpace(value) == "" {
			return m, fmt.Errorf("voice %s: voice.json does not name the %s", lang, name)
		}
	}
	return m, nil
}

// readFile reads a file of bounded size.
func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return raw, nil
}
