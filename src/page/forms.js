// A form that sends something to the node: it can be sent once at a time, says what went wrong
// where it went wrong, and keeps what was typed.
import { Lost } from './api.js';
import { choice, field, h } from './dom.js';
import { has, t } from './words.js';

// { title, hint, fields: () => [nodes], submit, send: async (values, form), kind, id }
export function form({ title, hint, fields, submit, send, kind = 'main', id }) {
  const wrong = h('p.wrong', { role: 'alert' });
  const act = h(`button.${kind}`, { type: 'submit' }, submit);
  const node = h('form.stack', { id, novalidate: false }, title && h('h2', title),
    hint && h('p.hint', hint), fields(), wrong, h('p.acts', act));
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    wrong.textContent = '';
    act.disabled = true;
    act.setAttribute('aria-busy', 'true');
    try {
      await send(Object.fromEntries(new FormData(node)), node);
    } catch (error) {
      wrong.textContent = explain(error);
    } finally {
      act.disabled = false;
      act.removeAttribute('aria-busy');
    }
  });
  return node;
}

const days = [1, 3, 7, 15];

// How long something lives in the network; longer costs more work.
export const lifetime = (usual) => field(t('form.days'), choice('days',
  days.map((n) => [String(n), t('form.n-days', { n })]), String(usual)));
export const seconds = (chosen) => Number(chosen) * 86400;

// What to do about it stands before what the node said.
export function explain(error) {
  if (error instanceof Lost) return t('lost.form');
  if (!error.code) return error.message;
  const key = `error.${error.code}`;
  return has(key) ? `${t(key)} ${error.message}` : error.message;
}

export class Mistake extends Error {}
