package central

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// Standing is how an appointment stands, as far as the city has heard.
type Standing string

// Standings. A wish of the city is waiting until the office has taken the
// notice, asked until its record says what became of it.
const (
	BookingWaiting   Standing = "waiting"
	BookingAsked     Standing = "asked"
	BookingBooked    Standing = "booked"
	BookingRefused   Standing = "refused"
	BookingEnding    Standing = "cancelling"
	BookingCancelled Standing = "cancelled"
	BookingArrived   Standing = "arrived" // the person has a number
)

// Appointment is a booked slot of an office. It names nobody.
type Appointment struct {
	Code     string    `json:"code"`
	Service  string    `json:"service"`
	Slot     time.Time `json:"slot"`
	Dossiers int       `json:"dossiers,omitempty"`
	Standing Standing  `json:"standing"`
	// ByCity is false when it was booked in the office.
	ByCity bool `json:"by_city"`
	// Refusal is why the office did not book it, CancelRefusal why it did not
	// cancel it.
	Refusal       *refusal.Refusal `json:"refusal,omitempty"`
	CancelRefusal *refusal.Refusal `json:"cancel_refusal,omitempty"`
}

// Book asks an office to book a slot; code "" makes one. The office has the
// last word, which Appointments shows once its record has come. Refused at
// once (a *refusal.Refusal) is what our copy of its record rules out already.
// The same request key again returns the first booking's code.
func (s *Store) Book(ctx context.Context, office string, b queue.BookAppointment, key string, now time.Time) (code string, err error) {
	if key != "" {
		key = "booking " + key
	}
	slots, err := s.Slots(ctx, office, b.Service, b.Slot, now)
	if err != nil {
		return "", err
	}
	err = s.update(ctx, func(tx *sql.Tx) error {
		if code, err = bookedAs(ctx, tx, office, key); code != "" || err != nil {
			return err
		}
		if err := slotFree(slots, b); err != nil {
			return err
		}
		// 50 bits of chance beside the day: whoever knows a code may use it.
		b.Code = cmp.Or(b.Code, "TP"+b.Slot.In(vietnam).Format("060102")+"-"+rand.Text()[:10])
		b.Slot, code = b.Slot.UTC(), b.Code
		known, err := tx.ExecContext(ctx, `
			INSERT INTO appointment (office_id, code, service, slot, dossiers, asked_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (office_id, code) DO NOTHING`, office, code, b.Service, millis(b.Slot), b.Dossiers, millis(now))
		if err != nil {
			return err
		}
		if n, err := known.RowsAffected(); err != nil || n == 0 {
			return cmp.Or[error](err, refusal.New("appointment-code-used", "code", code))
		}
		id, err := instruct(ctx, tx, office, wire.NoticeBook, b, key, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE appointment SET book = $3 WHERE office_id = $1 AND code = $2`, office, code, id)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("book at %s: %w", office, err)
	}
	return code, nil
}

// bookedAs finds the booking that a request key has made before.
func bookedAs(ctx context.Context, tx *sql.Tx, office, key string) (code string, err error) {
	if key == "" {
		return "", nil
	}
	err = tx.QueryRowContext(ctx, `
		SELECT a.code FROM appointment a JOIN notice n ON n.office_id = a.office_id AND n.id = a.book
		WHERE n.office_id = $1 AND n.request = $2`, office, key).Scan(&code)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return code, err
}

// slotFree refuses what the city can know to be in vain.
func slotFree(slots []queue.Slot, b queue.BookAppointment) error {
	for _, s := range slots {
		switch {
		case !s.At.Equal(b.Slot):
		case s.Free == 0:
			return refusal.New("appointment-full", "at", b.Slot.In(vietnam).Format("15:04 02/01/2006"))
		default:
			return nil
		}
	}
	return refusal.New("appointment-no-slot", "service", b.Service)
}

// instruct tells an office to do something, as a notice in the same transaction.
func instruct(ctx context.Context, tx *sql.Tx, office, kind string, command any, key string, now time.Time) (uint64, error) {
	body, err := json.Marshal(command)
	if err != nil {
		return 0, fmt.Errorf("encode %s: %w", kind, err)
	}
	sum, err := keep(ctx, tx, body)
	if err != nil {
		return 0, err
	}
	return tell(ctx, tx, office, told{kind, sum, 0}, key, now)
}

// Cancel asks an office to give a slot back. Asking again changes nothing.
func (s *Store) Cancel(ctx context.Context, office, code, reason string, now time.Time) error {
	err := s.update(ctx, func(tx *sql.Tx) error {
		var cancel uint64
		var cancelled, arrived int64
		err := tx.QueryRowContext(ctx, `SELECT cancel, cancelled_at, arrived_at FROM appointment WHERE office_id = $1 AND code = $2`,
			office, code).Scan(&cancel, &cancelled, &arrived)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrUnknown
		case err != nil || cancel != 0 || cancelled != 0:
			return err
		case arrived != 0:
			return refusal.New("appointment-arrived", "ticket", code)
		}
		id, err := instruct(ctx, tx, office, wire.NoticeCancel, queue.CancelAppointment{Code: code, Reason: reason}, "", now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE appointment SET cancel = $3 WHERE office_id = $1 AND code = $2`, office, code, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("cancel at %s: %w", office, err)
	}
	return nil
}

// maxAppointments bounds one list.
const maxAppointments = 500

// Appointments lists an office's from a moment on, by slot.
func (s *Store) Appointments(ctx context.Context, office string, from time.Time) ([]Appointment, error) {
	list := []Appointment{}
	err := s.query(ctx, func(rows *sql.Rows) error {
		var r appointmentRow
		err := rows.Scan(&r.Code, &r.Service, &r.slot, &r.Dossiers, &r.book, &r.cancel, &r.booked, &r.cancelled, &r.arrived,
			&r.refusal, &r.cancelRefusal, &r.taken)
		if err == nil {
			err = r.settle()
		}
		list = append(list, r.Appointment)
		return err
	}, `SELECT a.code, a.service, a.slot, a.dossiers, a.book, a.cancel, a.booked_at, a.cancelled_at, a.arrived_at,
			a.refusal, a.cancel_refusal, o.notice_ack
		FROM appointment a JOIN office o ON o.office_id = a.office_id
		WHERE a.office_id = $1 AND a.slot >= $2 ORDER BY a.slot, a.code LIMIT $3`, office, millis(from), maxAppointments)
	if err != nil {
		return nil, fmt.Errorf("read appointments of %s: %w", office, err)
	}
	return list, nil
}

// appointmentRow is a row of the table and how far the office has our notices.
type appointmentRow struct {
	Appointment
	slot, booked, cancelled, arrived int64
	book, cancel, taken              uint64
	refusal, cancelRefusal           string
}

func (r *appointmentRow) settle() (err error) {
	r.Slot, r.ByCity = moment(r.slot), r.book != 0
	if r.Refusal, err = parseRefusal(r.refusal); err != nil {
		return err
	}
	if r.CancelRefusal, err = parseRefusal(r.cancelRefusal); err != nil {
		return err
	}
	switch {
	case r.arrived != 0:
		r.Standing = BookingArrived
	case r.cancelled != 0:
		r.Standing = BookingCancelled
	case r.Refusal != nil:
		r.Standing = BookingRefused
	case r.cancel != 0 && r.CancelRefusal == nil:
		r.Standing = BookingEnding
	case r.booked != 0:
		r.Standing = BookingBooked
	case r.book > r.taken:
		r.Standing = BookingWaiting
	default:
		r.Standing = BookingAsked
	}
	return nil
}

func parseRefusal(text string) (*refusal.Refusal, error) {
	if text == "" {
		return nil, nil
	}
	var r refusal.Refusal
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("read a refusal: %w", err)
	}
	return &r, nil
}

// hear takes what an office's record says about appointments and notices.
func (in *ingest) hear(ctx context.Context, said []item) (err error) {
	exec := func(text string, args ...any) {
		if err == nil {
			_, err = in.tx.ExecContext(ctx, text, append([]any{in.office}, args...)...)
		}
	}
	for _, it := range said {
		at := millis(it.at)
		if a := it.answer; a != nil {
			why := ""
			if a.Refusal != nil {
				var raw []byte
				raw, err = json.Marshal(cleanRefusal(a.Refusal))
				why = string(raw)
			}
			if a.Refusal == nil || a.Refusal.Code != "notice-forged" { // without a line no poll tells that it was taken
				exec(`UPDATE office SET notice_ack = $2 WHERE office_id = $1 AND notice_ack < $2 AND notice >= $2`, a.Notice)
			}
			exec(`UPDATE notice SET answered_at = $3, refusal = $4 WHERE office_id = $1 AND id = $2`, a.Notice, max(1, at), why)
			exec(`UPDATE appointment SET refusal = $3 WHERE office_id = $1 AND book = $2`, a.Notice, why)
			exec(`UPDATE appointment SET cancel_refusal = $3 WHERE office_id = $1 AND cancel = $2`, a.Notice, why)
		}
		switch e := it.event.(type) {
		case queue.AppointmentBooked:
			exec(`INSERT INTO appointment (office_id, code, service, slot, dossiers, booked_at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (office_id, code) DO UPDATE SET service = excluded.service, slot = excluded.slot,
				dossiers = excluded.dossiers, booked_at = excluded.booked_at, refusal = ''`,
				clean(e.Code, 40), clean(e.Service, 64), millis(e.Slot), e.Dossiers, at)
		case queue.AppointmentCancelled:
			exec(`UPDATE appointment SET cancelled_at = $3 WHERE office_id = $1 AND code = $2`, clean(e.Code, 40), at)
		case queue.TicketIssued:
			exec(`UPDATE appointment SET arrived_at = $3 WHERE office_id = $1 AND code = $2`, clean(e.Appointment, 40), at)
		}
	}
	if err != nil {
		return fmt.Errorf("hear of appointments: %w", err)
	}
	return nil
}

// cleanRefusal bounds what an office says before it is kept and shown.
func cleanRefusal(r *refusal.Refusal) *refusal.Refusal {
	c := &refusal.Refusal{Code: clean(r.Code, 64), Args: map[string]string{}}
	for k, v := range r.Args {
		if len(c.Args) < 10 {
			c.Args[clean(k, 40)] = clean(v, 200)
		}
	}
	return c
}

// unhear forgets what was heard, before it is heard again.
func (in *ingest) unhear(ctx context.Context) error {
	for _, text := range []string{
		`DELETE FROM appointment WHERE office_id = $1 AND book = 0 AND cancel = 0`,
		`UPDATE appointment SET booked_at = 0, cancelled_at = 0, arrived_at = 0, refusal = '', cancel_refusal = '' WHERE office_id = $1`,
		`UPDATE notice SET answered_at = 0, refusal = '' WHERE office_id = $1`,
	} {
		if _, err := in.tx.ExecContext(ctx, text, in.office); err != nil {
			return fmt.Errorf("forget appointments: %w", err)
		}
	}
	return nil
}

// config is an office's configuration in force, as its record has it.
func (s *Store) config(ctx context.Context, office string) (queue.Config, error) {
	var line []byte
	err := s.read.QueryRowContext(ctx, `
		SELECT e.line FROM office o JOIN event e ON e.office_id = o.office_id AND e.seq = o.config_seq
		WHERE o.office_id = $1`, office).Scan(&line)
	if errors.Is(err, sql.ErrNoRows) {
		return queue.Config{}, fmt.Errorf("configuration of %s: %w", office, ErrUnknown)
	}
	var rec chain.Record
	if err == nil {
		rec, err = chain.Parse(line)
	}
	var e queue.Event
	if err == nil {
		e, _, err = queue.DecodeEvent(rec.Type, rec.V, rec.Data)
	}
	c, ok := e.(queue.Configured)
	if err == nil && !ok {
		err = errors.New("the record is of another kind")
	}
	if err != nil {
		return queue.Config{}, fmt.Errorf("read configuration of %s: %w", office, err)
	}
	return c.Config, nil
}

// Slots lists what an office offers for a service on the local day of a moment,
// and what is free of it as far as the city knows. Past ones are left out.
func (s *Store) Slots(ctx context.Context, office, service string, day, now time.Time) ([]queue.Slot, error) {
	c, err := s.config(ctx, office)
	if err != nil {
		return nil, err
	}
	local := day.In(vietnam)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, vietnam)
	booked, err := s.Appointments(ctx, office, midnight)
	if err != nil {
		return nil, err
	}
	state := queue.NewState()
	state.Config = c
	for _, a := range booked {
		if a.Standing != BookingRefused && a.Standing != BookingCancelled {
			state.Appointments[a.Code] = queue.Appointment{Code: a.Code, Service: a.Service, Slot: a.Slot}
		}
	}
	slots := []queue.Slot{}
	for _, slot := range state.Slots(service, day) {
		if slot.At.After(now) {
			slots = append(slots, slot)
		}
	}
	return slots, nil
}
