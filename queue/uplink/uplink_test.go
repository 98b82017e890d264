package uplink_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink"
	"motcua/queue/uplink/wire"
)

// run runs an uplink for a while of fake time and returns its last state.
func run(t *testing.T, c http.RoundTripper, j *journal, d time.Duration, more ...func(*uplink.Config)) uplink.State {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := uplink.Config{
		URL: "https://city.test", Office: "H1", TokenFile: token, KeyFile: token + ".city", Transport: c,
		Jitter: func(most time.Duration) time.Duration { return most },
		Log:    slog.New(slog.DiscardHandler),
	}
	for _, m := range more {
		m(&cfg)
	}
	u, err := uplink.New(cfg, j, j)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := u.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Run: %v", err)
	}
	return u.State()
}

func TestSendsEverythingInBatchesThatFitTheBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 2300)
		s := run(t, c, j, time.Second)
		if c.have != j.head || !s.Up || s.Acked != 2300 || s.Latest != 2300 || j.acked != j.head || s.Trouble != "" {
			t.Fatalf("got %+v, city has %d", s, c.have.Seq)
		}
		if got := fmt.Sprint(c.batches); got != "[1000 1000 300]" {
			t.Errorf("batches %s", got)
		}
	})
}

func TestBytesBoundABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 1)
		j.add(t, 4, 400<<10)
		j.add(t, 1, chain.MaxLine-1000) // larger than a batch's wish, alone
		run(t, c, j, time.Second)
		if got := fmt.Sprint(c.batches); got != "[3 2 1]" || c.have != j.head {
			t.Errorf("batches %s, city has %d", got, c.have.Seq)
		}
	})
}

func TestAFreshRecordWaitsForCompanyOnlyBriefly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 1)
		go func() {
			for range 5 {
				time.Sleep(time.Second)
				j.add(t, 1, 10)
			}
		}()
		run(t, c, j, 20*time.Second, func(cfg *uplink.Config) { cfg.Linger = 2500 * time.Millisecond })
		if got := fmt.Sprint(c.batches); got != "[1 3 2]" || c.have != j.head {
			t.Errorf("batches %s, city has %d of %d", got, c.have.Seq, j.head.Seq)
		}
	})
}

// TestStatuses drives every answer of the protocol, and what is none.
func TestStatuses(t *testing.T) {
	cases := []struct {
		name    string
		resp    func() *http.Response
		times   int
		waited  time.Duration // until the batch is through, with full jitter
		trouble uplink.Trouble
		up      bool // while it lasts
	}{
		{"no network", func() *http.Response { return nil }, 3, 7 * time.Second, "", false},
		{"a portal says 200", func() *http.Response { return answer(200, "<html>Sign in to Wi-Fi</html>") }, 2, 3 * time.Second, "", false},
		{"a portal says 200 and {}", func() *http.Response { return answer(200, struct{}{}) }, 2, 3 * time.Second, "", false},
		{"the right answer without the city's signature", func() *http.Response {
			return answer(200, wire.Ack{Office: "H1", LastSeq: 10, Head: newJournal(t, 10).head.Hash})
		}, 2, 3 * time.Second, uplink.TroubleSignature, true},
		{"another office's acknowledgement", func() *http.Response { return answer(200, wire.Ack{Office: "H2", LastSeq: 10}) }, 1, time.Second, "", false},
		{"the right number with a wrong hash", func() *http.Response { return answer(200, wire.Ack{Office: "H1", LastSeq: 10}) }, 1, time.Second, "", false},
		{"a redirect", func() *http.Response { return answer(302, "", "Location", "https://portal.test/") }, 1, time.Second, "", false},
		{"500", func() *http.Response { return answer(500, "oops") }, 4, 15 * time.Second, "", false},
		{"503 with Retry-After", func() *http.Response { return answer(503, "", "Retry-After", "40") }, 1, 41 * time.Second, "", true},
		{"429 without", func() *http.Response { return answer(429, "") }, 1, 2 * time.Second, "", true},
		{"401", func() *http.Response { return answer(401, "") }, 2, 3 * time.Second, uplink.TroubleToken, false},
		{"426", func() *http.Response { return answer(426, "") }, 2, 3 * time.Second, uplink.TroubleVersion, true},
		{"a 409 that is a portal's", func() *http.Response { return answer(409, "<html>") }, 1, time.Second, "", false},
		{"a 409 that asks for the same again", func() *http.Response {
			key, _ := cityKey()
			return answer(409, wire.Conflict{Office: "H1", Sig: wire.SignPosition("H1", chain.Head{}, key)})
		}, 1, time.Second, "", false},
		{"an unsigned 409", func() *http.Response { return answer(409, wire.Conflict{Office: "H1"}) }, 1, time.Second, uplink.TroubleSignature, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				script := append([]func(*http.Request) *http.Response{func(*http.Request) *http.Response { return pass }}, always(tc.times, tc.resp)...)
				c, j := newCity(t, script...), newJournal(t, 10)
				var seen uplink.State
				began := time.Now()
				s := run(t, c, j, 10*time.Minute, func(cfg *uplink.Config) {
					cfg.Report = func(s uplink.State) {
						if s.Acked == 0 {
							seen = s
						}
					}
				})
				if c.have != j.head || s.Acked != 10 || !s.Up || s.Trouble != "" {
					t.Fatalf("in the end: %+v", s)
				}
				if len(c.times) != tc.times+2 {
					t.Errorf("%d requests, want %d", len(c.times), tc.times+2)
				}
				if waited := c.times[len(c.times)-1].Sub(began); waited != tc.waited {
					t.Errorf("waited %s, want %s", waited, tc.waited)
				}
				if seen.Trouble != tc.trouble || seen.Up != tc.up {
					t.Errorf("meanwhile: got up %t, trouble %q", seen.Up, seen.Trouble)
				}
			})
		})
	}
}

func TestRetriesNeverWaitLongerThanFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t, always(1000, func() *http.Response { return nil })...), newJournal(t, 1)
		run(t, c, j, 7*24*time.Hour)
		for i := range c.times[1:] {
			if d := c.times[i+1].Sub(c.times[i]); d > 5*time.Minute {
				t.Fatalf("waited %s", d)
			}
		}
		if n := len(c.times); n < 900 { // the script then lets it through
			t.Errorf("only %d tries in a week", n)
		}
	})
}

func TestALargeBatchIsHalvedDownToOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newJournal(t, 10)
		large := func(r *http.Request) *http.Response {
			if n := r.Header.Get(wire.HeaderCount); n != "1" && n != "2" && r.Method == http.MethodPost {
				return answer(413, "")
			}
			return pass
		}
		var script []func(*http.Request) *http.Response
		for range 20 {
			script = append(script, large)
		}
		c := newCity(t, script...)
		run(t, c, j, time.Second)
		if got := fmt.Sprint(c.batches); got != "[2 2 2 2 2]" || c.have != j.head {
			t.Errorf("batches %s", got)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t, append(always(1, func() *http.Response { return pass }), always(100, func() *http.Response { return answer(413, "") })...)...), newJournal(t, 8)
		if s := run(t, c, j, time.Minute); s.Trouble != uplink.TroubleRecord {
			t.Errorf("got %+v", s)
		}
	})
}

func TestALaggingCityIsFilledFromWhereItStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 40)
		c.have, j.acked = j.at(15), j.at(30) // the city was restored from a backup
		s := run(t, c, j, time.Second)
		if c.have != j.head || s.Acked != 40 || s.Fork != nil {
			t.Errorf("got %+v", s)
		}
	})
}

func TestAnotherHistoryStopsTheUplinkUntilItIsMended(t *testing.T) {
	cases := map[string]chain.Head{
		"the same length, another hash": {Seq: 20, Hash: chain.Hash{1}},
		"shorter, another hash":         {Seq: 7, Hash: chain.Hash{1}},
		"longer than the office":        {Seq: 25, Hash: chain.Hash{1}},
		"nothing, with a hash":          {Seq: 0, Hash: chain.Hash{1}},
	}
	for name, have := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, j := newCity(t), newJournal(t, 20)
				c.have = have
				go func() {
					time.Sleep(time.Hour)
					c.mu.Lock()
					defer c.mu.Unlock()
					if len(c.batches) > 0 {
						t.Error("something was sent")
					}
					c.have = j.at(20)
				}()
				var alarm uplink.State
				s := run(t, c, j, 2*time.Hour, func(cfg *uplink.Config) {
					cfg.Report = func(s uplink.State) {
						if s.Fork != nil {
							alarm = s
						}
					}
				})
				if alarm.Fork == nil || alarm.Fork.City != have || alarm.Fork.Office != j.head || alarm.Trouble != uplink.TroubleFork {
					t.Errorf("alarm: %+v", alarm)
				}
				if s.Fork != nil || s.Trouble != "" || s.Acked != 20 {
					t.Errorf("mended: %+v", s)
				}
			})
		})
	}
	t.Run("found by the city", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			fork := func(*http.Request) *http.Response {
				return answer(409, wire.Conflict{Office: "H1", Have: 0, Fork: true, Why: "record 3 differs"})
			}
			c, j := newCity(t, func(*http.Request) *http.Response { return pass }, fork), newJournal(t, 20)
			var alarm *uplink.Fork
			run(t, c, j, time.Minute, func(cfg *uplink.Config) {
				cfg.Report = func(s uplink.State) {
					if s.Fork != nil {
						alarm = s.Fork
					}
				}
			})
			if alarm == nil || alarm.Why != "record 3 differs" {
				t.Errorf("got %+v", alarm)
			}
		})
	})
}

func TestADamagedJournalIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 20)
		other := newJournal(t, 0)
		other.add(t, 20, 33)
		j.records[9] = other.records[9]
		s := run(t, c, j, time.Minute)
		if s.Trouble != uplink.TroubleJournal || len(c.batches) > 0 {
			t.Errorf("got %+v after batches %v", s, c.batches)
		}
	})
}

func TestNoticesAreDeliveredInOrderAndAgainAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 1)
		for _, id := range []uint64{3, 4, 9} {
			c.notices = append(c.notices, wire.Notice{ID: id, Kind: wire.NoticeReady, Data: []byte(`{}`)})
		}
		var got []uint64
		s := run(t, c, j, 2*time.Minute, func(cfg *uplink.Config) {
			cfg.Deliver = func(_ context.Context, n wire.Notice) error {
				got = append(got, n.ID)
				if len(got) == 2 {
					return errors.New("disk full")
				}
				return nil
			}
		})
		if fmt.Sprint(got) != "[3 4 4 9]" {
			t.Errorf("delivered %v", got)
		}
		if last := c.polls[len(c.polls)-1]; last != "after=9&wait=50" || len(c.polls) > 6 {
			t.Errorf("polls %v", c.polls)
		}
		if !s.Up {
			t.Errorf("got %+v", s)
		}
	})
}

// TestThePausesAndSizesThatTheCityWishesAreKept: back-pressure is obeyed.
func TestThePausesAndSizesThatTheCityWishesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 1800)
		c.wish = wire.Ack{MaxBatch: 300, NextAfterMS: 1500}
		run(t, c, j, time.Minute)
		if got := fmt.Sprint(c.batches); got != "[1000 300 300 200]" || c.have != j.head {
			t.Errorf("batches %s, city has %d", got, c.have.Seq)
		}
		for i := 2; i < len(c.times); i++ { // the first is the question for the cursor
			if gap := c.times[i].Sub(c.times[i-1]); gap != 1500*time.Millisecond {
				t.Errorf("batch %d came after %s", i, gap)
			}
		}
	})
}

// TestACityPutBackFromABackupIsFilledAgain: it asks for what it has lost.
func TestACityPutBackFromABackupIsFilledAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 700)
		go func() {
			time.Sleep(time.Minute)
			c.mu.Lock()
			c.have = j.at(120)
			c.mu.Unlock()
			j.add(t, 5, 20)
		}()
		s := run(t, c, j, 10*time.Minute)
		if c.have != j.head || s.Fork != nil || s.Trouble != "" || s.Acked != 705 {
			t.Errorf("the city has %d of %d, %+v", c.have.Seq, j.head.Seq, s)
		}
	})
}

// TestOnlyTheCityThatIsKnownIsObeyed: what another has signed, or nobody, is
// told of and stops the way down until the city sends it rightly.
func TestOnlyTheCityThatIsKnownIsObeyed(t *testing.T) {
	key, public := cityKey()
	other := ed25519.NewKeyFromSeed(append(make([]byte, 31), 1))
	sign := func(office string, k ed25519.PrivateKey) wire.Notice {
		n, err := wire.Notice{ID: 4, Kind: wire.NoticeReady, Data: []byte(`{}`)}.Sign(office, k)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	good := sign("H1", key)
	replayed := good
	replayed.ID = 5
	for name, bad := range map[string]wire.Notice{
		"another key": sign("H1", other), "another office": sign("H2", key), "another id": replayed,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, j := newCity(t), newJournal(t, 1)
				c.notices = []wire.Notice{{ID: 3, Kind: wire.NoticeReady, Data: []byte(`{}`)}, bad}
				var got, forged []uint64
				var seen uplink.State
				file := filepath.Join(t.TempDir(), "central.pub")
				more := func(cfg *uplink.Config) {
					cfg.KeyFile = file
					cfg.Deliver = func(_ context.Context, n wire.Notice) error { got = append(got, n.ID); return nil }
					cfg.Forged = func(_ context.Context, n wire.Notice) { forged = append(forged, n.ID) }
				}
				go func() {
					time.Sleep(10 * time.Minute)
					c.mu.Lock()
					defer c.mu.Unlock()
					c.notices[1] = good
				}()
				seen = run(t, c, j, 5*time.Minute, more)
				if fmt.Sprint(got) != "[3]" || len(forged) < 2 || seen.Trouble != uplink.TroubleSignature || !seen.Up || seen.Acked != 1 {
					t.Errorf("taken %v, forged %v, %+v", got, forged, seen)
				}
				seen = run(t, c, j, 20*time.Minute, more)
				if got[len(got)-1] != 4 || seen.Trouble != "" || c.keys != 1 {
					t.Errorf("rightly signed: taken %v, %+v, key asked for %d times", got, seen, c.keys)
				}
				if raw, err := os.ReadFile(file); err != nil || string(raw) != public.String() {
					t.Errorf("the key kept: %q, %v", raw, err)
				}
			})
		})
	}
}

func TestASilentLineIsShownAsDownAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, j := newCity(t), newJournal(t, 5)
		cut := &cable{RoundTripper: c}
		var states []string
		go func() {
			time.Sleep(time.Minute)
			cut.set(true)
			time.Sleep(time.Hour)
			cut.set(false)
		}()
		run(t, cut, j, 3*time.Hour, func(cfg *uplink.Config) {
			cfg.Deliver = func(context.Context, wire.Notice) error { return nil }
			cfg.Report = func(s uplink.State) {
				if n := len(states); n == 0 || states[n-1] != fmt.Sprint(s.Up) {
					states = append(states, fmt.Sprint(s.Up))
				}
			}
		})
		if fmt.Sprint(states) != "[true false true]" && fmt.Sprint(states) != "[false true false true]" {
			t.Errorf("got %v", states)
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	good := uplink.Config{URL: "https://city.test", Office: "H1", TokenFile: "token"}
	j := newJournal(t, 0)
	if _, err := uplink.New(good, j, j); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*uplink.Config){
		"no address":     func(c *uplink.Config) { c.URL = "" },
		"a file address": func(c *uplink.Config) { c.URL = "file:///etc/passwd" },
		"a path":         func(c *uplink.Config) { c.Office = "../H2" },
		"no token":       func(c *uplink.Config) { c.TokenFile = "" },
		"no key":         func(c *uplink.Config) { c.Deliver = func(context.Context, wire.Notice) error { return nil } },
	} {
		bad := good
		spoil(&bad)
		if _, err := uplink.New(bad, j, j); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
