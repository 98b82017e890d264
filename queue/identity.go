package queue

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
)

// identityShape is what an identity hash looks like. A plain personal number
// has twelve digits and does not pass, so that none is recorded by mistake.
var identityShape = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// HashIdentity turns what somebody showed (a personal number, a dossier's code)
// into the identity of IssueTicket and BookAppointment. day ("2006-01-02") is
// the one the number is for, so that nobody can be followed from day to day; key
// is the office's secret, because twelve digits alone could be tried through.
// Nothing else of it is kept.
func HashIdentity(key []byte, day, shown string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("identity\x00" + day + "\x00" + shown))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}
