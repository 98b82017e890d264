package portal

import (
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"motcua/queue/catalogue"
)

// legalNo is the number of a document: of a law ("60/2014/QH13", where the
// National Assembly's term has two digits) or of a decree, circular, decision
// ("123/2015/NĐ-CP").
var legalNo = regexp.MustCompile(`[0-9]{1,4}(?:\.[0-9]{1,2})?/(?:19|20)[0-9]{2}/(?:QH[0-9]{2}|[A-ZĐ]+(?:-[A-ZĐ]+)+)`)

// legal lists the numbers of the documents, each once. In the cell a number
// stands between two titles without a space; one whose edges cannot be told is
// left out, as nearly all stand in their title too.
func legal(text string) []string {
	var list []string
	for _, m := range legalNo.FindAllStringIndex(text, -1) {
		from, to := m[0], m[1]
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		if from > 0 && (unicode.IsDigit(before) || before == '/' || before == '.') {
			continue
		}
		after, _ := utf8.DecodeRuneInString(text[to:])
		last, size := utf8.DecodeLastRuneInString(text[:to])
		switch {
		case to == len(text) || !unicode.IsLetter(after) || unicode.IsDigit(last):
		case unicode.IsLower(after): // its last capital begins the next title
			to -= size
		default:
			continue
		}
		if no := text[from:to]; legalNo.MatchString(no) && !slices.Contains(list, no) && len(list) < catalogue.MaxParts {
			list = append(list, no)
		}
	}
	return list
}
