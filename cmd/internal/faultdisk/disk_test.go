package faultdisk_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"motcua/cmd/internal/faultdisk"
)

// script tells this test binary to work on a disk: whoever serves a file system
// must not wait for it.
const script = "MOTCUA_FAULTDISK_SCRIPT"

func TestMain(m *testing.M) {
	if name := os.Getenv(script); name != "" {
		if err := scripts[name](os.Args[1]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

var (
	oldBytes = bytes.Repeat([]byte("o"), 8192)
	newBytes = bytes.Repeat([]byte("n"), 8192)
)

// scripts are what the other process does.
var scripts = map[string]func(dir string) error{
	"write": func(dir string) error {
		f, err := os.Create(filepath.Join(dir, "a"))
		if err != nil {
			return err
		}
		if _, err := f.Write(oldBytes); err != nil {
			return err
		}
		d, err := os.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), d.Sync()); err != nil {
			return err
		}
		if _, err := f.WriteAt(newBytes, 0); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "b"), newBytes, 0o600)
	},
	"grow": func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "a"), append(newBytes, newBytes...), 0o600)
	},
	"flush": func(dir string) error {
		f, err := os.OpenFile(filepath.Join(dir, "a"), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if _, err := f.WriteAt(newBytes, 0); err != nil {
			return err
		}
		first := f.Sync()
		raw, err := os.ReadFile(f.Name())
		if err != nil {
			return err
		}
		if !bytes.Equal(raw, newBytes) {
			return errors.New("the cache lost what the disk did not take")
		}
		return errors.Join(first, f.Sync())
	},
	"move": func(dir string) error {
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "sub"), 0o700), os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "sub", "c"))); err != nil {
			return err
		}
		raw, err := os.ReadFile(filepath.Join(dir, "sub", "c"))
		if err == nil && len(raw) != len(oldBytes) {
			err = fmt.Errorf("%d bytes after the move", len(raw))
		}
		return errors.Join(err, os.Truncate(filepath.Join(dir, "sub", "c"), 5000))
	},
}

// run mounts a disk, runs a script on it, cuts the power and unmounts.
func run(t *testing.T, from faultdisk.Image, mood faultdisk.Mood, name string) (*faultdisk.Disk, error) {
	t.Helper()
	dir := t.TempDir()
	d, err := faultdisk.Mount(dir, from)
	if errors.Is(err, faultdisk.ErrNoFuse) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	d.Set(mood)
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), script+"="+name)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	d.Cut()
	if err := d.Unmount(); err != nil {
		t.Fatal(err)
	}
	return d, err
}

// read writes an image out and reads one of its files.
func read(t *testing.T, im faultdisk.Image, name string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := im.Write(dir); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestCutKeepsWhatWasFlushed: later writes are there or not, sector by sector,
// and a name that was not flushed may be missing.
func TestCutKeepsWhatWasFlushed(t *testing.T) {
	d, err := run(t, nil, faultdisk.Mood{}, "write")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 1))
	old, torn, whole, named := 0, 0, 0, 0
	for range 300 {
		im := d.State(random)
		raw := read(t, im, "a")
		if len(raw) != len(oldBytes) {
			t.Fatalf("%d bytes of a flushed file", len(raw))
		}
		for at := 0; at < len(raw); at += 512 {
			if s := raw[at : at+512]; !bytes.Equal(s, oldBytes[:512]) && !bytes.Equal(s, newBytes[:512]) {
				t.Fatalf("the sector at %d is torn in itself", at)
			}
		}
		switch {
		case bytes.Equal(raw, oldBytes):
			old++
		case bytes.Equal(raw, newBytes):
			whole++
		default:
			torn++
		}
		if read(t, im, "b") != nil {
			named++
		}
	}
	t.Logf("of 300 states: %d old, %d torn, %d new; the unflushed name in %d", old, torn, whole, named)
	if old == 0 || torn == 0 || named == 0 || named == 300 {
		t.Errorf("got %d old, %d torn, %d new, %d named: some kind never comes", old, torn, whole, named)
	}
}

// start is a disk with one flushed file.
func start(t *testing.T) faultdisk.Image {
	d, err := run(t, nil, faultdisk.Mood{}, "write")
	if err != nil {
		t.Fatal(err)
	}
	for random := rand.New(rand.NewPCG(2, 2)); ; {
		if im := d.State(random); bytes.Equal(read(t, im, "a"), oldBytes) && read(t, im, "b") == nil {
			return im
		}
	}
}

// TestFailedFlushLosesItsBytesForGood as Linux does: told once, shown by the
// cache, never on the disk.
func TestFailedFlushLosesItsBytesForGood(t *testing.T) {
	d, err := run(t, start(t), faultdisk.Mood{FailFlush: syscall.EIO}, "flush")
	if err == nil {
		t.Fatal("the failed flush was not told")
	}
	random := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		if got := read(t, d.State(random), "a"); !bytes.Equal(got, oldBytes) {
			t.Fatal("the disk has what it failed to take")
		}
	}
}

func TestMoodsRefuse(t *testing.T) {
	from := start(t)
	for what, mood := range map[string]faultdisk.Mood{"grow": {FailWrite: syscall.ENOSPC}, "flush": {FailWrite: syscall.EROFS}} {
		if _, err := run(t, from, mood, what); err == nil {
			t.Errorf("%s: a write was taken", what)
		}
	}
	if _, err := run(t, from, faultdisk.Mood{FailWrite: syscall.ENOSPC}, "flush"); err != nil {
		t.Errorf("writing in place on a full disk: %v", err)
	}
	if d, err := run(t, from, faultdisk.Mood{Lies: true}, "flush"); err != nil {
		t.Error(err)
	} else if n := d.Cut(); n == 0 {
		t.Error("a disk that lies has flushed")
	}
	if d, err := run(t, from, faultdisk.Mood{}, "flush"); err != nil || d.Cut() != 0 || d.Flushes() < 2 {
		t.Errorf("a good disk: %v, %d writes unflushed", err, d.Cut())
	}
}

func TestNamesMove(t *testing.T) {
	d, err := run(t, start(t), faultdisk.Mood{}, "move")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(4, 4))
	moved := 0
	for range 100 {
		im := d.State(random)
		a, c := read(t, im, "a"), read(t, im, "sub/c")
		if (a == nil) == (c == nil) {
			t.Fatal("a moved file is in two places or in none")
		}
		if c != nil {
			moved++
		}
	}
	if moved == 0 || moved == 100 {
		t.Errorf("moved in %d of 100 states", moved)
	}
}
