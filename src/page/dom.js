// How elements are made. What strangers wrote becomes text and never markup: there is no way here
// to give HTML, and the page's policy (Trusted Types) forbids it to the browser.
import { ago, day, t } from './words.js';

// h('p.hint', { id: 'x', onclick: f, hidden: false }, 'text', node, [more], null)
export const h = (name, ...rest) => made(document.createElement(name.split('.')[0]), name, rest);
// The same for a part of a drawing.
export const svg = (name, ...rest) =>
  made(document.createElementNS('http://www.w3.org/2000/svg', name.split('.')[0]), name, rest);

function made(node, name, rest) {
  const classes = name.split('.').slice(1);
  if (classes.length) node.setAttribute('class', classes.join(' '));
  const first = rest[0];
  const plain = first && typeof first === 'object' && !Array.isArray(first) &&
    !(first instanceof Node);
  if (plain) set(node, rest.shift());
  return add(node, rest);
}

function set(node, given) {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (['value', 'checked', 'selected'].includes(key)) node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
}

export function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === '') continue;
    node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

// One line by a stranger: its direction stays inside it.
export const line = (text) => h('bdi.foreign', { dir: 'auto' }, text);
// Many lines by a stranger. Links in it are text like everything else.
export const prose = (text) => h('p.foreign.prose', { dir: 'auto' }, text);

// What is there, with a dot between.
export const dotted = (...parts) => parts.filter(Boolean).flatMap((each, at) =>
  (at ? [' · ', each] : [each]));

export const when = (time, said = ago(time)) =>
  h('time', { datetime: time, title: day(time) }, said);

// An address or id: the beginning and the end, the whole one for who points at it or copies it.
export function short(address) {
  const text = address.replace(/\.onion$/, '');
  const seen = text.length > 20 ? `${text.slice(0, 11)}…${text.slice(-5)}` : text;
  return h('code', { title: address }, seen);
}

export const button = (label, act, kind = 'quiet', more = {}) =>
  h(`button.${kind}`, { type: 'button', onclick: act, ...more }, label);
export const link = (label, to, kind) => h(kind ? `a.${kind}` : 'a', { href: to }, label);

// Nothing is there; why, and where one may go.
export const empty = (why, where, values) =>
  h('div.empty', h('h2', t(`${why}.title`, values)), h('p', t(`${why}.text`)),
    where && h('p', link(t(`nav.${where}`), `#/${where}`, 'main')));

let fields = 0;
// A control with its label, and what helps to fill it in. `control` gets the id.
export function field(label, control, hint) {
  const id = control.id || `field-${++fields}`;
  control.id = id;
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div.field', h('label', { for: id }, label), control,
    hint && h('p.hint', { id: `${id}-hint` }, hint));
}

export const input = (name, more = {}) =>
  h('input', { name, autocomplete: 'off', spellcheck: 'false', ...more });
export const area = (name, more = {}) => h('textarea', { name, rows: 5, dir: 'auto', ...more });
export const choice = (name, options, chosen, act) => h('select', { name, onchange: act },
  options.map(([value, label]) => h('option', { value, selected: value === chosen }, label)));
export const check = (name, label, more = {}) =>
  h('label.check', input(name, { type: 'checkbox', ...more }), ' ', label);

// Says it to who listens to the page instead of looking at it.
export function say(text) {
  const live = document.getElementById('live');
  live.textContent = '';
  setTimeout(() => { live.textContent = text; }, 50);
}

export function later(act, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

// A stranger's file is given to the person as a file, under a name without a path; it is not shown.
export function save(base64, name) {
  const address = URL.createObjectURL(new Blob([unpacked(base64)],
    { type: 'application/octet-stream' }));
  h('a', { href: address, download: name.replace(/[/\\]/g, '_') }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
export const unpacked = (base64) => Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
