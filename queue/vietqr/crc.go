package vietqr

// crc is CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF, nothing
// reflected, nothing inverted at the end (EMVCo MPM 4.7.3, ISO/IEC 13239). Its
// check value, of "123456789", is 29B1.
func crc(s string) uint16 {
	sum := uint16(0xFFFF)
	for i := range len(s) {
		sum ^= uint16(s[i]) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
