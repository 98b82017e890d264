// Package voice embeds the spoken words of the hall and the chime: a folder
// per language with a voice.json, which is also the script to read when an
// office records its own, and a WAV file per clip (PCM, mono, 16 bit,
// 22,050 Hz). Package motcua/kiosk/voice says which clips there must be.
// LICENCE.md beside this file tells where they come from.
package voice

import "embed"

// Files holds vi, en and chime. The clips are made by "make voice"; do not
// edit them.
//
//go:embed vi/*.wav vi/voice.json en/*.wav en/voice.json chime/*.wav chime/voice.json
var Files embed.FS
