// Keys and backup. Words, secret keys and restoring are the command's: the door refuses them.
import { get, post } from './api.js';
import { button, bytes, day, field, h, headed, input, link, t } from './dom.js';
import { form, Mistake } from './forms.js';

const snoozed = 'hearsay-backup-snoozed';  // until when; nothing else
const week = 7 * 86400 * 1000;

export default async function keys() {
  const { sealed, last_backup: made } = await get('status');
  const last = h('p', { role: 'status' },
    made ? t('keys.last', { when: day(made) }) : t('keys.never'));
  const secret = name => input(name, {
    type: 'password', required: true, autocomplete: 'new-password' });
  const command = text => h('pre', { tabindex: 0 }, h('code', text));
  return h('div.stack',
    headed('keys.disk',
      h(sealed ? 'p.state' : 'p.state.bad', h('span.dot', { 'aria-hidden': 'true' }),
        t(sealed ? 'keys.sealed' : 'keys.open')),
      h('p', t(sealed ? 'keys.sealed.text' : 'keys.open.text')),
      command('hearsay identity passphrase')),
    headed('keys.backup', last, h('p', t('keys.backup.text')),
      form({
        id: 'backup-form', submit: 'keys.make',
        fields: () => [
          field('keys.path', input('path', { required: true, placeholder: '/…' })),
          h('div.row', field('keys.pass', secret('once')),
            field('keys.twice', secret('twice'))),
        ],
        send: async ({ path, once, twice }, node) => {
          if (once !== twice) throw new Mistake(t('keys.differ'), 'twice');
          const backup = await post('backups', { path: path.trim(), passphrase: once });
          node.reset();
          last.replaceChildren(t('keys.done', { path: backup.path, size: bytes(backup.bytes) }));
          dispatchEvent(new Event('hearsay-look'));
        },
      })),
    headed('keys.words', h('p', t('keys.words.text')),
      command('hearsay identity words --check')),
    headed('keys.back', h('p', t('keys.back.text')),
      command('hearsay backup restore FILE\nhearsay identity recover')));
}

// Above every page until there is a backup, unless it was put off for a week.
export const wantsBackup = status => status && !status.last_backup &&
  Number(localStorage.getItem(snoozed) ?? 0) < Date.now();
export const reminder = after => h('div.banner', { id: 'remind' },
  t('keys.remind'), ' ',
  h('span.acts', link(t('keys.make'), '#/keys', 'quiet'), button('keys.snooze', () => {
    localStorage.setItem(snoozed, String(Date.now() + week));
    after();
  })));
