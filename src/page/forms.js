// What goes to the node and what comes from it. A form says what went wrong and keeps what was
// typed. What happens meanwhile is drawn by live(); forms stand outside of it, never drawn over.
import { ask, Lost } from './api.js';
import { button, choice, field, h, has, later, redraw, say, t, takes, tip, told } from './dom.js';
import { onEvent } from './events.js';

// { title, hint, fields: () => [nodes], submit, send: async (values, form), kind, id, draft,
//   cancel }
// `draft` names where what is typed is kept until it is sent, a reload long; cancel() closes what
// was opened by a button.
export function form({ title, hint = '', fields, submit, send, kind = 'main', id, draft, cancel }) {
  const wrong = h('p.wrong', { role: 'alert' });
  const act = h(`button.${kind}`, { type: 'submit' }, t(submit));
  const node = h('form.stack', { id }, title && h('h2', t(title)), has(hint) && tip(hint), fields(),
    wrong, h('p.acts', act, cancel && button('cancel', cancel)));
  if (draft) keepDraft(node, `draft-${draft}`);
  node.addEventListener('submit', async event => {
    event.preventDefault();
    if (act.hasAttribute('aria-busy')) return;
    wrong.textContent = '';
    act.setAttribute('aria-busy', 'true');  // and not disabled: that would lose the focus
    try {
      await send(Object.fromEntries(new FormData(node)), node);
      if (draft) node.dispatchEvent(new Event('sent'));
    } catch (error) {
      wrong.textContent = explain(error);
      const at = node.elements[error.at];
      at?.setAttribute('aria-invalid', 'true');
      at?.closest('details')?.setAttribute('open', '');
      at?.focus();
    } finally {
      act.removeAttribute('aria-busy');
    }
  });
  node.addEventListener('input', ({ target }) => target.removeAttribute('aria-invalid'));
  return node;
}

// A form that adds to a list, which after() draws anew.
export const adder = (options, after) => form({ kind: 'quiet', ...options,
  send: async (values, node) => {
    await options.send(values);
    node.reset();
    say(t('done'));
    await after?.();
  } });

function keepDraft(node, key) {
  const all = [...node.elements].filter(each => each.name && each.type !== 'file');
  const at = each => (each.type === 'checkbox' ? 'checked' : 'value');
  const kept = JSON.parse(sessionStorage.getItem(key) ?? '[]');
  if (kept.length === all.length) {
    all.forEach((each, i) => {
      each[at(each)] = kept[i];
      if (each.selectedIndex === -1) each.selectedIndex = 0;  // what is no choice any more
    });
  }
  node.addEventListener('input', () =>
    sessionStorage.setItem(key, JSON.stringify(all.map(each => each[at(each)]))));
  node.addEventListener('sent', () => sessionStorage.removeItem(key));
}

// act('DELETE', '...', again): at once; says that it is done, or what went wrong.
export async function act(method, path, after, body) {
  try {
    await ask(method, path, body);
    say(t('done'));
    await after?.();
  } catch (error) {
    if (error.status !== 401) alert(error instanceof Lost ? t('lost.title') : explain(error));
  }
}

// A button for what cannot be undone.
export const risky = (label, question, method, path, after) => button(label,
  () => confirm(t(question)) && act(method, path, after), 'danger');

const day = 86400;
// How long something lives in the network, in seconds; longer costs more work.
export const lifetime = usual => field('form.days', choice('days',
  [1, 3, 7, 15].map(n => [String(n * day), takes(n * day)]), String(usual * day)));

// What went wrong; before words of the node's that have no code stands what is meant.
export function explain(error) {
  if (error instanceof Lost) return t('lost.form');
  const key = `error.${error.code}`;
  return has(key) && !error.said ? `${t(key)} ${error.message}` : error.message;
}

// What the node warns of.
export const notices = ({ warnings, warnings_said: said = [] }) =>
  warnings.map((each, i) => h('p.notice', told(each, said[i])));

// What a person got wrong; `at` is the field's name.
export class Mistake extends Error {
  constructor(text, at) {
    super(text);
    this.at = at;
  }
}

// `draw(again)` gives what is to be seen now; so does again() of what is returned. `every`: in
// milliseconds, of what changes without an event.
export async function live(page, types, draw, every = 0) {
  const place = h('div.live', { tabindex: -1 });
  let asked = 0;
  let drawn = 0;  // an older answer that comes late is not drawn; a newer question stops none
  place.again = async () => {
    const mine = ++asked;
    try {
      const next = await draw(place.again);
      if (page.signal.aborted || mine < drawn) return;
      drawn = mine;
      redraw(place, next);
    } catch (error) {
      if (error.status === 404) redraw(place, h('p.notice', t('error.gone')));
      else if (!(error instanceof Lost)) throw error;  // that is told above, and what is here stays
    }
  };
  const soon = later(() => place.again().catch(() => null), 400);
  onEvent([...types, 'again'], soon, page.signal);
  document.addEventListener('visibilitychange', () => document.hidden || soon(),
    { signal: page.signal });
  if (every) {
    const timer = setInterval(() => document.hidden || soon(), every);
    page.signal.addEventListener('abort', () => clearInterval(timer));
  }
  place.replaceChildren(await draw(place.again));
  return place;
}
