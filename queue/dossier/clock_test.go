package dossier_test

import (
	"testing"
	"time"

	"motcua/queue/dossier"
)

func TestScenario33_SupplementsStopTheClock(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00") // Monday; due Thursday 10:00
	code := r.do(birth()).Code

	r.clock("10/11/2026 16:00")
	d := r.do(dossier.RequestSupplement{Code: code, Reason: "Thiếu giấy chứng sinh"})
	if d.Status() != dossier.Supplement || d.Supplements != 1 || d.CountsLate() || !d.PausedAt.Equal(r.now) {
		t.Errorf("after the first request: %+v", d)
	}
	if got := d.Timeliness(moment(t, "30/11/2026 10:00")); got != dossier.Within {
		t.Errorf("while waiting for the citizen: %s", got)
	}

	r.clock("16/11/2026 09:30") // 1 h Tuesday, 3 × 8 h, 1½ h Monday
	d = r.do(dossier.Supplemented{Code: code})
	if got := clockText(d.Due); got != "17/11/2026 13:30" || !d.PausedAt.IsZero() {
		t.Errorf("due %s after the pause, paused at %s", got, d.PausedAt)
	}
	moved, err := r.rules.Calendar.WorkingBetween(moment(t, "12/11/2026 10:00"), d.Due)
	if err != nil || moved != 26*time.Hour+30*time.Minute {
		t.Errorf("the deadline moved by %s (%v), want 26h30m", moved, err)
	}

	d = r.do(dossier.RequestSupplement{Code: code, Reason: "Tờ khai chưa ký"})
	if !d.CountsLate() {
		t.Error("a second request does not count as late")
	}
	d = r.do(dossier.Supplemented{Code: code})
	d = r.do(dossier.MarkReady{Code: code})
	if got := d.Timeliness(r.now); got != dossier.Late {
		t.Errorf("finished before %s after two requests: %s, want late", clockText(d.Due), got)
	}
}

func TestTimeliness(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, finished string // received 09/11/2026 10:00, due 12/11/2026 10:00
		want           dossier.Timeliness
	}{
		{"two days before", "10/11/2026 10:00", dossier.Early},
		{"the evening before", "11/11/2026 23:59", dossier.Early},
		{"the same day before the hour", "12/11/2026 00:01", dossier.OnTime},
		{"to the minute", "12/11/2026 10:00", dossier.OnTime},
		{"a minute late", "12/11/2026 10:01", dossier.Late},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRegistry(t, "09/11/2026 10:00")
			code := r.do(birth()).Code
			r.now = moment(t, tt.finished).UTC() // the machine's zone must not matter
			open := r.dossiers[code].Timeliness(r.now)
			if want := tt.want == dossier.Late; (open == dossier.Overdue) != want {
				t.Errorf("while open: %s", open)
			}
			d := r.do(dossier.MarkReady{Code: code})
			r.clock("30/11/2026 10:00") // collected late: that is not the office's delay
			d = r.do(dossier.Return{Code: d.Code})
			if got := d.Timeliness(r.now); got != tt.want {
				t.Errorf("finished %s: %s, want %s", tt.finished, got, tt.want)
			}
		})
	}
}

// An open request is the end, when nothing comes of it (decision 766).
func TestClosedWhileWaitingForThePapers(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	code := r.do(birth()).Code
	r.clock("11/11/2026 09:00")
	r.do(dossier.RequestSupplement{Code: code, Reason: "Thiếu giấy chứng sinh"})
	r.clock("11/01/2028 09:00") // beyond the calendar, even
	d := r.do(dossier.Close{Code: code, As: dossier.Stopped, Reason: "Công dân không bổ sung"})
	if clockText(d.Finished) != "11/11/2026 09:00" || !d.PausedAt.IsZero() || d.Timeliness(r.now) != dossier.Early {
		t.Errorf("finished %s, paused %s, %s", d.Finished, d.PausedAt, d.Timeliness(r.now))
	}
}

func TestAskedForWhenAlreadyOverdue(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	code := r.do(birth()).Code
	r.clock("12/11/2026 11:00")
	d := r.do(dossier.RequestSupplement{Code: code, Reason: "Thiếu giấy chứng sinh"})
	if got := d.Timeliness(moment(t, "20/11/2026 10:00")); got != dossier.Overdue {
		t.Errorf("a request after the deadline makes it %s", got)
	}
	r.clock("13/11/2026 11:00")
	d = r.do(dossier.Supplemented{Code: code})
	if got := clockText(d.Due); got != "13/11/2026 10:00" || d.Timeliness(r.now) != dossier.Overdue {
		t.Errorf("due %s, %s", got, d.Timeliness(r.now))
	}
}

func TestClockPutBackInAPause(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	d := r.do(birth())
	due := d.Due
	r.do(dossier.RequestSupplement{Code: d.Code, Reason: "Thiếu giấy chứng sinh"})
	r.clock("06/11/2026 10:00")
	if d = r.do(dossier.Supplemented{Code: d.Code}); !d.Due.Equal(due) {
		t.Errorf("the deadline moved to %s", d.Due)
	}
}

// The receipt prints minutes: what it says was received and what it promises
// must add up.
func TestDueCountsFromThePrintedMinute(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	r.now = r.now.Add(42*time.Second + 500*time.Millisecond)
	d := r.do(birth())
	if want := moment(t, "12/11/2026 10:00"); !d.Due.Equal(want) || !d.Received.Equal(r.now) {
		t.Errorf("received %s, due %s, want %s", d.Received, d.Due, want)
	}
}

func TestUndecidedHolidayIsRemembered(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "03/02/2027 10:00")
	d := r.do(birth()) // counted over Tết, not decided yet
	r.clock("22/02/2027 10:00")
	r.do(dossier.RequestSupplement{Code: d.Code, Reason: "Thiếu giấy chứng sinh"})
	r.clock("22/02/2027 11:00")
	if d = r.do(dossier.Supplemented{Code: d.Code}); !d.DueTentative {
		t.Error("after a supplement the deadline is told as certain")
	}
}
