package voice_test

import (
	"fmt"
	"strings"
	"testing"

	"motcua/kiosk/voice"

	"github.com/google/go-cmp/cmp"
)

// spell writes steps as words: "|" is a pause of a phrase, "‖" of a line.
func spell(t *testing.T, a voice.Announcement) string {
	t.Helper()
	steps, err := voice.Compose(a)
	if err != nil {
		t.Fatalf("Compose(%+v): %v", a, err)
	}
	var b strings.Builder
	for i, s := range steps {
		switch {
		case i == 0:
		case s.Pause.Milliseconds() >= 600:
			b.WriteString(" ‖ ")
		case s.Pause.Milliseconds() >= 250:
			b.WriteString(" | ")
		default:
			b.WriteString(" ")
		}
		b.WriteString(s.Clip[strings.Index(s.Clip, "/")+1:])
	}
	return b.String()
}

func TestComposeSaysTheLine(t *testing.T) {
	t.Parallel()
	vi, both := []string{"vi"}, []string{"vi", "en"}
	for name, c := range map[string]struct {
		a    voice.Announcement
		want string
	}{
		"first": {
			voice.Announcement{Ticket: "A012", Counter: "3", Kind: voice.First, Langs: vi},
			"chime | moi_so letter_a n0 n1 n2_end | den_quay_so n3_end",
		},
		"recall says so": {
			voice.Announcement{Ticket: "K700", Counter: "12", Kind: voice.Recall, Langs: vi},
			"chime | nhac_lai | moi_so letter_k n7 n0 n0_end | den_quay_so n10 n2_end",
		},
		"second has no chime, languages follow in order": {
			voice.Announcement{Ticket: "H105", Counter: "21", Kind: voice.Second, Langs: both},
			"moi_so letter_h n1 n0 n5_end | den_quay_so n2 muoi mot" +
				" ‖ ticket_number letter_h n1 n0 n5_end | please_go_to_counter n20 n1_end",
		},
		"a later hub term belongs to the letter": {
			voice.Announcement{Ticket: "A2-001", Counter: "5", Kind: voice.Second, Langs: vi},
			"moi_so letter_a n2_end | n0 n0 n1_end | den_quay_so n5_end",
		},
		"a kiosk's own series": {
			voice.Announcement{Ticket: "X1-007", Counter: "5", Kind: voice.Second, Langs: both},
			"moi_so letter_x n1_end | n0 n0 n7_end | den_quay_so n5_end" +
				" ‖ ticket_number letter_x n1_end | n0 n0 n7_end | please_go_to_counter n5_end",
		},
		"a paper roll with two digits": {
			voice.Announcement{Ticket: "Q21-003", Counter: "5", Kind: voice.Second, Langs: both},
			"moi_so letter_q n2 muoi mot | n0 n0 n3_end | den_quay_so n5_end" +
				" ‖ ticket_number letter_q n20 n1_end | n0 n0 n3_end | please_go_to_counter n5_end",
		},
		"four digits": {
			voice.Announcement{Ticket: "S1234", Counter: "5", Kind: voice.Second, Langs: vi},
			"moi_so letter_s n1 n2 n3 n4_end | den_quay_so n5_end",
		},
		"a sign in words": {
			voice.Announcement{Ticket: "A001", Counter: "Quầy số 05", Kind: voice.Second, Langs: vi},
			"moi_so letter_a n0 n0 n1_end | den_quay_so n5_end",
		},
		"a sign with a letter": {
			voice.Announcement{Ticket: "A001", Counter: "Quầy 3B", Kind: voice.Second, Langs: vi},
			"moi_so letter_a n0 n0 n1_end | den_quay_so n3_end letter_b",
		},
		"a room": {
			voice.Announcement{Ticket: "A001", Counter: "205", Kind: voice.Second, Langs: vi},
			"moi_so letter_a n0 n0 n1_end | den_quay_so n2 n0 n5_end",
		},
		"a sign without a number": {
			voice.Announcement{Ticket: "A001", Counter: "Trả kết quả", Kind: voice.Second, Langs: both},
			"moi_so letter_a n0 n0 n1_end | xem_man_hinh" +
				" ‖ ticket_number letter_a n0 n0 n1_end | please_look_at_the_screen",
		},
		"a number that is no counter's": {
			voice.Announcement{Ticket: "A001", Counter: "0912345678", Kind: voice.Second, Langs: vi},
			"moi_so letter_a n0 n0 n1_end | xem_man_hinh",
		},
		"quiet hours":                 {voice.Announcement{Ticket: "A001", Counter: "3", Kind: voice.First}, "chime"},
		"quiet hours, second reading": {voice.Announcement{Ticket: "A001", Counter: "3", Kind: voice.Second}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, spell(t, c.a)); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestComposeRefusesWhatItCannotSay(t *testing.T) {
	t.Parallel()
	for _, a := range []voice.Announcement{
		{Ticket: "", Counter: "1", Kind: voice.First},
		{Ticket: "a012", Counter: "1", Kind: voice.First},
		{Ticket: "A12", Counter: "1", Kind: voice.First},
		{Ticket: "A-012", Counter: "1", Kind: voice.First},
		{Ticket: "X0-012", Counter: "1", Kind: voice.First},
		{Ticket: "X123-012", Counter: "1", Kind: voice.First},
		{Ticket: "A012\n", Counter: "1", Kind: voice.First},
		{Ticket: "Đ012", Counter: "1", Kind: voice.First},
		{Ticket: "A012", Counter: "1", Kind: "third"},
		{Ticket: "A012", Counter: "1", Kind: voice.First, Langs: []string{"fr"}},
	} {
		if steps, err := voice.Compose(a); err == nil {
			t.Errorf("Compose(%+v) = %v, want an error", a, steps)
		}
	}
}

// TestNumbersAreSpokenAsPeopleSayThem checks every counter against the rules
// written a second way.
func TestNumbersAreSpokenAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	words := script(t)
	for n := 1; n <= 99; n++ {
		steps, err := voice.Compose(voice.Announcement{
			Ticket: "A001", Counter: fmt.Sprint(n), Kind: voice.Second, Langs: []string{"vi", "en"},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		after := ""
		for _, s := range steps {
			lang, clip, _ := strings.Cut(s.Clip, "/")
			switch {
			case clip == "den_quay_so" || clip == "please_go_to_counter":
				after = lang
			case after == lang:
				got[lang] += words[lang][strings.TrimSuffix(clip, "_end")] + " "
			}
		}
		want := map[string]string{"vi": sayVietnamese(n) + " ", "en": sayEnglish(n) + " "}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counter %d (-want +got):\n%s", n, diff)
		}
	}
}

var units = strings.Fields("không một hai ba bốn năm sáu bảy tám chín mười")

func sayVietnamese(n int) string {
	switch {
	case n <= 10:
		return units[n]
	case n < 20:
		return strings.ReplaceAll("mười "+units[n-10], "mười năm", "mười lăm")
	}
	return strings.NewReplacer(
		"mươi không", "mươi", "mươi một", "mươi mốt", "mươi bốn", "mươi tư", "mươi năm", "mươi lăm",
	).Replace(units[n/10] + " mươi " + units[n%10])
}

func sayEnglish(n int) string {
	ones := strings.Fields("zero one two three four five six seven eight nine ten eleven twelve " +
		"thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	if n < 20 {
		return ones[n]
	}
	tens := strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")[n/10-2]
	return strings.TrimSuffix(tens+" "+ones[n%10], " zero")
}

// script is the words of the built-in voices, by language and clip.
func script(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, lang := range []string{"vi", "en"} {
		m, _ := library(t).Voice(lang)
		all[lang] = m.Clips
	}
	return all
}

// TestEveryCallHasItsClips composes every ticket A000–X999 at every counter
// 1–99 in both languages, and finds that no clip is missing and none is idle.
func TestEveryCallHasItsClips(t *testing.T) {
	t.Parallel()
	have, used := map[string]bool{voice.ChimeClip: true}, map[string]bool{}
	for _, lang := range []string{"vi", "en"} {
		for _, c := range voice.Clips(lang) {
			have[lang+"/"+c] = true
		}
	}
	say := func(ticket, counter string, k voice.Kind) {
		steps, err := voice.Compose(voice.Announcement{Ticket: ticket, Counter: counter, Kind: k, Langs: []string{"vi", "en"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			if !have[s.Clip] {
				t.Fatalf("%s at %s needs clip %q, which no voice has", ticket, counter, s.Clip)
			}
			used[s.Clip] = true
		}
	}
	// Ticket and counter are composed apart: all tickets once, and all
	// counters once for each first letter, say as much as all pairs.
	for letter := 'A'; letter <= 'Z'; letter++ {
		for n := range 1000 {
			say(fmt.Sprintf("%c%03d", letter, n), fmt.Sprint(1+n%99), voice.First)
		}
		for counter := 1; counter <= 99; counter++ {
			say(fmt.Sprintf("%c%d-%03d", letter, counter, counter), fmt.Sprint(counter), voice.Recall)
		}
	}
	say("A001", "hành lang", voice.Second)
	for c := range have {
		if !used[c] {
			t.Errorf("clip %q is in no line", c)
		}
	}
}
