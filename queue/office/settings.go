package office

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/letter"
	"motcua/queue/office/pin"
	"motcua/queue/refusal"
)

// DeviceUplink speaks for the line to the city itself.
const DeviceUplink = "uplink"

// InstallSettings puts the city's settings over the office's configuration: a
// JSON merge patch (RFC 7396) of queue.Config, kept beside the journal and put
// over the configuration file at every start. Only a notice carries it.
type InstallSettings struct {
	Patch json.RawMessage `json:"patch"`
}

// Name implements queue.Command.
func (InstallSettings) Name() string { return "settings.install" }

// InstallStaff replaces the office's officers by the city's list,
// {"officers": […]} with the fields of queue.Officer. Only a notice carries it;
// Office.ReadStaff makes it.
type InstallStaff struct {
	Document json.RawMessage `json:"document"`

	pins  map[string]pin.Verifier // first PINs, by officer
	fault string                  // why the document cannot be used
}

// Name implements queue.Command.
func (InstallStaff) Name() string { return "staff.install" }

// The city's documents that lie over the configuration, the later over the
// earlier.
const (
	documentSettings = "city settings"
	documentStaff    = "city staff"
)

// adjust takes one of these documents: what comes out must be a configuration
// that the office can work with, else nothing changes.
func (d *deciding) adjust(name string, doc json.RawMessage) (steps, error) {
	base := d.tx.State().Config
	if d.o.cfg.Setup != nil {
		base = *d.o.cfg.Setup
	}
	layers, err := layersOf(d.tx.View)
	if err != nil {
		return steps{}, err
	}
	layers[name] = doc
	wanted, err := layers.over(base)
	if err != nil {
		return steps{}, refusal.New("notice-unfit", "fault", firstLine(err))
	}
	events, err := queue.Decide(d.tx.State(), queue.Configure{Config: wanted}, d.call.By, queue.Env{Now: d.at, Mint: d.o.secret.mint})
	if err != nil {
		return steps{}, err
	}
	return steps{
		events: events,
		beside: func(tx *journal.Tx) error { return tx.PutDocument(name, doc) },
	}, nil
}

// installStaff takes a staff document: the officers, and the first PINs of those who
// are given one. Who is no longer on the list has no PIN any more.
func (d *deciding) installStaff(c InstallStaff) (steps, error) {
	if c.fault != "" {
		return steps{}, refusal.New("notice-unfit", "fault", short(c.fault))
	}
	out, err := d.adjust(documentStaff, c.Document)
	if err != nil {
		return steps{}, err
	}
	kept, err := readStaff(d.tx.View)
	if err != nil {
		return steps{}, err
	}
	next := staff{}
	for officer, m := range kept {
		next[officer] = m
	}
	named := officersOf(c.Document)
	for _, officer := range slices.Sorted(maps.Keys(next)) {
		if !slices.Contains(named, officer) {
			delete(next, officer)
			out.events = append(out.events, PINCleared{Officer: officer})
		}
	}
	for _, officer := range slices.Sorted(maps.Keys(c.pins)) {
		next[officer] = member{PIN: c.pins[officer]}
		out.events = append(out.events, PINSet{Officer: officer})
	}
	if len(next) > 0 || len(kept) > 0 {
		out.beside = both(out.beside, next.keep())
	}
	return out, nil
}

// listed is an officer in the city's list, beside the fields of queue.Officer.
type listed struct {
	ID string `json:"id"`
	// PINSealed is a letter to this office, "<officer> <PIN>".
	PINSealed []byte `json:"pin_sealed,omitempty"`
}

func officersOf(doc json.RawMessage) (ids []string) {
	var list struct {
		Officers []listed `json:"officers"`
	}
	_ = json.Unmarshal(doc, &list) // ReadStaff has read it
	for _, o := range list.Officers {
		ids = append(ids, o.ID)
	}
	return ids
}

// ReadStaff reads the city's list and opens the first PINs in it, which are
// hashed here, before the writer's line, and kept nowhere else. A list that
// cannot be used comes back all the same: the office then answers why. The error
// is ctx's.
func (o *Office) ReadStaff(ctx context.Context, doc json.RawMessage) (InstallStaff, error) {
	c := InstallStaff{Document: doc, pins: map[string]pin.Verifier{}}
	var whole map[string]json.RawMessage
	var list []map[string]json.RawMessage
	var sealed struct {
		Officers []listed `json:"officers"`
	}
	if json.Unmarshal(doc, &whole) != nil || json.Unmarshal(whole["officers"], &list) != nil || json.Unmarshal(doc, &sealed) != nil ||
		len(list) > maxOfficers {
		c.fault = "officers"
		return c, nil
	}
	for i, officer := range sealed.Officers {
		delete(list[i], "pin_sealed")
		if officer.PINSealed == nil {
			continue
		}
		text, err := letter.Open(o.secret.signing(), officer.PINSealed)
		first, ours := strings.CutPrefix(string(text), officer.ID+" ")
		if err != nil || !ours || pin.Weak(first) {
			c.fault = "pin_sealed " + officer.ID
			return c, nil
		}
		if err := o.hash(ctx, func() error {
			v, err := pin.Make(o.cfg.Random, o.secret.pepper(), officer.ID, first)
			c.pins[officer.ID] = v
			return err
		}); err != nil {
			return c, err
		}
	}
	bare, err := json.Marshal(map[string]any{"officers": list})
	if err != nil {
		return c, fmt.Errorf("encode the officers: %w", err)
	}
	c.Document = bare
	return c, nil
}

// maxOfficers bounds a list.
const maxOfficers = 1000

// layers are the city's documents by name.
type layers map[string]json.RawMessage

func layersOf(v journal.View) (layers, error) {
	l := layers{}
	for _, name := range []string{documentSettings, documentStaff} {
		raw, err := v.Document(name)
		if err != nil {
			return nil, fmt.Errorf("read the %s: %w", name, err)
		}
		if raw != nil {
			l[name] = append(json.RawMessage(nil), raw...)
		}
	}
	return l, nil
}

// over puts the documents over a configuration. The name of the office is not
// for the city to change.
func (l layers) over(base queue.Config) (queue.Config, error) {
	raw, err := json.Marshal(base)
	if err != nil {
		return base, fmt.Errorf("encode the configuration: %w", err)
	}
	var into any
	if err := json.Unmarshal(raw, &into); err != nil {
		return base, fmt.Errorf("read the configuration: %w", err)
	}
	for _, name := range []string{documentSettings, documentStaff} {
		if l[name] == nil {
			continue
		}
		var patch map[string]any
		if err := json.Unmarshal(l[name], &patch); err != nil {
			return base, fmt.Errorf("read the %s: %w", name, err)
		}
		if name == documentStaff {
			patch = map[string]any{"officers": patch["officers"]}
		}
		into = merge(into, patch)
	}
	if raw, err = json.Marshal(into); err != nil {
		return base, fmt.Errorf("encode the configuration: %w", err)
	}
	var wanted queue.Config
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return base, fmt.Errorf("read the changed configuration: %w", err)
	}
	wanted.Office = base.Office
	return wanted, nil
}

// merge is RFC 7396: objects member by member, null removes, all else replaces.
func merge(target, patch any) any {
	changes, isObject := patch.(map[string]any)
	if !isObject {
		return patch
	}
	into, isObject := target.(map[string]any)
	if !isObject {
		into = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(into, name)
			continue
		}
		into[name] = merge(into[name], value)
	}
	return into
}

// wanted is the configuration that the office begins with: its file with the
// city's documents over it. A city's document that no longer fits the file is
// left out, for an office must open.
func (o *Office) wanted() queue.Config {
	base := *o.cfg.Setup
	var l layers
	err := o.journal.View(func(v journal.View) (err error) {
		l, err = layersOf(v)
		return err
	})
	if err == nil {
		var c queue.Config
		if c, err = l.over(base); err == nil && len(c.Check()) == 0 {
			return c
		}
	}
	o.log.Error("the city's settings do not fit the configuration file: the file alone counts", "err", err)
	return base
}
