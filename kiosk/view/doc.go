// Package view draws the states of the presenters with Fyne: the citizens'
// kiosk, the officer's counter and the hall board, one file a screen.
//
// A screen is built once; Render(state) shows a state, is idempotent and costs
// little when nothing changed; touches and keys go out as intents through a
// callback. No screen decides anything. All sizes are millimetres and all
// colours roles of package kit, all words keys of assets/i18n. Everything is
// for the Fyne goroutine; nothing imports fyne.io/fyne/v2/app.
package view
