package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"motcua/queue/chain"
)

// FalseRecord is the first record that is not what was written.
type FalseRecord = chain.FalseRecord

// Verify reads the whole journal: every record against its chain and every
// checkpoint against the records, every stored value against its checksum. It
// returns the head it arrived at, a *FalseRecord for the first record that was
// changed, or ErrDamaged for a value. It may run beside the writer.
func (j *Journal) Verify(ctx context.Context) (chain.Head, error) {
	head, _, err := j.VerifyAgainst(ctx, chain.Evidence{})
	return head, err
}

// VerifyAgainst is Verify with what is known from elsewhere, which also finds a
// record whose whole chain was rewritten after it and an end that was cut off.
// It returns the last checkpoint that held as well.
func (j *Journal) VerifyAgainst(ctx context.Context, e chain.Evidence) (chain.Head, chain.Checkpoint, error) {
	v, err := chain.NewVerifier(j.Base(), e)
	if err != nil {
		return chain.Head{}, chain.Checkpoint{}, err
	}
	head, err := j.walk(ctx, j.Base(), v.Check)
	if err == nil {
		err = v.End()
	}
	if err != nil {
		return head, v.Signed(), err
	}
	for _, name := range append([][]byte{bucketEvents, bucketMeta, bucketAnswers, bucketKeys, bucketDocuments, bucketSealed, bucketStates}, readModels()...) {
		if err := j.verifyValues(ctx, name); err != nil {
			return head, v.Signed(), err
		}
	}
	return head, v.Signed(), nil
}

// walk checks every record after from and hands it to fn, in pages.
func (j *Journal) walk(ctx context.Context, from chain.Head, fn func(chain.Record) error) (chain.Head, error) {
	head := from
	for {
		if err := ctx.Err(); err != nil {
			return head, fmt.Errorf("verify from record %d: %w", head.Seq, err)
		}
		end := j.Head()
		lines, err := j.page(head.Seq, pageRecords)
		if errors.Is(err, ErrDamaged) {
			return head, &FalseRecord{Seq: head.Seq + 1, Err: err}
		}
		if err != nil {
			return head, err
		}
		if len(lines) == 0 {
			if head.Seq < end.Seq {
				return head, &FalseRecord{Seq: head.Seq + 1, Err: errors.New("it is missing")}
			}
			if head.Seq == end.Seq && head.Hash != end.Hash {
				return head, &FalseRecord{Seq: head.Seq, Err: chain.ErrFork}
			}
			return head, nil
		}
		for _, line := range lines {
			r, err := chain.Parse(line)
			if err != nil {
				return head, &FalseRecord{Seq: head.Seq + 1, Err: err}
			}
			next, err := head.Check(r)
			if err != nil {
				return head, j.blame(head, r, end, err)
			}
			if err := fn(r); err != nil {
				return head, err
			}
			head = next
		}
	}
}

// blame decides which of two neighbours was changed when they do not agree. A
// record whose successor (or the stored head) still vouches for it is as it was
// written; then the one before it is false.
func (j *Journal) blame(before chain.Head, r chain.Record, end chain.Head, cause error) error {
	if errors.Is(cause, chain.ErrGap) {
		return &FalseRecord{Seq: before.Seq + 1, Err: cause}
	}
	vouched := r.Seq == end.Seq && r.Hash() == end.Hash
	if lines, err := j.page(r.Seq, 1); err == nil && len(lines) == 1 {
		next, err := chain.Parse(lines[0])
		vouched = err == nil && next.Prev == r.Hash()
	}
	if vouched && before.Seq > 0 {
		return &FalseRecord{Seq: before.Seq, Err: cause}
	}
	return &FalseRecord{Seq: r.Seq, Err: cause}
}

// found checks one value, and that it is found where it is looked for: a damaged
// branch page leads past what a walk from leaf to leaf still meets. Records are
// checked by their chain.
func found(b *bolt.Bucket, bucket, key, framed []byte) error {
	if !bytes.Equal(b.Get(key), framed) {
		return fmt.Errorf("value of %q is not found under its key: %w", key, ErrDamaged)
	}
	if bytes.Equal(bucket, bucketEvents) {
		return nil
	}
	_, err := unframe(key, framed)
	return err
}

// verifyValues checks the checksums of one bucket, in pages, and its count.
func (j *Journal) verifyValues(ctx context.Context, bucket []byte) error {
	var after []byte
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("verify %s: %w", bucket, err)
		}
		err := j.View(func(v View) error {
			b := v.tx.Bucket(bucket)
			if b == nil {
				more = false
				return nil // a file of an earlier format, open for reading
			}
			c := b.Cursor()
			k, framed := c.Seek(after)
			if after != nil && string(k) == string(after) {
				k, framed = c.Next()
			}
			for i := 0; k != nil && i < pageRecords; k, framed = c.Next() {
				if err := found(b, bucket, k, framed); err != nil {
					return err
				}
				after, i = append([]byte(nil), k...), i+1
			}
			if more = k != nil; more || j.earlier || bytes.Equal(bucket, bucketEvents) {
				return nil
			}
			return counted(b, bucket)
		})
		if err != nil {
			return fmt.Errorf("verify %s: %w", bucket, err)
		}
	}
	return nil
}

// NewerError: the file was written by a later version of the program, which
// may mean things that this one does not know.
type NewerError struct{ Have, Know uint32 }

// Error says both versions.
func (e *NewerError) Error() string {
	return fmt.Sprintf("the journal has format %d, this program knows up to %d: install the newer program again", e.Have, e.Know)
}

// schema is the format of the file. A higher one rebuilds the read models.
const schema uint32 = 2

func schemaBytes(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
