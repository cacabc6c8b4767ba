// Where the page begins: lets in, draws the frame, and shows what the address names. Every state
// has an address behind the '#', so that back and bookmarks work.
import { add, button, h, say } from './dom.js';
import { connection, get, Lost, onConnection, Refused, tryAgain } from './api.js';
import { onEvent, startEvents } from './events.js';
import { enter, onEnded } from './session.js';
import { apply, notify, settings } from './settings.js';
import { current, load, number, t } from './words.js';

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

// Drawn anew only if it differs: it may have the focus, and on a phone it is scrolled.
let framed = '';
function frame(name) {
  const at = { offer: 'market' }[name] ?? name;
  const now = [at, mails, current()].join();
  if (now === framed) return;
  framed = now;
  const focused = document.activeElement?.id.startsWith('nav-') && document.activeElement.id;
  document.getElementById('top').replaceChildren(
    h('a.brand', { href: '#/market' }, 'Hearsay'),
    h('nav', { 'aria-label': t('nav') }, h('ul', shown.map((each) =>
      h('li', h('a', {
        href: `#/${each}`, id: `nav-${each}`, 'aria-current': each === at ? 'page' : null,
      }, t(`nav.${each}`), each === 'mail' && unread()))))));
  if (focused) document.getElementById(focused).focus({ preventScroll: true });
  const list = document.querySelector('nav ul');
  const here = document.querySelector('nav [aria-current]');
  list.scrollLeft = here.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
}

// ---- what stands above every page ---------------------------------------------------------------

let status = null;
let mails = 0;  // unread ones
const unread = () => mails > 0 && h('span.count',
  { 'aria-label': t('mail.unread', { n: mails }) }, number(mails));

// A banner stays the same element while it is there: it is told once, and its button keeps the
// focus. Only the seconds change.
function banner(id, wanted, make) {
  const there = document.getElementById(id);
  if (!wanted) there?.remove();
  else if (!there) document.getElementById('banners').append(make());
}
function banners() {
  const { lost, next, tries } = connection();
  banner('lost', lost, () => h('div.banner.bad', { id: 'lost' },
    h('p', { role: 'alert' }, h('strong', t('lost.title')), ' ', t('lost.text')),
    h('p', h('span', { id: 'countdown', 'aria-hidden': 'true' }), button(t('lost.now'), tryAgain)),
    h('p', { id: 'lost-long', hidden: true }, t('lost.open'))));
  if (lost) {
    const seconds = Math.max(0, Math.ceil((next - Date.now()) / 1000));
    document.getElementById('countdown').textContent = t('lost.next', { n: seconds });
    document.getElementById('lost-long').hidden = tries <= 2;
  }
  banner('full', status?.store?.state === 'full', () => h('div.banner.bad',
    { role: 'alert', id: 'full' }, h('p', h('strong', t('full.title')), ' ', t('full.text'))));
}

async function look() {
  try {
    status = await get('/v1/status');
    mails = status.mail_unread;
  } catch {
    return;
  }
  banners();
  frame(route().name);
}

function locked() {
  turn += 1;
  leaving.abort();
  framed = '';
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
  addEventListener('hashchange', () => {
    show(true);
    look();
  });
  addEventListener('hearsay-words', () => show(false));
  frame(route().name);
  startEvents();
  setInterval(() => { if (!document.hidden) look(); }, 60000);
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
