// A part of a page that is drawn anew when something of certain types happened. Forms stand outside
// of it: what a person types is never drawn over.
import { Lost } from './api.js';
import { h, later } from './dom.js';
import { onEvent } from './events.js';

// `draw(again)` gives what is to be seen now; so does again() of what is returned.
export async function live(page, types, draw) {
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
  onEvent(types, later(() => place.again().catch(() => null), 400), page.signal);
  place.replaceChildren(await draw(place.again));
  return place;
}
