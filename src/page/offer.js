// One offer: what it says, who says it, and what one can do about it.
import { get, post } from './api.js';
import { area, button, dotted, field, h, input, link, prose, say, short, when }
  from './dom.js';
import { act, form, lifetime, risky, seconds } from './forms.js';
import { rows } from './fields.js';
import { isFriend, loadNames, notes, person, stateOf } from './offers.js';
import { hiding, ratingsOf, standing } from './person.js';
import { picture } from './pictures.js';
import { ago, day, t } from './words.js';

export default async function offerPage(page) {
  const [id, start] = page.rest;
  const offer = await get(`/v1/offers/${id}`);
  await loadNames();
  page.title = offer.title;
  const doing = h('section', { id: 'doing' });
  const begin = (what) => {
    doing.replaceChildren(what === 'take' ? takeForm(offer) : writeForm(offer));
    doing.querySelector('input, textarea').focus();
  };
  if (start === 'take' || start === 'write') setTimeout(() => begin(start));
  const dated = (time) => when(time, `${day(time)} (${ago(time)})`);
  const things = offer.thing_rated?.count ? await get(`/v1/offers/${offer.id}/ratings`) : null;
  return h('div.columns',
    h('div',
      h('p.facts', dotted(offer.mine && stateOf(offer))), notes(offer),
      offer.warning && h('p.notice', offer.warning),
      h('div.pictures', (offer.shown_pictures ?? []).map((each) =>
        picture(each, offer.publisher, isFriend(offer.publisher) || offer.mine))),
      offer.text && prose(offer.text),
      h('dl.rows', [...rows(offer), [t('offer.made'), dated(offer.created)],
        [t('offer.ends'), dated(offer.expires)], [t('offer.id'), short(offer.id)]]
        .map(([label, value]) => [h('dt', label), h('dd', value)])),
      offer.mine ? mineActs(offer) : h('p.acts',
        button(t('offer.take'), () => begin('take'), 'main', { id: 'take' }),
        button(t('offer.write'), () => begin('write'), 'quiet', { id: 'write' }),
        button(t('lists.add'), () => hide(offer.id))),
      doing,
      things && h('section', h('h2', t('ratings.thing')),
        ratingsOf(things, 'ratings.thing.basis'))),
    h('aside', h('h2', t('offer.maker')), h('p', person(offer.publisher)),
      h('p.hint', t('offer.maker.hint')),
      await standing(page, offer.publisher, offer.id)));
}

const hide = async (item) => confirm(t('lists.hide-sure')) &&
  act(...await hiding({ item }, () => { location.hash = '#/market'; }));

const mineActs = (offer) => h('p.acts',
  link(t('mine.edit'), `#/publish/${offer.id}`, 'quiet'),
  risky('remove', 'mine.sure', 'DELETE', `/v1/offers/${offer.id}`,
    () => { location.hash = '#/mine'; }));

// What both sides sign: what is given for what, and what happens in a dispute.
export const termsOf = (terms) => [
  h('div.row', ['give', 'want'].map((key) =>
    field(t(`offer.${key}`), input(key, { value: terms[key] ?? '', dir: 'auto' })))),
  field(t('take.arbiter'), input('arbiter', { placeholder: 'hsp1…/hsm1…',
    value: terms.arbiter ? `${terms.arbiter}/${terms.arbiter_mailbox}` : '' }),
  t('take.arbiter.hint')),
];
export function termsIn({ give, want, arbiter }) {
  const [persona, mailbox = ''] = arbiter.split('/').map((each) => each.trim());
  return { give, want, arbiter: persona, arbiter_mailbox: mailbox };
}

const takeForm = (offer) => form({
  title: t('offer.take'), hint: t('take.hint'), submit: t('take.do'), id: 'take-form',
  draft: `take-${offer.id}`,
  fields: () => [termsOf(offer), h('p.hint', t('take.terms')),
    field(t('form.text'), area('text'))],
  send: async (values) => {
    const terms = termsIn(values);
    const as = terms.give === offer.give && terms.want === offer.want;
    const trade = await post('/v1/trades', { offer: offer.id, text: values.text,
      terms: { ...terms, give: as ? '' : terms.give, want: as ? '' : terms.want } });
    location.hash = `#/trades/${trade.id}`;
  },
});

const writeForm = (offer) => form({
  title: t('offer.write'), hint: t('write.hint'), submit: t('send'), id: 'write-form',
  draft: `write-${offer.id}`,
  fields: () => [
    field(t('mail.subject'), input('subject', { value: offer.title, dir: 'auto' })),
    field(t('mail.text'), area('text', { required: true })), lifetime(15),
  ],
  send: async ({ subject, text, days }) => {
    const mail = await post('/v1/mail',
      { to: offer.id, subject, text, lifetime_seconds: seconds(days) });
    say(t('sent'));
    location.hash = `#/mail/${mail.id}`;
  },
});
