// Package vietqr writes and reads the text inside a VietQR code: a bank
// transfer to one account or card, as any bank's app in Vietnam scans it.
//
// It hides the EMVCo layout (two digits of id, two of length, value), the
// checksum and what the 99 characters of a value leave room for. A text that
// it writes is read by Parse to the same Payment. A transfer to an account is
// no receipt: it is reconciled first (queue/payment).
//
// Sources: EMVCo QR Code Specification, Merchant-Presented Mode, section 3 and
// 4 (layout, lengths, CRC); NAPAS, VietQR guideline v1.5.2 (id 38, services
// QRIBFTTA and QRIBFTTC). Which banks there are is data: assets/banks. The
// package is PURE.
package vietqr
