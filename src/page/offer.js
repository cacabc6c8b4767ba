// One offer: what it says, who says it, and what one can do.
import { get, post } from './api.js';
import { ago, area, button, day, dotted, field, go, h, headed, input, line, link, pairs, prose,
  short, t, tip, when } from './dom.js';
import { act, explain, form, live, risky } from './forms.js';
import { rows } from './fields.js';
import { letter } from './mail.js';
import { held, isFriend, loadNames, notes, person, stateOf, waits } from './offers.js';
import { hiding, ratingsOf, standing } from './person.js';
import { picture } from './pictures.js';

export default async function offerPage(page) {
  const offer = await get(`offers/${page.rest[0]}`);
  await loadNames();
  page.title = offer.title || t('form.untitled');
  const doing = h('section', { id: 'doing' });
  const begin = form => ({ target }) => {
    doing.replaceChildren(form(offer, () => {
      doing.replaceChildren();
      target.focus();
    }));
    doing.querySelector('input, textarea').focus();
  };
  const dated = time => when(time, `${day(time)} (${ago(time)})`);
  const things = offer.thing_rated?.count > 0 && await get(`offers/${offer.id}/ratings`);
  return h('div.columns',
    h('div',
      offer.mine && [await live(page, ['offer', 'status'], async () => {
        const now = await get(`offers/${offer.id}`);
        return h('p.facts', dotted(stateOf(now), waits(now)));
      }), tip('mine.next')],
      notes(offer),
      offer.warning && h('p.notice', line(offer.warning)),
      h('div.pictures', (offer.shown_pictures ?? []).map(each =>
        picture(each, offer.publisher, isFriend(offer.publisher) || offer.mine))),
      offer.text && prose(offer.text),
      pairs([...rows(offer), [t('state.published'), dated(offer.created)],
        [t('offer.ends'), dated(offer.expires)], [t('offer.id'), short(offer.id)]]),
      offer.mine ? mineActs(offer) : h('p.acts',
        button('offer.take', begin(takeForm), 'main', { id: 'take' }),
        button('offer.write', begin(writeForm), 'quiet', { id: 'write' }),
        button('lists.add', () => hide(offer.id))),
      doing,
      things && headed('ratings.thing', ratingsOf(things, 'ratings.thing.basis')),
      audits(page, offer)),
    h('aside', h('h2', t('offer.maker')), h('p', person(offer.publisher)),
      tip('offer.maker.hint'),
      await standing(page, offer.publisher, offer.id)));
}

// Whether others hold it; nobody is asked unless the user wants it.
function audits(page, { id, audit: last }) {
  const said = h('p', { role: 'status', id: 'audit' });
  let timer;
  const tell = audit => {
    const { lacking, linked, unreached, declined } = audit;
    const parts = { lacking, silent: unreached + declined, linked };
    const running = audit.state === 'running';
    said.replaceChildren(...held({ audit }) ? dotted(held({ audit }),
      ...Object.keys(parts).map(each => parts[each] && t(`audit.${each}`, { n: parts[each] })),
      when(audit.begun)) : [t(running ? 'audit.running' : 'audit.nobody')]);
    clearTimeout(timer);
    if (running && !page.signal.aborted) {
      timer = setTimeout(async () => tell(await get(`audits/${id}`).catch(() => audit)), 1000);
    }
  };
  if (last) tell(last);
  return headed('audit.title', tip('audit.hint'), said, button('audit.ask', () =>
    post(`audits/${id}`).then(tell, error => { said.textContent = explain(error); }),
  'quiet', { id: 'ask' }));
}

const hide = async item => confirm(t('lists.hide-sure')) &&
  act(...await hiding({ item }, () => go('market')));

const mineActs = offer => h('p.acts',
  link(t('mine.edit'), `#/publish/${offer.id}`, 'quiet'),
  risky('remove', 'mine.sure', 'DELETE', `offers/${offer.id}`,
    () => go('mine')));

// What both sides sign: what is given for what, and what happens in a dispute.
export const termsOf = terms => [
  h('div.row', ['give', 'want'].map(key =>
    field(`offer.${key}`, input(key, { value: terms[key] ?? '' })))),
  field('offer.arbiter', input('arbiter', { placeholder: 'hsp1…/hsm1…',
    value: terms.arbiter ? `${terms.arbiter}/${terms.arbiter_mailbox}` : '' })),
];
export function termsIn({ give, want, arbiter }) {
  const [persona, mailbox = ''] = arbiter.split('/').map(each => each.trim());
  return { give, want, arbiter: persona, arbiter_mailbox: mailbox };
}

const takeForm = (offer, cancel) => form({
  cancel,
  title: 'offer.take', hint: 'offer.take.hint', submit: 'offer.propose', id: 'take-form',
  draft: `take-${offer.id}`,
  fields: () => [termsOf(offer), field('form.text', area('text'))],
  send: async values => {
    const terms = termsIn(values);
    const as = terms.give === offer.give && terms.want === offer.want;
    const trade = await post('trades', { offer: offer.id, text: values.text,
      terms: { ...terms, give: as ? '' : terms.give, want: as ? '' : terms.want } });
    go(`trades/${trade.id}`);
  },
});

const writeForm = (offer, cancel) => letter({
  cancel,
  to: offer, subject: offer.title, title: 'offer.write', hint: 'offer.write.hint',
  id: 'write-form', draft: `write-${offer.id}`,
});
