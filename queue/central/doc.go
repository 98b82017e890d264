// Package central is the city: it keeps a copy of every office's journal,
// counts what happens in them, shows it to the city's people and carries their
// notices down to the offices.
//
// The copy of an office is always a prefix of its journal, byte for byte,
// proved by the chain. A batch is taken in one transaction (cursor, records,
// counts), so it has its effect exactly once however often it arrives. A record
// that cannot be read is kept and set aside; it never stops the ones behind it.
// A history that contradicts the one held is refused, and shown until a person
// has decided.
//
// The staff's API takes and gives JSON, with a bearer token of the token file:
//
//	GET  /v1/report?day=2006-01-02                     the city (@staff, if there is one)
//	GET  /v1/offices/{office}/report?day=…             one office (likewise)
//	GET  /v1/offices/{office}/slots?service=…&day=…    what can be booked (@booking, as to the empty line)
//	GET  /v1/offices/{office}/appointments?from=…      with what became of each
//	POST /v1/offices/{office}/appointments             {"service":…,"slot":…}, with an Idempotency-Key
//	DELETE /v1/offices/{office}/appointments/{code}
//
//	POST /v1/documents/{catalogue|settings}            publish to all offices (@admin, as all below)
//	POST /v1/offices/{office}/documents/{kind}         to one: settings, staff or a catalogue
//	GET  /v1/offices/{office}/documents                in force, and what the office says of each
//	POST /v1/catalogue                                 the same as /v1/documents/catalogue
//	POST /v1/offices/{office}/dossiers/{code}/status   {"as":"advance"|"ready","unit":…,"note":…}
//	POST /v1/stick                                     a batch file (package stick) → its receipt
//	GET  /v1/offices/{office}/superseded/{term}        records that a later term left behind, as lines
//	POST /v1/offices/{office}/signer                   {"key":…}: the office signs with another key from now on
//	POST /v1/offices/{office}/fork/settle              the alarm has been looked at
//	POST /v1/offices/{office}/fork/rewind              {"to":n}: take the office's history after n
//	GET  /healthz, GET /metrics                        for machines, without a token
//
// A booking is a wish: it goes down as a notice, waits while the line is away,
// and the office's own record ("appointment.booked", or "notice.answered" with a
// refusal) says what became of it.
//
// Everything that goes down is signed with the city's key for one office, and
// answered by a record of that office. Documents have versions, of which an
// office never goes back to an older one.
//
// A hub that was promoted goes on from the record with which its term began;
// what the hub before it had sent beyond is kept aside and counts when it comes
// again inside the new record. Checkpoints in a record are proved; the first one
// tells an office's key.
//
// Store is the memory, on SQLite or PostgreSQL with the same statements. Server
// is the face: the offices' protocol (package wire), the staff's API and the
// pages. Nobody's name is in what is counted or shown.
package central
