package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/cmd/internal/day"
	"motcua/queue"
	"motcua/queue/office"
)

// TestPictures takes the README's pictures, one per role, of a busy office. It
// runs when MOTCUA_PICTURES names the folder; make screenshots does.
func TestPictures(t *testing.T) {
	dir := os.Getenv("MOTCUA_PICTURES")
	if dir == "" {
		t.Skip("MOTCUA_PICTURES does not name a folder; make screenshots does")
	}
	v := begin(t)
	people, err := day.People(v.data.Cards)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		script := day.Script{
			Client: v.client, Config: v.data.Config, People: people, Seed: 3, Speed: 60, Leave: []string{"3"},
		}
		if _, err := script.Play(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	}()
	v.counter.touch(v.data.Config.Officers[6].Name)
	until(t, "the officer sits at counter 3", func() bool { return v.state().Counters["3"].Officer != "" })
	time.Sleep(15 * time.Second) // a quarter of an hour of the office's day
	stop()
	<-done
	more := office.NewCaller(v.client, "kiosk-3")
	until(t, "somebody waits for counter 3", func() bool {
		if len(v.state().CounterQueue("3")) >= 3 {
			return true
		}
		_, err := more.Do(t.Context(), "", "", queue.IssueTicket{Service: "ho-tich"})
		if err != nil {
			t.Fatal(err)
		}
		return false
	})
	v.counter.key("F2")
	until(t, "counter 3 has called", func() bool { return v.state().Counters["3"].Ticket != "" })
	v.counter.key("Return")
	v.counter.touch("Thủ tục")
	v.counter.types("khai sinh")
	v.counter.touch("1.001193")
	v.counter.touch("Đủ cả")
	for name, f := range map[string]*finger{"kiosk": &v.kiosk, "counter": &v.counter, "board": &v.board} {
		shrink(t, f.picture(name), filepath.Join(dir, name+".png"))
	}
	v.cityPage()
	shrink(t, filepath.Join(v.dir, "10-city.png"), filepath.Join(dir, "central.png"))
}

// shrink makes a picture fit for a page, and small.
func shrink(t *testing.T, from, to string) {
	t.Helper()
	tool(t, "convert", from, "-resize", "960x960>", "-dither", "None", "-colors", "256", "-strip", "png8:"+to)
}
