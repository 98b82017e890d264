package backup

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"motcua/queue/chain"
)

// What stands on a medium.
const (
	markerFile = "motcua-backup.json"
	recordsDir = "records"
	keysDir    = "keys"
	besideDir  = "beside"
	partial    = ".part"
	suffix     = ".age"
)

// marker tells a backup's medium from an empty folder of the same path, which
// is what a mount point is when the stick is out.
type marker struct {
	Format int    `json:"format"`
	Office string `json:"office"`
}

const format = 1

// Prepare makes a folder the medium of an office's backup. The folder must be
// there; what else is in it stays. Doing it again is no fault, for another
// office it is.
func Prepare(dir, office string) error {
	have, err := readMarker(dir)
	switch {
	case err == nil && have.Office == office:
		return nil
	case err == nil:
		return fmt.Errorf("prepare %s: it holds the backup of %q: %w", dir, have.Office, ErrOther)
	case !errors.Is(err, ErrAway):
		return err
	}
	for _, d := range []string{recordsDir, keysDir, besideDir} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("prepare %s: %w", dir, err)
		}
	}
	raw, err := json.Marshal(marker{Format: format, Office: office})
	if err != nil {
		return fmt.Errorf("prepare %s: %w", dir, err)
	}
	return place(filepath.Join(dir, markerFile), func(w io.Writer) (string, error) {
		_, err := w.Write(append(raw, '\n'))
		return markerFile, err
	})
}

func readMarker(dir string) (m marker, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s has no %s: %w", dir, markerFile, ErrAway)
	}
	if err != nil {
		return m, fmt.Errorf("read the medium's mark: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil || m.Format < 1 {
		return m, fmt.Errorf("read the medium's mark: %w", ErrMedium)
	}
	if m.Format > format {
		return m, fmt.Errorf("the backup has format %d, this program knows up to %d: install the newer program again", m.Format, format)
	}
	return m, nil
}

// place writes a file under another name, flushes it, and gives it the name
// that write returns, in path's folder.
func place(path string, write func(io.Writer) (name string, err error)) error {
	part := path + partial
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write to the medium: %w", err)
	}
	name, err := write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(part, filepath.Join(filepath.Dir(path), name))
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = os.Remove(part) // the medium may be gone
		return fmt.Errorf("write to the medium: %w", err)
	}
	return nil
}

// syncDir flushes a folder; some file systems of sticks cannot and need not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

// counting counts what goes through and keeps the medium's own error, which age
// passes on as a text only.
type counting struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = cmp.Or(c.err, err)
	return n, err
}

// seal writes lines, packed and encrypted, and names the file after its stem
// and its length; it returns the name.
func (b *Backup) seal(dir, stem string, write func(add func([]byte) error) error) (name string, err error) {
	err = place(filepath.Join(b.cfg.Dir, dir, stem), func(w io.Writer) (string, error) {
		count := &counting{w: w}
		sealed, err := age.Encrypt(count, b.cfg.Recipients...)
		if err != nil {
			return "", errors.Join(err, count.err)
		}
		packed, err := zstd.NewWriter(sealed, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return "", err
		}
		err = write(func(line []byte) error {
			_, err := packed.Write(append(slices.Clip(line), '\n'))
			return err
		})
		err = errors.Join(err, packed.Close(), sealed.Close(), count.err)
		name = fmt.Sprintf("%s-%d%s", stem, count.n, suffix)
		return name, err
	})
	return name, err
}

// unseal reads a file's lines. A damaged file is ErrMedium, as is another key.
func unseal(path string, ids []age.Identity, line func([]byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read %s: %w (%w)", filepath.Base(path), ErrMedium, err)
	}
	defer f.Close() //nolint:errcheck // only read
	bad := func(err error) error {
		return fmt.Errorf("read %s: %w (%w)", filepath.Base(path), ErrMedium, err)
	}
	opened, err := age.Decrypt(f, ids...)
	if err != nil {
		return bad(err)
	}
	unpacked, err := zstd.NewReader(opened, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return bad(err)
	}
	defer unpacked.Close()
	s := bufio.NewScanner(unpacked)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		if err := line(s.Bytes()); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return bad(err)
	}
	return nil
}

// held is a file of records, as its name tells.
type held struct {
	name        string
	first, last uint64
	hash        string // the first 16 digits of the last record's
	size        int64
}

func stemOf(first uint64, last chain.Head) string {
	return fmt.Sprintf("%016d-%016d-%.16s", first, last.Seq, last.Hash)
}

// records lists the files of records, by first record. Leftovers and files of
// another length than their name says are cut off; they are listed apart.
func records(dir string) (whole []held, torn []string, err error) {
	list, err := os.ReadDir(filepath.Join(dir, recordsDir))
	if err != nil {
		return nil, nil, fmt.Errorf("list the backup: %w", err)
	}
	for _, e := range list {
		h := held{name: e.Name()}
		_, err := fmt.Sscanf(strings.ReplaceAll(strings.TrimSuffix(h.name, suffix), "-", " "), "%d %d %s %d", &h.first, &h.last, &h.hash, &h.size)
		info, err2 := e.Info()
		if err != nil || err2 != nil || !strings.HasSuffix(h.name, suffix) || info.Size() != h.size || h.first == 0 || h.last < h.first {
			torn = append(torn, h.name)
			continue // foreign files are left alone by clean
		}
		whole = append(whole, h)
	}
	return whole, torn, nil
}

// others lists the whole files of another folder by name, and the torn ones.
func others(dir, sub string) (whole, torn []string, err error) {
	list, err := os.ReadDir(filepath.Join(dir, sub))
	if err != nil {
		return nil, nil, fmt.Errorf("list the backup: %w", err)
	}
	for _, e := range list {
		stem, isWhole := strings.CutSuffix(e.Name(), suffix)
		var size int64
		if i := strings.LastIndexByte(stem, '-'); i >= 0 {
			_, err = fmt.Sscanf(stem[i+1:], "%d", &size)
		}
		info, err2 := e.Info()
		if err != nil || err2 != nil || !isWhole || info.Size() != size {
			torn = append(torn, e.Name())
			continue
		}
		whole = append(whole, e.Name())
	}
	return whole, torn, nil
}
