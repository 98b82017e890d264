// Renews the numbers without a flash: the same page is asked for again and its
// <main> put in place. When that fails the page says that it is old.
"use strict";
const every = 15000;
const stale = document.getElementById("stale");

async function renew() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!fresh) throw new Error("not our page");
    const focused = document.activeElement instanceof HTMLAnchorElement ? document.activeElement.getAttribute("href") : null;
    document.getElementById("live").replaceWith(document.adoptNode(fresh));
    if (focused) {
      const again = Array.from(document.links).find((a) => a.getAttribute("href") === focused);
      if (again) again.focus({ preventScroll: true });
    }
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

setInterval(renew, every);
document.addEventListener("visibilitychange", renew);
