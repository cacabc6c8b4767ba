// One offer: what it says, who says it, and what one can do about it.
import { ask, get, post } from './api.js';
import { area, button, field, h, input, link, prose, say, short } from './dom.js';
import { form, lifetime, seconds } from './forms.js';
import { rows } from './fields.js';
import { card, find, loadNames, person, stateOf } from './offers.js';
import { ago, day, number, t } from './words.js';

export default async function offerPage(page) {
  const [id, act] = page.rest;
  const offer = await get(`/v1/offers/${encodeURIComponent(id)}`);
  await loadNames();
  page.title = offer.title;
  const doing = h('section', { id: 'doing' });
  const start = (what) => {
    doing.replaceChildren(what === 'take' ? takeForm(offer) : writeForm(offer));
    doing.querySelector('input, textarea').focus();
  };
  if (act === 'take' || act === 'write') setTimeout(() => start(act));
  const rest = h('div');
  others(offer, page).then((node) => rest.append(node)).catch(() => null);
  return h('div.columns',
    h('div',
      offer.mine ? h('p', stateOf(offer)) : null,
      offer.warning && h('p.notice', offer.warning),
      offer.text && prose(offer.text),
      h('dl.rows', rows(offer).map(([label, value]) => [h('dt', label), h('dd', value)]),
        h('dt', t('offer.made')), h('dd', h('time', { datetime: offer.created },
          `${day(offer.created)} (${ago(offer.created)})`)),
        h('dt', t('offer.ends')), h('dd', h('time', { datetime: offer.expires },
          `${day(offer.expires)} (${ago(offer.expires)})`)),
        h('dt', t('offer.id')), h('dd', short(offer.id))),
      offer.pictures?.length > 0 && h('p.hint', t('offer.pictures', { n: offer.pictures.length })),
      offer.mine ? mineActs(offer) : h('p.acts',
        button(t('offer.take'), () => start('take'), 'main', { id: 'take' }),
        button(t('offer.write'), () => start('write'), 'quiet', { id: 'write' })),
      doing),
    h('aside', h('h2', t('offer.maker')), h('p', person(offer.publisher)),
      h('p.hint', t('offer.maker.hint')),
      !offer.mine && h('p', link(t('offer.name'), `#/people?address=${offer.publisher}`)), rest));
}

function mineActs(offer) {
  return h('p.acts',
    link(t('mine.edit'), `#/publish/${offer.id}`, 'quiet'),
    button(t('mine.remove'), async () => {
      if (!confirm(t('mine.sure'))) return;
      await ask('DELETE', `/v1/offers/${offer.id}`);
      say(t('mine.removed'));
      location.hash = '#/mine';
    }, 'danger'));
}

function takeForm(offer) {
  return form({
    title: t('take.title'), hint: t('take.hint'), submit: t('take.do'), id: 'take-form',
    fields: () => [
      field(t('offer.give'), input('give', { value: offer.give })),
      field(t('offer.want'), input('want', { value: offer.want }), t('take.terms')),
      field(t('form.text'), area('text')),
    ],
    send: async ({ give, want, text }) => {
      const changed = give !== offer.give || want !== offer.want;
      const terms = changed ? { give, want } : undefined;
      const trade = await post('/v1/trades', { offer: offer.id, terms, text });
      location.hash = `#/trades/${trade.id}`;
    },
  });
}

function writeForm(offer) {
  return form({
    title: t('write.title'), hint: t('write.hint'), submit: t('write.do'), id: 'write-form',
    fields: () => [
      field(t('mail.subject'), input('subject', { value: offer.title, dir: 'auto' })),
      field(t('mail.text'), area('text', { required: true })), lifetime(15),
    ],
    send: async ({ subject, text, days }) => {
      const mail = await post('/v1/mail',
        { to: offer.id, subject, text, lifetime_seconds: seconds(days) });
      location.hash = `#/mail/${mail.id}`;
    },
  });
}

// What else the same persona offers, and what others said about it.
async function others(offer, page) {
  const [ratings, found] = await Promise.all([
    get(`/v1/ratings/${offer.publisher}`), find('')]);
  const more = found.offers.filter((each) =>
    each.publisher === offer.publisher && each.id !== offer.id);
  if (page.signal.aborted) return h('div');
  return h('div',
    h('h3', t('ratings.title')), ratingsOf(ratings),
    h('h3', t('offer.others')),
    more.length ? h('div.grid.narrow', more.slice(0, 12).map((each) => card(each, { level: 'h4' })))
      : h('p.hint', t('offer.alone')));
}

// A mean says little without what it is made of.
export function ratingsOf({ ratings = [], count = 0, mean = 0 }) {
  if (!count) return h('p.hint', t('ratings.none'));
  return h('div',
    h('p', h('strong', t('ratings.mean', { mean: number(Math.round(mean * 10) / 10) })), ' · ',
      t('ratings.count', { n: count })),
    h('p.hint', t('ratings.basis')),
    h('ul.plain', ratings.slice(0, 20).map((each) => h('li',
      stars(each.stars), ' ', person(each.by), ' · ', h('time', { datetime: each.created },
        ago(each.created)), each.text && prose(each.text)))));
}

export const stars = (n) => h('span.stars',
  { role: 'img', 'aria-label': t('ratings.stars', { n }) }, '★'.repeat(n) + '☆'.repeat(5 - n));
