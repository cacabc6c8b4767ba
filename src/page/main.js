// Where the page begins: lets in, draws the frame, and shows what the address names. Every state
// has an address behind the '#', so that back and bookmarks work.
import { add, button, h, say } from './dom.js';
import { connection, get, Lost, onConnection, Refused, tryAgain } from './api.js';
import { onEvent, startEvents } from './events.js';
import { enter, onEnded } from './session.js';
import { apply, notify, settings } from './settings.js';
import { load, number, t } from './words.js';

const pages = [
  ['market', './market.js'], ['offer', './offer.js'], ['publish', './publish.js'],
  ['mine', './mine.js'], ['mail', './mail.js'], ['trades', './trades.js'],
  ['people', './people.js'], ['network', './network.js'], ['keys', './keys.js'],
  ['settings', './settings.js'],
];
const shown = ['market', 'publish', 'mine', 'mail', 'trades', 'people', 'network', 'keys',
  'settings'];

const main = document.getElementById('main');
let leaving = new AbortController();
let turn = 0;

function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...rest] = path.split('/').map(decode);
  const known = pages.find(([each]) => each === name);
  return {
    name: known ? name : 'market', file: known ? known[1] : './market.js',
    rest, query: new URLSearchParams(query),
  };
}
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function show(focus) {
  const mine = ++turn;
  const { name, file, rest, query } = route();
  const next = new AbortController();
  const page = { rest, query, signal: next.signal, title: t(`nav.${name}`) };
  let node;
  try {
    node = await (await import(file)).default(page);
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Refused)) console.error(error);
    if (error instanceof Refused && error.status === 401) return;
    node = failure(error);
  }
  if (mine !== turn) return next.abort();
  leaving.abort();
  leaving = next;
  document.title = `${page.title} – Hearsay`;
  main.className = `page-${name}`;
  main.replaceChildren(h('h1', { tabindex: -1 }, page.title), node);
  frame(name);
  if (focus) {
    scrollTo(0, 0);
    main.querySelector('h1').focus({ preventScroll: true });
  }
}

function failure(error) {
  if (error instanceof Lost) return h('p.notice', t('lost.here'));
  if (error.status === 404) return h('p.notice', t('error.gone'));
  return h('div.notice.bad', { role: 'alert' },
    h('p', t('error.any')), h('p', error.message), button(t('again'), () => show(true)));
}

function frame(name) {
  const at = { offer: 'market' }[name] ?? name;
  document.getElementById('top').replaceChildren(
    h('a.brand', { href: '#/market' }, 'Hearsay'),
    h('nav', { 'aria-label': t('nav') }, h('ul', shown.map((each) =>
      h('li', h('a', {
        href: `#/${each}`, id: `nav-${each}`, 'aria-current': each === at ? 'page' : null,
      }, t(`nav.${each}`), each === 'mail' && unread()))))));
}

// ---- what stands above every page ---------------------------------------------------------------

let status = null;
const unread = () => status?.mail_unread > 0 && h('span.count',
  { 'aria-label': t('mail.unread', { n: status.mail_unread }) }, number(status.mail_unread));

function banners() {
  const out = [];
  const { lost, next, tries } = connection();
  if (lost) {
    const seconds = Math.max(0, Math.ceil((next - Date.now()) / 1000));
    out.push(h('div.banner.bad', { role: 'alert', id: 'lost' },
      h('strong', t('lost.title')), ' ', h('span', t('lost.text')), ' ',
      h('span', { 'aria-hidden': 'true' }, t('lost.next', { n: seconds })),
      button(t('lost.now'), tryAgain), tries > 2 && h('p', t('lost.open'))));
  }
  if (status?.store?.state === 'full') {
    out.push(h('div.banner.bad', { role: 'alert', id: 'full' }, h('strong', t('full.title')), ' ',
      t('full.text')));
  }
  document.getElementById('banners').replaceChildren(...out);
}

async function look() {
  try {
    status = await get('/v1/status');
  } catch {
    return;
  }
  banners();
  frame(route().name);
}

function locked() {
  turn += 1;
  leaving.abort();
  document.title = 'Hearsay';
  document.getElementById('top').replaceChildren(h('span.brand', 'Hearsay'));
  document.getElementById('banners').replaceChildren();
  main.className = 'page-locked';
  main.replaceChildren(h('h1', { tabindex: -1 }, t('locked.title')),
    h('p', t('locked.text')), h('pre', h('code', 'hearsay open')), h('p.hint', t('locked.hint')));
  main.querySelector('h1').focus();
}

async function start() {
  apply();
  await load(settings().language);
  add(document.getElementById('skip'), [t('skip')]);
  document.getElementById('skip').addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  onEnded(locked);
  if (!await enter()) return locked();
  let was = false;
  onConnection(({ lost }) => {
    banners();
    if (lost !== was) say(t(lost ? 'lost.title' : 'lost.back'));
    if (!lost && was) {
      look();
      show(false);
    }
    was = lost;
  });
  setInterval(() => { if (connection().lost) banners(); }, 1000);
  addEventListener('hashchange', () => show(true));
  addEventListener('hearsay-words', () => show(false));
  frame(route().name);
  startEvents();
  let soon;
  onEvent(['status', 'mail', 'again', 'trade'], (event) => {
    clearTimeout(soon);
    soon = setTimeout(look, 300);
    if (event.type === 'mail') notify();
  });
  await Promise.all([show(false), look()]);
  return undefined;
}

start();
