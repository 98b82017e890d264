package twin_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"motcua/printer/escpos"
	"motcua/printer/raster"
	"motcua/printer/twin"
)

// plug connects a host to a printer and collects what it says. All of it lives
// in the test's bubble.
func plug(t testing.TB, cfg twin.Config) (*twin.Printer, net.Conn, *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := twin.Start(ctx, cfg)
	host, conn, said := connect(ctx, p)
	t.Cleanup(func() { cancel(); host.Close(); p.Wait() })
	_ = conn
	return p, host, said
}

func connect(ctx context.Context, p *twin.Printer) (host, conn net.Conn, said *bytes.Buffer) {
	host, conn = net.Pipe()
	said = new(bytes.Buffer)
	go p.Handle(ctx, conn)
	go io.Copy(said, host)
	return host, conn, said
}

// send writes in the background, because a stuck printer takes no more.
func send(w io.Writer, b ...byte) {
	go w.Write(b)
	synctest.Wait()
}

func epson(t testing.TB) escpos.Profile {
	t.Helper()
	p, err := escpos.Find("epson-tm-t82")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// stripes is a picture whose rows differ, with white between. Dots stand two
// and two, so that the encoder finds no real-time command to break.
func stripes(height int) *raster.Bitmap {
	b := raster.New(576, height)
	for y := range height {
		if y%40 < 20 {
			for x := y % 7; x < 576; x += 3 + y%5 {
				b.Set(x, y)
				b.Set(x+1, y)
			}
		}
	}
	return b
}

func encode(t testing.TB, b *raster.Bitmap) []byte {
	t.Helper()
	out, err := epson(t).Encode(b, escpos.Marker{'a', 'a', 'a', '1'}, escpos.Marker{'a', 'a', 'a', '2'})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEncoderAndPrinterAgree prints any picture with every profile.
func TestEncoderAndPrinterAgree(t *testing.T) {
	list, err := escpos.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		profile := rapid.SampledFrom(list).Draw(rt, "profile")
		want := raster.New(profile.Paper.Dots, rapid.IntRange(1, 400).Draw(rt, "height"))
		for range rapid.IntRange(0, 60).Draw(rt, "lines") {
			y := rapid.IntRange(0, want.Height-1).Draw(rt, "y")
			for x := rapid.IntRange(0, 500).Draw(rt, "x"); x < want.Width; x += 9 {
				want.Set(x, y) // two and two, so that no byte is a lone DLE
				want.Set(x+1, y)
			}
		}
		job, err := profile.Encode(want, escpos.Marker{'1', '2', '3', '4'}, escpos.Marker{'5', '6', '7', '8'})
		if err != nil {
			rt.Fatal(err)
		}
		var papers []twin.Paper
		var fault error
		synctest.Test(t, func(t *testing.T) {
			p, host, _ := plug(t, twin.Config{Dots: profile.Paper.Dots, FeedUnits: max(profile.FeedUnits, 1)})
			send(host, job...)
			if profile.Cut == escpos.CutNone {
				p.LoadPaper() // tear it off
			}
			papers, fault = p.Papers(), p.Err()
		})
		if fault != nil || len(papers) != 1 {
			rt.Fatalf("%d papers, error %v", len(papers), fault)
		}
		if d := papers[0].Picture.Crop(0, want.Height).Differ(want); d != 0 {
			rt.Fatalf("%d dots differ", d)
		}
	})
}

func TestRepliesAreUnderstood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, host, said := plug(t, twin.Config{})
		send(host, encode(t, stripes(100))...)
		p.OpenCover(true)
		p.LowPaper(true)
		synctest.Wait()
		var r escpos.Reader
		var markers []string
		for _, e := range r.Feed(said.Bytes()) {
			switch e.Kind {
			case escpos.Returned:
				markers = append(markers, string(e.Marker[:]))
			case escpos.Noise:
				t.Errorf("noise in % x", said.Bytes())
			}
		}
		if strings.Join(markers, " ") != "aaa1 aaa2" {
			t.Errorf("markers %q", markers)
		}
		if s := r.Status(); !s.CoverOpen || !s.Offline || !s.PaperLow || s.PaperOut {
			t.Errorf("status %+v", s)
		}
		said.Reset()
		poll := epson(t).Poll()
		r.Asked(poll)
		send(host, poll...)
		r.Feed(said.Bytes())
		if s := r.Status(); !s.CoverOpen || !s.Offline || !s.PaperLow || s.PaperOut {
			t.Errorf("polled status %+v", s)
		}
	})
}

func TestPaperEndsInsideThePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, host, said := plug(t, twin.Config{})
		want := stripes(300)
		p.EndPaperAfter(120)
		send(host, encode(t, want)...)
		if n := len(p.Papers()); n != 0 {
			t.Fatalf("%d papers before the end", n)
		}
		var r escpos.Reader
		r.Feed(said.Bytes())
		if !r.Status().PaperOut {
			t.Fatalf("said % x", said.Bytes())
		}
		p.LoadPaper()
		synctest.Wait()
		papers := p.Papers()
		if len(papers) != 2 || papers[0].Cut || !papers[1].Cut {
			t.Fatalf("papers %+v", papers)
		}
		if !raster.Stack(papers[0].Picture, papers[1].Picture).Equal(want) || papers[0].Picture.Height != 120 {
			t.Error("the two halves are not the picture")
		}
	})
}

func TestBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, host, _ := plug(t, twin.Config{})
		p.OpenCover(true)
		taken := make(chan int, 1)
		go func() {
			n, _ := host.Write(encode(t, stripes(300)))
			taken <- n
		}()
		synctest.Wait()
		host.Close()
		if n := <-taken; n != 4096 {
			t.Errorf("a stuck printer took %d bytes, want its buffer of 4096", n)
		}
	})
}

func TestClearBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, host, said := plug(t, twin.Config{})
		job := encode(t, stripes(300))
		send(host, job[:1000]...) // the middle of a band
		said.Reset()
		send(host, epson(t).Drop()...)
		if !bytes.Contains(said.Bytes(), []byte{0x37, 0x25, 0}) {
			t.Errorf("said % x", said.Bytes())
		}
		send(host, job...)
		clone := epson(t)
		clone.Clear = escpos.ClearFlush
		send(host, job[:1000]...)
		send(host, clone.Drop()...)
		send(host, job...)
		if p.Err() != nil {
			t.Fatal(p.Err())
		}
		papers := p.Papers()
		if len(papers) != 2 || papers[1].Picture.Height <= 300 {
			t.Fatalf("%d papers", len(papers))
		}
		if tail := papers[1].Picture; !tail.Crop(tail.Height-300, tail.Height).Equal(stripes(300)) {
			t.Error("after a flush the next slip is not whole")
		}
	})
}

func TestCutterPowerAndDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, host, said := plug(t, twin.Config{})
		p.JamCutter(true)
		send(host, encode(t, stripes(50))...)
		var r escpos.Reader
		events := r.Feed(said.Bytes())
		if !r.Status().CutterError || len(p.Papers()) != 0 {
			t.Errorf("status %+v after %+v", r.Status(), events)
		}
		p.JamCutter(false)
		synctest.Wait()
		if len(p.Papers()) != 1 {
			t.Error("the cut did not happen after the repair")
		}
		send(host, encode(t, stripes(50))[:900]...)
		p.PowerCycle()
		synctest.Wait()
		if papers := p.Papers(); len(papers) != 2 || papers[1].Cut {
			t.Errorf("%d papers after the power came back", len(papers))
		}
		host2, _, _ := connect(t.Context(), p)
		defer host2.Close()
		p.DropAfter(500)
		if n, err := host2.Write(encode(t, stripes(50))); err == nil || n > 512 {
			t.Errorf("%d bytes were taken after the drop", n)
		}
		p.Silence(true)
		host3, _, said3 := connect(t.Context(), p)
		defer host3.Close()
		send(host3, epson(t).Flush()...)
		send(host3, encode(t, stripes(50))...)
		if said3.Len() != 0 || p.Err() != nil {
			t.Errorf("a silent printer said % x, error %v", said3.Bytes(), p.Err())
		}
	})
}

func TestStrict(t *testing.T) {
	for name, job := range map[string]string{
		"text":               "\x1b@Hello",
		"drawer":             "\x1bp\x00\x19\x19",
		"native QR":          "\x1d(k\x03\x00",
		"wrong stride":       "\x1dv0\x00\x47\x00\x01\x00",
		"band too large":     "\x1dv0\x00\x48\x00\x40\x00",
		"half a feed unit":   "\x1bJ\x03",
		"unprintable marker": "\x1d(H\x06\x0000\x01234",
		"DLE alone":          "\x10A",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, host, _ := plug(t, twin.Config{})
				send(host, []byte(job)...)
				if p.Err() == nil {
					t.Error("it was taken")
				}
			})
		})
	}
}

func TestOverTCP(t *testing.T) {
	out := make(chan twin.Paper, 1)
	p, addr, err := twin.Listen(t.Context(), "127.0.0.1:0", twin.Config{OnPaper: func(p twin.Paper) { out <- p }})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(encode(t, stripes(200))); err != nil {
		t.Fatal(err)
	}
	if got := <-out; !got.Picture.Equal(stripes(200)) || p.Err() != nil {
		t.Errorf("another picture came out; error %v", p.Err())
	}
}
