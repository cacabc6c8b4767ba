// The market: everything that is offered now, found as one types.
import { get, Refused } from './api.js';
import { button, choice, choices, empty, field, filled, h, input, later, redraw, say, t } from
  './dom.js';
import { onEvent } from './events.js';
import { filter, filters } from './fields.js';
import { act, explain } from './forms.js';
import { find, grid, loadNames, makers } from './offers.js';

const orders = ['newest', 'relevance', 'price'];  // the node's, which sees more than is here
const usual = { q: '', sort: 'newest', hidden: '',
  ...Object.fromEntries(filters.map(each => [each, ''])) };

export default async function market(page) {
  await loadNames();
  const asked = { ...usual, ...Object.fromEntries(page.query) };
  const results = h('section', { 'aria-label': t('market.results') });
  const count = h('p.hint', { id: 'count' });
  const hidden = h('p.hint', { id: 'hidden' });
  const wrong = h('p.wrong', { role: 'alert' });
  const place = {};
  let loaded = { offers: [], hidden: [] };
  let latest = 0;

  const used = () => filters.filter(each => asked[each]);
  const search = () => Object.fromEntries(['q', ...filters].map(each => [each, asked[each]]));
  const ask = cursor => find({
    ...search(), cursor,
    sort: asked.sort === 'price' || (asked.sort === 'relevance' && asked.q) ? asked.sort : '',
  }, asked.hidden !== '');

  async function look() {
    const mine = ++latest;
    try {
      const found = await ask();
      if (mine !== latest) return;
      loaded = found;
      wrong.textContent = '';
      draw();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (mine === latest) wrong.textContent = explain(error);
    }
  }
  const lookAgain = () => look().catch(() => null);  // lost: that is told above

  async function draw() {
    const { offers } = loaded;
    tellHidden();
    const n = loaded.total;
    const said = [t(loaded.more_than ? 'market.more-than' : 'market.count', { n }),
      loaded.more_than && loaded.ranked > 0 && t('market.ranked', { n: loaded.ranked }),
      loaded.unrated > 0 && t('market.unrated', { n: loaded.unrated }),
      ...loaded.corrected.map(each => t('market.corrected', each))].filter(Boolean).join(' · ');
    if (count.textContent !== said) {
      count.textContent = said;
      if (asked.q || used().length) say(said);
    }
    // What is as it was is not drawn anew: somebody may be about to press it.
    const now = JSON.stringify(offers.slice(0, 1000).map(each =>
      [each.id, each.item, each.state, each.heard, each.audit, each.shown_pictures?.[0]?.here]));
    if (now === place.drawn && offers.length) return;
    const question = JSON.stringify(asked);
    if (question !== place.asked) place.shown = 0;
    place.drawn = now;
    place.asked = question;
    if (offers.length) {
      redraw(results, grid(offers, page.signal, loaded.cursor ? more : null, place));
    } else {
      redraw(results, await nothing(asked.q || used().length));
    }
  }

  function tellHidden() {
    const said = loaded.hidden.map(each =>
      t('lists.count', { n: each.count, name: each.name })).join(' ');
    if (hidden.dataset.said === said + asked.hidden) return;
    hidden.dataset.said = said + asked.hidden;
    redraw(hidden, ...said || asked.hidden ? [said, ' ',
      button(asked.hidden ? 'lists.hide' : 'lists.show',
        () => {
          asked.hidden = asked.hidden ? '' : '1';
          change();
        })] : []);
  }

  async function more() {
    const now = loaded;
    if (!now.cursor) return [];
    const next = await ask(now.cursor);
    if (now !== loaded) return [];  // something else is asked for meanwhile
    now.cursor = next.cursor;
    for (const each of next.hidden) {
      const same = now.hidden.find(one => one.list === each.list);
      if (same) same.count += each.count;
      else now.hidden.push(each);
    }
    tellHidden();
    return next.offers;
  }

  const summary = h('summary');
  const name = () => {
    summary.textContent = t('market.filters') + (used().length ? ` (${used().length})` : '');
  };
  // The address says what is looked for, for the way back.
  function change(then = lookAgain) {
    for (const [key, value] of new FormData(form)) asked[key] = value.trim();
    name();
    const query = new URLSearchParams(Object.entries(asked)
      .filter(([key, value]) => value !== usual[key]));
    history.replaceState(history.state, '', `#/market${query.size ? `?${query}` : ''}`);
    then();
  }

  const typed = later(lookAgain, 150);
  const box = input('q', { type: 'search', value: asked.q, placeholder: t('market.hint'),
    id: 'search', oninput: () => change(typed) });
  const clear = button('market.clear', () => {
    for (const each of filters) form.elements[each].value = '';
    change();
  });
  const keep = button('watch.add', () => {
    const called = prompt(t('watch.name'))?.trim();
    return called && act('POST', 'watches', null, { name: called, search: filled(search()) });
  });
  const form = h('form.search',
    { role: 'search', onsubmit: event => event.preventDefault(), onchange: () => change() },
    h('div.row', field('market.search', box), field('market.sort',
      choice('sort', choices('market', orders), asked.sort))),
    h('details', { id: 'filters', open: used().length > 0 }, summary,
      h('div.row', filters.map(each => filter(each, asked[each], makers(asked.by)))),
      h('p', clear, ' ', keep)));
  name();

  onEvent(['offer', 'offer_removed', 'again'], later(lookAgain, 700), page.signal);
  // Why nothing is there changes as Tor and peers come.
  onEvent(['status'], later(() => loaded.offers.length || lookAgain(), 700), page.signal);
  await look();
  return h('div', form, wrong, count, hidden, results);
}

// Why nothing is there, and what one may do.
async function nothing(filtered) {
  if (filtered) return empty('market.none');
  const { tor, peers } = await get('status');
  if (tor.state !== 'ready') return empty('market.tor', 'network', tor);
  if (peers.state !== 'connected') return empty('market.peers', 'network');
  return empty('market.empty', 'publish');
}
