// What a person chooses for this browser. It says nothing about anybody, so it lasts.
import { button, check, choice, current, field, h, headed, languages, load, t } from './dom.js';
import { leave } from './session.js';

const name = 'hearsay-settings';

export function settings() {
  try {
    return JSON.parse(localStorage.getItem(name) ?? '{}') ?? {};
  } catch {
    return {};
  }
}
function change(what) {
  localStorage.setItem(name, JSON.stringify({ ...settings(), ...what }));
  apply();
}
export function apply() {
  const { theme } = settings();
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

// Shown on locked screens: what the mail says is in it only if that was asked for, too.
export function notify({ text }) {
  const { notify: on, content } = settings();
  if (on && document.hidden && globalThis.Notification?.permission === 'granted') {
    new Notification('Hearsay', { body: content && text ? text : t('settings.arrived'),
      tag: 'hearsay-mail' });
  }
}

const named = code => new Intl.DisplayNames([code], { type: 'language' }).of(code);

export default async function page() {
  const { theme = '', notify: on, content } = settings();
  const language = choice('language', languages().map(each => [each, named(each)]), current(),
    async () => {
      change({ language: language.value });
      await load(language.value);
      dispatchEvent(new Event('hearsay-words'));
    });
  const colours = choice('theme', ['', 'light', 'dark'].map(each =>
    [each, t(`theme.${each || 'system'}`)]), theme, () => change({ theme: colours.value }));
  const mail = async ({ target: box }) => {
    box.checked = box.checked && await globalThis.Notification?.requestPermission() === 'granted';
    change({ notify: box.checked });
  };
  return h('div.stack',
    field('settings.language', language), field('settings.theme', colours),
    h('div', check('notify', t('settings.notify'), { checked: on === true, onchange: mail }),
      check('content', t('settings.content'), { checked: content === true,
        onchange: ({ target }) => change({ content: target.checked }) })),
    headed('settings.leave', h('p', t('settings.leave.text')),
      h('p.acts', button('settings.leave', leave, 'danger', { id: 'leave' }))));
}
