package enrol

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"motcua/queue/device"
)

// OfficeName is the name in every office's certificate. Machines ask for it
// instead of an address, which may change; which office it is, the authority
// says.
const OfficeName = "office.motcua.internal"

// How long a device's certificate runs, from when on it renews itself, and how
// long after its end it still may.
const (
	Life    = 90 * 24 * time.Hour
	renewAt = 60 * 24 * time.Hour
	grace   = 60 * 24 * time.Hour
)

// long ago and never, for clocks that are wrong.
func longAgo() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }
func never() time.Time   { return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }

// Why a certificate is not good enough.
var (
	// ErrForeign: it is not of this authority, or not a device's.
	ErrForeign = errors.New("the certificate is of another authority")
	// ErrExpired: it has ended and may only be renewed.
	ErrExpired = errors.New("the certificate has ended")
)

// Authority is an office's own certificate authority.
type Authority struct {
	key  ed25519.PrivateKey
	cert *x509.Certificate
	own  tls.Certificate
}

// NewAuthority makes the authority of a seed; the same seed gives the same
// authority, byte for byte. The office's own certificate is made with it and
// has a key of its own, which is kept nowhere.
func NewAuthority(seed [ed25519.SeedSize]byte) (*Authority, error) {
	a := &Authority{key: ed25519.NewKeyFromSeed(seed[:])}
	public := a.key.Public()
	id := Fingerprint(public)
	serial, _ := new(big.Int).SetString(id[:30], 16)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Một Cửa office " + id[:8]},
		NotBefore: longAgo(), NotAfter: never(),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, a.key) // Ed25519 draws nothing
	if err != nil {
		return nil, fmt.Errorf("make the office's authority: %w", err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("read the office's authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("draw the office's key: %w", err)
	}
	leaf, err := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: OfficeName}, DNSNames: []string{OfficeName}, NotAfter: never(),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	a.own = tls.Certificate{Certificate: [][]byte{leaf, a.cert.Raw}, PrivateKey: key}
	return a, nil
}

// sign makes a certificate that is no authority.
func (a *Authority) sign(t *x509.Certificate, public crypto.PublicKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	t.SerialNumber, t.NotBefore, t.KeyUsage, t.BasicConstraintsValid = serial, longAgo(), x509.KeyUsageDigitalSignature, true
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return der, nil
}

// Certificate is the authority's own, DER: what machines trust.
func (a *Authority) Certificate() []byte { return a.cert.Raw }

// Device makes a device's certificate, DER.
func (a *Authority) Device(name string, role device.Role, public crypto.PublicKey, now time.Time) ([]byte, error) {
	return a.sign(&x509.Certificate{
		Subject:  pkix.Name{CommonName: name, OrganizationalUnit: []string{string(role)}},
		NotAfter: now.Add(Life), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, public)
}

// Check returns the device's name and the fingerprint of its key when the
// certificate is one of this authority's: ErrForeign, or ErrExpired together
// with both (renewable tells how long ago matters).
func (a *Authority) Check(cert *x509.Certificate, now time.Time) (name, key string, err error) {
	if cert.IsCA || !bytes.Equal(cert.RawIssuer, a.cert.RawSubject) || cert.CheckSignatureFrom(a.cert) != nil ||
		len(cert.ExtKeyUsage) != 1 || cert.ExtKeyUsage[0] != x509.ExtKeyUsageClientAuth {
		return "", "", ErrForeign
	}
	name, key = cert.Subject.CommonName, Fingerprint(cert.PublicKey)
	if now.After(cert.NotAfter) {
		return name, key, ErrExpired
	}
	return name, key, nil
}

// Renewable reports whether a certificate that has ended may still be renewed.
func Renewable(cert *x509.Certificate, now time.Time) bool {
	return now.Before(cert.NotAfter.Add(grace))
}

// Server is the office's side of TLS: it asks for a certificate and leaves it to
// the office to judge it, so that a stranger hears why it is refused.
func (a *Authority) Server() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{a.own}, ClientAuth: tls.RequestClientCert,
		MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}, SessionTicketsDisabled: true,
	}
}

// Fingerprint is SHA-256 over a public key (PKIX DER), in hex; "" when it is no
// key.
func Fingerprint(public crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}
