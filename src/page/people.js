// People: names that one gives to others, one's own personas and mailboxes, and what was set aside.
import { ask, get, post } from './api.js';
import { button, choice, field, h, input, line, say, short } from './dom.js';
import { explain, form } from './forms.js';
import { live } from './live.js';
import { ago, t, word } from './words.js';

export default async function people(page) {
  const parts = await Promise.all([friends(page), personas(page), mailboxes(page), aside(page)]);
  return h('div.stack', parts);
}

async function act(again, method, path, body) {
  try {
    await ask(method, path, body);
    say(t('done'));
    await again();
  } catch (error) {
    alert(explain(error));
  }
}

async function friends(page) {
  let again = () => null;
  const list = await live(page, ['again'], async (draw) => {
    again = draw;
    const { friends: all = [] } = await get('/v1/friends');
    if (!all.length) return h('p.hint', t('people.none'));
    return h('ul.list', all.map((each) => h('li.entry.flat',
      h('p', line(each.name), ' ', short(each.address)),
      button(t('people.remove'), () => act(draw, 'DELETE', `/v1/friends/${each.address}`)))));
  });
  return h('section', h('h2', t('people.friends')), h('p.hint', t('people.friends.hint')), list,
    form({
      id: 'friend-form', submit: t('people.add'),
      fields: () => h('div.row',
        field(t('people.name'), input('name', { required: true, dir: 'auto' })),
        field(t('people.address'), input('address', {
          required: true, placeholder: 'hsp1…', value: page.query.get('address') ?? '',
        }))),
      send: async ({ name, address }, node) => {
        await post('/v1/friends', { name, address: address.trim() });
        node.reset();
        say(t('done'));
        await again();
      },
    }));
}

async function personas(page) {
  let again = () => null;
  const list = await live(page, ['again'], async (draw) => {
    again = draw;
    const { personas: all = [] } = await get('/v1/personas');
    const kept = all.filter((each) => each.kept || each.purpose === 'main');
    return h('div', h('ul.list', kept.map((each) => h('li.entry.flat',
      h('p', each.name ? line(each.name) : word('persona', each.purpose), ' ',
        short(each.address), each.retired && ` (${t('people.retired')})`),
      each.purpose !== 'main' && !each.retired && button(t('people.retire'), () => {
        if (confirm(t('people.retire.sure'))) act(draw, 'DELETE', `/v1/personas/${each.address}`);
      })))),
    h('p.hint', t('people.others', { n: all.length - kept.length })));
  });
  return h('section', h('h2', t('people.personas')), h('p.hint', t('people.personas.hint')), list,
    form({
      id: 'persona-form', submit: t('people.make'), kind: 'quiet',
      fields: () => field(t('people.name'), input('name', { dir: 'auto' }), t('people.name.hint')),
      send: async ({ name }, node) => {
        await post('/v1/personas', { name });
        node.reset();
        say(t('done'));
        await again();
      },
    }));
}

async function mailboxes(page) {
  const list = await live(page, ['again'], async (draw) => {
    const { mailboxes: all = [] } = await get('/v1/identity');
    return h('ul.list', all.filter((each) => each.main).map((each) => {
      const rule = choice('rule', ['anyone', 'takers', 'friends'].map((one) =>
        [one, t(`rule.${one}`)]), each.rule);
      rule.addEventListener('change', () =>
        act(draw, 'PUT', `/v1/mailboxes/${each.address}`, { rule: rule.value }));
      const key = `/v1/mailboxes/${each.address}/key`;
      return h('li.entry', h('p', h('code.whole', each.address)),
        h('p.hint', t(each.published ? 'people.published' : 'people.unpublished')),
        h('p.acts', each.published ?
          button(t('people.withdraw'), () => act(draw, 'DELETE', key)) :
          button(t('people.publish'), () => act(draw, 'POST', key))),
        field(t('people.rule'), rule));
    }));
  });
  return h('section', h('h2', t('people.mailbox')), h('p.hint', t('people.mailbox.hint')), list);
}

async function aside(page) {
  const list = await live(page, ['status', 'again'], async (draw) => {
    const { set_aside: all = [] } = await get('/v1/quarantine');
    if (!all.length) return h('p.hint', t('aside.none'));
    return h('ul.list', all.map((each) => h('li.entry',
      h('p', word('aside', each.kind), ' ', short(each.id), ' · ', each.at && ago(each.at)),
      each.why && h('p.hint', each.why),
      h('p.acts',
        button(t('aside.retry'), () => act(draw, 'POST', `/v1/quarantine/${each.id}/retries`)),
        button(t('aside.remove'), () => {
          if (confirm(t('mail.sure'))) act(draw, 'DELETE', `/v1/quarantine/${each.id}`);
        }, 'danger')))));
  });
  return h('section', h('h2', t('aside.title')), h('p.hint', t('aside.hint')), list);
}
