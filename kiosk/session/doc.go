// Package session is the presenter of the citizens' kiosk: one person's visit,
// from the first touch to the last, in at most two touches to a number,
// one more where an honest question comes first.
//
// State is a value; Handle turns it, one Intent and the time into the next
// State and the Effects that the runner carries out. Whatever the runner
// learns comes back as another Intent. The invariants:
//
//   - from every screen a touch or the passing of time leads home;
//   - one question to the office is under way at a time, and only its own
//     answer is listened to;
//   - everything of a visit lies in State.Visit and is replaced as a whole at
//     its end, so that no next person sees anything of the last one
//     (scenario 41);
//   - a number that nobody is waiting for any more is withdrawn;
//   - of a citizen card only a handle is known, and every handle is ended
//     (ForgetCard) as soon as nothing can be asked with it any more.
//
// The package is PURE. Views read State and its methods and draw; words come
// as Say, keys of assets/i18n.
package session
