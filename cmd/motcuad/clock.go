package main

import (
	"net/http"
	"time"
)

// dated is a line whose answers tell what time it is at the other end, to the
// second (RFC 9110, Date): enough to see a clock that is wrong, and no promise
// is made by it.
type dated struct {
	next http.RoundTripper
	now  func() time.Time
	tell func(behind time.Duration)
}

// slowAnswer is how long an answer may take and still tell the time: the moment
// it was written is somewhere in between.
const slowAnswer = 5 * time.Second

// RoundTrip implements http.RoundTripper.
func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := d.now()
	res, err := d.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	took := d.now().Sub(asked)
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil && took >= 0 && took < slowAnswer {
		d.tell(date.Add(time.Second / 2).Sub(asked.Add(took / 2)))
	}
	return res, nil
}
