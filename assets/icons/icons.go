// Package icons embeds the pictograms of the screens: Phosphor Icons (MIT, see
// PHOSPHOR-LICENSE.txt beside), unmodified. An office's configuration names
// the icon of each service ("baby", "map-trifold"); code names the rest. The
// drawings are one colour, currentColor; whoever shows one fills it in.
package icons

import (
	"embed"
	"slices"
	"strings"
)

//go:embed svg/*.svg
var files embed.FS

// Weight is a drawing style of the same pictogram.
type Weight string

// The weights in use: Bold on buttons, Duotone on tiles, Fill for states.
const (
	Bold    Weight = "bold"
	Duotone Weight = "duotone"
	Fill    Weight = "fill"
)

// Fallback is the icon of a service whose configured icon is not known.
const Fallback = "file-text"

// SVG returns a pictogram's drawing; ok is false when it is not embedded in
// that weight.
func SVG(name string, w Weight) (svg []byte, ok bool) {
	svg, err := files.ReadFile("svg/" + name + "-" + string(w) + ".svg")
	return svg, err == nil
}

// Names lists the pictograms embedded in a weight, in order.
func Names(w Weight) []string {
	entries, _ := files.ReadDir("svg") // an embedded folder cannot fail to open
	var names []string
	for _, e := range entries {
		if n, ok := strings.CutSuffix(e.Name(), "-"+string(w)+".svg"); ok {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}
