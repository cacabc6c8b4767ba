// One persona: what it says of itself, what its partners said of it, what it offers.
import { get, post, Refused } from './api.js';
import { button, field, h, input, line, link, number, prose, t, tip, when } from './dom.js';
import { act, adder, live } from './forms.js';
import { card, find, isFriend, loadNames, nameOf, notes, person } from './offers.js';
import { picture } from './pictures.js';

export async function personPage(page, address) {
  await loadNames();
  page.title = nameOf(address) || t('lists.publisher');
  return h('div.stack', h('code.whole', address), await standing(page, address),
    h('h2', t('offer.name')),
    adder(friendForm(address), () => dispatchEvent(new Event('hearsay-names'))),
    h('p.acts', button('lists.hide-persona',
      async () => confirm(t('lists.hide-sure')) && act(...await hiding({ publisher: address })),
      'danger')));
}

// A name for whom the address names; without one it is asked for, too.
export const friendForm = known => ({
  id: 'friend-form', submit: 'people.add',
  fields: () => h('div.row',
    field('people.name', input('name', { required: true, value: nameOf(known) })),
    !known && field('people.address',
      input('address', { required: true, placeholder: 'hsp1…' }))),
  send: ({ name, address = known }) => post('friends', { name, address: address.trim() }),
});

// What act() takes to put it on the list that is for this person alone.
export async function hiding(entry, after) {
  const { lists } = await get('lists?mine=true');
  const mine = lists.find(each => each.state === 'private');
  if (!mine) return ['POST', 'lists', after, { name: t('lists.mine'), entries: [entry] }];
  const { name, about, entries } = await get(`lists/${mine.id}`);
  return ['PUT', `lists/${mine.id}`, after, { name, about, entries: [...entries, entry] }];
}

export async function standing(page, address, but = '') {
  const [profile, ratings, found] = await Promise.all([
    get(`profiles/${address}`).catch(none),
    live(page, [], async () => ratingsOf(await get(`ratings/${address}`)), 30000),
    find({ by: address })]);
  const level = but ? 3 : 2;
  const more = found.offers.filter(each => each.id !== but);
  return h('div',
    profile && h('section', { id: 'profile' },
      h(`h${level}`, line(profile.nickname)), notes(profile),
      profile.shown_picture && picture(profile.shown_picture, address, isFriend(address)),
      profile.about && prose(profile.about),
      profile.languages.length > 0 && h('p.hint', line(profile.languages.join(', '))),
      profile.mailbox && !profile.mine &&
        link(t('people.write'), `#/mail/new?to=${profile.mailbox}`)),
    h(`h${level}`, t('ratings.title')), ratings,
    more.length > 0 && [h(`h${level}`, t(but ? 'offer.others' : 'market.results')),
      h('div.grid', more.slice(0, 12).map(each => card(each, { level: `h${level + 1}` }))),
      more.length > 12 && h('p.acts', link(t('market.more'), `#/market?by=${address}`, 'quiet'))]);
}

const none = error => {
  if (error instanceof Refused && error.status === 404) return null;
  throw error;
};

// A mean says little without what it is made of.
export function ratingsOf({ ratings, count, mean }, basis = 'ratings.basis') {
  if (!count) return tip('ratings.none');
  return h('div.ratings',
    h('p', h('strong', t('ratings.mean', { mean: number(Math.round(mean * 10) / 10) })), ' · ',
      t('ratings.count', { n: count })),
    h('ul', [5, 4, 3, 2, 1].map(n => [n, ratings.filter(each => each.stars === n).length])
      .map(([n, many]) => many > 0 && h('li', stars(n), ` × ${number(many)}`))),
    tip(basis),
    h('ul', ratings.slice(0, 20).map(each => h('li',
      stars(each.stars), ' ', each.mine ? t('you') : person(each.by),
      each.by_role && ` · ${t(`trade.role.${each.by_role}`)}`, ' · ', when(each.created),
      each.text && prose(each.text)))));
}

const stars = n => h('span.stars',
  { role: 'img', 'aria-label': t('ratings.stars', { n }) }, '★'.repeat(n) + '☆'.repeat(5 - n));
