// Where the page begins: lets in, draws the frame, and shows what the address behind the '#' names.
import { button, h, load, redraw, say, t, tick, tip } from './dom.js';
import { get, isLost, Lost, onConnection, Refused, tryAgain } from './api.js';
import { onEvent, startEvents } from './events.js';
import { reminder, wantsBackup } from './keys.js';
import { enter } from './session.js';
import { apply, notify, settings } from './settings.js';

const shown = ['market', 'publish', 'mine', 'mail', 'trades', 'people', 'network', 'keys',
  'settings'];
const pages = [...shown, 'offer'];

const byId = id => document.getElementById(id);
const main = byId('main');
let leaving = new AbortController();
let turn = 0;
let failed = false;  // what is shown is only that it cannot be
// Where one was on each page of this tab's history: { y, id of what had the focus }.
const places = new Map();
let here = 0;
let newest = Date.now();

function route() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/');
  return { name: pages.includes(name) ? name : 'market', rest, query: new URLSearchParams(query) };
}

async function show(focus) {
  const mine = ++turn;
  const { name, rest, query } = route();
  const next = new AbortController();
  const page = { rest, query, signal: next.signal, title: t(`nav.${name}`) };
  let node;
  let broken = false;
  try {
    node = await (await import(`./${name}.js`)).default(page);
  } catch (error) {
    if (!(error instanceof Lost || error instanceof Refused)) console.error(error);
    if (error.status === 401) return;
    node = failure(error);
    broken = true;
  }
  if (mine !== turn) return next.abort();
  leaving.abort();
  leaving = next;
  failed = broken;
  document.title = `${page.title} – Hearsay`;
  main.className = `page-${name}`;
  const drawn = [h('h1', { tabindex: -1, dir: 'auto' }, page.title), node];
  frame(name);
  if (!focus) return redraw(main, ...drawn);
  main.replaceChildren(...drawn);
  const { y = 0, id } = places.get(here) ?? {};
  scrollTo(0, y);
  const before = id && byId(id);
  return (main.contains(before) ? before : drawn[0]).focus({ preventScroll: true });
}

// To a page by its link; and back to one, where one was on it.
function move() {
  places.set(here, { y: scrollY, id: document.activeElement?.id });
  number();
  show(true);
  look();
}
// Each entry of the history has a number.
function number() {
  here = history.state?.at ?? ++newest;
  history.replaceState({ at: here }, '');
}

function failure(error) {
  if (error instanceof Lost) return h('p.notice', t('lost.here'));
  if (error.status === 404) return h('p.notice', t('error.gone'));
  return h('div.notice.bad', { role: 'alert' },
    h('p', t('error.any')), h('p', error.message), button('again', () => show(true)));
}

// Drawn anew only if it differs: it may have the focus, and on a phone it is scrolled.
let framed = '';
function frame(name) {
  const at = name === 'offer' ? 'market' : name;
  const now = [at, mails].join();
  if (now === framed) return;
  framed = now;
  byId('skip').textContent = t('skip');
  byId('banners').setAttribute('aria-label', t('nav.notices'));
  const list = h('ul', shown.map(each => h('li', h('a', {
    href: `#/${each}`, id: `nav-${each}`, 'aria-current': each === at ? 'page' : null,
  }, t(`nav.${each}`), each === 'mail' && mails > 0 && [' ',
    h('span.count', t('mail.unread', { n: mails }))]))));
  redraw(byId('top'), h('a.brand', { href: '#/market' }, 'Hearsay'),
    h('nav', { 'aria-label': t('nav.pages') }, list));
  centre();
}
// On a phone the pages are a row that scrolls.
function centre() {
  const at = byId('top').querySelector('[aria-current]');
  const list = at?.closest('ul');
  if (list) list.scrollLeft = at.offsetLeft - (list.clientWidth - at.offsetWidth) / 2;
}

// ---- what stands above every page ----

let status = null;
let mails = 0;  // unread ones

// A banner stays the same element: it is told once, and its button keeps the focus.
function banner(id, wanted, make) {
  const there = byId(id);
  if (!wanted) {
    if (there?.contains(document.activeElement)) main.focus();
    there?.remove();
  } else if (!there) byId('banners').append(make());
}
const told = what => [h('strong', t(`${what}.title`)), ' ', t(`${what}.text`)];
function banners() {
  banner('lost', isLost(), () => h('div.banner.bad', { id: 'lost' },
    h('p', { role: 'alert' }, told('lost')),
    h('p', t('lost.open')), button('again', tryAgain)));
  banner('full', status?.store?.state === 'full', () => h('div.banner.bad',
    { role: 'alert', id: 'full' }, h('p', told('full'))));
  banner('remind', !isLost() && wantsBackup(status), () => reminder(banners));
}

async function look() {
  try {
    status = await get('status');
  } catch {
    return;
  }
  mails = status.mail_unread;
  banners();
  frame(route().name);
}

function locked() {
  turn += 1;
  leaving.abort();
  framed = '';
  document.title = 'Hearsay';
  byId('top').replaceChildren(h('span.brand', 'Hearsay'));
  byId('banners').replaceChildren();
  main.className = 'page-locked';
  main.replaceChildren(h('h1', { tabindex: -1 }, t('locked.title')),
    h('p', t('locked.text')), h('pre', h('code', 'hearsay open')), tip('locked.hint'));
  main.querySelector('h1').focus();
}

async function start() {
  apply();
  addEventListener('storage', apply);  // another tab's choice
  addEventListener('resize', centre);
  await load(settings().language);
  byId('skip').addEventListener('click', event => {
    event.preventDefault();
    main.focus();
  });
  addEventListener('hearsay-ended', locked);
  if (!await enter()) return locked();
  onConnection(lost => {
    banners();
    say(t(lost ? 'lost.title' : 'lost.back'));
    if (lost) return;
    look();
    if (failed) show(false);  // else what is live looks again, and what was typed stays
  });
  history.scrollRestoration = 'manual';
  const { id } = history.state ?? {};  // what was chosen, and had the page loaded anew
  number();
  addEventListener('hashchange', move);
  addEventListener('hearsay-names', () => show(false));
  addEventListener('hearsay-look', look);
  document.addEventListener('visibilitychange', () => document.hidden || look());
  frame(route().name);
  startEvents();
  setInterval(() => {
    tick();
    if (!document.hidden) look();
  }, 60000);
  let soon;
  onEvent(['status', 'mail', 'again', 'trade'], event => {
    clearTimeout(soon);
    soon = setTimeout(look, 300);
    if (event.type === 'mail') notify(event);
  });
  await Promise.all([show(false), look()]);
  byId(id)?.focus();
  for (const each of pages) import(`./${each}.js`);  // there also when the node is not
  return undefined;
}

start();
