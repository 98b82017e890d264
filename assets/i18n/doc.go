// Package i18n holds every word that a person reads, in Vietnamese and
// English, by key. Texts are JSON files under texts/, one per area and
// language (kiosk.vi.json, kiosk.en.json …), embedded. Fyne's own lang package
// cannot switch language at run time, and a kiosk must.
package i18n
