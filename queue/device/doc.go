// Package device is the machines of an office's network: which have been
// enrolled, as what, and what each kind may do. It is PURE.
//
// The record is the truth: device.enrolled and device.revoked are events like
// any other, and the list of devices is read from them, so it survives a
// restart, a restore and a standby's promotion. A device is known by the hash
// of its public key; its certificate only carries name and role to the other
// side. What is not allowed to a role is refused: a new command or reading is
// closed to devices until a role names it.
package device
