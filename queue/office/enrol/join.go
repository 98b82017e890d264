package enrol

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"motcua/queue/refusal"
)

// Paths of the office's API that this package asks.
const (
	PathJoin  = "/v1/enrolment"
	PathRenew = "/v1/enrolment/renew"
)

// ErrImpostor: whoever answered does not know the code. Nothing was kept.
var ErrImpostor = errors.New("what answered is not the office that gave the code")

const maxAnswer = 64 << 10

// Join lets this machine into the office at base ("https://192.168.1.10:8080")
// with a code and keeps its identity in dir, in place of an older one. A
// *refusal.Refusal says why not; ErrImpostor that another machine answered.
func Join(ctx context.Context, base string, code Code, dir string) (*Identity, error) {
	key, csr, err := newKey()
	if err != nil {
		return nil, err
	}
	r := Request{CSR: csr, Proof: code.proof("device", csr)}
	t := transport(&tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // the code vouches for the office, not its certificate; see the package
	})
	defer t.CloseIdleConnections()
	var a Answer
	for try := 1; ; try++ { // a lost answer is asked for again, by the same request
		err := Ask(ctx, t, http.MethodPost, strings.TrimRight(base, "/")+PathJoin, r, &a)
		if err == nil {
			break
		}
		if _, refused := refusal.Of(err); refused || try == 3 || ctx.Err() != nil {
			return nil, fmt.Errorf("join the office: %w", err)
		}
	}
	if !hmac.Equal(a.Proof, code.proof("office", r.Proof, a.Certificate, a.Authority)) {
		return nil, fmt.Errorf("join the office: %w", ErrImpostor)
	}
	id := &Identity{path: filepath.Join(dir, File), key: key}
	if id.ca, err = x509.ParseCertificate(a.Authority); err != nil {
		return nil, fmt.Errorf("join the office: read its authority: %w", err)
	}
	if id.cert, err = id.accept(a.Certificate); err != nil {
		return nil, fmt.Errorf("join the office: read the certificate: %w", err)
	}
	return id, id.save(id.cert)
}

// renewal is the answer of PathRenew.
type renewal struct {
	Certificate []byte `json:"certificate"`
}

// Renewal makes the answer of PathRenew.
func Renewal(der []byte) any { return renewal{Certificate: der} }

// Renew asks for a new certificate for the same key. Connections that are open
// keep the old one until they end.
func (id *Identity) Renew(ctx context.Context, base string, t *http.Transport) error {
	var a renewal
	if err := Ask(ctx, t, http.MethodPost, strings.TrimRight(base, "/")+PathRenew, struct{}{}, &a); err != nil {
		return fmt.Errorf("renew the certificate: %w", err)
	}
	cert, err := id.accept(a.Certificate)
	if err != nil {
		return fmt.Errorf("renew the certificate: %w", err)
	}
	if err := id.save(cert); err != nil {
		return err
	}
	id.mu.Lock()
	id.cert = cert
	id.mu.Unlock()
	t.CloseIdleConnections()
	return nil
}

// Due reports whether the certificate should be renewed.
func (id *Identity) Due(now time.Time) bool { return now.After(id.Until().Add(renewAt - Life)) }

// look is how often Keep looks at the certificate.
const look = time.Hour

// Keep renews the certificate when it is due, until ctx ends. An office that
// cannot be reached is asked again within the hour; there are weeks for it.
func (id *Identity) Keep(ctx context.Context, base string, t *http.Transport, log *slog.Logger) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if id.refresh(); id.Due(time.Now()) {
			if err := id.Renew(ctx, base, t); err == nil {
				log.Info("this machine's certificate was renewed", "until", id.Until())
			} else if ctx.Err() == nil {
				log.Warn("this machine's certificate was not renewed", "until", id.Until(), "err", err)
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Ask does one small request of the office's API that is not a command and reads
// the answer; v is nil for none, and a *refusal.Refusal comes as one.
func Ask(ctx context.Context, t http.RoundTripper, method, url string, v, answer any) error {
	var body io.Reader
	if v != nil {
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(raw)
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := t.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	if res.StatusCode != http.StatusOK {
		var no refusal.Refusal
		if json.Unmarshal(raw, &no) != nil || no.Code == "" {
			return fmt.Errorf("%s %s: status %d", method, url, res.StatusCode)
		}
		return &no
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("%s %s: not an answer of an office: %w", method, url, err)
	}
	return nil
}
