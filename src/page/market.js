// The market: everything that is offered now, found as one types.
import { get, post, Refused } from './api.js';
import { button, choice, choices, empty, field, filled, h, input, later, redraw, say }
  from './dom.js';
import { onEvent } from './events.js';
import { filter, filters } from './fields.js';
import { explain } from './forms.js';
import { find, grid, isFriend, loadNames } from './offers.js';
import { t } from './words.js';

const orders = {
  newest: null,
  relevance: null,  // this and price are the node's, which sees more than is loaded here
  price: null,
  ending: (a, b) => a.expires.localeCompare(b.expires),
  title: (a, b) => a.title.localeCompare(b.title),
};
const unfiltered = Object.fromEntries(filters.map(each => [each, '']));
const remembered = { q: '', sort: 'newest', who: '', hidden: '', ...unfiltered };

export default async function market(page) {
  const asked = { ...remembered, ...Object.fromEntries(page.query) };
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
      if (!(error instanceof Refused) || error.status !== 400) throw error;
      if (mine === latest) wrong.textContent = error.message;
    }
  }
  const lookAgain = () => look().catch(() => null);

  const fits = offer => asked.who === '' ||
    (asked.who === 'friends' ? isFriend(offer.publisher) : !offer.mine);

  async function draw() {
    const chosen = loaded.offers.filter(fits);
    if (orders[asked.sort]) chosen.sort(orders[asked.sort]);
    tellHidden();
    const n = asked.who ? chosen.length : loaded.total;
    const said = [t(loaded.more ? 'market.more-than' : 'market.count', { n }),
      ...loaded.corrected.map(each => t('market.corrected', each))].join(' ');
    if (count.textContent !== said) {
      count.textContent = said;
      if (asked.q) say(said);
    }
    // What is as it was is not drawn anew: somebody may be about to press it.
    const now = JSON.stringify(chosen.slice(0, 1000).map(each =>
      [each.id, each.item, each.state, each.heard, each.audit]));
    if (now === place.drawn && chosen.length) return;
    const question = JSON.stringify(asked);
    if (question !== place.asked) place.shown = 0;
    place.drawn = now;
    place.asked = question;
    if (chosen.length) {
      redraw(results, grid(chosen, page.signal, loaded.cursor ? more : null, place));
    } else {
      results.replaceChildren(await nothing(loaded.offers.length || asked.q || used().length));
    }
  }

  function tellHidden() {
    const said = loaded.hidden.map(each =>
      t('lists.count', { n: each.count, name: each.name })).join(' ');
    if (hidden.dataset.said === said + asked.hidden) return;
    hidden.dataset.said = said + asked.hidden;
    redraw(hidden, ...said || asked.hidden ? [said, ' ',
      button(asked.hidden ? 'lists.hide' : 'lists.show',
        () => change({ hidden: asked.hidden ? '' : '1' }))] : []);
  }

  async function more() {
    if (!loaded.cursor) return [];
    const next = await ask(loaded.cursor);
    loaded.cursor = next.cursor;
    for (const each of next.hidden) {
      const same = loaded.hidden.find(one => one.list === each.list);
      if (same) same.count += each.count;
      else loaded.hidden.push(each);
    }
    tellHidden();
    return next.offers.filter(fits);
  }

  const summary = h('summary');
  const name = () => {
    summary.textContent = t('market.filters') + (used().length ? ` (${used().length})` : '');
  };
  // The address says what is looked for, so that back returns to it.
  function change(what, then = lookAgain) {
    Object.assign(asked, what);
    name();
    const query = new URLSearchParams(Object.entries(asked)
      .filter(([key, value]) => value !== remembered[key]));
    history.replaceState(null, '', `#/market${query.size ? `?${query}` : ''}`);
    then();
  }

  const typed = later(lookAgain, 150);
  const box = input('q', {
    type: 'search', value: asked.q, placeholder: t('market.hint'), id: 'search',
    oninput: () => change({ q: box.value.trim() }, typed),
  });
  const select = (key, options) => {
    const control = choice(key, options, asked[key],
      () => change({ [key]: control.value }, key === 'sort' ? lookAgain : draw));
    return field(`market.${key}`, control);
  };

  // Filters are asked of the node as soon as one is filled in.
  const controls = filters.map(key => {
    const [control, labelled] = filter(key, asked[key]);
    control.addEventListener('change', () => change({ [key]: control.value.trim() }));
    return [control, labelled];
  });
  const clear = button('market.clear', () => {
    for (const [control] of controls) control.value = '';
    change(unfiltered);
  });
  name();
  const keep = button('watch.add', async () => {
    const called = prompt(t('watch.name'));
    if (!called) return;
    const kept = filled(search());
    await post('watches', { name: called.trim(), search: kept })
      .then(() => say(t('done')), error => alert(explain(error)));
  });

  onEvent(['offer', 'offer_removed', 'again'], later(lookAgain, 700), page.signal);
  await loadNames();
  await look();
  return h('div',
    h('form.search', { role: 'search', onsubmit: event => event.preventDefault() },
      field('market.search', box),
      h('div.row',
        select('sort', choices('market', Object.keys(orders))),
        select('who', [['', t('market.everybody')],
          ['others', t('market.others')], ['friends', t('people.friends')]])),
      h('details', { id: 'filters', open: used().length > 0 }, summary,
        h('div.row.filters', controls.map(([, labelled]) => labelled)),
        h('p', clear, ' ', keep))),
    wrong, count, hidden, results);
}

// Nothing there has different reasons, and a different next step each.
async function nothing(filtered) {
  if (filtered) return empty('market.none');
  const { tor, peers } = await get('status');
  if (tor.state !== 'ready') return empty('market.tor', 'network', tor);
  if (peers.state !== 'connected') return empty('market.peers', 'network');
  return empty('market.empty', 'publish');
}
