// Package kit is the furniture of every screen: palettes, type, millimetres,
// layouts and the few widgets that the kiosk, the counter and the hall board
// are made of. It hides Fyne's theming, measuring and pointer details.
//
// A Look is the root: it knows the panel in millimetres, the density (kiosk,
// desk, hall) and the mode (contrast, large text), and it makes everything:
//
//	look := kit.NewLook(kit.KioskPanel(), kit.Kiosk)
//	title := look.Text(kit.Style{Size: kit.Title, Weight: kit.Bold})
//	go_ := look.Button(kit.Primary, func() { … })
//	root := look.Root(look.Column(8, title, kit.Spring(), go_))
//
// All lengths are millimetres of the real panel, all colours are roles of the
// palette; a screen holds no literal pixels and no literal colours. Screens
// are built once. Root.Apply changes the mode in place: Fyne loses memory on
// every SetTheme and every new ThemeOverride.
//
// Layouts know that text wraps: they ask for the height at a width (Heighter),
// which Fyne's own layouts cannot. Everything here is for the Fyne goroutine
// only. Nothing imports fyne.io/fyne/v2/app, so it builds without cgo.
package kit
