package dossier_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"motcua/queue/dossier"
)

func TestParseCode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		want dossier.Code // Text is the input
	}{
		"old order, tiers low to high": {
			"000.00.01.H26-260930-0012",
			dossier.Code{Key: "000.00.01.H26-260930-0012", Office: "000.00.01.H26", Day: "2026-09-30", Serial: 12},
		},
		"old order with a letter in a tier": {
			"000.A0.01.H26-210212-9090",
			dossier.Code{Key: "000.A0.01.H26-210212-9090", Office: "000.A0.01.H26", Day: "2021-02-12", Serial: 9090},
		},
		"new order, tiers high to low": {
			"H15.50.05.13-261008-0975",
			dossier.Code{Key: "H15.50.05.13-261008-0975", Office: "H15.50.05.13", Day: "2026-10-08", Serial: 975},
		},
		"ours": {
			"H26.138-261122-0019",
			dossier.Code{Key: "H26.138-261122-0019", Office: "H26.138", Day: "2026-11-22", Serial: 19},
		},
		"a ministry's, long date and serial": {
			"G09.20-20260609-0092637",
			dossier.Code{Key: "G09.20-20260609-0092637", Office: "G09.20", Day: "2026-06-09", Serial: 92637},
		},
		"province without tiers": {
			"H26-261123-0001",
			dossier.Code{Key: "H26-261123-0001", Office: "H26", Day: "2026-11-23", Serial: 1},
		},
		"lower case with spaces": {
			" h26.138 -261122- 0019\r\n",
			dossier.Code{Key: "H26.138-261122-0019", Office: "H26.138", Day: "2026-11-22", Serial: 19},
		},
		"leap day": {
			"H26-240229-0001",
			dossier.Code{Key: "H26-240229-0001", Office: "H26", Day: "2024-02-29", Serial: 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.Text = tt.in
			got, ok := dossier.ParseCode(tt.in)
			if !ok {
				t.Fatalf("ParseCode(%q) refused", tt.in)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseCode(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestParseCodeRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"nothing":               "",
		"short serial":          "H26-261123-1",
		"thirteenth month":      "H26-261323-0001",
		"30 February":           "H26-20260230-0001",
		"29 February, no leap":  "H26-260229-0001",
		"seven-digit date":      "H26-2026112-0001",
		"a citizen card":        "001098012345||NGUYỄN VĂN A|01011998|Nam|Hà Nội|01012023",
		"a ticket":              "261122-A012",
		"something behind":      "H26-261123-0001;DROP",
		"digits of other lands": "H26-٢٦١١٢٣-0001",
		"kelvin sign":           "\u212a26-261123-0001",
		"far too long":          string(make([]byte, 10_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c, ok := dossier.ParseCode(in); ok {
				t.Errorf("ParseCode(%q) gave %+v, want a refusal", in, c)
			}
		})
	}
}

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{
		"H26.138-261122-0019", "000.A0.01.H26-210212-9090", "G09.20-20260609-0092637", " h26-261123-0001 ", "", "H26-261123-1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := dossier.ParseCode(s)
		if !ok {
			return
		}
		if c.Text != s {
			t.Errorf("Text is %q, want what was read, %q", c.Text, s)
		}
		again, ok := dossier.ParseCode(c.Key)
		if again.Text = c.Text; !ok || again != c {
			t.Errorf("key %q reads as %+v, want %+v", c.Key, again, c)
		}
	})
}
