// What a person chooses for this browser. It says nothing about anybody, so it lasts.
import { button, check, choice, current, field, h, headed, languages, t, tip } from './dom.js';
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
    const told = new Notification('Hearsay', {
      body: content && text ? text : t('settings.arrived'), tag: 'hearsay-mail' });
    told.onclick = () => {
      focus();
      location.hash = '#/mail';
      told.close();
    };
  }
}

const named = code => new Intl.DisplayNames([code], { type: 'language' }).of(code);

export default async function page() {
  const { theme = '', notify: on, content } = settings();
  const language = choice('language', languages().map(each => [each, named(each)]), current(),
    () => {
      change({ language: language.value });
      history.replaceState({ ...history.state, id: 'language' }, '');
      location.reload();
    });
  language.id = 'language';
  const colours = choice('theme', ['', 'light', 'dark'].map(each =>
    [each, t(`theme.${each || 'system'}`)]), theme, () => change({ theme: colours.value }));
  const refused = h('p.wrong', { role: 'alert' });
  const mail = async ({ target: box }) => {
    const wanted = box.checked;
    box.checked = wanted && await globalThis.Notification?.requestPermission() === 'granted';
    refused.textContent = wanted && !box.checked ? t('settings.refused') : '';
    change({ notify: box.checked });
  };
  return h('div.stack',
    field('settings.language', language), field('settings.theme', colours),
    h('div',
      check('notify', t('settings.notify'), { checked: on === true, onchange: mail }), refused,
      check('content', t('settings.content'), { checked: content === true,
        onchange: ({ target }) => change({ content: target.checked }) })),
    tip('settings.last'),
    headed('settings.leave', h('p', t('settings.leave.text')),
      h('p.acts', button('settings.leave', leave, 'danger', { id: 'leave' }))));
}
