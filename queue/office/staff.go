package office

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/field"
	"motcua/queue/health"
	"motcua/queue/journal"
	"motcua/queue/office/pin"
	"motcua/queue/refusal"
)

// Codes of signing in. The texts are "refusal.<code>".
const (
	codePINNeeded = "pin-needed"
	codePINWrong  = "pin-wrong"
	codePINLocked = "pin-locked"
	codePINWeak   = "pin-weak"
	codeNotHere   = "officer-not-here" // the officer signed in at another device, or not at all
)

// How often a PIN may be wrong before the officer's name is locked, and for how
// long. Each further round locks again.
const (
	pinTries = 5
	pinLock  = 15 * time.Minute
)

// SetPIN gives an officer a PIN, with an empty one takes it away. An officer who
// has one signs in with it and can be named by the device alone where they did.
type SetPIN struct {
	Officer string `json:"officer"`
	PIN     string `json:"pin"`
}

// UnlockOfficer ends the lock after wrong PINs: by IT, or by a supervisor who
// has signed in with a PIN.
type UnlockOfficer struct {
	Officer string `json:"officer"`
}

// Name implements queue.Command.
func (SetPIN) Name() string { return "staff.set-pin" }

// Name implements queue.Command.
func (UnlockOfficer) Name() string { return "staff.unlock" }

// PINSet, PINCleared, OfficerLocked and OfficerUnlocked record what became of an
// officer's PIN; never the PIN or anything that it can be guessed from.
type (
	// PINSet: the officer has a new PIN.
	PINSet struct {
		Officer string `json:"officer"`
	}
	// PINCleared: the officer has none any more.
	PINCleared struct {
		Officer string `json:"officer"`
	}
	// OfficerLocked: the PIN was wrong so often that no more are taken until then.
	OfficerLocked struct {
		Officer string    `json:"officer"`
		Wrong   int       `json:"wrong"` // in a row
		Until   time.Time `json:"until"`
	}
	// OfficerUnlocked: somebody ended the lock.
	OfficerUnlocked struct {
		Officer string `json:"officer"`
	}
)

// Kind implements queue.Event.
func (PINSet) Kind() string { return "staff.pin-set" }

// Kind implements queue.Event.
func (PINCleared) Kind() string { return "staff.pin-cleared" }

// Kind implements queue.Event.
func (OfficerLocked) Kind() string { return "staff.locked" }

// Kind implements queue.Event.
func (OfficerUnlocked) Kind() string { return "staff.unlocked" }

// documentPINs holds what is kept of the officers who have a PIN. It is beside
// the record, which must not tell a PIN to whoever gets the office's key later.
const documentPINs = "pins"

// staff are the officers who have a PIN, by staff code.
type staff map[string]member

// member is one of them.
type member struct {
	PIN   pin.Verifier `json:"pin"`
	Wrong int          `json:"wrong,omitempty"` // in a row
	Until time.Time    `json:"until,omitzero"`  // locked
	// Device and Day are where and on which business day they signed in.
	Device string `json:"device,omitempty"`
	Day    string `json:"day,omitempty"`
}

func readStaff(v journal.View) (staff, error) {
	raw, err := v.Document(documentPINs)
	if raw == nil || err != nil {
		return nil, err
	}
	s := staff{}
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("read the officers' PINs: %w", err)
	}
	return s, nil
}

// keep is what to do beside the records to keep s.
func (s staff) keep() func(*journal.Tx) error {
	return func(tx *journal.Tx) error {
		raw, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode the officers' PINs: %w", err)
		}
		return tx.PutDocument(documentPINs, raw)
	}
}

// proof is what a PIN came to, found before the writer's line: hashing takes
// longer than a commit. It is bound to the verifier that it was held against.
type proof struct {
	shown, right bool
	against      string
}

// setPIN is SetPIN after hashing. Mark stands for the PIN in the call's digest:
// the same call again is known although its salt is another.
type setPIN struct {
	Officer  string
	Mark     string
	verifier *pin.Verifier
}

// Name implements queue.Command.
func (setPIN) Name() string { return SetPIN{}.Name() }

// prepare does what must not be done in the writer's line: it hashes PINs, so
// that none gets any further, and voids the code of a name that is shut out.
func (o *Office) prepare(ctx context.Context, call Call) (Call, proof, error) {
	switch c := call.Command.(type) {
	case RevokeDevice:
		o.lan.codes.Revoke(c.Device)
	case queue.OpenCounter:
		shown := c.PIN
		c.PIN = ""
		call.Command = c
		p, err := o.prove(ctx, call.By.Officer, shown)
		return call, p, err
	case SetPIN:
		next := setPIN{Officer: c.Officer, Mark: hex.EncodeToString(o.secret.mac("pin-mark", []byte(c.PIN)))}
		if c.PIN != "" {
			if pin.Weak(c.PIN) {
				return call, proof{}, refusal.New(codePINWeak, "digits", strconv.Itoa(pin.Shortest))
			}
			if err := o.hash(ctx, func() (err error) {
				var v pin.Verifier
				v, err = pin.Make(o.cfg.Random, o.secret.pepper(), c.Officer, c.PIN)
				next.verifier = &v
				return err
			}); err != nil {
				return call, proof{}, err
			}
		}
		call.Command = next
	}
	return call, proof{}, nil
}

// prove holds a PIN against the officer's verifier. A locked name costs nothing.
func (o *Office) prove(ctx context.Context, officer, shown string) (p proof, err error) {
	if shown == "" {
		return proof{}, nil
	}
	var s staff
	if err := o.journal.View(func(v journal.View) (err error) {
		s, err = readStaff(v)
		return err
	}); err != nil {
		return proof{}, o.broken("read the officers' PINs", err)
	}
	m, ok := s[officer]
	if !ok || o.cfg.Now().Before(m.Until) {
		return proof{}, nil
	}
	p = proof{shown: true, against: string(m.PIN.Sum)}
	if pin.Weak(shown) {
		return p, nil // never anybody's
	}
	err = o.hash(ctx, func() error {
		p.right = m.PIN.Match(o.secret.pepper(), officer, shown)
		return nil
	})
	return p, err
}

// hash runs one hashing at a time: a hall full of guesses must not take the
// machine's memory.
func (o *Office) hash(ctx context.Context, fn func() error) error {
	select {
	case o.lan.hashing <- struct{}{}:
		defer func() { <-o.lan.hashing }()
		return fn()
	case <-ctx.Done():
		return fmt.Errorf("%w (%w)", ErrUnreachable, context.Cause(ctx))
	}
}

// signedIn refuses a command in the name of an officer with a PIN who has not
// signed in at this device today. Signing in itself comes back as steps.
func (d *deciding) signedIn() (steps, error) {
	by := d.call.By
	if by.Officer == "" || by.Device == DeviceCentral || by.Device == d.o.cfg.Device {
		return steps{}, nil // the last is this machine's own, e.g. a promotion
	}
	s, err := readStaff(d.tx.View)
	m, has := s[by.Officer]
	if !has || err != nil {
		return steps{}, err
	}
	here := m.Device == by.Device && m.Day == d.today()
	_, opens := d.call.Command.(queue.OpenCounter)
	desk := d.tx.State().Counters[by.Counter]
	switch {
	case opens && here && desk != nil && desk.Officer == by.Officer:
		return steps{}, nil // back from a break
	case opens:
		return d.signIn(s, m)
	case here:
		return d.signOut(s, m), nil
	case d.promised():
		return steps{}, nil
	}
	return steps{}, refusal.New(codeNotHere, "officer", short(by.Officer))
}

// promised reports whether the call is a dossier for which the officer's own
// machine gave a receipt while this office was silent: the officer was there
// then, and may have left since.
func (d *deciding) promised() bool {
	c, ok := d.call.Command.(dossier.Receive)
	code, shaped := dossier.ParseProvisional(c.Provisional)
	own := d.tx.State().Stations[d.call.By.Device].Series
	return ok && shaped && own != "" && code.Office == own && d.at.Sub(c.At) > field.Timeout
}

// today is the business day, or the date when that has passed it: the first
// command of a morning opens the day, and may not be one of the queue's.
func (d *deciding) today() string {
	return max(d.tx.State().Day, queue.Local(d.at).Format(time.DateOnly))
}

// signIn judges the PIN that came with the command.
func (d *deciding) signIn(s staff, m member) (steps, error) {
	officer := d.call.By.Officer
	if left := m.Until.Sub(d.at); left > 0 {
		return steps{}, refusal.New(codePINLocked, "minutes", strconv.Itoa(int(math.Ceil(left.Minutes()))))
	}
	switch {
	case !d.proof.shown, d.proof.against != string(m.PIN.Sum): // or it was changed just now
		return steps{}, refusal.New(codePINNeeded, "officer", short(officer))
	case d.proof.right:
		m.Wrong, m.Until = 0, time.Time{}
		m.Device, m.Day = d.call.By.Device, d.today()
		s[officer] = m
		return steps{beside: s.keep()}, nil
	}
	m.Wrong++
	out := steps{refused: refusal.New(codePINWrong, "left", strconv.Itoa(pinTries-m.Wrong%pinTries))}
	if m.Wrong%pinTries == 0 {
		m.Until = d.at.Add(pinLock)
		out.events = []queue.Event{OfficerLocked{Officer: officer, Wrong: m.Wrong, Until: m.Until}}
		out.refused = refusal.New(codePINLocked, "minutes", strconv.Itoa(int(pinLock.Minutes())))
	}
	s[officer] = m
	out.beside = s.keep()
	return out, nil
}

// signOut ends what signIn began, when the command is to leave.
func (d *deciding) signOut(s staff, m member) steps {
	if _, leaves := d.call.Command.(queue.CloseCounter); !leaves {
		return steps{}
	}
	m.Device, m.Day = "", ""
	s[d.call.By.Officer] = m
	return steps{beside: s.keep()}
}

// staff decides about PINs.
func (d *deciding) staff(c queue.Command) (steps, error) {
	s, err := readStaff(d.tx.View)
	if err != nil {
		return steps{}, err
	}
	if s == nil {
		s = staff{}
	}
	switch c := c.(type) {
	case setPIN:
		if _, known := d.tx.State().Config.Officer(c.Officer); !known {
			return steps{}, refusal.New("officer-unknown", "officer", short(c.Officer))
		}
		if c.verifier == nil {
			delete(s, c.Officer)
			return steps{events: []queue.Event{PINCleared{Officer: c.Officer}}, beside: s.keep()}, nil
		}
		s[c.Officer] = member{PIN: *c.verifier}
		return steps{events: []queue.Event{PINSet{Officer: c.Officer}}, beside: s.keep()}, nil
	case UnlockOfficer:
		if err := d.mayUnlock(s, c.Officer); err != nil {
			return steps{}, err
		}
		m, has := s[c.Officer]
		if !has || m.Wrong == 0 {
			return steps{}, nil
		}
		m.Wrong, m.Until = 0, time.Time{}
		s[c.Officer] = m
		return steps{events: []queue.Event{OfficerUnlocked(c)}, beside: s.keep()}, nil
	}
	return steps{}, refusal.New(codeUnknown, "command", c.Name())
}

// mayUnlock: IT names no officer; an officer must be a supervisor, known by a
// PIN, and not the locked one.
func (d *deciding) mayUnlock(s staff, officer string) error {
	by := d.call.By.Officer
	if by == "" {
		return nil
	}
	o, _ := d.tx.State().Config.Officer(by)
	if _, has := s[by]; !o.Supervisor || !has || by == officer {
		return refusal.New("supervisor-only")
	}
	return nil
}

// staffReport is a line of /v1/staff.
type staffReport struct {
	Officer string    `json:"officer"`
	Name    string    `json:"name"`
	PIN     bool      `json:"pin"`
	Until   time.Time `json:"locked_until,omitzero"`
}

// staffList lists the officers and whether each has a PIN.
func (o *Office) staffList() ([]staffReport, error) {
	var s staff
	if err := o.journal.View(func(v journal.View) (err error) {
		s, err = readStaff(v)
		return err
	}); err != nil {
		return nil, o.broken("read the officers' PINs", err)
	}
	list := []staffReport{}
	for _, officer := range o.State().Config.Officers {
		m, has := s[officer.ID]
		r := staffReport{Officer: officer.ID, Name: officer.Name, PIN: has}
		if o.cfg.Now().Before(m.Until) {
			r.Until = m.Until
		}
		list = append(list, r)
	}
	return list, nil
}

// checkStaff says whose name anybody may take who sits at a counter's machine.
func (o *Office) checkStaff(context.Context) health.Check {
	list, err := o.staffList()
	if err != nil {
		return health.Of("staff", health.Fail, "unreadable")
	}
	with, locked := 0, 0
	for _, m := range list {
		if m.PIN {
			with++
		}
		if !m.Until.IsZero() {
			locked++
		}
	}
	args := []string{"with", strconv.Itoa(with), "officers", strconv.Itoa(len(list)), "locked", strconv.Itoa(locked)}
	switch {
	case locked > 0:
		return health.Of("staff", health.Warn, "locked", args...)
	case with == 0:
		return health.Of("staff", health.OK, "none")
	case with < len(list):
		return health.Of("staff", health.Warn, "some", args...)
	}
	return health.Of("staff", health.OK, "ok", args...)
}
