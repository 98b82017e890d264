package spool_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/raster"
	"motcua/printer/spool"
)

const epson = "epson-tm-t82"

func TestPrintsInOrder(t *testing.T) {
	for _, profile := range []string{epson, "epson-tm-t82-180", "generic-80"} {
		t.Run(profile, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, profile)
				b.start()
				for n := 1; n <= 3; n++ {
					b.submit(n)
					b.submit(n) // twice is once
				}
				sleep(10 * time.Second)
				for n := 1; n <= 3; n++ {
					b.want(n, spool.Done)
					b.wantPapers(n, 1, 0)
					if st, ok := b.spool.Lookup(id(n)); !ok || st != spool.Done {
						t.Errorf("lookup: %v %v", st, ok)
					}
				}
				papers := b.printer.Papers()
				for i, p := range papers {
					if p.Picture.Row(0)[1] != byte(i+1)|0xc0 {
						t.Errorf("paper %d is another's", i+1)
					}
				}
				if st := b.spool.State(); !st.Ready() || st.Busy || st.Waiting != 0 || st.Code() != "ready" {
					t.Errorf("state %+v", st)
				}
			})
		})
	}
}

func TestHeldUntilThereIsPaper(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.printer.EndPaperAfter(0)
		b.start().submit(1)
		sleep(30 * time.Second)
		b.want(1, spool.Held)
		if st := b.spool.State(); st.Ready() || !st.PaperOut || st.Code() != "paper-out" || st.Waiting != 1 {
			t.Errorf("state %+v", st)
		}
		b.printer.LoadPaper()
		sleep(5 * time.Second)
		b.want(1, spool.Held, spool.Done)
		b.wantPapers(1, 1, 0)
	})
}

func TestNoFloodAfterARefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.printer.EndPaperAfter(100)
		b.start()
		for n := 1; n <= 4; n++ {
			b.submit(n)
		}
		sleep(10 * time.Minute)
		b.want(1, spool.Broken, spool.Expired)
		b.want(2, spool.Held, spool.Expired)
		b.printer.LoadPaper()
		b.submit(5)
		sleep(10 * time.Second)
		for n := 1; n <= 4; n++ {
			b.wantPapers(n, 0, 0)
		}
		b.want(5, spool.Held, spool.Done)
		b.wantPapers(5, 1, 0)
	})
}

func TestPaperEndsInsideASlip(t *testing.T) {
	for _, profile := range []string{epson, "generic-80"} {
		t.Run(profile, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, profile)
				b.printer.EndPaperAfter(150)
				b.start().submit(1)
				sleep(20 * time.Second)
				b.want(1, spool.Broken)
				b.printer.LoadPaper()
				sleep(30 * time.Second)
				b.want(1, spool.Broken, spool.Done)
				b.wantPapers(1, 0, 1)
			})
		})
	}
}

func TestCoverOpenedAndClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.start().submit(1)
		sleep(150 * time.Millisecond)
		b.printer.OpenCover(true)
		sleep(20 * time.Second)
		if st := b.spool.State(); st.Code() != "cover-open" || !st.Busy {
			t.Errorf("state %+v", st)
		}
		b.printer.OpenCover(false)
		sleep(5 * time.Second)
		b.want(1, spool.Done)
		b.wantPapers(1, 1, 0)
	})
}

func TestCoverLeftOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.cfg.Timing.Patience = 10 * time.Second
		b.start().submit(1)
		sleep(150 * time.Millisecond)
		b.printer.OpenCover(true)
		sleep(20 * time.Second)
		b.want(1, spool.Broken)
		b.printer.OpenCover(false)
		sleep(20 * time.Second)
		b.want(1, spool.Broken, spool.Done)
		b.wantPapers(1, 0, 1)
	})
}

func TestCutterJamIsStillATicket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.printer.JamCutter(true)
		b.start().submit(1)
		sleep(10 * time.Second)
		b.want(1, spool.Printed)
		if st := b.spool.State(); st.Code() != "cutter" {
			t.Errorf("state %+v", st)
		}
	})
}

func TestSilenceIsUnknown(t *testing.T) {
	silent := func(t *testing.T) *bench {
		b := newBench(t, epson)
		b.start()
		sleep(time.Second)
		b.submit(1)
		sleep(100 * time.Millisecond)
		b.printer.Silence(true)
		sleep(time.Minute)
		b.want(1, spool.Unknown)
		b.wantPapers(1, 1, 0)
		if st := b.spool.State(); st.Ready() || st.Unknown != 1 {
			t.Errorf("state %+v", st)
		}
		return b
	}
	t.Run("received", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := silent(t)
			if err := b.spool.Answer(id(1), true); err != nil {
				t.Fatal(err)
			}
			b.printer.Silence(false)
			sleep(time.Minute)
			b.want(1, spool.Unknown, spool.Done)
			b.wantPapers(1, 1, 0)
			if err := b.spool.Answer(id(1), false); !errors.Is(err, spool.ErrNotAsked) {
				t.Errorf("a second answer: %v", err)
			}
		})
	})
	t.Run("not received", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := silent(t)
			sleep(10 * time.Minute) // never by itself
			b.want(1, spool.Unknown)
			b.printer.Silence(false)
			if err := b.spool.Answer(id(1), false); err != nil {
				t.Fatal(err)
			}
			sleep(time.Minute)
			b.wantPapers(1, 1, 1)
			if got := b.states(1); got[len(got)-1] != spool.Done {
				t.Errorf("told %v", got)
			}
		})
	})
}

func TestDroppedAndCycled(t *testing.T) {
	for name, fault := range map[string]func(*bench){
		"dropped": func(b *bench) { b.printer.DropAfter(6000) },
		"power":   func(b *bench) { b.printer.PowerCycle() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, epson)
				b.start()
				sleep(time.Second)
				b.submit(1)
				sleep(100 * time.Millisecond)
				fault(b)
				sleep(time.Minute)
				b.want(1, spool.Broken, spool.Done)
				b.wantPapers(1, 0, 1)
			})
		})
	}
}

func TestUnpluggedAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.unplug = true
		var log bytes.Buffer
		b.cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		b.start().submit(1)
		sleep(10 * time.Second)
		b.want(1, spool.Held)
		if n := strings.Count(log.String(), "unplugged"); n != 1 {
			t.Errorf("ten seconds without a printer are %d lines in the log, want 1", n)
		}
		if st := b.spool.State(); st.Code() != "unreachable" {
			t.Errorf("state %+v", st)
		}
		b.mu.Lock()
		b.unplug = false
		b.mu.Unlock()
		sleep(10 * time.Second)
		b.want(1, spool.Held, spool.Done)
	})
}

func TestTwoProgramsOnOneJournal(t *testing.T) {
	b := newBench(t, epson)
	b.start()
	if _, err := spool.New(b.cfg); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("got %v, want the other program named", err)
	}
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.printer.OpenCover(true)
		b.start().submit(1)
		sleep(5 * time.Second)
		if ok, err := b.spool.Cancel(id(1)); !ok || err != nil {
			t.Errorf("cancel: %v %v", ok, err)
		}
		if ok, err := b.spool.Cancel("nobody"); ok || err != nil {
			t.Errorf("cancel of nothing: %v %v", ok, err)
		}
		b.printer.OpenCover(false)
		sleep(10 * time.Second)
		b.want(1, spool.Held, spool.Expired)
		b.wantPapers(1, 0, 0)
	})
}

func TestRollIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.cfg.Roll = 120 // two slips of 37.5 + 15 mm are 88 %
		b.start().submit(1)
		sleep(5 * time.Second)
		if st := b.spool.State(); st.PaperLow || st.RollPercent < 40 || st.RollPercent > 47 {
			t.Errorf("after one slip: %+v", st)
		}
		b.stop()
		b.start().submit(2)
		sleep(5 * time.Second)
		if st := b.spool.State(); !st.PaperLow || !st.Ready() || st.Code() != "paper-low" {
			t.Errorf("after two slips and a restart: %+v", st)
		}
		b.printer.EndPaperAfter(0)
		b.printer.LoadPaper()
		sleep(5 * time.Second)
		if st := b.spool.State(); st.PaperLow || st.RollPercent != 0 {
			t.Errorf("after the refill: %+v", st)
		}
	})
}

func TestFolderAndFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for _, address := range []string{"dir:" + dir, "file:" + filepath.Join(dir, "stream")} {
			a, err := device.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, epson)
			b.cfg.Open, b.cfg.Mute = a.Open, a.Mute()
			b.start().submit(1)
			job := spool.Job{ID: "../R 2", Picture: picture(2), Copy: 2}
			if err := b.spool.Submit(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			sleep(5 * time.Second)
			b.want(1, spool.Done)
			b.stop()
		}
		for _, name := range []string{"261123-A001.bin", "261123-A001.png", "___R_2-copy2.png", "stream"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 500 {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestSubmitRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson).start()
		for name, job := range map[string]spool.Job{
			"no id":    {Picture: picture(1)},
			"long id":  {ID: strings.Repeat("x", 101), Picture: picture(1)},
			"no slip":  {ID: "a"},
			"too wide": {ID: "a", Picture: raster.New(1000, 10)},
			"empty":    {ID: "a", Picture: raster.New(576, 0)},
		} {
			if b.spool.Submit(t.Context(), job) == nil {
				t.Errorf("%s was taken", name)
			}
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if b.spool.Submit(ended, spool.Job{ID: "a", Picture: picture(1)}) == nil {
			t.Error("a cancelled submission was taken")
		}
		bad := b.cfg
		bad.Profile = escpos.Profile{}
		if _, err := spool.New(bad); err == nil {
			t.Error("an empty profile was taken")
		}
	})
}

func TestOutcomeIsToldAgainAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, epson)
		b.start().submit(1)
		sleep(5 * time.Second)
		b.stop()
		b.start()
		sleep(5 * time.Second)
		b.want(1, spool.Done) // told once, remembered
		b.submit(1)
		sleep(5 * time.Second)
		b.want(1, spool.Done)
		b.wantPapers(1, 1, 0)
	})
}
