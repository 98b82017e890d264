// Package voice speaks the calls of the hall: "Xin mời số A không một hai đến
// quầy số ba", joined from recorded words.
//
// Compose turns an announcement into clip names and pauses, Library.Render
// turns those into one sound, and a Sink plays it; the first two are pure
// functions, so that every ticket and counter can be checked without a sound
// card. Player is the one voice of a room: it says what it is given, in order
// and whole. Who is to be called, how often and in which languages is decided
// by package board, and a dead loudspeaker never holds anybody up: the Player
// then says so and the screens go on alone.
package voice
