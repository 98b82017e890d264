package enrol

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"motcua/queue/device"
)

// File is the name of a machine's identity in its own folder.
const File = "device.pem"

// ErrIdentity: the file is damaged; the machine must join again.
var ErrIdentity = errors.New("the file does not hold this machine's key and certificates")

// Identity is what a machine has of the office it joined: its key, its
// certificate and the office's authority. Its methods may be called from any
// goroutine.
type Identity struct {
	path string
	ca   *x509.Certificate
	key  crypto.Signer

	mu   sync.Mutex
	cert *x509.Certificate // guarded by mu
}

// Load reads an identity from a machine's folder. fs.ErrNotExist: it has joined
// no office.
func Load(dir string) (*Identity, error) {
	id := &Identity{path: filepath.Join(dir, File)}
	raw, err := os.ReadFile(id.path)
	if err != nil {
		return nil, fmt.Errorf("read this machine's identity: %w", err)
	}
	if err := id.parse(raw); err != nil {
		return nil, fmt.Errorf("read %s: %w (%w)", id.path, ErrIdentity, err)
	}
	return id, nil
}

func (id *Identity) parse(raw []byte) error {
	var blocks [3][]byte
	for i, kind := range []string{"PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"} {
		var b *pem.Block
		if b, raw = pem.Decode(raw); b == nil || b.Type != kind {
			return fmt.Errorf("block %d is no %s", i+1, kind)
		}
		blocks[i] = b.Bytes
	}
	key, err := x509.ParsePKCS8PrivateKey(blocks[0])
	if err != nil {
		return err
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return errors.New("the key cannot sign")
	}
	id.key = signer
	if id.ca, err = x509.ParseCertificate(blocks[2]); err != nil {
		return err
	}
	id.cert, err = id.accept(blocks[1])
	return err
}

// accept reads a certificate that the office sent for our key.
func (id *Identity) accept(der []byte) (*x509.Certificate, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if err := cert.CheckSignatureFrom(id.ca); err != nil {
		return nil, err
	}
	if Fingerprint(cert.PublicKey) != Fingerprint(id.key.Public()) {
		return nil, errors.New("the certificate is for another key")
	}
	return cert, nil
}

// save writes the file so that a power cut leaves the old one or the new one.
func (id *Identity) save(cert *x509.Certificate) error {
	key, err := x509.MarshalPKCS8PrivateKey(id.key)
	if err != nil {
		return fmt.Errorf("encode this machine's key: %w", err)
	}
	var b bytes.Buffer
	for _, p := range []pem.Block{{Type: "PRIVATE KEY", Bytes: key}, {Type: "CERTIFICATE", Bytes: cert.Raw}, {Type: "CERTIFICATE", Bytes: id.ca.Raw}} {
		if err := pem.Encode(&b, &p); err != nil {
			return fmt.Errorf("encode this machine's identity: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(id.path), 0o700); err != nil {
		return fmt.Errorf("make this machine's folder: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(id.path), File+".*") // of its own: two lines may renew at once
	if err != nil {
		return fmt.Errorf("keep this machine's identity: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its place by then
	_, err = f.Write(b.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep this machine's identity: %w", err)
	}
	if err := os.Rename(f.Name(), id.path); err != nil {
		return fmt.Errorf("keep this machine's identity: %w", err)
	}
	return nil
}

func (id *Identity) current() *x509.Certificate {
	id.mu.Lock()
	defer id.mu.Unlock()
	return id.cert
}

// refresh takes over a certificate that another Identity of the same file has
// renewed: one for each of the office's addresses, or another program's.
func (id *Identity) refresh() {
	if !id.Due(time.Now()) {
		return
	}
	now, err := Load(filepath.Dir(id.path))
	if err != nil || Fingerprint(now.key.Public()) != Fingerprint(id.key.Public()) {
		return // joined anew, or damaged: for the next start to say
	}
	id.mu.Lock()
	defer id.mu.Unlock()
	if now.cert.NotAfter.After(id.cert.NotAfter) {
		id.cert = now.cert
	}
}

// Name is the device's name in the office's record.
func (id *Identity) Name() string { return id.current().Subject.CommonName }

// Role is what it was enrolled as.
func (id *Identity) Role() device.Role {
	if units := id.current().Subject.OrganizationalUnit; len(units) == 1 {
		return device.Role(units[0])
	}
	return ""
}

// Until is when its certificate ends.
func (id *Identity) Until() time.Time { return id.current().NotAfter }

// TLS is the machine's side of its connections: it accepts the office that it
// joined and no other, whatever answers at the address.
func (id *Identity) TLS() *tls.Config {
	c := Trust(id.ca.Raw)
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		id.refresh()
		return &tls.Certificate{Certificate: [][]byte{id.current().Raw}, PrivateKey: id.key}, nil
	}
	return c
}

// Trust accepts an office of an authority (DER) and shows no certificate.
func Trust(authority []byte) *tls.Config {
	roots := x509.NewCertPool()
	if ca, err := x509.ParseCertificate(authority); err == nil {
		roots.AddCert(ca) // without one nobody is accepted
	}
	return &tls.Config{
		RootCAs: roots, ServerName: OfficeName, MinVersion: tls.VersionTLS13,
		Time: func() time.Time { // a flat battery must not shut the office out
			if now, first := time.Now(), longAgo().Add(time.Hour); now.After(first) {
				return now
			}
			return longAgo().Add(time.Hour)
		},
	}
}

// Authority tells the office that was joined from others; it proves nothing.
func (id *Identity) Authority() string { return AuthorityID(id.ca.Raw) }

// AuthorityID is a short name of an authority (DER).
func AuthorityID(authority []byte) string {
	sum := sha256.Sum256(authority)
	return hex.EncodeToString(sum[:6])
}

// Transport carries requests to the office that the machine joined.
func (id *Identity) Transport() *http.Transport { return transport(id.TLS()) }

func transport(config *tls.Config) *http.Transport {
	return &http.Transport{
		TLSClientConfig: config, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 30 * time.Second,
	}
}

// newKey draws a machine's key and the request that names it.
func newKey() (crypto.Signer, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("draw this machine's key: %w", err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return nil, nil, fmt.Errorf("ask for a certificate: %w", err)
	}
	return key, csr, nil
}
