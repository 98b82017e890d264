// Package slip sets what a thermal printer gives out: the queue ticket (phiếu
// số thứ tự) and the short receipt (giấy tiếp nhận, bản in nhanh).
//
// A slip is described once, in millimetres, and set for the paper at hand: 576
// dots at 203 dpi, 512 at 180, 384 on narrow rolls. Text is always drawn as a
// picture, because no cheap printer has all 146 Vietnamese letters, and because
// a name that is a picture cannot command the printer. Everything is wrapped by
// measured width; nothing is clipped or shrunk below 18 dots.
//
// The same values give the same picture, on any machine. Callers are the kiosk
// and the counter; what they pass is cleaned here (see clean), so fields may
// hold anything a person or another system wrote.
package slip

import (
	"fmt"
	"log/slog"

	"golang.org/x/image/font/opentype"

	"motcua/assets/fonts"
	"motcua/assets/i18n"
	"motcua/printer/raster"
)

// Maker sets slips. It holds the parsed fonts and the words; it is safe for
// concurrent use.
type Maker struct {
	texts *i18n.Texts
	log   *slog.Logger
	fonts [weights]*opentype.Font
}

// New returns a Maker. The log, which may be nil, hears of letters that the
// font does not have: they are printed as a box, never left out.
func New(texts *i18n.Texts, log *slog.Logger) (*Maker, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	m := &Maker{texts: texts, log: log}
	for w, raw := range [weights][]byte{regular: fonts.Regular, semiBold: fonts.SemiBold, bold: fonts.Bold, extraBold: fonts.ExtraBold} {
		f, err := opentype.Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read font: %w", err)
		}
		m.fonts[w] = f
	}
	return m, nil
}

// set lays blocks out from top to bottom.
func (m *Maker) set(p raster.Paper, blocks []block) (*raster.Bitmap, error) {
	s, err := m.sheet(p)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		b(s)
		if s.err != nil {
			return nil, s.err
		}
	}
	s.picture.Grow(s.y)
	for r := range s.missing {
		m.log.Warn("letter missing in the font", "code", fmt.Sprintf("%U", r))
	}
	return s.picture.Crop(0, s.y), nil
}

// words returns a reader of the slip's texts in a language; Vietnamese unless
// English is asked for.
func (m *Maker) words(lang string) func(key string, args ...string) string {
	if lang != "en" {
		lang = "vi"
	}
	return func(key string, args ...string) string { return m.texts.Get(lang, "slip."+key, args...) }
}
