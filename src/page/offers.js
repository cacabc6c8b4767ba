// What every page does with offers: loads and finds them, and draws cards.
import { get, Refused } from './api.js';
import { dotted, h, line, short } from './dom.js';
import { bargain } from './fields.js';
import { ago, day, t, word } from './words.js';

// At most so many are asked for at once; the node gives no more.
export const page = 1000;

let searches = null;  // whether this node finds by itself; unknown until it was asked
export const findsHere = () => searches === false;

// { offers, total, cursor, local }: `local` says that the search has to be made here. `narrowed`
// are parameters of the node's search. Where nothing is asked, own offers that are not out yet are
// listed, too; only what is out can be searched.
// `hidden`: what the user's lists hide is shown, too.
export async function find(words, cursor = '', narrowed = {}, hidden = false) {
  const also = hidden ? '&show_hidden=1' : '';
  const asked = Object.entries({ q: words, ...narrowed, cursor }).filter(([, value]) => value);
  if (asked.length && searches !== false) {
    try {
      const query = asked.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
      const found = await get(`/v1/search?${query}&limit=100${also}`);
      searches = true;
      return {
        offers: found.results ?? [], total: Number(found.total ?? 0),
        cursor: found.more === false ? '' : found.cursor ?? '', local: false,
        hidden: found.hidden ?? [],
      };
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      searches = false;  // an older node
    }
  }
  const { offers = [], hidden: left = [] } = await get(`/v1/offers?limit=${page}${also}`);
  return { offers, total: offers.length, cursor: '', local: true, hidden: left };
}

// What lists say of something.
export const notes = (thing) => [['hidden_by', 'lists.hidden'], ['recommended_by', 'lists.good']]
  .filter(([key]) => thing[key]).map(([key, said]) => h('p.hint', { 'data-list': key },
    t(said, { name: thing[key].name }), thing[key].reason && [' ', line(thing[key].reason)]));

// People whom this one knows by a name of their own.
let names = new Map();
export async function loadNames() {
  const [{ friends = [] }, { personas = [] }] =
    await Promise.all([get('/v1/friends'), get('/v1/personas')]);
  names = new Map(friends.map((each) => [each.address, { name: each.name, friend: true }]));
  for (const each of personas) names.set(each.address, { name: each.name, own: true });
  return names;
}
export const isFriend = (address) => names.get(address)?.friend === true;

export function person(address) {
  const known = names.get(address);
  if (known?.own) return h('span.person', t('you'), known.name && [' ', line(known.name)]);
  if (known) return h('span.person', known.name ? line(known.name) : short(address),
    h('span.badge', t('people.friend')));
  return h('span.person', short(address));
}

export const isMine = (offer) => offer.mine === true;

// How far one's own offer is, in words; colour only repeats it.
export function stateOf(offer) {
  const heard = offer.heard > 0 && t('mine.heard', { n: offer.heard });
  return h(`span.state.state-${offer.state}`, word('offer.state', offer.state),
    heard && ` · ${heard}`);
}

export function card(offer, { preview = false, level = 'h2' } = {}) {
  const title = offer.title || t('form.untitled');
  return h('article.card',
    h(level, preview ? line(title) : h('a.cover',
      { href: `#/offer/${offer.id}`, id: `card-${offer.id}` }, line(title))),
    bargain(offer), notes(offer),
    offer.text && h('p.foreign.teaser', { dir: 'auto' }, offer.text.slice(0, 300)),
    offer.tags?.length > 0 && h('p.tags', offer.tags.map((tag) => [h('span.tag', line(tag)), ' '])),
    offer.category && h('p.tags', h('span.tag', line(offer.category))),
    h('p.facts', dotted(
      offer.mine && !preview ? stateOf(offer) : offer.publisher && person(offer.publisher),
      offer.created && h('time', { datetime: offer.created, title: day(offer.created) },
        ago(offer.created)),
      offer.country && line(offer.country))));
}

// Cards in pieces: a browser draws some dozens at once, and more when the person comes near the
// end. Beyond `most` it asks to search more narrowly: nobody reads ten thousand cards.
const piece = 48;
const most = 960;
// `place` remembers how many there were, for when the same grid is drawn anew.
export function grid(offers, signal, more, place = {}) {
  const list = h('div.grid');
  const button = h('button.quiet', { type: 'button', id: 'more' }, t('market.more'));
  const end = h('p.end', button);
  let shown = 0;
  let rest = offers;
  let busy = false;
  const draw = async () => {
    if (busy) return;
    busy = true;
    if (shown >= rest.length && more) {
      const found = await more().catch(() => []);
      rest = rest.concat(found);
      if (!found.length) more = null;
    }
    const next = Math.min(Math.max(shown + piece, place.shown ?? 0), rest.length);
    list.append(...rest.slice(shown, next).map((each) => card(each)));
    shown = next;
    place.shown = shown;
    if (shown >= most) end.replaceChildren(t('market.narrow'));
    end.hidden = shown < most && shown >= rest.length && !more;
    busy = false;
    // Who looks at the end already is told so only if it is asked anew.
    watch.unobserve(end);
    if (!end.hidden && shown < most) watch.observe(end);
  };
  button.addEventListener('click', draw);
  const watch = new IntersectionObserver((seen) => {
    if (seen.some((each) => each.isIntersecting) && shown < most) draw();
  }, { rootMargin: '600px' });
  signal.addEventListener('abort', () => watch.disconnect());
  draw();
  return h('div', list, end);
}
