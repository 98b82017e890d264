package central_test

import (
	"testing"
	"time"

	"motcua/queue/dossier"
)

// TestTheRealEventsOfDossiersAreCounted ties the fields that the city reads by
// name to the events as package dossier writes them.
func TestTheRealEventsOfDossiersAreCounted(t *testing.T) {
	s, o := newSite(t), newOffice()
	write := func(at time.Time, e interface{ Kind() string }) { o.write(t, at, fact{e.Kind(), e}) }
	const a, b = "H26.138-261123-0001", "H26.138-261123-0002"
	for _, code := range []string{a, b} {
		write(morning, dossier.DossierReceived{Code: code, Procedure: "1.001193", Due: morning.Add(2 * time.Hour)})
	}
	write(morning.Add(time.Hour), dossier.DossierAdvanced{Code: a, Unit: "Phòng Tư pháp"})
	write(morning.Add(time.Hour), dossier.SupplementRequested{Code: a, Reason: "thiếu giấy", Nth: 1})
	write(morning.Add(2*time.Hour), dossier.DossierSupplemented{Code: a, Due: morning.Add(4 * time.Hour)})
	write(morning.Add(3*time.Hour), dossier.DossierReady{Code: a})
	write(morning.Add(3*time.Hour), dossier.DossierReturned{Code: a})
	write(morning.Add(3*time.Hour), dossier.DossierRated{Code: a, Stage: "return", Level: 5})
	write(morning.Add(3*time.Hour), dossier.DossierClosed{Code: b, As: dossier.Withdrawn, Reason: "công dân rút"})
	taken := ingest(t, s.store, "H26.138", o.batch(1, len(o.records)))
	got := counted(city(t, s.store, noon).City)
	if want := (dayCount{dossiers: 2, onTime: 1, late: 1, rated: 1, satisfied: 1}); got != want || len(taken.Rejected) > 0 {
		t.Errorf("got %+v, want %+v; set aside %v", got, want, taken.Rejected)
	}
}
