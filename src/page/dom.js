// How elements are made. What strangers wrote becomes text: there is no way here to give HTML, and
// the page's policy (Trusted Types) forbids it to the browser.
import { ago, day, has, t } from './words.js';

export * from './words.js';

// h('p.hint', { id: 'x', onclick: f, hidden: false }, 'text', node, [more], null)
export const h = (name, ...rest) => made(document.createElement(name.split('.')[0]), name, rest);
// The same for a part of a drawing.
export const svg = (name, ...rest) =>
  made(document.createElementNS('http://www.w3.org/2000/svg', name.split('.')[0]), name, rest);

const isThere = value => ![undefined, null, false].includes(value);

function made(node, name, rest) {
  const classes = name.split('.').slice(1);
  if (classes.length) node.setAttribute('class', classes.join(' '));
  if (Object.getPrototypeOf(rest[0] ?? '') === Object.prototype) set(node, rest.shift());
  node.append(...rest.flat(Infinity).filter(isThere));  // what is no node becomes text
  return node;
}

function set(node, given) {
  for (const [key, value] of Object.entries(given).filter(([, each]) => isThere(each))) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (['value', 'checked', 'selected'].includes(key)) node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
}

// One line by a stranger: its direction stays inside it.
export const line = text => h('bdi.foreign', { dir: 'auto' }, text);
// Many lines by a stranger. Links in it are text like everything else.
export const prose = text => h('p.foreign.prose', { dir: 'auto' }, text);

// What is there, with a dot between.
export const dotted = (...parts) =>
  parts.filter(Boolean).flatMap((each, at) => [at ? ' · ' : '', each]);

// How long ago, which tick() keeps right while it is shown; or what is said in its place.
export const when = (time, said) =>
  h(said ? 'time' : 'time.ago', { datetime: time, title: day(time) }, said ?? ago(time));
export const tick = () => document.querySelectorAll('time.ago').forEach(each => {
  const now = ago(each.dateTime);
  if (each.textContent !== now) each.textContent = now;
});

// An address or id: the beginning and the end, the whole one for who points at it.
export function short(address) {
  const text = address.replace(/\.onion$/, '');
  const seen = text.length > 20 ? `${text.slice(0, 11)}…${text.slice(-5)}` : text;
  return h('code', { title: address }, seen);
}

export const tip = (text, values) => h('p.hint', t(text, values));
export const button = (label, act, kind = 'quiet', more = {}) =>
  h(`button.${kind}`, { type: 'button', onclick: act, ...more }, t(label));
export const go = where => { location.hash = `#/${where}`; };
export const link = (label, to, kind) => h(kind ? `a.${kind}` : 'a', { href: to }, label);

export const headed = (title, ...rest) => h('section', h('h2', t(title)), ...rest);

// A title that leads to `where`, such as mail/ID.
export const titled = (where, title, ...rest) => h('h2', h('a', { href: `#/${where}`,
  id: where.replace('/', '-') }, line(title || t('form.untitled'))), ...rest);

// What is not empty.
export const filled = object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value));

// [label, node] of each, beneath one another.
export const pairs = rows =>
  h('dl.rows', rows.map(([label, value]) => [h('dt', label), h('dd', value)]));

// Nothing is there; why, and where to go.
export const empty = (why, where, values) =>
  h('div.empty', h('h2', t(`${why}.title`, values)), h('p', t(`${why}.text`)),
    where && h('p', link(t(`nav.${where}`), `#/${where}`, 'main')));

let fields = 0;
// A control, which gets an id, with its label and, if there is such a text, a hint:
// field('mail.to', ...) has 'mail.to.hint'.
export function field(label, control, hint = `${label}.hint`) {
  const id = control.id ||= `field-${++fields}`;
  const helps = has(hint);
  if (helps) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div.field', h('label', { for: id }, t(label)), control,
    helps && h('p.hint', { id: `${id}-hint` }, t(hint)));
}

export const input = (name, more = {}) =>
  h('input', { name, dir: 'auto', autocomplete: 'off', spellcheck: 'false', ...more });
export const area = (name, more = {}) => h('textarea', { name, rows: 5, dir: 'auto', ...more });
export const choice = (name, options, chosen, act) => h('select', { name, onchange: act },
  options.map(([value, label]) => h('option', { value, selected: value === chosen }, label)));
// Options called as the words of a group.
export const choices = (group, values) => values.map(each => [each, t(`${group}.${each}`)]);
export const check = (name, label, more = {}) =>
  h('label.check', input(name, { type: 'checkbox', ...more }), ' ', label);

// Says it to who listens to the page.
export function say(text) {
  const live = document.getElementById('live');
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 50);
}

// What is drawn anew keeps what is open, and the focus: on the same id, else as far in as before.
export function redraw(place, ...nodes) {
  const focusable = () =>
    [...place.querySelectorAll('a, button, input, select, textarea, summary')];
  const before = document.activeElement;
  const at = focusable().indexOf(before);
  const details = () => [...place.querySelectorAll('details')];
  const open = details().map(each => each.open);
  place.replaceChildren(...nodes);
  details().forEach((each, i) => { each.open ||= open[i]; });
  if (at < 0) return;
  const now = focusable();
  const next = document.getElementById(before.id) ?? now[Math.min(at, now.length - 1)] ?? place;
  next.focus({ preventScroll: true });
}

export function later(act, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

// A stranger's file stays a file, under a name without a path and without signs that nobody sees;
// it is not shown.
export function save(base64, name) {
  const address = URL.createObjectURL(new Blob([unpacked(base64)],
    { type: 'application/octet-stream' }));
  h('a', { href: address, download: name.replace(/[/\\\p{C}]/gu, '_') }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
export const unpacked = base64 => Uint8Array.from(atob(base64), each => each.charCodeAt(0));
