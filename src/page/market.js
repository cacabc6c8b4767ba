// The market: everything that is offered now, found as one types.
import { get } from './api.js';
import { choice, field, h, input, later, link, say } from './dom.js';
import { onEvent } from './events.js';
import { searchable, sides } from './fields.js';
import { find, findsHere, grid, isFriend, loadNames } from './offers.js';
import { t, word } from './words.js';

// Times are text that sorts as it is; the newest first is how the node gives them.
const earlier = (a, b) => (a < b ? -1 : Number(a > b));
const orders = {
  newest: null,
  ending: (a, b) => earlier(a.expires, b.expires),
  title: (a, b) => a.title.localeCompare(b.title),
};

export default async function market(page) {
  const asked = {
    words: page.query.get('q') ?? '', order: page.query.get('sort') ?? 'newest',
    who: page.query.get('who') ?? '', side: page.query.get('side') ?? '',
    category: page.query.get('category') ?? '',
  };
  const results = h('section', { 'aria-label': t('market.results') });
  const count = h('p.hint', { id: 'count' });
  let loaded = { offers: [], local: true };
  let latest = 0;
  const place = {};

  async function search() {
    const mine = ++latest;
    const found = await find(asked.words);
    if (mine !== latest) return;
    loaded = found;
    draw();
  }

  function fits(offer) {
    if (asked.who === 'friends' && !isFriend(offer.publisher)) return false;
    if (asked.who === 'others' && offer.mine) return false;
    if (asked.side && offer.side !== asked.side) return false;
    if (asked.category && offer.category !== asked.category) return false;
    if (!loaded.local || !asked.words) return true;
    const text = searchable(offer);
    return asked.words.toLowerCase().split(/\s+/).every((each) => text.includes(each));
  }

  async function draw() {
    const chosen = loaded.offers.filter(fits);
    if (orders[asked.order]) chosen.sort(orders[asked.order]);
    facets();
    const said = t('market.count', { n: loaded.local ? chosen.length : loaded.total });
    if (count.textContent !== said) {
      count.textContent = said;
      if (asked.words) say(said);
    }
    // What is as it was is not drawn anew: somebody may be about to press it.
    const now = JSON.stringify(chosen.slice(0, 1000).map((each) =>
      [each.id, each.item, each.state, each.heard]));
    if (now === place.drawn && chosen.length) return;
    if (JSON.stringify(asked) !== place.asked) place.shown = 0;
    place.drawn = now;
    place.asked = JSON.stringify(asked);
    if (chosen.length) {
      const focused = results.contains(document.activeElement) && document.activeElement.id;
      results.replaceChildren(grid(chosen, page.signal, loaded.cursor ? more : null, place));
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    } else results.replaceChildren(await nothing(loaded.offers.length > 0 || asked.words !== ''));
  }

  async function more() {
    if (!loaded.cursor) return [];
    const next = await find(asked.words, loaded.cursor);
    loaded.cursor = next.cursor;
    return next.offers.filter(fits);
  }

  // The address says what is looked for, so that back returns to it.
  function remember() {
    const query = new URLSearchParams(Object.entries({
      q: asked.words, sort: asked.order === 'newest' ? '' : asked.order, who: asked.who,
      side: asked.side, category: asked.category,
    }).filter(([, value]) => value));
    history.replaceState(null, '', `#/market${query.size ? `?${query}` : ''}`);
  }

  const typed = later(() => {
    if (loaded.local && findsHere()) draw();
    else search().catch(() => null);
  }, 150);
  const box = input('q', {
    type: 'search', value: asked.words, placeholder: t('market.hint'), id: 'search',
    oninput: (event) => {
      asked.words = event.target.value.trim();
      remember();
      typed();
    },
  });
  const select = (key, label, options) => {
    const control = choice(key, options, asked[key]);
    control.addEventListener('change', () => {
      asked[key] = control.value;
      remember();
      draw();
    });
    return field(label, control);
  };
  const extra = h('div.row');
  // Filters for fields of which the offers that are here have any.
  function facets() {
    const here = loaded.offers;
    const categories = [...new Set(here.map((each) => each.category).filter(Boolean))].sort();
    const state = JSON.stringify([here.some((each) => each.side), categories]);
    if (extra.dataset.state === state) return;
    extra.dataset.state = state;
    extra.replaceChildren(...[
      here.some((each) => each.side) && select('side', t('field.side'),
        [['', t('all')], ...sides.map((each) => [each, word('side', each)])]),
      categories.length > 0 && select('category', t('field.category'),
        [['', t('all')], ...categories.map((each) => [each, each])]),
    ].filter(Boolean));
  }

  const again = later(() => search().catch(() => null), 700);
  onEvent(['offer', 'offer_removed', 'again'], again, page.signal);
  await loadNames();
  await search();
  return h('div',
    h('form.search', { role: 'search', onsubmit: (event) => event.preventDefault() },
      field(t('market.search'), box),
      h('div.row',
        select('order', t('market.sort'),
          Object.keys(orders).map((each) => [each, t(`market.${each}`)])),
        select('who', t('market.who'), [['', t('market.everybody')],
          ['others', t('market.others')], ['friends', t('market.friends')]])),
      extra),
    count, results);
}

// Nothing there has different reasons, and a different next step each.
async function nothing(filtered) {
  if (filtered) return empty(t('market.none.title'), t('market.none.text'));
  const { tor, peers } = await get('/v1/status');
  if (tor?.state !== 'ready') {
    return empty(t('market.tor.title', { percent: tor?.percent ?? 0 }), t('market.tor.text'),
      link(t('nav.network'), '#/network', 'quiet'));
  }
  if (peers?.state !== 'connected') {
    return empty(t('market.peers.title'), t('market.peers.text'),
      link(t('nav.network'), '#/network', 'quiet'));
  }
  return empty(t('market.empty.title'), t('market.empty.text'),
    link(t('nav.publish'), '#/publish', 'main'));
}

export const empty = (title, text, act) =>
  h('div.empty', h('h2', title), h('p', text), act && h('p', act));
