// What every page does with offers: finds them, and draws cards.
import { get } from './api.js';
import { button, dotted, filled, h, line, link, short, t, when, word } from './dom.js';
import { bargain, region } from './fields.js';
import { picture } from './pictures.js';

// What the node answers, with the offers always as `offers`. `asked` are parameters of its search.
// Where nothing is asked, own offers that are not out yet are listed, too; only what is out can be
// searched. `hidden`: what the user's lists hide is shown, too.
export async function find(asked, hidden = false) {
  const query = new URLSearchParams(filled(asked));
  const searches = query.size > 0;
  query.set('limit', searches ? 100 : 1000);
  if (hidden) query.set('show_hidden', 1);
  const found = await get(`${searches ? 'search' : 'offers'}?${query}`);
  return { corrected: [], offers: found.results, ...found };
}

export const notes = thing => [['hidden_by', 'lists.hidden'], ['recommended_by', 'lists.good']]
  .filter(([key]) => thing[key]).map(([key, said]) => h('p.hint', { 'data-list': key },
    t(said, { name: thing[key].name }), thing[key].reason && [' ', line(thing[key].reason)]));

// People whom this one knows by a name of their own.
let names = new Map();
export async function loadNames() {
  const [{ friends }, { personas }] =
    await Promise.all([get('friends'), get('personas')]);
  names = new Map(friends.map(each => [each.address, { name: each.name, friend: true }]));
  for (const each of personas) names.set(each.address, { name: each.name, own: true });
}
// One's own that are kept.
export const ownPersonas = async () => (await get('personas')).personas
  .filter(({ kept, purpose }) => kept || purpose === 'main')
  .map(each => ({ ...each, name: each.name || word('people', each.purpose) }));
// Those that still sign.
export const signers = async () => (await ownPersonas()).filter(({ retired }) => !retired)
  .map(({ address, name }) => [address, name]);

export const isFriend = address => names.get(address)?.friend;
export const nameOf = address => names.get(address)?.name ?? '';
// Whose offers one may look at alone: friends, and who is looked at.
export const makers = now => [...new Set([...names.keys()].filter(isFriend).concat(now || []))]
  .map(each => [each, nameOf(each) || each.slice(0, 11)]);

// `linked`: with the way to what else is known of it; a card is a link already.
export function person(address, linked = true) {
  const known = names.get(address);
  const said = known?.own ? [t('you'), known.name && [' ', line(known.name)]]
    : known?.name ? line(known.name) : short(address);
  return h('span.person', linked ? link(said, `#/people/${address}`) : said,
    known?.friend && h('span.badge', t('people.friend')));
}

// What nodes that are no peers said when the user had them asked.
export const held = ({ audit }) => audit?.state === 'over' && audit.asked > 0 &&
  t('audit.held', { n: audit.held, asked: audit.asked });

// What keeps one's own from going out; where its state says so already, nothing.
export const waits = ({ waits_for: what, state }) => what && state !== 'draft' &&
  t(what === 'Tor' ? 'mine.waits-tor' : 'mine.waits-peer');

export const stateOf = offer => h('span.state', word('state', offer.state),
  offer.heard > 0 && ` · ${t('mine.heard', { n: offer.heard })}`);

export function card(offer, { preview = false, level = 'h2' } = {}) {
  const title = line(offer.title || t('form.untitled'));
  const first = offer.shown_pictures?.[0];
  return h('article.card',
    h(level, preview ? title : h('a.cover',
      { href: `#/offer/${offer.id}`, id: `card-${offer.id}` }, title)),
    offer.preview_picture,
    first && picture(first, offer.publisher, isFriend(offer.publisher) || offer.mine),
    bargain(offer), notes(offer),
    offer.text && h('p.foreign.teaser', { dir: 'auto' }, offer.text.slice(0, 300)),
    h('p', [...offer.tags ?? [], offer.category].map(tag =>
      tag && [h('span.tag', line(tag)), ' '])),
    h('p.facts', dotted(
      offer.mine && !preview ? stateOf(offer) : offer.publisher && person(offer.publisher, false),
      held(offer), offer.created && when(offer.created), region(offer) && line(region(offer)))));
}

// Cards in pieces: some dozens, and more when the person comes near the end. Beyond `most` it asks
// to search more narrowly: nobody reads ten thousand cards.
const piece = 48;
const most = 960;
// `place` remembers how many there were, and ends the list that was there before.
export function grid(offers, signal, more, place = {}) {
  const list = h('div.grid');
  const end = h('p.end', button('market.more', async () => {
    const before = shown;
    await draw();
    list.children[before]?.querySelector('a').focus();  // what is new stands before the button
  }, 'quiet', { id: 'more' }));
  let shown = 0;
  let rest = offers;
  let busy = false;
  const draw = async () => {
    if (busy) return;
    busy = true;
    if (shown >= rest.length && more) {
      const found = await more().catch(() => null);
      busy = false;
      watch.unobserve(end);
      if (!found) return;  // lost; the button asks once more
      rest = rest.concat(found);
      if (!found.length) more = null;
    }
    const next = Math.min(Math.max(shown + piece, place.shown ?? 0), rest.length);
    list.append(...rest.slice(shown, next).map(each => card(each)));
    shown = next;
    place.shown = shown;
    if (shown >= most) end.replaceChildren(t('market.narrow'));
    end.hidden = shown < most && shown >= rest.length && !more;
    busy = false;
    // Who looks at the end already is told so only if it is asked anew.
    watch.unobserve(end);
    if (!end.hidden && shown < most) watch.observe(end);
  };
  const watch = new IntersectionObserver(seen => {
    if (seen.some(each => each.isIntersecting) && shown < most) draw();
  }, { rootMargin: '600px' });
  place.end?.();
  place.end = () => watch.disconnect();
  signal.addEventListener('abort', place.end);
  draw();
  return h('div', list, end);
}
