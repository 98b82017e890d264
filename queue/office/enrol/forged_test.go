package enrol_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"testing"
	"time"

	"motcua/queue/device"
	"motcua/queue/office/enrol"
)

// TestScenario38_ForgedCertificate: every name in a certificate can be copied;
// the authority's signature cannot.
func TestScenario38_ForgedCertificate(t *testing.T) {
	t.Parallel()
	a, err := enrol.NewAuthority([32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	ours := mustParse(t, a.Certificate())
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	genuine, err := a.Device("kiosk-1", device.Kiosk, public, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	copied := mustParse(t, genuine)
	forged, err := x509.CreateCertificate(rand.Reader, copied, &x509.Certificate{
		RawSubject: ours.RawSubject, Subject: ours.Subject, SubjectKeyId: ours.SubjectKeyId, SerialNumber: ours.SerialNumber,
	}, public, key)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kiosk-1"}, NotAfter: time.Now().Add(time.Hour),
	}, &x509.Certificate{Subject: pkix.Name{CommonName: "kiosk-1"}}, public, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{"every name copied": forged, "signed by itself": own} {
		if got, _, err := a.Check(mustParse(t, der), time.Now()); !errors.Is(err, enrol.ErrForeign) || got != "" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if got, _, err := a.Check(copied, time.Now()); err != nil || got != "kiosk-1" {
		t.Errorf("control: got %q, %v", got, err)
	}
}
