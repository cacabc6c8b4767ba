// Conversations. What a trade sends through the mail stands with the trade, not here.
import { ask, get, post } from './api.js';
import { area, button, field, h, input, line, link, prose, say } from './dom.js';
import { form, lifetime, seconds } from './forms.js';
import { live } from './live.js';
import { empty } from './market.js';
import { loadNames, person } from './offers.js';
import { ago, bytes, day, t, word } from './words.js';

const types = ['mail', 'mail_state', 'again'];

export default async function mailPage(page) {
  if (page.rest[0] === 'new') return compose();
  return page.rest[0] ? conversation(page, page.rest[0]) : inbox(page);
}

const time = (mail) => mail.received ?? mail.written;
const partner = (mail) => (mail.direction === 'in' ? mail.from : mail.to);

// Mails that answer one another, newest first; each list is oldest first.
export function conversations(mails) {
  const byId = new Map(mails.map((each) => [each.id, each]));
  const root = (mail, depth = 0) => {
    const before = byId.get(mail.in_reply_to);
    return before && depth < 100 ? root(before, depth + 1) : mail;
  };
  const groups = new Map();
  for (const mail of mails.filter((each) => !each.trade)) {
    const key = root(mail).id;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(mail);
  }
  for (const group of groups.values()) group.sort((a, b) => time(a).localeCompare(time(b)));
  return [...groups.values()].sort((a, b) => time(b.at(-1)).localeCompare(time(a.at(-1))));
}

async function inbox(page) {
  return live(page, types, async () => {
    const [{ mail = [] }] = await Promise.all([get('/v1/mail?limit=1000'), loadNames()]);
    const groups = conversations(mail);
    if (!groups.length) {
      return empty(t('mail.none.title'), t('mail.none.text'),
        link(t('nav.market'), '#/market', 'main'));
    }
    return h('div', h('p.acts', link(t('mail.new'), '#/mail/new', 'quiet')),
      h('ul.list', groups.map((group) => {
        const last = group.at(-1);
        const unread = group.filter((each) => each.state === 'unread').length;
        return h('li.entry', { class: unread ? 'entry unread' : 'entry' },
          h('h2', h('a', { href: `#/mail/${last.id}`, id: `mail-${last.id}` },
            line(last.subject || t('mail.nosubject'))),
          unread > 0 && h('span.count', t('mail.unread', { n: unread }))),
          h('p.facts', t(`mail.${last.direction}`), ' ', person(partner(last)), ' · ',
            h('time', { datetime: time(last), title: day(time(last)) }, ago(time(last))),
            ' · ', t('mail.number', { n: group.length }),
            last.direction === 'out' && ` · ${word('mail.state', last.state)}`));
      })));
  });
}

async function conversation(page, id) {
  const answer = h('div');
  const list = await live(page, types, async () => {
    const [{ mail = [] }] = await Promise.all([get('/v1/mail?limit=1000'), loadNames()]);
    const group = conversations(mail).find((each) => each.some((one) => one.id.startsWith(id))) ??
      [await get(`/v1/mail/${encodeURIComponent(id)}`)];
    const whole = await Promise.all(group.map((each) => get(`/v1/mail/${each.id}`)));
    page.title = whole[0].subject || t('mail.nosubject');
    const received = whole.findLast((each) => each.direction === 'in');
    if (!answer.hasChildNodes() && received) answer.append(reply(received));
    return h('ol.talk', whole.map(one));
  });
  return h('div', h('p', link(t('mail.back'), '#/mail')), list, answer);
}

function one(mail) {
  const out = mail.direction === 'out';
  return h(`li.letter.${mail.direction}`,
    h('p.facts', out ? t('you') : person(mail.from), ' · ',
      h('time', { datetime: time(mail), title: day(time(mail)) }, ago(time(mail))),
      out && h('span.state', ` · ${word('mail.state', mail.state)}`),
      out && mail.waits_for && h('span.hint', ` · ${t('mine.waits', { what: mail.waits_for })}`)),
    mail.subject && h('h2', line(mail.subject)),
    mail.why && h('p.hint', mail.why),
    mail.text ? prose(mail.text) : h('p.hint', t('mail.empty')),
    mail.about && h('p.hint', link(t('mail.about'), `#/offer/${mail.about}`)),
    mail.attachments?.length > 0 && h('ul.plain', mail.attachments.map(attachment)),
    h('p.acts',
      out && ['draft', 'working', 'queued', 'injected', 'heard'].includes(mail.state) &&
        button(t('mail.withdraw'), () => act('POST', `/v1/withdrawals/${mail.id}`)),
      button(t('mail.remove'), async () => {
        if (!confirm(t('mail.sure'))) return;
        await act('DELETE', `/v1/mail/${mail.id}`);
        location.hash = '#/mail';
      }, 'danger')));
}

async function act(method, path) {
  try {
    await ask(method, path);
    say(t('done'));
  } catch (error) {
    alert(error.message);
  }
}

// A stranger's file is given to the person as a file, under a name without a path; it is not shown.
function attachment({ name, content, size }) {
  return h('li', line(name), ` (${bytes(size)}) `, button(t('mail.save'), () => {
    const raw = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([raw], { type: 'application/octet-stream' }));
    h('a', { href: address, download: name.replace(/[/\\]/g, '_') }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }));
}

function reply(mail) {
  const subject = /^re:/i.test(mail.subject) ? mail.subject : `Re: ${mail.subject}`;
  return form({
    title: t('mail.answer'), submit: t('write.do'), id: 'answer-form',
    fields: () => [
      field(t('mail.subject'), input('subject', { value: subject, dir: 'auto' })),
      field(t('mail.text'), area('text', { required: true })), lifetime(15),
    ],
    send: async (given, node) => {
      const { subject: about, text, days } = given;
      await post('/v1/mail',
        { to: mail.id, subject: about, text, lifetime_seconds: seconds(days) });
      node.reset();
      say(t('mail.sent'));
    },
  });
}

function compose() {
  return form({
    submit: t('write.do'), hint: t('mail.new.hint'), id: 'compose-form',
    fields: () => [
      field(t('mail.to'), input('to', { required: true }), t('mail.to.hint')),
      field(t('mail.subject'), input('subject', { dir: 'auto' })),
      field(t('mail.text'), area('text', { required: true })), lifetime(15),
    ],
    send: async ({ to, subject, text, days }) => {
      const mail = await post('/v1/mail',
        { to: to.trim(), subject, text, lifetime_seconds: seconds(days) });
      location.hash = `#/mail/${mail.id}`;
    },
  });
}
