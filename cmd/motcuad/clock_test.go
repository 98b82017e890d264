package main

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

type answers func() (*http.Response, error)

func (a answers) RoundTrip(*http.Request) (*http.Response, error) { return a() }

func TestTheCitysAnswersTellTheTime(t *testing.T) {
	t.Parallel()
	here := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	const never = 99 * time.Hour
	for name, tt := range map[string]struct {
		date string
		took time.Duration
		err  error
		want time.Duration
	}{
		"right":         {date: here.Format(http.TimeFormat), want: time.Second / 2},
		"an hour ahead": {date: here.Add(-time.Hour).Format(http.TimeFormat), want: -time.Hour + time.Second/2},
		"slow":          {date: here.Format(http.TimeFormat), took: 2 * time.Second, want: -time.Second / 2},
		"too slow":      {date: here.Format(http.TimeFormat), took: 50 * time.Second, want: never},
		"no date":       {want: never},
		"no answer":     {err: errors.New("cut"), want: never},
	} {
		clock, got := here, never
		line := dated{now: func() time.Time { return clock }, tell: func(d time.Duration) { got = d }, next: answers(func() (*http.Response, error) {
			clock = clock.Add(tt.took)
			return &http.Response{Header: http.Header{"Date": {tt.date}}}, tt.err
		})}
		if _, err := line.RoundTrip(nil); !errors.Is(err, tt.err) || got != tt.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, tt.want)
		}
	}
}
