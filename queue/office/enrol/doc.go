// Package enrol lets a machine into an office and proves to each that the other
// is who it was: the office's own certificate authority, the codes with which
// machines join it, and both sides of the talk. It knows nothing of queues; the
// list of who is in is package device's and stands in the record.
//
// # Joining
//
// The person at the office's machine asks for a code for one name and role; the
// code is 80 random bits, shown as sixteen letters and digits and as a QR code,
// valid for fifteen minutes, once. The new machine makes its key and sends
//
//	csr, HMAC(K, "device", csr)                         K = HMAC(code, "motcua enrol 1")
//
// and the office answers with the certificate it made for the key in csr:
//
//	cert, ca, HMAC(K, "office", first proof, cert, ca)
//
// The TLS around it is not checked, and need not be: neither message is secret
// and each is vouched for by the code, which never travels. So
//
//   - a rogue office cannot answer: it has no code and no proof, and the machine
//     trusts no authority that did not come with one. There is no trust on first
//     use;
//   - somebody in the middle can only pass both messages on unchanged: another
//     key in csr or another authority in the answer breaks a proof, and a relayed
//     pair makes exactly the certificate that was meant. The labels keep a proof
//     from being sent back as the other one;
//   - who hears the messages can try codes against a proof at leisure, but tries
//     2⁸⁰ of them against a code that is dead within fifteen minutes. This is why
//     the code has sixteen characters: ten digits would need a PAKE, of which there
//     is no well-kept Go library, and a short code with a MAC is guessed within
//     seconds by whoever answered first;
//   - guessing at the office is bounded by address (tries a minute) and hopeless;
//   - a repeated request gets the same answer as the first, for the same key: a lost
//     answer is asked for again, and a copy of it is of no use without the key.
//
// # Afterwards
//
// Every connection is TLS 1.3 with both certificates. The machine accepts only
// an office with a certificate of the authority it joined, whatever its address;
// the office accepts only a key that its record names (the certificate says which
// record to look at), and so shuts a machine out from one request to the next.
// Certificates run for 90 days and renew themselves from day 60; one that was
// switched off longer may still renew for another 60 days, and does nothing else
// before it has.
//
// The authority's key is derived from the office's key file, so it is backed up,
// restored and moved to a standby with it, and needs no file of its own. Wrong
// clocks are ordinary here (a flat battery begins in 1970): certificates begin long
// ago, and the office's own, whose key lives in memory only, does not end.
package enrol
