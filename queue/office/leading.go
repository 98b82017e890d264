package office

import (
	"io"
	"net/http"
	"strconv"

	"motcua/queue"
	"motcua/queue/device"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// leading are the paths about who leads the office: for a standby, for a
// successor, and for the person who decides.
func (s *server) leading() []route {
	return []route{
		{
			method: "GET", path: "/v1/seat", name: "seat", reads: anybody, out: seatReport{}, always: true, serve: s.seat,
			about: "This machine's place in the succession of hubs, and the end of its record. Every answer of the API says who leads in its Office-Claim, Office-Proof and Office-Role headers, and every request should; a hub that is shown a later claim with its proof steps down for good.",
		},
		{
			method: "GET", path: "/v1/replica", name: "replica", reads: device.Replicate, out: replicated{}, media: "application/x-ndjson", streams: true, always: true, serve: s.replica,
			about: "For a standby: the office's record from a place on, line by line, with what lies beside it, and then as it grows. A line without a record is a heartbeat.",
			params: []param{
				{name: "after", about: "the last record that the standby has", number: true},
				{name: "hash", about: "that record's hash; replica-forked when it is another here"},
			},
		},
		{
			method: "GET", path: "/v1/replica/key", name: "replicaKey", reads: device.Replicate, media: "text/plain", serve: s.replicaKey,
			about: "For an enrolled standby, over TLS: the office's key, without which its copy would be of no use.",
		},
		{
			method: "POST", path: "/v1/promote", name: "promote", reads: device.Manage, in: Promotion{}, out: seatReport{}, always: true, serve: s.promote,
			about: "Makes a standby the hub, in a new term. For this machine's administrator.",
		},
		{
			method: "POST", path: "/v1/settle", name: "settle", reads: device.Manage, in: settlement{}, out: seatReport{}, serve: s.settle,
			about: "Ends the wait for an earlier hub whose disk is gone. For this machine's administrator.",
		},
	}
}

// led refuses a path that a machine cannot serve which does not lead. A standby
// shows what it has; a retired machine's record is over.
func (s *server) led(r route) error {
	if r.always || s.office.Seat().Role != succession.Retired {
		return nil
	}
	return s.office.Seat().Refusal()
}

func (s *server) seat(w http.ResponseWriter, r *http.Request) error {
	if c := callerOf(r); c.local || c.Role == device.Standby {
		if copied, err := strconv.ParseUint(r.Header.Get(headerCopied), 10, 64); err == nil {
			s.office.SetStandby(copied)
		}
	}
	s.write(w, http.StatusOK, s.office.seatReport())
	return nil
}

// replicaKey gives the office's key to a standby that joined. In the clear it
// goes to nobody: it is what everything else is kept safe with.
func (s *server) replicaKey(w http.ResponseWriter, r *http.Request) error {
	if r.TLS == nil {
		return refusal.New("key-needs-tls")
	}
	s.log.Warn("the office's key was given to a standby", "device", callerOf(r).Name)
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, s.office.secret.file())
	return nil
}

func (s *server) promote(w http.ResponseWriter, r *http.Request) error {
	var p Promotion
	if err := s.read(r, &p); err != nil {
		return err
	}
	if _, err := s.office.Promote(r.Context(), p); err != nil {
		return err
	}
	s.office.Standing().Write(w.Header())
	return s.seat(w, r)
}

// settlement is a person's word about a lost disk.
type settlement struct {
	Officer string `json:"officer,omitempty"`
	Reason  string `json:"reason"`
}

func (s *server) settle(w http.ResponseWriter, r *http.Request) error {
	var c settlement
	if err := s.read(r, &c); err != nil {
		return err
	}
	if err := s.office.SettleLost(r.Context(), c.Officer, c.Reason); err != nil {
		return err
	}
	return s.seat(w, r)
}

// read reads a small JSON body.
func (s *server) read(r *http.Request, v any) error {
	if !isJSON(r) {
		return refusal.New(codeBadRequest, "fault", "Content-Type is not application/json")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		return refusal.New(codeBadRequest, "fault", "the body is broken off")
	}
	if err := strict(body, v); err != nil {
		return refusal.New(codeBadRequest, "fault", short(err.Error()))
	}
	return nil
}

var _ queue.Command = takeTail{}
