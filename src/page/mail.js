// Conversations. What a trade sends through the mail stands with the trade, not here.
import { get, post } from './api.js';
import { area, button, bytes, dotted, empty, field, go, h, input, line, link, prose, save, say, t,
  titled, told, when, word } from './dom.js';
import { act, form, lifetime, live, risky } from './forms.js';
import { newest } from './newest.js';
import { loadNames, person, waits } from './offers.js';

const types = ['mail', 'mail_state'];

export default async function mailPage(page) {
  const [id] = page.rest;
  if (id !== 'new') return id ? conversation(page, id) : inbox(page);
  page.title = t('mail.new');
  return letter({ to: page.query.get('to') ?? '', id: 'compose-form', draft: 'mail' });
}

const time = mail => mail.received ?? mail.written;
async function load(page) {
  const [{ all, older }] = await Promise.all([newest('mail', page), loadNames()]);
  return { groups: conversations(all), older };
}

// Mails that answer one another, newest first; each list is oldest first.
function conversations(mails) {
  const byId = new Map(mails.map(each => [each.id, each]));
  const root = (mail, depth = 0) => {
    const before = byId.get(mail.in_reply_to);
    return before && depth < 100 ? root(before, depth + 1) : mail;
  };
  const groups = [...Map.groupBy(mails, mail => root(mail).id).values()];
  for (const group of groups) group.sort((a, b) => time(a).localeCompare(time(b)));
  return groups.sort((a, b) => time(b.at(-1)).localeCompare(time(a.at(-1))));
}

const inbox = page => live(page, types, async () => {
  const { groups, older } = await load(page);
  return h('div', h('p.acts', link(t('mail.new'), '#/mail/new', 'quiet')),
    groups.length ? h('ul.list', groups.map(group => {
      const last = group.at(-1);
      const unread = group.filter(each => each.state === 'unread').length;
      return h(unread ? 'li.entry.unread' : 'li.entry',
        titled(`mail/${last.id}`, last.subject,
          unread > 0 && h('span.count', t('mail.unread', { n: unread }))),
        h('p.facts', t(`mail.${last.direction}`), ' ', dotted(
          last.direction === 'in' ? person(last.from) : h('code', last.to.slice(0, 11), '…'),
          when(time(last)), t('mail.number', { n: group.length }),
          last.direction === 'out' && word('state', last.state))));
    })) : empty('mail.none', 'market'), older);
});

async function conversation(page, id) {
  const answer = h('div');
  const list = await live(page, types, async () => {
    const group = (await load(page)).groups.find(each => each.some(one => one.id.startsWith(id))) ??
      [await get(`mail/${id}`)];
    // What nobody has before the eyes stays unread.
    const whole = await Promise.all(group.map(each => (each.state === 'unread' && !document.hidden
      ? post(`mail/${each.id}/read`) : get(`mail/${each.id}`))));
    if (group.some((each, i) => each.state !== whole[i].state)) {
      dispatchEvent(new Event('hearsay-look'));  // fewer are unread
    }
    page.title = whole[0].subject || t('form.untitled');
    const received = whole.findLast(each => each.direction === 'in');
    if (!answer.hasChildNodes() && received) answer.append(reply(received));
    return h('ol.talk', whole.map(one));
  });
  return h('div', h('p', link(t('mail.back'), '#/mail')), list, answer);
}

function one(mail) {
  const out = mail.direction === 'out';
  return h(`li.letter.${mail.direction}`,
    h('p.facts', dotted(out ? t('you') : person(mail.from), when(time(mail)),
      out && h('span.state', word('state', mail.state)),
      out && waits(mail))),
    mail.subject && h('h2', line(mail.subject)),
    mail.why && h('p.hint', told(mail.why, mail.why_said)),
    mail.text && prose(mail.text),
    mail.about && h('p.hint', link(t('mail.about'), `#/offer/${mail.about}`)),
    mail.attachments.length > 0 && h('ul', mail.attachments.map(({ name, content, size }) =>
      h('li', line(name), ` (${bytes(size)}) `,
        button('mail.save', () => save(content, name))))),
    h('p.acts',
      out && ['draft', 'working', 'queued', 'injected', 'heard'].includes(mail.state) &&
        button('mail.withdraw', () => act('POST', `withdrawals/${mail.id}`)),
      risky('mail.remove', 'mail.sure', 'DELETE', `mail/${mail.id}`,
        () => go('mail'))));
}

// A letter: to a mailbox, which is asked for, to the maker of an offer, or an answer.
export const letter = ({ to, subject = '', stays, ...rest }) => form({
  submit: 'send', ...rest,
  fields: () => [
    typeof to === 'string' && field('mail.to', input('to', { required: true, value: to })),
    field('mail.subject', input('subject', { value: subject })),
    field('mail.text', area('text', { required: true })), lifetime(15),
  ],
  send: async ({ to: written, subject: about, text, days }, node) => {
    const mail = await post('mail', { to: written?.trim() ?? to.id, subject: about, text,
      lifetime_seconds: Number(days) });
    node.reset();
    say(t('sent'));
    if (!stays) go(`mail/${mail.id}`);
  },
});

const reply = mail => letter({
  to: mail, subject: /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`,
  title: 'mail.answer', id: 'answer-form', draft: `answer-${mail.id}`, stays: true,
});
