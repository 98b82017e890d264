package office_test

import (
	"errors"
	"net/http"
	"sync"
)

// line is a cable that can be cut: requests fail and those under way end.
type line struct {
	mu   sync.Mutex
	down bool            // guarded by mu
	open []chan struct{} // guarded by mu; closed by cut
}

var errCut = errors.New("the cable is cut")

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	if l.down {
		l.mu.Unlock()
		return nil, errCut
	}
	gone := make(chan struct{})
	l.open = append(l.open, gone)
	l.mu.Unlock()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	go func() {
		select {
		case <-gone:
			_ = res.Body.Close()
		case <-r.Context().Done():
		}
	}()
	return res, nil
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, gone := range l.open {
		close(gone)
	}
	l.open = nil
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}
