package voice_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"motcua/kiosk/voice"
)

func TestNewSinkReadsAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]voice.Sink{
		"none":          voice.NullSink{},
		"file:/a/b.wav": &voice.FileSink{Path: "/a/b.wav"},
		"default":       voice.AplaySink{Device: "default"},
		"plughw:1,0":    voice.AplaySink{Device: "plughw:1,0"},
	} {
		if got := voice.NewSink(address); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v, want %#v", address, got, want)
		}
	}
}

func TestFileSinkCollectsTheRoom(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hall.wav")
	f := &voice.FileSink{Path: path}
	for _, s := range []voice.Sound{{1, 2}, {3}} {
		if err := f.Play(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := voice.DecodeWAV(raw)
	if err != nil || len(s) != 3 || s[2] != 3 {
		t.Errorf("got %v, %v", s, err)
	}
}

// player writes a shell script that stands in for aplay.
func player(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aplay")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAplaySinkHandsOverEverySample(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sink := voice.AplaySink{Device: "plughw:1,0", Program: player(t, `echo "$@" > `+dir+`/args; cat > `+dir+`/pcm`)}
	s := render(t, library(t), call("A012"))
	if err := sink.Play(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	pcm, _ := os.ReadFile(filepath.Join(dir, "pcm"))
	if string(pcm) != string(s.PCM()) {
		t.Errorf("aplay got %d bytes, want %d", len(pcm), 2*len(s))
	}
	args, _ := os.ReadFile(filepath.Join(dir, "args"))
	if got, want := strings.TrimSpace(string(args)), "-q -D plughw:1,0 -t raw -f S16_LE -r 22050 -c 1"; got != want {
		t.Errorf("aplay was called with %q, want %q", got, want)
	}
}

func TestAplaySinkFails(t *testing.T) {
	t.Parallel()
	short := voice.Sound{1, 2, 3}
	t.Run("with what aplay said", func(t *testing.T) {
		t.Parallel()
		err := voice.AplaySink{Program: player(t, `echo "aplay: audio open error: No such file" >&2; exit 1`)}.Play(t.Context(), short)
		if err == nil || !strings.Contains(err.Error(), "audio open error") || errors.Is(err, voice.ErrHung) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when aplay is not installed", func(t *testing.T) {
		t.Parallel()
		if err := (voice.AplaySink{Program: filepath.Join(t.TempDir(), "none")}).Play(t.Context(), short); err == nil {
			t.Error("a missing program played")
		}
	})
	t.Run("when the device hangs, after the sound and three seconds", func(t *testing.T) {
		t.Parallel()
		start := time.Now()
		err := voice.AplaySink{Program: player(t, `exec sleep 60`)}.Play(t.Context(), short)
		if !errors.Is(err, voice.ErrHung) || time.Since(start) > 10*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
	t.Run("at once when the program ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := voice.AplaySink{Program: player(t, `exec sleep 60`)}.Play(ctx, short)
		if !errors.Is(err, context.Canceled) || errors.Is(err, voice.ErrHung) {
			t.Errorf("got %v", err)
		}
	})
}

// aplay finds the real one.
func aplay(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("aplay"); err != nil {
		t.Skip("aplay (package alsa-utils) is not installed")
	}
}

// TestAplayPlaysEverySample plays into an ALSA "file" device: no sound card is
// needed and every sample must arrive.
func TestAplayPlaysEverySample(t *testing.T) {
	aplay(t)
	dir := t.TempDir()
	conf, out := filepath.Join(dir, "asound.conf"), filepath.Join(dir, "out.raw")
	config := `pcm.hall { type plug  slave { pcm "cap" rate 22050 channels 1 format S16_LE } }
pcm.cap { type file  slave.pcm "nothing"  file "` + out + `"  format "raw" }
pcm.nothing { type null }
`
	if err := os.WriteFile(conf, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", conf)
	s := render(t, library(t), call("A012"))
	if err := (voice.AplaySink{Device: "hall"}).Play(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	want := string(s.PCM())
	if !strings.HasPrefix(string(got), want) || strings.Trim(string(got[len(want):]), "\x00") != "" {
		t.Errorf("%d bytes arrived, want %d and silence", len(got), len(want))
	}
}

// A missing card makes the room visual-only within a second.
func TestAplayWithoutACardIsVisualOnlyWithinASecond(t *testing.T) {
	aplay(t)
	ctx, cancel := context.WithCancel(t.Context())
	in, done, silent := make(chan voice.Announcement), make(chan struct{}), make(chan struct{})
	p := &voice.Player{
		Library: library(t), Sink: voice.AplaySink{Device: "plughw:77,7"}, Log: slog.New(slog.DiscardHandler),
		Notify: func(_ voice.Announcement, s voice.Stage) {
			if s == voice.Silent {
				close(silent)
			}
		},
	}
	go func() { defer close(done); p.Run(ctx, in) }()
	start := time.Now()
	in <- call("A012")
	<-silent
	if d := time.Since(start); d > time.Second || !p.Status().VisualOnly {
		t.Errorf("after %v the status is %+v", d, p.Status())
	}
	cancel()
	<-done
}
