package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// authority signs certificates for a test.
type authority struct {
	dir  string
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, "ca", true)
	return a
}

// sign writes name.pem and name.key.
func (a *authority) sign(t *testing.T, name string, isCA bool) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: isCA, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	parent, signer := a.cert, a.key
	if isCA {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err := errors.Join(err,
		os.WriteFile(a.path(name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(a.path(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw}), 0o600)); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// transport is a machine with its own certificate, or none.
func (a *authority) transport(t *testing.T, name string) *http.Transport {
	t.Helper()
	c := &tls.Config{RootCAs: x509.NewCertPool()}
	c.RootCAs.AddCert(a.cert)
	if name != "" {
		a.sign(t, name, false)
		pair, err := tls.LoadX509KeyPair(a.path(name+".pem"), a.path(name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return &http.Transport{TLSClientConfig: c}
}

// TestScenario38_UnknownMachineOnTheNetwork: no certificate, another office's
// certificate, and a machine that poses as another, all refused.
func TestScenario38_UnknownMachineOnTheNetwork(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	ours.sign(t, "office", false)
	m, _, _ := start(t, "--data", t.TempDir(), "--tls-cert", ours.path("office.pem"), "--tls-key", ours.path("office.key"), "--client-ca", ours.path("ca.pem"))
	help := func(transport *http.Transport) error {
		client := office.Dial("https://"+m.Addr.String(), office.DialOptions{Transport: transport})
		_, err := client.Do(t.Context(), office.Call{N: 1, By: chain.Actor{Device: "kiosk-1"}, Command: queue.RequestHelp{}})
		return err
	}
	stranger := theirs.transport(t, "kiosk-1")
	stranger.TLSClientConfig.RootCAs = ours.transport(t, "").TLSClientConfig.RootCAs
	for name, transport := range map[string]*http.Transport{"no certificate": ours.transport(t, ""), "another authority's": stranger} {
		if err := help(transport); !errors.Is(err, office.ErrUnreachable) {
			t.Errorf("%s: got %v, want no connection", name, err)
		}
	}
	if err := help(ours.transport(t, "kiosk-2")); !errors.Is(err, refusal.New("device-unknown")) {
		t.Errorf("posing as another machine: got %v, want device-unknown", err)
	}
	if m.office.Journal().Head().Seq != 1 {
		t.Error("a stranger left a record")
	}
	if err := help(ours.transport(t, "kiosk-1")); err != nil {
		t.Errorf("control: the machine itself: %v", err)
	}
}
