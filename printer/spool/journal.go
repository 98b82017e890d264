package spool

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// record is a job as journaled (format 1). Its picture lies beside it until
// the job is over; no field names a person.
type record struct {
	ID       string        `json:"id"`
	Seq      uint64        `json:"seq"` // order of printing
	State    State         `json:"state"`
	Lang     string        `json:"lang,omitempty"`
	Copy     int           `json:"copy"`
	Deadline time.Time     `json:"deadline,omitzero"`
	Life     time.Duration `json:"life,omitempty"` // from submission to deadline
	Told     bool          `json:"told,omitempty"` // of a final state: the outcome has been told
	At       time.Time     `json:"at"`
}

// keep is how long a finished job is remembered, so that its id is not printed
// again.
const keep = 7 * 24 * time.Hour

// The buckets: id → record, id → PNG, and the paper counter.
var (
	bucketJobs     = []byte("jobs-1")
	bucketPictures = []byte("pictures-1")
	bucketRoll     = []byte("roll-1")
)

// journal is the file of a spool. Every call is one transaction on the disk.
type journal struct{ db *bolt.DB }

func openJournal(path string) (*journal, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("open print journal %s: another program prints with it; does one device run twice?", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open print journal %s: %w", path, err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketJobs, bucketPictures, bucketRoll} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare print journal %s: %w", path, err), db.Close())
	}
	return &journal{db}, nil
}

func (j *journal) close() error { return j.db.Close() }

// load reads all jobs and the paper counter.
func (j *journal) load() (map[string]*record, float64, error) {
	jobs, roll := map[string]*record{}, 0.0
	err := j.db.View(func(tx *bolt.Tx) error {
		if v := tx.Bucket(bucketRoll).Get(bucketRoll); len(v) == 8 {
			roll = math.Float64frombits(binary.BigEndian.Uint64(v))
		}
		return tx.Bucket(bucketJobs).ForEach(func(k, v []byte) error {
			r := new(record)
			if err := json.Unmarshal(v, r); err != nil {
				return fmt.Errorf("job %q: %w", k, err)
			}
			jobs[r.ID] = r
			return nil
		})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read print journal: %w", err)
	}
	return jobs, roll, nil
}

// forget removes jobs.
func (j *journal) forget(ids []string) error {
	err := j.db.Update(func(tx *bolt.Tx) error {
		for _, id := range ids {
			if err := tx.Bucket(bucketJobs).Delete([]byte(id)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget old slips: %w", err)
	}
	return nil
}

// put writes a record, its picture if there is one, and the paper counter. A
// final record's picture is removed.
func (j *journal) put(r record, png []byte, roll float64) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("journal slip: %w", err)
	}
	err = j.db.Update(func(tx *bolt.Tx) error {
		if err := tx.Bucket(bucketJobs).Put([]byte(r.ID), raw); err != nil {
			return err
		}
		pictures := tx.Bucket(bucketPictures)
		if png != nil {
			if err := pictures.Put([]byte(r.ID), png); err != nil {
				return err
			}
		} else if r.State.Final() {
			if err := pictures.Delete([]byte(r.ID)); err != nil {
				return err
			}
		}
		return putRoll(tx, roll)
	})
	if err != nil {
		return fmt.Errorf("journal slip: %w", err)
	}
	return nil
}

// setRoll writes the paper counter.
func (j *journal) setRoll(mm float64) error {
	if err := j.db.Update(func(tx *bolt.Tx) error { return putRoll(tx, mm) }); err != nil {
		return fmt.Errorf("journal the paper roll: %w", err)
	}
	return nil
}

func putRoll(tx *bolt.Tx, mm float64) error {
	return tx.Bucket(bucketRoll).Put(bucketRoll, binary.BigEndian.AppendUint64(nil, math.Float64bits(mm)))
}

// picture reads a job's PNG.
func (j *journal) picture(id string) ([]byte, error) {
	var png []byte
	err := j.db.View(func(tx *bolt.Tx) error {
		png = append(png, tx.Bucket(bucketPictures).Get([]byte(id))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read slip %s from the journal: %w", id, err)
	}
	return png, nil
}
