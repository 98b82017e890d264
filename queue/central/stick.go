package central

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
	"motcua/queue/uplink/wire/stick"
)

// ErrSigner: a batch file is signed by a key that is not known as the office's.
var ErrSigner = errors.New("the file is not signed with the office's known key")

// Imported says what became of a batch file.
type Imported struct {
	Manifest stick.Manifest  `json:"manifest"`
	Fresh    int             `json:"fresh"` // records that were new
	Rejected []wire.Rejected `json:"rejected,omitempty"`
	// Receipt goes back to the office on the same stick.
	Receipt stick.Receipt `json:"receipt"`
}

// Import takes a batch file of an office, through the same door as batches from
// the line: records that are here already have no effect. signer is the
// office's key as a person has compared it, needed for an office whose record
// has not told its key yet; nil relies on what is known. The error is ErrSigner,
// stick.ErrFile or a *Conflict, with nothing of the file taken, or nothing after
// what a conflict names.
func (s *Store) Import(ctx context.Context, f io.ReadSeeker, key *Key, signer *chain.PublicKey, now time.Time) (Imported, error) {
	var out Imported
	trusted := func(m stick.Manifest) error {
		out.Manifest = m
		known, ok, err := s.Signer(ctx, m.Office)
		switch {
		case err != nil:
			return err
		case !ok && signer == nil:
			return fmt.Errorf("%s signs with %s: %w", m.Office, m.End.Key, ErrSigner)
		case !ok:
			known = *signer
		}
		if known != m.End.Key {
			return fmt.Errorf("%s is known by %s, the file is signed with %s: %w", m.Office, known, m.End.Key, ErrSigner)
		}
		return nil
	}
	_, err := stick.Read(f, key.seal, trusted, func(b wire.Batch) error {
		taken, err := s.Ingest(ctx, out.Manifest.Office, b, now, 0)
		out.Fresh += taken.Fresh
		out.Rejected = append(out.Rejected, taken.Rejected...)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("import: %w", err)
	}
	out.Receipt, err = s.receipt(ctx, out.Manifest.Office, key, now)
	return out, err
}

// receipt is how far we have an office's record, and what it is to be told.
func (s *Store) receipt(ctx context.Context, office string, key *Key, now time.Time) (stick.Receipt, error) {
	c, err := s.Cursor(ctx, office)
	if err != nil {
		return stick.Receipt{}, err
	}
	if err := s.Attend(ctx, office, c.Notices, now); err != nil {
		return stick.Receipt{}, err
	}
	notices, err := s.Notices(ctx, office, c.Notices)
	if err != nil {
		return stick.Receipt{}, err
	}
	for i, n := range notices {
		if notices[i], err = n.Sign(office, key.sign); err != nil {
			return stick.Receipt{}, err
		}
	}
	return stick.Receipt{Office: office, Have: c.Position(), At: now, Notices: notices}.Sign(key.sign), nil
}

// maxStick bounds an uploaded batch file: years of a large office.
const maxStick = 1 << 30

// postStick takes an uploaded batch file and answers with the receipt.
func (s *Server) postStick(w http.ResponseWriter, r *http.Request) {
	if !s.enter(r.Context(), s.slots) {
		s.tooMany(w)
		return
	}
	defer func() { <-s.slots }()
	var signer *chain.PublicKey
	if text := r.FormValue("signer"); text != "" {
		k, err := chain.ParsePublicKey(text)
		if err != nil {
			s.refuse(w, r, http.StatusUnprocessableEntity, "signer is not 64 hex digits")
			return
		}
		signer = &k
	}
	file, err := os.CreateTemp("", "motcua-stick-*")
	if err == nil {
		defer os.Remove(file.Name()) //nolint:errcheck // the system's folder is cleaned anyway
		defer file.Close()           //nolint:errcheck // only read from here on
		if _, err = io.Copy(file, http.MaxBytesReader(w, r.Body, maxStick)); err == nil {
			_, err = file.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, "the file did not arrive whole")
		return
	}
	done, err := s.store.Import(r.Context(), file, s.key, signer, s.now())
	var conflict *Conflict
	switch {
	case errors.As(err, &conflict):
		s.answer(w, http.StatusConflict, wire.Conflict{
			Office: done.Manifest.Office, Have: conflict.Have.Seq, Head: conflict.Have.Hash, Fork: conflict.Fork,
			Superseded: conflict.Superseded, Why: conflict.Why,
		})
	case errors.Is(err, ErrSigner), errors.Is(err, stick.ErrFile):
		s.refuse(w, r, http.StatusUnprocessableEntity, err.Error())
	case err != nil:
		s.fail(w, r, err)
	default:
		s.log.Info("a batch file was taken", "office", done.Manifest.Office, "to", done.Manifest.End.Seq, "fresh", done.Fresh)
		w.Header().Set("Content-Disposition", `attachment; filename="`+done.Receipt.FileName()+`"`)
		s.answer(w, http.StatusOK, done.Receipt)
	}
}

// WriteReceipt writes a receipt as the office reads it.
func WriteReceipt(path string, r stick.Receipt) error {
	raw, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(path, append(raw, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write receipt: %w", err)
	}
	return nil
}
