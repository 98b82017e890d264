package voice_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	recorded "motcua/assets/voice"
	"motcua/kiosk/voice"
)

func library(t *testing.T) *voice.Library {
	t.Helper()
	l, err := voice.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func render(t *testing.T, l *voice.Library, a voice.Announcement) voice.Sound {
	t.Helper()
	steps, err := voice.Compose(a)
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Render(steps)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRenderIsGolden pins the sound of whole lines. New clips change it: run
// "make voice", listen, and take the new sums over.
func TestRenderIsGolden(t *testing.T) {
	t.Parallel()
	l := library(t)
	for _, c := range []struct {
		a    voice.Announcement
		want string
		long time.Duration
	}{
		{voice.Announcement{Ticket: "A012", Counter: "3", Kind: voice.First, Langs: []string{"vi"}}, "bc4b4026f3021532", 5630 * time.Millisecond},
		{voice.Announcement{Ticket: "A012", Counter: "3", Kind: voice.First, Langs: []string{"en"}}, "cddfa38a68c09670", 5770 * time.Millisecond},
		{voice.Announcement{Ticket: "H105", Counter: "21", Kind: voice.Recall, Langs: []string{"vi", "en"}}, "b13d20f46c2c6327", 14260 * time.Millisecond},
	} {
		s := render(t, l, c.a)
		sum := sha256.Sum256(s.PCM())
		if got := hex.EncodeToString(sum[:8]); got != c.want {
			t.Errorf("%+v sounds like %s, want %s", c.a, got, c.want)
		}
		if got := s.Duration().Round(10 * time.Millisecond); got != c.long {
			t.Errorf("%+v lasts %v, want %v", c.a, got, c.long)
		}
	}
}

func TestRenderKeepsPausesAndClipsWhole(t *testing.T) {
	t.Parallel()
	l := library(t)
	one, err := l.Render([]voice.Step{{Clip: "vi/n1"}})
	if err != nil {
		t.Fatal(err)
	}
	two, err := l.Render([]voice.Step{{Clip: "vi/n1"}, {Clip: "vi/n1", Pause: 100 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(two), 2*len(one)+voice.Rate/10; got != want {
		t.Fatalf("two words and a pause have %d samples, want %d", got, want)
	}
	for i, v := range one {
		if two[i] != v || two[len(two)-len(one)+i] != v {
			t.Fatalf("sample %d was changed by joining", i)
		}
	}
	for _, v := range two[len(one) : len(one)+voice.Rate/10] {
		if v != 0 {
			t.Fatal("the pause is not silent")
		}
	}
	if _, err := l.Render([]voice.Step{{Clip: "vi/n11"}}); err == nil {
		t.Error("an unknown clip was rendered")
	}
}

// TestBuiltInClips checks what the ear needs: peaks under −3 dBFS, nothing
// almost silent, nothing cut to a click.
func TestBuiltInClips(t *testing.T) {
	t.Parallel()
	l := library(t)
	total := 0
	for _, lang := range []string{"vi", "en", "chime"} {
		m, _ := l.Voice(lang)
		for _, name := range voice.Clips(lang) {
			if m.Clips[name] == "" {
				t.Errorf("%s/%s has no words in the script", lang, name)
			}
			s, err := l.Render([]voice.Step{{Clip: lang + "/" + name}})
			if err != nil {
				t.Fatal(err)
			}
			peak := int16(0)
			for _, v := range s {
				peak = max(peak, v, -v)
			}
			if peak > 23200 || peak < 8000 {
				t.Errorf("%s/%s peaks at %d of 32767", lang, name, peak)
			}
			if d := s.Duration(); d < 180*time.Millisecond || d > 2*time.Second {
				t.Errorf("%s/%s lasts %v", lang, name, d)
			}
			total += 2 * len(s)
		}
		if len(m.Clips) != len(voice.Clips(lang)) {
			t.Errorf("the script of %s has %d lines, the voice %d clips", lang, len(m.Clips), len(voice.Clips(lang)))
		}
	}
	if total > 3_000_000 {
		t.Errorf("the built-in voices have %d bytes", total)
	}
}

// pack copies a built-in voice into memory, to be spoilt.
func pack(t *testing.T, lang string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(recorded.Files, lang, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(recorded.Files, p)
		m[p] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnOfficeVoiceIsTakenWhole(t *testing.T) {
	t.Parallel()
	own := pack(t, "vi")
	own["vi/voice.json"].Data = []byte(`{"language":"vi","speaker":"Lan","licence":"bản cam kết số 7","date":"2026-11-01"}`)
	own["vi/n1.wav"].Data = voice.EncodeWAV(make(voice.Sound, 1234))
	l, err := voice.Load(own)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := l.Voice("vi"); m.Speaker != "Lan" {
		t.Errorf("vi is spoken by %q", m.Speaker)
	}
	if m, _ := l.Voice("en"); !strings.Contains(m.Speaker, "espeak") {
		t.Errorf("en is spoken by %q", m.Speaker)
	}
	if s, _ := l.Render([]voice.Step{{Clip: "vi/n1"}}); len(s) != 1234 {
		t.Errorf("the office's clip has %d samples", len(s))
	}
}

func TestAFaultyOfficeVoiceIsRefusedWhole(t *testing.T) {
	t.Parallel()
	builtIn, err := library(t).Render([]voice.Step{{Clip: "vi/n2"}})
	if err != nil {
		t.Fatal(err)
	}
	stereo := voice.EncodeWAV(make(voice.Sound, 100))
	stereo[22] = 2
	for name, c := range map[string]struct {
		spoil func(fstest.MapFS)
		says  string
	}{
		"a clip is missing":  {func(m fstest.MapFS) { delete(m, "vi/letter_x.wav") }, "letter_x"},
		"a clip is empty":    {func(m fstest.MapFS) { m["vi/n2.wav"].Data = voice.EncodeWAV(nil) }, "n2"},
		"a clip is stereo":   {func(m fstest.MapFS) { m["vi/tu.wav"].Data = stereo }, "2 channels"},
		"a clip is too long": {func(m fstest.MapFS) { m["vi/tu.wav"].Data = make([]byte, 3*voice.MaxClip) }, "more than"},
		"no manifest":        {func(m fstest.MapFS) { delete(m, "vi/voice.json") }, "voice.json"},
		"manifest is junk":   {func(m fstest.MapFS) { m["vi/voice.json"].Data = []byte("{") }, "voice.json"},
		"no speaker": {
			func(m fstest.MapFS) { m["vi/voice.json"].Data = []byte(`{"language":"vi","licence":"x","date":"y"}`) }, "speaker",
		},
		"another language": {
			func(m fstest.MapFS) { m["vi/voice.json"].Data = []byte(`{"language":"en"}`) }, "en",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := pack(t, "vi")
			own["vi/n2.wav"].Data = voice.EncodeWAV(make(voice.Sound, 1234)) // must not get in
			c.spoil(own)
			l, err := voice.Load(own)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got error %v, want one about %q", err, c.says)
			}
			if l == nil {
				t.Fatal("the built-in voice is gone too")
			}
			if s, _ := l.Render([]voice.Step{{Clip: "vi/n2"}}); len(s) != len(builtIn) {
				t.Errorf("a clip of the refused voice is in use")
			}
		})
	}
}

func TestGain(t *testing.T) {
	t.Parallel()
	s := voice.Sound{1000, -1000, 23197, -32768}
	half := s.Gain(-6.0206)
	if half[0] != 500 || half[1] != -500 || half[3] != -16384 {
		t.Errorf("−6 dB gave %v", half)
	}
	if loud := s.Gain(12); loud[2] != 32767 || loud[3] != -32768 || loud[0] != 3981 {
		t.Errorf("+12 dB gave %v", loud)
	}
	if same := s.Gain(0); same[2] != 23197 {
		t.Errorf("0 dB gave %v", same)
	}
}

func FuzzDecodeWAV(f *testing.F) {
	whole := voice.EncodeWAV(voice.Sound{1, -2, 3})
	f.Add(whole)
	f.Add(whole[:30])
	f.Add(append([]byte("RIFF\x00\x00\x00\x00WAVELIST\x03\x00\x00\x00abc\x00"), whole[12:]...))
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := voice.DecodeWAV(b)
		if err != nil {
			return
		}
		again, err := voice.DecodeWAV(voice.EncodeWAV(s))
		if err != nil || len(again) != len(s) {
			t.Fatalf("%d samples came back as %d, %v", len(s), len(again), err)
		}
	})
}
