// Package desk is the presenter of an officer's counter: it knows what the
// screen shows and what every key, click, scan, reply and tick does, and
// nothing of windows or wires.
//
// State is a value; Handle turns it, one Intent and the time into the next
// State and the Effects that the runner in cmd carries out. Whatever the
// runner learns comes back as another Intent. The invariants:
//
//   - of each kind of effect at most one is under way, so a key pressed twice
//     or held down acts once;
//   - no reply and no stream update changes what an officer typed;
//   - every refusal is one sentence that says what to do.
//
// The package is PURE. Views read State and its methods (Waiting, Turn, Buttons,
// Menu …) and draw; words come as Say, keys of assets/i18n.
package desk
