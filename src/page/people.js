// People, one's own personas and mailboxes, lists, kept searches, and letters that were set aside.
import { ask, get, post } from './api.js';
import { area, button, check, choice, choices, dotted, field, filled, h, headed, input, line, link,
  short, t, tip, when, word } from './dom.js';
import { commas } from './fields.js';
import { act, adder, live, risky } from './forms.js';
import { ownPersonas, signers } from './offers.js';
import { friendForm, hiding, personPage } from './person.js';
import { packed, shrink } from './pictures.js';

export default async function people(page) {
  if (page.rest[0]) return personPage(page, page.rest[0]);
  return h('div.stack', await Promise.all([friends, lists, watches, personas, profile, mailboxes,
    aside].map(each => each(page))));
}

// A list that is drawn anew when something of these types happened, and what adds to it.
async function section(page, title, types, draw, adds) {
  const list = await live(page, types, async again => {
    const all = await draw(again);
    return all.length ? h('ul.list', all) : tip('people.none');
  });
  return headed(title, tip(`${title.replace('.title', '')}.hint`), list,
    adds && adder(adds, list.again));
}
const flat = (...rest) => h('li.entry.flat', ...rest);

const friends = page => section(page, 'people.friends', [], async again => {
  const { friends: all } = await get('friends');
  return all.map(({ name, address }) => flat(
    h('p', link(line(name), `#/people/${address}`), ' ', short(address)),
    button('remove', () => act('DELETE', `friends/${address}`, again))));
}, friendForm());

const entries = ({ entry_count: n }) => t('lists.entries', { n });
const lists = page => section(page, 'lists.title', ['list'], async again => {
  const [{ lists: known }, { lists: taken }] = await Promise.all([
    get('lists?limit=100'), get('lists?subscribed=true')]);
  const either = new Map([...known, ...taken].map(each => [each.id, each]));
  const all = await Promise.all([...either.values()].map(each =>
    (each.mine ? get(`lists/${each.id}`) : each)));
  return all.map(each => flat({ id: `list-${each.id}` },
    h('p', dotted(each.name ? line(each.name) : short(each.id), !each.mine && entries(each),
      word('state', each.state !== 'live' ? each.state
        : each.subscribed ? 'subscribed' : 'unsubscribed'))),
    each.mine ? h('details', h('summary', entries(each)),
      h('ul', each.entries.map(entry => h('li',
        dotted(entry.word ? line(entry.word) : short(entry.publisher || entry.item || entry.kind),
          entry.reason && line(entry.reason)), ' ',
        button('remove', () => act('PUT', `lists/${each.id}`, again, { name: each.name,
          about: each.about, entries: each.entries.filter(one => one !== entry) })))))) :
      button(each.subscribed ? 'lists.unsubscribe' : 'lists.subscribe', () =>
        (each.subscribed ? act('DELETE', `subscriptions/${each.id}`, again)
          : act('POST', 'subscriptions', again, { list: each.id })))));
}, {
  id: 'hide-form', submit: 'lists.add',
  fields: () => h('div.row',
    field('lists.what', choice('what', choices('lists', ['word', 'publisher', 'item']))),
    field('lists.value', input('value', { required: true })),
    field('lists.reason', input('reason', { maxlength: 120 }))),
  send: async ({ what, value, reason }) => {
    const said = value.trim();
    const [method, path, , body] =
      await hiding({ [what]: what === 'word' ? said.toLowerCase() : said, reason });
    await ask(method, path, body);
  },
});

const watches = page => section(page, 'watch.title', ['watch'], async again => {
  const { watches: kept } = await get('watches');
  return kept.map(each => flat(
    h('p', link(each.name, `#/market?${new URLSearchParams(filled(each.search))}`), ': ',
    line(Object.values(each.search).filter(Boolean).join(', ')), ' · ',
    t('watch.matches', { n: each.matches })),
    button('remove', () =>
      act('DELETE', `watches/${each.name}`, again))));
});

const personas = page => section(page, 'people.personas', [], async again =>
  (await ownPersonas()).map(each => flat(
    h('p', link(line(each.name), `#/people/${each.address}`), ' ', short(each.address),
      each.retired && ` (${t('people.retired')})`),
    each.purpose !== 'main' && !each.retired && risky('people.retire', 'people.retire.sure',
      'DELETE', `personas/${each.address}`, again))),
{
  id: 'persona-form', submit: 'people.make',
  fields: () => field('people.name', input('name')), send: values => post('personas', values),
});

const profile = async page => {
  const own = await signers();
  return section(page, 'profile.title', ['status'], async again => {
    const { profiles } = await get('profiles?mine=true');
    return profiles.filter(each => each.state !== 'removed').map(each => flat(
      h('p', dotted(link(line(each.nickname), `#/people/${each.persona}`),
        word('state', each.state), each.about && line(each.about.slice(0, 80)))),
      h('span.acts', button('profile.edit', () => edit(each), 'quiet',
        { id: `edit-${each.persona}` }),
        risky('remove', 'profile.sure', 'DELETE', `profiles/${each.persona}`, again))));
  }, {
    id: 'profile-form', submit: 'profile.do', draft: 'profile',
    fields: () => [
      h('div.row', field('publish.as', choice('persona', own), ''),
        field('profile.nickname', input('nickname', { required: true, maxlength: 40 })),
        field('profile.languages', input('languages'), 'form.list')),
      field('profile.about', area('about', { rows: 3 })),
      field('picture.alt', input('file', { type: 'file', accept: 'image/*' }), 'picture.hint'),
      input('picture', { hidden: true, 'aria-label': t('picture.alt') }),  // the one that stays
      check('contact', t('profile.contact')),
    ],
    send: async ({ nickname, about, languages, contact, file, picture, persona }) =>
      ask('PUT', `profiles/${persona}`, {
        nickname, about, contact: Boolean(contact), languages: commas(languages),
        ...file.size > 0 ? { picture_file: packed(await shrink(file)) } : { picture },
      }),
  });
};

// Puts a profile into the form: what is published is the whole of it.
function edit({ persona, nickname, about, languages, picture, mailbox }) {
  const { elements } = document.getElementById('profile-form');
  const values = { persona, nickname, about, languages: languages.join(', '), picture };
  for (const [name, value] of Object.entries(values)) elements[name].value = value;
  elements.contact.checked = Boolean(mailbox);
  elements.nickname.focus();
}

const mailboxes = page => section(page, 'people.mailbox', [], async again => {
  const { mailboxes: all } = await get('identity');
  return all.filter(each => each.main).map(each => {
    const at = `mailboxes/${each.address}`;
    return h('li.entry', h('code.whole', each.address),
      tip(each.published ? 'people.published' : 'people.unpublished'),
      h('p.acts', button(each.published ? 'people.withdraw' : 'people.publish', () =>
        act(each.published ? 'DELETE' : 'POST', `${at}/key`, again))),
      field('people.rule', choice('rule', choices('rule', ['anyone', 'takers', 'friends']),
        each.rule,
      ({ target }) => act('PUT', at, again, { rule: target.value }))));
  });
});

const aside = page => section(page, 'aside.title', ['status'], async again => {
  const { set_aside: all } = await get('quarantine');
  return all.map(each => h('li.entry',
    h('p', dotted([word('aside', each.kind), ' ', short(each.id)], each.at && when(each.at))),
    h('p.acts',
      button('aside.retry', () =>
        act('POST', `quarantine/${each.id}/retries`, again)),
      risky('trade.remove', 'mail.sure', 'DELETE', `quarantine/${each.id}`, again))));
});
