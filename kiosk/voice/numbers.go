package voice

import "strconv"

// vietnamese says tickets digit by digit and counters as numbers: 10 mười,
// 15 mười lăm, 20 hai mươi, 21 hai mươi mốt, 24 hai mươi tư, 25 hai mươi lăm.
func vietnamese() language {
	l := language{
		invite: "moi_so", again: "nhac_lai", place: "den_quay_so", screen: "xem_man_hinh",
		words: []word{
			{"n10", true, true}, // mười
			{"muoi", true, true},
			{"mot", false, true}, // mốt
			{"tu", false, true},
			{"lam", false, true},
		},
	}
	for d := range 10 {
		l.words = append(l.words, word{"n" + strconv.Itoa(d), true, true})
	}
	l.number = func(n int) []string {
		tens, unit := n/10, n%10
		digit := "n" + strconv.Itoa(unit)
		switch {
		case n <= 10:
			return []string{"n" + strconv.Itoa(n)}
		case tens == 1 && unit == 5:
			return []string{"n10", "lam"}
		case tens == 1:
			return []string{"n10", digit}
		}
		said := []string{"n" + strconv.Itoa(tens), "muoi"}
		switch unit {
		case 0:
			return said
		case 1:
			return append(said, "mot")
		case 4:
			return append(said, "tu")
		case 5:
			return append(said, "lam")
		}
		return append(said, digit)
	}
	return l
}

// english says tickets digit by digit ("zero", never "oh") and counters as
// numbers.
func english() language {
	l := language{
		invite: "ticket_number", again: "once_again", place: "please_go_to_counter", screen: "please_look_at_the_screen",
	}
	for n := range 20 {
		l.words = append(l.words, word{"n" + strconv.Itoa(n), n < 10, true})
	}
	for n := 20; n < 100; n += 10 {
		l.words = append(l.words, word{"n" + strconv.Itoa(n), true, true})
	}
	l.number = func(n int) []string {
		if n < 20 || n%10 == 0 {
			return []string{"n" + strconv.Itoa(n)}
		}
		return []string{"n" + strconv.Itoa(n/10*10), "n" + strconv.Itoa(n%10)}
	}
	return l
}
