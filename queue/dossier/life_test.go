package dossier_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// drawCommand is any command on any of a few codes, sensible or not.
func drawCommand(r *rapid.T, codes []string) queue.Command {
	code := rapid.SampledFrom(append(codes, "H26.138-261109-7777")).Draw(r, "code")
	note := rapid.SampledFrom([]string{"", "Đã chuyển", "\x1b@\u202e"}).Draw(r, "note")
	return rapid.SampledFrom([]queue.Command{
		birth(),
		dossier.Receive{Procedure: "2.000815"},
		dossier.Receive{Procedure: "1.001193"},
		dossier.Advance{Code: code, Unit: "Công an phường", Note: note},
		dossier.RequestSupplement{Code: code, Reason: note},
		dossier.Supplemented{Code: code},
		dossier.MarkReady{Code: code, Note: note},
		dossier.Return{Code: code, Proxy: note == "", Proof: note},
		dossier.Close{Code: code, As: dossier.Stopped, Reason: note},
		dossier.Close{Code: code, As: dossier.Received, Reason: note},
		dossier.Rate{Code: code, Level: rapid.IntRange(0, 6).Draw(r, "level"), Praise: []string{"polite"}},
	}).Draw(r, "command")
}

// Any history of commands: codes are unique, what is over stays over, the
// clock's moves are exact, and the journal replays to the same dossiers.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := newRegistry(t, "09/11/2026 10:00")
		var codes []string
		for range rapid.IntRange(1, 60).Draw(rt, "commands") {
			// The clock mostly runs, sometimes back, by odd milliseconds.
			step := time.Duration(rapid.Int64Range(-3_600_000, 20*3_600_000).Draw(rt, "milliseconds"))
			r.now = r.now.Add(step * time.Millisecond)
			cmd := drawCommand(rt, codes)
			before := map[string]dossier.Dossier{}
			for _, code := range codes {
				before[code] = r.dossiers[code]
			}
			d, err := r.try(cmd, desk)
			if err != nil {
				if _, ok := refusal.Of(err); !ok {
					rt.Fatalf("%s: %v", cmd.Name(), err)
				}
				continue
			}
			old, known := before[d.Code]
			if !known {
				codes = append(codes, d.Code)
				if d.Due.Before(d.Received) {
					rt.Errorf("%s is due %s, before it was received %s", d.Code, d.Due, d.Received)
				}
				continue
			}
			checkStep(rt, cmd, old, d)
		}
		checkReplay(rt, r)
	})
}

func checkStep(t *rapid.T, cmd queue.Command, old, now dossier.Dossier) {
	if _, received := cmd.(dossier.Receive); received {
		t.Errorf("code %s was given twice", old.Code)
	}
	if old.Status().Over() && (old.Status() != now.Status() || len(old.Steps) != len(now.Steps)) {
		t.Errorf("%s was %s and is %s after %s", old.Code, old.Status(), now.Status(), cmd.Name())
	}
	if !old.Finished.IsZero() && !old.Finished.Equal(now.Finished) {
		t.Errorf("%s finished at %s and now at %s", old.Code, old.Finished, now.Finished)
	}
	if now.Status().Over() && (now.Finished.IsZero() || !now.PausedAt.IsZero()) {
		t.Errorf("%s is over without an end", now.Code)
	}
	if _, resumed := cmd.(dossier.Supplemented); !resumed && !old.Due.Equal(now.Due) {
		t.Errorf("%s moved the deadline from %s to %s", cmd.Name(), old.Due, now.Due)
	}
	if now.Due.Before(old.Due) {
		t.Errorf("the deadline went back from %s to %s", old.Due, now.Due)
	}
	if !old.Received.Equal(now.Received) || !cmp.Equal(old.Steps, now.Steps[:len(old.Steps)]) {
		t.Errorf("%s changed the past of %s", cmd.Name(), old.Code)
	}
}

func checkReplay(t *rapid.T, r *registry) {
	replayed := map[string]dossier.Dossier{}
	for _, f := range r.journal {
		e, ok, err := dossier.DecodeEvent(f.kind, 1, f.data)
		if !ok || err != nil {
			t.Fatalf("decode %s: %t, %v", f.kind, ok, err)
		}
		code := dossier.CodeOf(e)
		replayed[code] = dossier.Apply(replayed[code], e, f.at, f.by)
	}
	live, err1 := json.Marshal(r.dossiers)
	again, err2 := json.Marshal(replayed)
	if err1 != nil || err2 != nil || string(live) != string(again) {
		t.Errorf("replay differs (-live +replayed):\n%s", cmp.Diff(string(live), string(again)))
	}
	var stored map[string]dossier.Dossier
	if err := json.Unmarshal(live, &stored); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.dossiers, stored); diff != "" {
		t.Errorf("stored and read back (-want +got):\n%s", diff)
	}
}

// Two futures of one dossier do not write into each other.
func TestApplySharesNothing(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	d := r.do(birth())
	for range 2 { // three steps leave room for a fourth in the array
		d = dossier.Apply(d, dossier.DossierAdvanced{Code: d.Code, Unit: "a"}, r.now, desk)
	}
	left := dossier.Apply(d, dossier.DossierAdvanced{Code: d.Code, Unit: "left"}, r.now, desk)
	right := dossier.Apply(d, dossier.DossierAdvanced{Code: d.Code, Unit: "right"}, r.now, desk)
	if left.Steps[3].Unit != "left" || right.Steps[3].Unit != "right" || len(d.Steps) != 3 {
		t.Errorf("left %v, right %v, before %v", left.Steps, right.Steps, d.Steps)
	}
}

func TestDecodeEventLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind string
		v    int
	}{
		"another package": {"ticket.issued", 1},
		"a later version": {"dossier.received", 2},
		"a later kind":    {"dossier.extended", 1},
	} {
		if e, ok, err := dossier.DecodeEvent(tt.kind, tt.v, json.RawMessage(`{}`)); e != nil || ok || err != nil {
			t.Errorf("%s: %v, %t, %v", name, e, ok, err)
		}
	}
	if _, ok, err := dossier.DecodeEvent("dossier.rated", 1, json.RawMessage(`{"level":"high"}`)); ok || err == nil {
		t.Error("a malformed event was read")
	}
}

func FuzzDecodeEvent(f *testing.F) {
	r := newRegistry(f, "09/11/2026 10:00")
	code := r.do(birth()).Code
	for _, cmd := range []queue.Command{
		dossier.Rate{Code: code, Level: 5},
		dossier.Advance{Code: code, Unit: "Công an phường"},
		dossier.RequestSupplement{Code: code, Reason: "Thiếu"},
		dossier.Supplemented{Code: code},
		dossier.MarkReady{Code: code},
		dossier.Return{Code: code, Proxy: true, Proof: "12/2026"},
	} {
		r.do(cmd)
	}
	r.do(dossier.Close{Code: r.do(birth()).Code, As: dossier.Refused, Reason: "x"})
	for _, fact := range r.journal {
		f.Add(fact.kind, []byte(fact.data))
	}
	f.Add("dossier.received", []byte(`{"due":"9999-12-31T23:59:59Z","papers":null}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		e, ok, err := dossier.DecodeEvent(kind, 1, data)
		if !ok {
			if e != nil {
				t.Errorf("not read (%v), yet %v", err, e)
			}
			return
		}
		again, err := json.Marshal(e)
		if err != nil {
			t.Skip("a time that JSON cannot write") // year beyond 9999 after a zone change
		}
		back, ok, err := dossier.DecodeEvent(kind, 1, again)
		if !ok || err != nil {
			t.Fatalf("written as %s, not read back: %v", again, err)
		}
		once, err1 := json.Marshal(dossier.Apply(dossier.Dossier{}, e, r.now, chain.Actor{}))
		twice, err2 := json.Marshal(dossier.Apply(dossier.Dossier{}, back, r.now, chain.Actor{}))
		if (err1 == nil) != (err2 == nil) || string(once) != string(twice) {
			t.Errorf("applied: %s (%v), after a round trip: %s (%v)", once, err1, twice, err2)
		}
	})
}
