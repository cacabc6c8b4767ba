// A part of a page that is drawn anew when something of certain types happened. Forms stand outside
// of it: what a person types is never drawn over.
import { Lost } from './api.js';
import { h, later } from './dom.js';
import { onEvent } from './events.js';

// `draw(again)` gives what is to be seen now; so does again() of what is returned. `every`: what
// changes without an event is looked at every so many milliseconds.
export async function live(page, types, draw, every = 0) {
  const place = h('div.live');
  place.again = async () => {
    try {
      const next = await draw(place.again);
      if (page.signal.aborted) return;
      const focused = place.contains(document.activeElement) ? document.activeElement.id : '';
      place.replaceChildren(next);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    } catch (error) {
      if (!(error instanceof Lost)) throw error;  // the page says so above, and what is here stays
    }
  };
  const soon = later(() => place.again().catch(() => null), 400);
  onEvent([...types, 'again'], soon, page.signal);
  if (every) {
    const timer = setInterval(() => document.hidden || soon(), every);
    page.signal.addEventListener('abort', () => clearInterval(timer));
  }
  place.replaceChildren(await draw(place.again));
  return place;
}
