package icons_test

import (
	"bytes"
	"encoding/xml"
	"testing"

	"motcua/assets/icons"
)

func TestEveryDrawingIsOneColourAndWellFormed(t *testing.T) {
	for _, w := range []icons.Weight{icons.Bold, icons.Duotone, icons.Fill} {
		names := icons.Names(w)
		if len(names) == 0 {
			t.Errorf("no icon in weight %s", w)
		}
		for _, n := range names {
			svg, ok := icons.SVG(n, w)
			if !ok {
				t.Errorf("%s %s is listed but not there", n, w)
			}
			if err := xml.Unmarshal(svg, new(struct{})); err != nil {
				t.Errorf("%s %s: %v", n, w, err)
			}
			if !bytes.Contains(svg, []byte(`fill="currentColor"`)) || bytes.Contains(svg, []byte("#")) {
				t.Errorf("%s %s does not take its colour from outside", n, w)
			}
		}
	}
}

func TestFallbackIsThereAndUnknownIsNot(t *testing.T) {
	for _, w := range []icons.Weight{icons.Bold, icons.Duotone} {
		if _, ok := icons.SVG(icons.Fallback, w); !ok {
			t.Errorf("fallback icon missing in %s", w)
		}
	}
	if _, ok := icons.SVG("../icons", icons.Bold); ok {
		t.Error("a path got out of the folder")
	}
}
