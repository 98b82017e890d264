package office

import (
	"encoding/json"
	"fmt"
	"strconv"

	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// TakeNotice carries out what the city tells the office and records what became
// of it, in one transaction: the command's own records if it was not refused,
// and NoticeAnswered. It is for DeviceCentral alone, in this process alone; the
// call's N is the notice's id.
type TakeNotice struct {
	// Kind is the notice's, for the record.
	Kind string `json:"kind"`
	// Version orders the documents of a kind: an older one than the one taken
	// last is refused, the same one again changes nothing. 0 has no order but
	// that of the ids.
	Version uint64 `json:"version,omitempty"`
	// Command is the wish; nil when this version does not know the kind, which
	// is answered as refused.
	Command queue.Command `json:"command"`
	// Forged is the id of a notice that claims to be the city's and is not
	// signed by it: nothing but that is recorded. It comes from DeviceUplink,
	// so that no number of the city's is used up by it.
	Forged uint64 `json:"forged,omitempty"`
}

// Name implements queue.Command.
func (TakeNotice) Name() string { return "notice.take" }

// NoticeAnswered is the office's word to the city about a notice.
type NoticeAnswered struct {
	Notice  uint64 `json:"notice"` // its id
	What    string `json:"kind"`
	Version uint64 `json:"version,omitempty"`
	// Refusal is why it was not carried out; nil when it was.
	Refusal *refusal.Refusal `json:"refusal,omitempty"`
}

// Kind implements queue.Event.
func (NoticeAnswered) Kind() string { return "notice.answered" }

// documentNotice keeps the version of the last document of a kind taken from
// the city.
const documentNotice = "notice "

func (d *deciding) take(c TakeNotice) (steps, error) {
	switch {
	case c.Forged != 0 && d.call.By.Device == DeviceUplink:
		return steps{events: []queue.Event{NoticeAnswered{
			Notice: c.Forged, What: short(c.Kind), Version: c.Version, Refusal: refusal.New("notice-forged"),
		}}}, nil
	case c.Forged != 0, d.call.By.Device != DeviceCentral, len(c.Kind) > maxName:
		return steps{}, refusal.New(codeBadCall, "field", "device")
	}
	s, err := d.obey(c)
	no, refused := refusal.Of(err)
	switch {
	case refused:
		s = steps{} // a refusal leaves nothing behind …
	case err != nil:
		return steps{}, err
	case s.refused != nil:
		no, s.refused = s.refused, nil // … but for those that say so
	}
	s.events = append(s.events, NoticeAnswered{Notice: d.call.N, What: c.Kind, Version: c.Version, Refusal: no})
	return s, nil
}

// obey carries out a notice's command unless a newer document was taken before.
func (d *deciding) obey(c TakeNotice) (steps, error) {
	if c.Command == nil {
		return steps{}, refusal.New("notice-unknown", "kind", short(c.Kind))
	}
	if c.Version == 0 {
		return d.inner(c)
	}
	var taken struct {
		Version uint64 `json:"version"`
	}
	raw, err := d.tx.Document(documentNotice + c.Kind)
	if err == nil && raw != nil {
		err = json.Unmarshal(raw, &taken)
	}
	if err != nil {
		return steps{}, fmt.Errorf("read the version of the last %s: %w", c.Kind, err)
	}
	switch {
	case c.Version == taken.Version:
		return steps{}, nil
	case c.Version < taken.Version:
		return steps{}, refusal.New("notice-older", "version", strconv.FormatUint(c.Version, 10), "have", strconv.FormatUint(taken.Version, 10))
	}
	s, err := d.inner(c)
	if err != nil {
		return steps{}, err
	}
	taken.Version = c.Version
	if raw, err = json.Marshal(taken); err != nil {
		return steps{}, fmt.Errorf("encode the version of a %s: %w", c.Kind, err)
	}
	beside := s.beside
	s.beside = func(tx *journal.Tx) error {
		if beside != nil {
			if err := beside(tx); err != nil {
				return err
			}
		}
		return tx.PutDocument(documentNotice+c.Kind, raw)
	}
	return s, nil
}

// inner decides the notice's command as if it had come by itself.
func (d *deciding) inner(c TakeNotice) (steps, error) {
	switch c := c.Command.(type) {
	case InstallSettings:
		return d.adjust(documentSettings, c.Patch)
	case InstallStaff:
		return d.installStaff(c)
	}
	d.call.Command = c.Command
	defer func() { d.call.Command = c }()
	return d.decide()
}
