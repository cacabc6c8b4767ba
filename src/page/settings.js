// What a person chooses for this browser: language, colours, notifications. It says nothing about
// anybody, so it lasts, in localStorage.
import { button, choice, field, h } from './dom.js';
import { leave } from './session.js';
import { current, languages, load, t } from './words.js';

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

// Without a word of what the mail says: notifications are shown on locked screens.
export function notify() {
  if (settings().notify && document.hidden && globalThis.Notification?.permission === 'granted') {
    new Notification('Hearsay', { body: t('notify.mail'), tag: 'hearsay-mail' });
  }
}

// The name of a language in that language.
const named = (code) => {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code);
  } catch {
    return code;
  }
};

export default async function page() {
  const { theme = '', notify: on } = settings();
  const language = choice('language', languages().map((each) => [each, named(each)]), current());
  language.addEventListener('change', async () => {
    change({ language: language.value });
    await load(language.value);
    dispatchEvent(new Event('hearsay-words'));
  });
  const colours = choice('theme', [['', t('theme.system')], ['light', t('theme.light')],
    ['dark', t('theme.dark')]], theme);
  colours.addEventListener('change', () => change({ theme: colours.value }));
  const box = h('input', { type: 'checkbox', checked: on });
  box.addEventListener('change', async () => {
    const may = box.checked && await globalThis.Notification?.requestPermission() === 'granted';
    box.checked = may;
    change({ notify: may });
  });
  return h('div.stack',
    field(t('settings.language'), language), field(t('settings.theme'), colours),
    h('label.check', box, ' ', t('settings.notify')),
    h('section', h('h2', t('settings.leave')), h('p', t('settings.leave.text')),
      h('p.acts', button(t('settings.leave'), leave, 'danger', { id: 'leave' }))));
}
