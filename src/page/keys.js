// Keys and backup. The twelve words, secret keys and restoring are not for a page: the door refuses
// them, and the command does them.
import { get, post } from './api.js';
import { button, field, h, input } from './dom.js';
import { form, Mistake } from './forms.js';
import { bytes, day, t } from './words.js';

const made = 'hearsay-backup-made';      // when; neither where nor what
const snoozed = 'hearsay-backup-snoozed';
const week = 7 * 86400 * 1000;

export default async function keys() {
  const identity = await get('/v1/identity');
  const result = h('div', { role: 'status' });
  return h('div.stack',
    h('section', h('h2', t('keys.disk')),
      h(identity.sealed ? 'p.state' : 'p.state.bad', h('span.dot', { 'aria-hidden': 'true' }),
        t(identity.sealed ? 'keys.sealed' : 'keys.open')),
      !identity.sealed && h('p.notice', t('keys.open.text'))),
    h('section', h('h2', t('keys.backup')), reminder(), h('p', t('keys.backup.text')), result,
      form({
        id: 'backup-form', submit: t('keys.make'),
        fields: () => [
          field(t('keys.path'), input('path', { required: true, placeholder: '/…' }),
            t('keys.path.hint')),
          h('div.row',
            field(t('keys.pass'), input('once', {
              type: 'password', required: true, autocomplete: 'new-password' })),
            field(t('keys.twice'), input('twice', {
              type: 'password', required: true, autocomplete: 'new-password' }))),
        ],
        send: async ({ path, once, twice }, node) => {
          if (once !== twice) throw new Mistake(t('keys.differ'));
          const backup = await post('/v1/backups', { path: path.trim(), passphrase: once });
          node.reset();
          localStorage.setItem(made, backup.made);
          result.replaceChildren(h('p.notice.good', t('keys.done', {
            path: backup.path, size: bytes(backup.bytes) })));
        },
      })),
    h('section', h('h2', t('keys.words')), h('p', t('keys.words.text'))),
    h('section', h('h2', t('keys.back')), h('p', t('keys.back.text')),
      h('pre', h('code', 'hearsay backup restore FILE\nhearsay identity recover'))));
}

// Until there is a backup that this browser saw being made.
function reminder() {
  const last = localStorage.getItem(made);
  if (last) return h('p', t('keys.last', { when: day(last) }));
  if (Number(localStorage.getItem(snoozed) ?? 0) > Date.now()) return h('p.hint', t('keys.never'));
  const node = h('div.notice', h('p', t('keys.remind')),
    button(t('keys.snooze'), () => {
      localStorage.setItem(snoozed, String(Date.now() + week));
      node.replaceChildren(t('keys.never'));
    }));
  return node;
}
