// A form that sends something to the node: it can be sent once at a time, says what went wrong
// where it went wrong, and keeps what was typed.
import { ask, Lost } from './api.js';
import { button, choice, field, h, say } from './dom.js';
import { has, t, takes } from './words.js';

// { title, hint, fields: () => [nodes], submit, send: async (values, form), kind, id, draft }
// `draft` names where what is typed is kept until it is sent: in sessionStorage, which survives a
// reload, and neither a closed tab nor a log-out.
export function form({ title, hint, fields, submit, send, kind = 'main', id, draft }) {
  const wrong = h('p.wrong', { role: 'alert' });
  const act = h(`button.${kind}`, { type: 'submit' }, submit);
  const node = h('form.stack', { id }, title && h('h2', title), hint && h('p.hint', hint), fields(),
    wrong, h('p.acts', act));
  if (draft) keepDraft(node, `draft-${draft}`);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    act.disabled = true;
    act.setAttribute('aria-busy', 'true');
    try {
      await send(Object.fromEntries(new FormData(node)), node);
      if (draft) node.dispatchEvent(new Event('sent'));
    } catch (error) {
      wrong.textContent = explain(error);
      const at = node.elements[error.at];
      at?.setAttribute('aria-invalid', 'true');
      at?.focus();
    } finally {
      act.disabled = false;
      act.removeAttribute('aria-busy');
    }
  });
  node.addEventListener('input', ({ target }) => target.removeAttribute('aria-invalid'));
  return node;
}

function keepDraft(node, key) {
  const all = [...node.elements].filter((each) => each.name && each.type !== 'file');
  const at = (each) => (each.type === 'checkbox' ? 'checked' : 'value');
  const kept = JSON.parse(sessionStorage.getItem(key) ?? '[]');
  if (kept.length === all.length) all.forEach((each, i) => { each[at(each)] = kept[i]; });
  node.addEventListener('input', () =>
    sessionStorage.setItem(key, JSON.stringify(all.map((each) => each[at(each)]))));
  node.addEventListener('sent', () => sessionStorage.removeItem(key));
}

// act('DELETE', '/v1/...', again): at once; says that it is done, or what went wrong.
export async function act(method, path, after, body) {
  try {
    await ask(method, path, body);
    say(t('done'));
    await after?.();
  } catch (error) {
    alert(explain(error));
  }
}

// A button for what cannot be undone.
export const risky = (label, question, method, path, after) => button(t(label),
  () => confirm(t(question)) && act(method, path, after), 'danger');

const days = [1, 3, 7, 15];
// How long something lives in the network; longer costs more work.
export const lifetime = (usual) => field(t('form.days'), choice('days',
  days.map((n) => [String(n), takes(n * 86400)]), String(usual)));
export const seconds = (chosen) => Number(chosen) * 86400;

// What to do about it stands before what the node said.
export function explain(error) {
  if (error instanceof Lost) return t('lost.form');
  if (!error.code) return error.message;
  const key = `error.${error.code}`;
  return has(key) ? `${t(key)} ${error.message}` : error.message;
}

// What a person got wrong before the node was asked; `at` is the field's name.
export class Mistake extends Error {
  constructor(text, at) {
    super(text);
    this.at = at;
  }
}
