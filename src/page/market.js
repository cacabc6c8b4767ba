// The market: everything that is offered now, found as one types.
import { get, post, Refused } from './api.js';
import { button, choice, field, h, input, later, link, say } from './dom.js';
import { onEvent } from './events.js';
import { filter, filters, searchable } from './fields.js';
import { explain } from './forms.js';
import { find, findsHere, grid, isFriend, loadNames } from './offers.js';
import { t, word } from './words.js';

// Times are text that sorts as it is; the newest first is how the node gives them.
const earlier = (a, b) => (a < b ? -1 : Number(a > b));
const orders = {
  newest: null,
  relevance: null,  // this and price are the node's, which sees more than is loaded here
  price: null,
  ending: (a, b) => earlier(a.expires, b.expires),
  title: (a, b) => a.title.localeCompare(b.title),
};

export default async function market(page) {
  const asked = {
    words: page.query.get('q') ?? '', order: page.query.get('sort') ?? 'newest',
    who: page.query.get('who') ?? '', hidden: page.query.get('hidden') ?? '',
    ...Object.fromEntries(filters.map((each) => [each, page.query.get(each) ?? ''])),
  };
  const results = h('section', { 'aria-label': t('market.results') });
  const count = h('p.hint', { id: 'count' });
  const hidden = h('p.hint', { id: 'hidden' });
  let loaded = { offers: [], local: true };
  let latest = 0;
  const place = {};
  const wrong = h('p.wrong', { role: 'alert' });

  const used = () => filters.filter((each) => asked[each]);
  const narrowed = () => ({
    ...Object.fromEntries(used().map((each) => [each, asked[each]])),
    sort: asked.order === 'price' || (asked.order === 'relevance' && asked.words)
      ? asked.order : '',
  });
  const ask = (cursor) => find(asked.words, cursor, narrowed(), asked.hidden !== '');

  async function search() {
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

  function fits(offer) {
    if (asked.who === 'friends' && !isFriend(offer.publisher)) return false;
    if (asked.who === 'others' && offer.mine) return false;
    if (!loaded.local || !asked.words) return true;
    const text = searchable(offer);
    return asked.words.toLowerCase().split(/\s+/).every((each) => text.includes(each));
  }

  async function draw() {
    const chosen = loaded.offers.filter(fits);
    if (orders[asked.order]) chosen.sort(orders[asked.order]);
    suggest();
    tellHidden();
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
    } else results.replaceChildren(await nothing(loaded.offers.length > 0 || asked.words !== '' ||
      used().length > 0));
  }

  // What lists left out is said, by list, and can be shown.
  function tellHidden() {
    const said = (loaded.hidden ?? []).map((each) =>
      t('lists.count', { n: each.count, name: each.name })).join(' ');
    if (hidden.dataset.said === said + asked.hidden) return;
    hidden.dataset.said = said + asked.hidden;
    hidden.replaceChildren(...said || asked.hidden ? [said, ' ',
      button(t(asked.hidden ? 'lists.hide' : 'lists.show'), () => {
        asked.hidden = asked.hidden ? '' : '1';
        remember();
        search().catch(() => null);
      })] : []);
  }

  async function more() {
    if (!loaded.cursor) return [];
    const next = await ask(loaded.cursor);
    loaded.cursor = next.cursor;
    for (const each of next.hidden ?? []) {
      const same = loaded.hidden.find((one) => one.list === each.list);
      if (same) same.count += each.count;
      else loaded.hidden.push(each);
    }
    tellHidden();
    return next.offers.filter(fits);
  }

  // The address says what is looked for, so that back returns to it.
  function remember() {
    const query = new URLSearchParams(Object.entries({
      q: asked.words, sort: asked.order === 'newest' ? '' : asked.order, who: asked.who,
      hidden: asked.hidden, ...Object.fromEntries(filters.map((each) => [each, asked[each]])),
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
      if (key === 'order') search().catch(() => null);
      else draw();
    });
    return field(label, control);
  };

  // ---- filters: asked of the node as soon as one is filled in ----
  const summary = h('summary');
  const name = () => {
    summary.textContent = t('market.filters') + (used().length ? ` (${used().length})` : '');
  };
  function changed() {
    name();
    remember();
    search().catch(() => null);
  }
  const controls = filters.map((key) => {
    const [control, labelled] = filter(key, asked[key]);
    control.addEventListener('change', () => {
      asked[key] = control.value.trim();
      changed();
    });
    return [key, control, labelled];
  });
  const clear = button(t('market.clear'), () => {
    for (const [key, control] of controls) asked[key] = control.value = '';
    changed();
  });
  const categories = h('datalist', { id: 'categories' });
  function suggest() {
    const here = [...new Set(loaded.offers.map((each) => each.category).filter(Boolean))].sort();
    if (categories.dataset.state === here.join()) return;
    categories.dataset.state = here.join();
    categories.replaceChildren(...here.map((value) => h('option', { value })));
  }
  name();
  // The words and filters of now, kept by the node.
  const keep = button(t('watch.add'), async () => {
    const called = prompt(t('watch.name'));
    if (!called) return;
    const { sort, ...fields } = narrowed();
    const search = Object.fromEntries(Object.entries({ q: asked.words, ...fields })
      .filter(([, value]) => value));
    await post('/v1/watches', { name: called.trim(), search })
      .then(() => say(t('done')), (error) => alert(explain(error)));
  });

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
      h('details', { id: 'filters', open: used().length > 0 }, summary,
        h('div.row.filters', controls.map(([, , labelled]) => labelled)), categories,
        h('p', clear, ' ', keep))),
    wrong, count, hidden, results);
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
