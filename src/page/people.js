// People: names that one gives to others, one's own personas, what they say of themselves, their
// mailboxes, lists of what is hidden, kept searches, and letters that were set aside.
import { ask, get, post } from './api.js';
import { area, button, check, choice, dotted, field, h, input, line, link, say, short, when }
  from './dom.js';
import { act, form, risky } from './forms.js';
import { live } from './live.js';
import { friendForm, hiding, personPage } from './person.js';
import { packed, shrink } from './pictures.js';
import { t, word } from './words.js';

export default async function people(page) {
  if (page.rest[0]) return personPage(page, page.rest[0]);
  return h('div.stack', await Promise.all([friends, lists, watches, personas, profile, mailboxes,
    aside].map((each) => each(page))));
}

// A list that is drawn anew when something of these types happened, and what adds to it.
async function section(page, title, types, draw, more = () => null) {
  const list = await live(page, types, async (again) => {
    const all = await draw(again);
    return all.length ? h('ul.list', all) : h('p.hint', t('people.none'));
  });
  const hint = t(`${title.replace('.title', '')}.hint`);
  return h('section', h('h2', t(title)), h('p.hint', hint), list, more(async (node) => {
    node.reset();
    say(t('done'));
    await list.again();
  }));
}
const flat = (...rest) => h('li.entry.flat', ...rest);

const friends = (page) => section(page, 'people.friends', [], async (again) => {
  const { friends: all } = await get('/v1/friends');
  return all.map(({ name, address }) => flat(
    h('p', link(line(name), `#/people/${address}`), ' ', short(address)),
    button(t('remove'), () => act('DELETE', `/v1/friends/${address}`, again))));
}, (added) => friendForm(added));

const entries = ({ entry_count: n }) => t('lists.entries', { n });
const lists = (page) => section(page, 'lists.title', ['list'], async (again) => {
  const [{ lists: known }, { lists: taken }] = await Promise.all([
    get('/v1/lists?limit=100'), get('/v1/lists?subscribed=true')]);
  const here = new Set(known.map((each) => each.id));
  const all = await Promise.all(known.concat(taken.filter((each) => !here.has(each.id)))
    .map(async (each) => (each.mine ? get(`/v1/lists/${each.id}`) : each)));
  return all.map((each) => flat({ id: `list-${each.id}` },
    h('p', dotted(each.name ? line(each.name) : short(each.id), !each.mine && entries(each),
      word('state', word('list.state',
        each.subscribed && each.state === 'live' ? 'subscribed' : each.state)))),
    each.mine ? h('details', h('summary', entries(each)),
      h('ul', each.entries.map((entry) => h('li',
        dotted(entry.word ? line(entry.word) : short(entry.publisher || entry.item || entry.kind),
          entry.reason && line(entry.reason)), ' ',
        button(t('remove'), () => act('PUT', `/v1/lists/${each.id}`, again, { name: each.name,
          about: each.about, entries: each.entries.filter((one) => one !== entry) })))))) :
      button(t(each.subscribed ? 'lists.unsubscribe' : 'lists.subscribe'), () =>
        (each.subscribed ? act('DELETE', `/v1/subscriptions/${each.id}`, again)
          : act('POST', '/v1/subscriptions', again, { list: each.id })))));
}, (added) => form({
  id: 'hide-form', submit: t('lists.add'), kind: 'quiet',
  fields: () => h('div.row',
    field(t('lists.what'), choice('what', ['word', 'publisher', 'item'].map((one) =>
      [one, t(`lists.${one}`)]))),
    field(t('lists.value'), input('value', { required: true, dir: 'auto' })),
    field(t('lists.reason'), input('reason', { maxlength: 120, dir: 'auto' }))),
  send: async ({ what, value, reason }, node) => {
    const said = value.trim();
    const [method, path, , body] =
      await hiding({ [what]: what === 'word' ? said.toLowerCase() : said, reason });
    await ask(method, path, body);
    await added(node);
  },
}));

const watches = (page) => section(page, 'watch.title', ['watch'], async (again) => {
  const { watches: kept } = await get('/v1/watches');
  return kept.map((each) => flat(
    h('p', link(each.name, `#/market?${new URLSearchParams(
      Object.entries(each.search).filter(([, value]) => value))}`), ': ',
    line(Object.values(each.search).filter(Boolean).join(', ')), ' · ',
    t('watch.matches', { n: each.matches })),
    button(t('remove'), () =>
      act('DELETE', `/v1/watches/${each.name}`, again))));
});

const kept = async () => (await get('/v1/personas')).personas?.filter((each) =>
  each.kept || each.purpose === 'main') ?? [];
const called = (each) => each.name || word('persona', each.purpose);

const personas = (page) => section(page, 'people.personas', [], async (again) =>
  (await kept()).map((each) => flat(
    h('p', link(line(called(each)), `#/people/${each.address}`), ' ', short(each.address),
      each.retired && ` (${t('people.retired')})`),
    each.purpose !== 'main' && !each.retired && risky('people.retire', 'people.retire.sure',
      'DELETE', `/v1/personas/${each.address}`, again))),
(added) => form({
  id: 'persona-form', submit: t('people.make'), kind: 'quiet',
  fields: () => field(t('people.name'), input('name', { dir: 'auto' }), t('people.name.hint')),
  send: async (values, node) => {
    await post('/v1/personas', values);
    await added(node);
  },
}));

const profile = (page) => section(page, 'profile.title', ['status'], async (again) => {
  const { profiles } = await get('/v1/profiles?mine=true');
  return profiles.filter((each) => each.state !== 'removed').map((each) => flat(
    h('p', dotted(link(line(each.nickname), `#/people/${each.persona}`),
      word('state', each.state), each.about && line(each.about.slice(0, 80)))),
    risky('remove', 'mine.sure', 'DELETE', `/v1/profiles/${each.persona}`, again)));
}, (added) => {
  const persona = h('select', { name: 'persona' });
  kept().then((all) => persona.append(...all.filter((each) => !each.retired)
    .map((each) => h('option', { value: each.address }, called(each)))), () => null);
  return form({
    id: 'profile-form', submit: t('profile.do'), kind: 'quiet', draft: 'profile',
    fields: () => [
      h('div.row', field(t('publish.as'), persona),
        field(t('profile.nickname'), input('nickname', { required: true, maxlength: 40,
          dir: 'auto' })),
        field(t('profile.languages'), input('languages'), t('form.list'))),
      field(t('profile.about'), area('about', { rows: 3 })),
      field(t('picture.alt'), input('picture', { type: 'file', accept: 'image/*' }),
        t('picture.hint')),
      check('contact', t('profile.contact')),
    ],
    send: async ({ nickname, about, languages, contact, picture, persona: address }, node) => {
      await ask('PUT', `/v1/profiles/${address}`, {
        nickname, about, contact: Boolean(contact),
        languages: languages.split(',').map((each) => each.trim()).filter(Boolean),
        ...picture.size > 0 && { picture_file: packed(await shrink(picture)) },
      });
      await added(node);
    },
  });
});

const mailboxes = (page) => section(page, 'people.mailbox', [], async (again) => {
  const { mailboxes: all } = await get('/v1/identity');
  return all.filter((each) => each.main).map((each) => {
    const at = `/v1/mailboxes/${each.address}`;
    return h('li.entry', h('code.whole', each.address),
      h('p.hint', t(each.published ? 'people.published' : 'people.unpublished')),
      h('p.acts', button(t(each.published ? 'people.withdraw' : 'people.publish'), () =>
        act(each.published ? 'DELETE' : 'POST', `${at}/key`, again))),
      field(t('people.rule'), choice('rule', ['anyone', 'takers', 'friends'].map((one) =>
        [one, t(`rule.${one}`)]), each.rule,
      ({ target }) => act('PUT', at, again, { rule: target.value }))));
  });
});

const aside = (page) => section(page, 'aside.title', ['status'], async (again) => {
  const { set_aside: all } = await get('/v1/quarantine');
  return all.map((each) => h('li.entry',
    h('p', dotted([word('aside', each.kind), ' ', short(each.id)], each.at && when(each.at))),
    each.why && h('p.hint', each.why),
    h('p.acts',
      button(t('aside.retry'), () =>
        act('POST', `/v1/quarantine/${each.id}/retries`, again)),
      risky('trade.remove', 'mail.sure', 'DELETE', `/v1/quarantine/${each.id}`, again))));
});
