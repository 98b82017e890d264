package idcard

import "strings"

// provinces are the 63 codes of the place of birth registration. They did not
// change when provinces merged in 2025.
const provinces = " 001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096 "

// ValidNumber reports whether s has the shape of a personal number: 12 ASCII
// digits. There is no check digit, so any 12 digits may be one.
func ValidNumber(s string) bool {
	return len(s) == 12 && onlyDigits(s)
}

// CheckNumber compares a personal number with itself, a birth date and a sex;
// what is not known (zero Date, empty Sex) is not compared. It serves numbers
// typed by hand as well as scanned ones.
func CheckNumber(number string, birth Date, sex Sex) []Warning {
	if !ValidNumber(number) {
		return nil
	}
	var ws []Warning
	if !strings.Contains(provinces, " "+number[:3]+" ") {
		ws = append(ws, ProvinceUnknown)
	}
	century := int(number[3] - '0') // 0, 1: 1900–1999; 2, 3: 2000–2099; …
	if sex != "" && (sex == Female) != (century%2 == 1) {
		ws = append(ws, SexMismatch)
	}
	if birth.Year > 0 {
		if birth.Year/100 != 19+century/2 {
			ws = append(ws, CenturyMismatch)
		}
		if birth.Year%100 != int(number[4]-'0')*10+int(number[5]-'0') {
			ws = append(ws, YearMismatch)
		}
	}
	return ws
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
