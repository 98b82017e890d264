package central

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// maxDossiers is the most that an office takes on one number.
const maxDossiers = 99

// saidNo is a refusal in an answer: a stable code, and the sentence for people.
type saidNo struct {
	Code    string            `json:"code"`
	Args    map[string]string `json:"args,omitempty"`
	Message queue.Text        `json:"message"`
}

func (s *Server) saidNo(r *refusal.Refusal) saidNo {
	return saidNo{r.Code, r.Args, queue.Text{VI: s.sentence("vi", r), EN: s.sentence("en", r)}}
}

// sentence says a refusal; an office may be newer than we are and know codes
// that we do not.
func (s *Server) sentence(lang string, r *refusal.Refusal) string {
	key := "refusal." + r.Code
	if !s.texts.Has(lang, key) {
		return s.texts.Get(lang, "booking.refused-code", "code", r.Code)
	}
	var args []string
	for k, v := range r.Args {
		args = append(args, k, v)
	}
	return s.texts.Get(lang, key, args...)
}

// no answers an error, a refusal as one.
func (s *Server) no(w http.ResponseWriter, r *http.Request, err error) {
	if said, refused := refusal.Of(err); refused {
		s.answer(w, http.StatusConflict, s.saidNo(said))
		return
	}
	s.fail(w, r, err)
}

// postAppointment asks an office to book a slot.
func (s *Server) postAppointment(w http.ResponseWriter, r *http.Request) {
	raw, ok := s.body(w, r, maxOrder)
	if !ok {
		return
	}
	var b queue.BookAppointment
	if err := json.Unmarshal(raw, &b); err != nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, "not a booking: "+err.Error())
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if why := faultOf(b, key); why != "" {
		s.refuse(w, r, http.StatusUnprocessableEntity, why)
		return
	}
	office := r.PathValue("office")
	code, err := s.store.Book(r.Context(), office, b, key, s.now())
	if err != nil {
		s.no(w, r, err)
		return
	}
	s.wake()
	s.answer(w, http.StatusOK, map[string]any{"office": office, "code": code, "standing": BookingWaiting})
}

// faultOf is what is wrong with a booking before anybody is asked.
func faultOf(b queue.BookAppointment, key string) string {
	switch {
	case clean(b.Service, 64) != b.Service || b.Service == "":
		return `"service" is missing`
	case b.Slot.IsZero():
		return `"slot" is missing`
	case b.Dossiers < 0 || b.Dossiers > maxDossiers:
		return `"dossiers" is not a number from 1 to 99`
	case b.Code != "" && (!codeShape.MatchString(b.Code) || strings.ToUpper(b.Code) != b.Code || len(b.Code) < 6 || len(b.Code) > 40):
		return `"code" is not 6 to 40 capitals and digits`
	case len(b.Identity) > 128 || clean(b.Identity, 128) != b.Identity:
		return `"identity" is not a short text`
	case len(key) > 100 || clean(key, 100) != key:
		return "Idempotency-Key is not a short text"
	}
	return ""
}

// deleteAppointment asks an office to give a slot back.
func (s *Server) deleteAppointment(w http.ResponseWriter, r *http.Request) {
	office, code := r.PathValue("office"), r.PathValue("code")
	if err := s.store.Cancel(r.Context(), office, code, clean(r.FormValue("reason"), 200), s.now()); err != nil {
		s.no(w, r, err)
		return
	}
	s.wake()
	s.answer(w, http.StatusOK, map[string]any{"office": office, "code": code, "standing": BookingEnding})
}

// shownAppointment is one in the API's answer.
type shownAppointment struct {
	Appointment
	Refusal       *saidNo `json:"refusal,omitempty"`
	CancelRefusal *saidNo `json:"cancel_refusal,omitempty"`
}

// getAppointments lists an office's from a day on.
func (s *Server) getAppointments(w http.ResponseWriter, r *http.Request) {
	office := r.PathValue("office")
	list, err := s.store.Appointments(r.Context(), office, s.midnight(r.FormValue("from")))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	shown := make([]shownAppointment, len(list))
	for i, a := range list {
		shown[i].Appointment = a
		if a.Refusal != nil {
			no := s.saidNo(a.Refusal)
			shown[i].Refusal = &no
		}
		if a.CancelRefusal != nil {
			no := s.saidNo(a.CancelRefusal)
			shown[i].CancelRefusal = &no
		}
	}
	s.answer(w, http.StatusOK, map[string]any{"office": office, "appointments": shown})
}

// getSlots lists what an office offers on a day.
func (s *Server) getSlots(w http.ResponseWriter, r *http.Request) {
	office, service := r.PathValue("office"), r.FormValue("service")
	slots, err := s.store.Slots(r.Context(), office, service, s.midnight(r.FormValue("day")), s.now())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.answer(w, http.StatusOK, map[string]any{"office": office, "service": service, "slots": slots})
}

// midnight begins a local day, today when none or nonsense is asked for.
func (s *Server) midnight(day string) time.Time {
	if t, err := time.ParseInLocation(time.DateOnly, day, vietnam); err == nil {
		return t
	}
	t, _ := time.ParseInLocation(time.DateOnly, s.now().In(vietnam).Format(time.DateOnly), vietnam) // its own format
	return t
}

// postBookingForm is the page's form: book or cancel, then back to the page.
func (s *Server) postBookingForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOrder)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusUnprocessableEntity, "not a form")
		return
	}
	office, said := r.PathValue("office"), "cancelled"
	var err error
	if code := r.PostFormValue("cancel"); code != "" {
		err = s.store.Cancel(r.Context(), office, code, clean(r.PostFormValue("reason"), 200), s.now())
	} else {
		b := queue.BookAppointment{Service: r.PostFormValue("service")}
		b.Slot, _ = time.Parse(time.RFC3339, r.PostFormValue("slot"))
		b.Dossiers, _ = strconv.Atoi(r.PostFormValue("dossiers"))
		if why := faultOf(b, ""); why != "" {
			s.refuse(w, r, http.StatusUnprocessableEntity, why)
			return
		}
		said, err = s.store.Book(r.Context(), office, b, r.PostFormValue("once"), s.now())
	}
	no, refused := refusal.Of(err)
	switch {
	case errors.Is(err, ErrUnknown):
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	case err != nil && !refused:
		s.fail(w, r, err)
		return
	case refused:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusConflict)
		s.showBookings(w, r, office, s.sentence(s.lang(r), no))
		return
	}
	s.wake()
	http.Redirect(w, r, bookingLink(office, s.lang(r), said), http.StatusSeeOther)
}
