package scan_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"motcua/kiosk/scan"
	"motcua/kiosk/scan/scantest"
	"motcua/queue/idcard"
)

const ticket = "261122-A012-K7Q2M5XP"

func TestClassifyCodes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       scan.Kind
		code       string
	}{
		{"legacy dossier", "000.00.00.H26-210105-0001", scan.DossierCode, "000.00.00.H26-210105-0001"},
		{"letters in a tier", "000.A0.01.H26-210212-9090", scan.DossierCode, "000.A0.01.H26-210212-9090"},
		{"new order", "H15.50.05.13-261008-0975", scan.DossierCode, "H15.50.05.13-261008-0975"},
		{"ministry", "G09.20-20260609-0092637", scan.DossierCode, "G09.20-20260609-0092637"},
		{"caps lock", "h26.12-261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"line end", "H26.12-261123-0007\r\n", scan.DossierCode, "H26.12-261123-0007"},
		{"AIM, Code 128", "]C0H26.12-261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"AIM, QR", "]Q1" + ticket, scan.TicketCode, ticket},
		{"direction mark in front", "\u200fH26.12-261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"query parameter", "https://dichvucong.gov.vn/tra-cuu?lang=vi&ma=H26.12-261123-0007#x", scan.DossierCode, "H26.12-261123-0007"},
		{"last path element", "https://dichvucong.gov.vn/ho-so/H26.12-261123-0007/", scan.DossierCode, "H26.12-261123-0007"},
		{"escaped in a URL", "https://x.vn/?q=H26%2E12%2D261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"no scheme", "dichvucong.gov.vn:8080/tra-cuu?ma=H26.12-261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"same code twice", "https://x.vn/H26.12-261123-0007?ma=h26.12-261123-0007", scan.DossierCode, "H26.12-261123-0007"},
		{"two codes", "https://x.vn/H26.12-261123-0007?ma=H26.12-261123-0008", scan.Unknown, ""},
		{"ticket", ticket, scan.TicketCode, ticket},
		{"ticket in its URL", "HTTPS://MOTCUA.EXAMPLE/T/" + ticket, scan.TicketCode, ticket},
		{"ticket, lower case", "https://motcua.example/t/" + strings.ToLower(ticket), scan.TicketCode, ticket},
		{"later hub term", "261122-A2-0123-K7Q2M5XP", scan.TicketCode, "261122-A2-0123-K7Q2M5XP"},
		{"a kiosk's own number", "HTTPS://MOTCUA.EXAMPLE/T/261122-X1-007", scan.TicketCode, "261122-X1-007"},
		{"a paper roll's", "261122-q12-007", scan.TicketCode, "261122-Q12-007"},
		{"a kiosk's own number, with a check", "261122-X12-007-K7Q2M5XP", scan.TicketCode, "261122-X12-007-K7Q2M5XP"},
		{"later hub term without check", "261122-A2-012", scan.Unknown, ""},
		{"provisional receipt", "tam.q1-261122-0007", scan.DossierCode, "TAM.Q1-261122-0007"},
		{"provisional receipt of no day", "TAM.Q1-261332-0007", scan.Unknown, ""},
		{"ticket in a query", "https://motcua.example/?t=" + ticket, scan.Unknown, ""},
		{"ticket with digits base32 has not", "261122-A012-K7Q2M9XP", scan.Unknown, ""},
		{"ticket without check", "261122-A012", scan.Unknown, ""},
		{"appointment", "H261122-A345-K7Q2M5XP", scan.AppointmentCode, "H261122-A345-K7Q2M5XP"},
		{"appointment in a URL, lower case", "https://motcua.example/h/h261122-a1234567-k7q2m5xp", scan.AppointmentCode, "H261122-A1234567-K7Q2M5XP"},
		{"appointment of no day", "H261332-A345-K7Q2M5XP", scan.Unknown, ""},
		{"appointment without check", "H261122-A345", scan.Unknown, ""},
		{"ticket of no day", "261332-A012-K7Q2M5XP", scan.Unknown, ""},
		{"dossier of no day", "H26.12-261332-0007", scan.Unknown, ""},
		{"serial too short", "H26-261123-1", scan.Unknown, ""},
		{"control character within", "H26.12-\x00261123-0007", scan.Unknown, ""},
		{"direction mark within", "H26.12\u202e-261123-0007", scan.Unknown, ""},
		{"product", "8934563138165", scan.Unknown, ""},
		{"nothing", "", scan.Unknown, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := scan.Classify(c.text)
			if e.Kind != c.kind || e.Code != c.code || e.Card != nil {
				t.Errorf("Classify(%q) = %s %q", c.text, e.Kind, e.Code)
			}
		})
	}
}

func TestClassifyKeepsTheText(t *testing.T) {
	text := "https://dichvucong.gov.vn/Tra-cuu?ma=h26.12-261123-0007&ten=" + norm.NFD.String("hồ sơ")
	if got := scan.Classify(text).Text; got != norm.NFC.String(text) {
		t.Errorf("text %q", got)
	}
}

func TestClassifyCard(t *testing.T) {
	for _, text := range []string{scantest.Payload, "]Q1" + scantest.Payload + "\r"} {
		e := scan.Classify(text)
		want := idcard.Card{
			Number: "001098012345", Name: "NGUYỄN VĂN A", Birth: idcard.Date{Year: 1998, Month: 1, Day: 1},
			Sex: idcard.Male, Address: "Số 10 Tràng Thi, Hoàn Kiếm, Hà Nội",
		}
		if e.Kind != scan.CitizenCard || e.Code != "" || e.Text != "" {
			t.Fatalf("Classify = %#v", e)
		}
		if diff := cmp.Diff(want, *e.Card); diff != "" {
			t.Errorf("card (-want +got)\n%s", diff)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("scanned", "event", e)
		if s := log.String() + fmt.Sprint(e) + fmt.Sprintf("%+v", &e); strings.Contains(s, "012345 ") || strings.Contains(s, "VĂN") || !strings.Contains(s, "001*****2345") {
			t.Errorf("printed as %s", s)
		}
	}
}

func TestClassifyBoundsHostileText(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("Đ", 10_000), strings.Repeat("\x1b@", 5000), "\u202e\u2066<script>alert(1)</script>",
		strings.Repeat("\u0301", 10_000), "=cmd()\t\x00\x1b[2J", "\xff\xfe" + strings.Repeat("\xc3", 9999),
	} {
		e := scan.Classify(text)
		if e.Kind != scan.Unknown || utf8.RuneCountInString(e.Text) > scan.MaxText || strings.ContainsFunc(e.Text, hostile) {
			t.Errorf("Classify(%.20q…) = %s %q", text, e.Kind, e.Text)
		}
	}
}

func hostile(r rune) bool { return unicode.In(r, unicode.C) }

func TestClassifyFindsEveryCodeInEveryURL(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[GH][0-9]{2}(\.[0-9A-Z]{2,3}){0,3}-2[0-9](0[1-9]|1[0-2])([01][1-9]|2[0-8])-[0-9]{4,7}`).Draw(t, "code")
		url := rapid.SampledFrom([]string{"%s", "https://x.gov.vn/%s", "http://x.vn:81/a/b?c=%s", "x.vn/tra-cuu?a=1&b=%s", "HTTPS://X.VN/%s?utm=qr"}).Draw(t, "url")
		if e := scan.Classify(fmt.Sprintf(url, code)); e.Kind != scan.DossierCode || e.Code != code {
			t.Fatalf("%s in %s: %s %q", code, url, e.Kind, e.Code)
		}
	})
}

func FuzzClassify(f *testing.F) {
	for _, s := range []string{scantest.Payload, ticket, "]C0H26-210105-0001", "https://x/?a=%zz&b=H26-210105-0001", "//[::1]/%", "\u202e\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := scan.Classify(text)
		if (e.Kind == scan.CitizenCard) != (e.Card != nil) || (e.Code != "") != (e.Kind == scan.DossierCode || e.Kind == scan.TicketCode || e.Kind == scan.AppointmentCode) {
			t.Fatalf("%#v does not agree with itself", e)
		}
		if !utf8.ValidString(e.Text) || utf8.RuneCountInString(e.Text) > scan.MaxText || strings.ContainsFunc(e.Text, hostile) {
			t.Fatalf("text %q", e.Text)
		}
		if again := scan.Classify(text); again.Kind != e.Kind || again.Code != e.Code {
			t.Fatalf("%q is %s and then %s", text, e.Kind, again.Kind)
		}
		_ = e.String()
	})
}
