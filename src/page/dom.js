// How elements are made. What strangers wrote becomes text and never markup: there is no way here
// to give HTML, and the page's policy (Trusted Types) forbids it to the browser.

// h('p.hint', { id: 'x', onclick: f, hidden: false }, 'text', node, [more], null)
export function h(name, ...rest) {
  const [tag, ...classes] = name.split('.');
  const node = document.createElement(tag || 'div');
  if (classes.length) node.className = classes.join(' ');
  const first = rest[0];
  const plain = first && typeof first === 'object' && !Array.isArray(first) &&
    !(first instanceof Node);
  if (plain) set(node, rest.shift());
  add(node, rest);
  return node;
}

function set(node, given) {
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'value') node.value = value;
    else if (key === 'checked' || key === 'selected') node[key] = true;
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

// An address or id: the beginning and the end, the whole one for who points at it or copies it.
export function short(address) {
  const text = address.replace(/\.onion$/, '');
  const seen = text.length > 20 ? `${text.slice(0, 11)}…${text.slice(-5)}` : text;
  return h('code', { title: address }, seen);
}

export function button(label, act, kind = 'quiet', more = {}) {
  return h(`button.${kind}`, { type: 'button', onclick: act, ...more }, label);
}

export const link = (label, to, kind) => h(kind ? `a.${kind}` : 'a', { href: to }, label);

let fields = 0;
// A control with its label, and what helps to fill it in. `control` gets the id.
export function field(label, control, hint) {
  const id = control.id || `field-${++fields}`;
  control.id = id;
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return h('div.field',
    h('label', { for: id }, label), control,
    hint && h('p.hint', { id: `${id}-hint` }, hint));
}

export const input = (name, more = {}) =>
  h('input', { name, autocomplete: 'off', spellcheck: 'false', ...more });
export const area = (name, more = {}) => h('textarea', { name, rows: 5, dir: 'auto', ...more });

export function choice(name, options, chosen) {
  return h('select', { name }, options.map(([value, label]) =>
    h('option', { value, selected: value === chosen }, label)));
}

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
