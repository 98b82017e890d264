// Command gen makes the built-in voice clips from the scripts in
// assets/voice/<language>/voice.json with espeak-ng, and the chime from sine
// tones. Run it from the top of the tree:
//
//	go run ./assets/voice/gen
//
// It belongs to development; no program of the product runs it.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"motcua/kiosk/voice"
)

func main() {
	if err := run("assets/voice"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// script is what gen reads of a voice.json: the words, and how espeak-ng is to
// say them. Say replaces words that it reads wrongly.
type script struct {
	Espeak struct {
		Voice    string            `json:"voice"`
		Speed    int               `json:"speed"`     // words a minute
		EndSpeed int               `json:"end_speed"` // of clips named …_end
		Pitch    int               `json:"pitch"`
		Say      map[string]string `json:"say"`
	} `json:"espeak"`
	Clips map[string]string `json:"clips"`
}

func run(dir string) error {
	for _, lang := range []string{"vi", "en"} {
		raw, err := os.ReadFile(filepath.Join(dir, lang, "voice.json"))
		if err != nil {
			return fmt.Errorf("read script: %w", err)
		}
		var s script
		if err := json.Unmarshal(raw, &s); err != nil {
			return fmt.Errorf("read script of %s: %w", lang, err)
		}
		for _, name := range voice.Clips(lang) {
			clip, err := s.speak(name)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", lang, name, err)
			}
			if err := write(filepath.Join(dir, lang, name+".wav"), clip); err != nil {
				return err
			}
		}
	}
	return write(filepath.Join(dir, "chime", "chime.wav"), chime())
}

func write(path string, s voice.Sound) error {
	if err := os.WriteFile(path, voice.EncodeWAV(s), 0o644); err != nil {
		return fmt.Errorf("write clip: %w", err)
	}
	return nil
}

// speak makes one clip. Words go to espeak-ng one clip at a time and never as
// figures: it reads "012" as twelve.
func (s script) speak(name string) (voice.Sound, error) {
	words, ok := s.Clips[name]
	if !ok {
		return nil, fmt.Errorf("the script has no words for it")
	}
	if say := s.Espeak.Say[name]; say != "" {
		words = say
	}
	speed := s.Espeak.Speed
	if strings.HasSuffix(name, "_end") {
		speed = s.Espeak.EndSpeed
	}
	tmp, err := os.MkdirTemp("", "voice")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	file := filepath.Join(tmp, "clip.wav")
	out, err := exec.Command("espeak-ng", "-v", s.Espeak.Voice, "-s", strconv.Itoa(speed),
		"-p", strconv.Itoa(s.Espeak.Pitch), "-w", file, "--", words).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("run espeak-ng: %w: %s", err, out)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read what espeak-ng made: %w", err)
	}
	clip, err := voice.DecodeWAV(raw)
	if err != nil {
		return nil, fmt.Errorf("read what espeak-ng made: %w", err)
	}
	return level(trim(clip)), nil
}

const (
	floor  = 104              // −50 dBFS: below it is silence
	edge   = voice.Rate / 100 // 10 ms are left at both ends, faded
	target = 4600             // RMS of the loud half of a clip, −17 dBFS
	peak   = 23197            // −3 dBFS
)

// trim cuts the silence at both ends down to edge and fades it.
func trim(s voice.Sound) voice.Sound {
	first, last := 0, len(s)-1
	for first < last && abs(s[first]) < floor {
		first++
	}
	for last > first && abs(s[last]) < floor {
		last--
	}
	s = append(voice.Sound(nil), s[max(0, first-edge):min(len(s), last+edge)]...)
	for i := range min(edge, len(s)/2) {
		s[i] = int16(int(s[i]) * i / edge)
		s[len(s)-1-i] = int16(int(s[len(s)-1-i]) * i / edge)
	}
	return s
}

// level brings the loud part of every clip (the upper half of its 10 ms
// stretches) to one RMS, as far as the peak allows.
func level(s voice.Sound) voice.Sound {
	var powers []float64
	top := 1
	for i := 0; i+edge <= len(s); i += edge {
		sum := 0.0
		for _, v := range s[i : i+edge] {
			sum += float64(v) * float64(v)
			top = max(top, abs(v))
		}
		powers = append(powers, sum/edge)
	}
	loud := upperHalfMean(powers)
	gain := min(target/math.Sqrt(max(loud, 1)), peak/float64(top))
	out := make(voice.Sound, len(s))
	for i, v := range s {
		out[i] = int16(math.Round(float64(v) * gain))
	}
	return out
}

func upperHalfMean(powers []float64) float64 {
	mean := func(list []float64) float64 {
		sum := 0.0
		for _, p := range list {
			sum += p
		}
		return sum / float64(max(1, len(list)))
	}
	all := mean(powers)
	var loud []float64
	for _, p := range powers {
		if p >= all {
			loud = append(loud, p)
		}
	}
	return mean(loud)
}

// chime is E5 then C5, each a sine with two overtones dying away.
func chime() voice.Sound {
	const length = voice.Rate * 9 / 10
	wave := make([]float64, length)
	for _, tone := range []struct {
		hertz float64
		from  int
	}{{659.26, 0}, {523.25, voice.Rate * 3 / 10}} {
		for i := tone.from; i < length; i++ {
			t := float64(i-tone.from) / voice.Rate
			attack := min(1, t/0.005)
			ring := 2 * math.Pi * tone.hertz * t
			wave[i] += attack * math.Exp(-5*t) * (math.Sin(ring) + 0.3*math.Sin(2*ring) + 0.1*math.Sin(3*ring))
		}
	}
	top := 0.0
	for _, v := range wave {
		top = max(top, math.Abs(v))
	}
	s := make(voice.Sound, length)
	for i, v := range wave {
		fade := min(1, float64(length-1-i)/(voice.Rate/20))
		s[i] = int16(math.Round(v / top * fade * peak * 0.7))
	}
	return s
}

func abs(v int16) int {
	if v < 0 {
		return -int(v)
	}
	return int(v)
}
