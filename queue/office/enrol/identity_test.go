package enrol_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
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

// A machine renews by itself what is due, and a lost office is no reason to end.
func TestKeepRenews(t *testing.T) {
	t.Parallel()
	r, dir := newRig(t, 1), t.TempDir()
	r.now = time.Now().Add(-61 * 24 * time.Hour)
	id, err := enrol.Join(t.Context(), r.base, r.invite(t, "kiosk-2"), dir)
	if err != nil {
		t.Fatal(err)
	}
	r.now = time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := make(chan string, 2)
	log := slog.New(slog.NewTextHandler(lines(told), nil))
	nowhere, stop := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() { defer close(gone); id.Keep(nowhere, "https://127.0.0.1:1", id.Transport(), log) }()
	if line := <-told; !strings.Contains(line, "was not renewed") {
		t.Errorf("with no office: %s", line)
	}
	stop()
	<-gone
	second, err := enrol.Load(dir) // the same machine's line to the office's other address
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); id.Keep(ctx, r.base, id.Transport(), log) }()
	if line := <-told; !strings.Contains(line, "was renewed") || id.Due(time.Now().Add(59*24*time.Hour)) {
		t.Errorf("got %q, valid until %v", line, id.Until())
	}
	cancel()
	<-ended
	if got, err := say(t, second.Transport(), r.base); got != "kiosk-2" || !second.Until().Equal(id.Until()) {
		t.Errorf("the other line: got %q, %v, until %v", got, err, second.Until())
	}
	if kept, err := enrol.Load(dir); err != nil || !kept.Until().Equal(id.Until()) {
		t.Errorf("kept: %v, %v", kept, err)
	}
}

// lines hands on what is logged.
type lines chan string

func (l lines) Write(b []byte) (int, error) { l <- string(b); return len(b), nil }

// A whole hall can be enrolled within a quarter of an hour.
func TestManyMachinesAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	for i := range 40 {
		if _, err := enrol.Join(t.Context(), r.base, r.invite(t, fmt.Sprint("board-", i)), t.TempDir()); err != nil {
			t.Fatal(err)
		}
	}
}
