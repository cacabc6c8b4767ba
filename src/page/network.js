// How the node is doing. Each tile says what it knows, how old that is, why it is so, and what one
// may do. What was not heard of lately is said to be old; it is never shown as fine.
import { get, post, ask } from './api.js';
import { button, field, h, input, line, say, short } from './dom.js';
import { explain, form } from './forms.js';
import { live } from './live.js';
import { ago, bytes, has, number, percent, t, word } from './words.js';

const stale = 90;  // seconds; the page asks every 20
const fine = {
  tor: ['ready'], onion_descriptor: ['published'], reachability: ['reachable'],
  peers: ['connected'], sync: ['complete'], store: ['ready'],
};
const broken = ['failed', 'full', 'unreachable'];
const clockMost = 120;  // seconds between this browser's clock and the node's

export default async function network(page) {
  let status = await get('/v1/status');
  let heard = Date.now();
  const tiles = h('div.tiles');
  const warnings = h('div');
  const draw = () => {
    const age = (Date.now() - heard) / 1000;
    tiles.replaceChildren(...Object.keys(fine).map((part) => tile(part, status, age)),
      clock(status, heard, age), outbox(status, age));
    warnings.replaceChildren(...(status.warnings ?? []).map((each) => h('p.notice', each)));
  };
  const look = async () => {
    try {
      status = await get('/v1/status');
      heard = Date.now();
    } catch {
      // The tiles grow old by themselves.
    }
    draw();
  };
  const timers = [setInterval(look, 20000), setInterval(draw, 5000)];
  page.signal.addEventListener('abort', () => timers.forEach(clearInterval));
  draw();
  const peers = await live(page, ['peer', 'again'], peerList);
  return h('div.stack', warnings, tiles,
    h('dl.rows',
      h('dt', t('net.address')), h('dd', h('code.whole', status.onion)),
      h('dt', t('net.version')), h('dd', status.version, ' · ', word('net', status.network)),
      h('dt', t('net.uptime')),
      h('dd', ago(Date.now() - status.uptime_seconds * 1000)),
      h('dt', t('net.restarts')), h('dd', number(status.tor_restarts ?? 0))),
    h('section', h('h2', t('net.peers')), peers, addPeer()));
}

function box(name, level, state, detail, more, age) {
  const old = age > stale;
  return h('section.tile', { class: `tile ${old ? 'old' : level}`, id: `tile-${name}` },
    h('h2', t(`net.${name}`)),
    h('p.state', h('span.dot', { 'aria-hidden': 'true' }), old ? t('net.old') : state),
    detail && h('p', detail), more,
    h('p.hint', t('net.age', { when: ago(Date.now() - age * 1000) })));
}

function tile(part, status, age) {
  const { state = 'unknown', percent: share = 0, detail = '' } = status[part] ?? {};
  const good = fine[part].includes(state);
  const level = good ? 'good' : broken.includes(state) ? 'bad' : 'waiting';
  const step = `next.${part}.${state}`;
  const more = [
    !good && share > 0 && h('progress', {
      max: 100, value: share, 'aria-label': t(`net.${part}`) }, percent(share)),
    !good && has(step) && h('p.next', t(step)),
    part === 'store' && h('p', bytes(status.store_bytes)),
    part === 'peers' && h('p', t('net.links', {
      out: number(status.links_outbound ?? 0), in: number(status.links_inbound ?? 0) })),
  ];
  return box(part, level, word(`state.${part}`, state), detail, more, age);
}

function clock(status, heard, age) {
  const off = Math.round((new Date(status.now) - heard) / 1000);
  const doubted = (status.warnings ?? []).some((each) => /clock/i.test(each));
  const good = Math.abs(off) <= clockMost && !doubted;
  return box('clock', good ? 'good' : 'bad', t(good ? 'net.clock.fine' : 'net.clock.off'),
    t('net.clock.text', { n: Math.abs(off) }), !good && h('p.next', t('next.clock')), age);
}

function outbox(status, age) {
  const n = status.outbox_pending ?? 0;
  const said = n ? t('net.outbox.some', { n }) : t('net.outbox.none');
  const next = n > 0 && h('p.next', t('next.outbox'));
  return box('outbox', n ? 'waiting' : 'good', said, '', next, age);
}

async function peerList(again) {
  const { peers = [], more = 0 } = await get('/v1/peers');
  if (!peers.length) return h('p.hint', t('net.nopeers'));
  const act = async (method, path, body) => {
    try {
      await ask(method, path, body);
      say(t('done'));
      await again();
    } catch (error) {
      alert(explain(error));
    }
  };
  return h('div', h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': t('net.peers') },
    h('table', h('thead', h('tr', ['node', 'state', 'place', 'traffic', 'do'].map((each) =>
      h('th', { scope: 'col' }, t(`net.col.${each}`))))),
    h('tbody', peers.map((peer) => h('tr',
      h('th', { scope: 'row' }, short(peer.onion), peer.manual && h('span.badge', t('net.friend'))),
      h('td', word('peer', peer.state), peer.last_error && h('p.hint', line(peer.last_error))),
      h('td', peer.place && word('place', peer.place)),
      h('td', `${bytes(peer.received_bytes)} / ${bytes(peer.sent_bytes)}`),
      h('td', peer.state === 'banned'
        ? button(t('net.unban'), () => act('DELETE', `/v1/bans/${peer.onion}`))
        : button(t('net.ban'), () => {
          if (confirm(t('net.ban.sure'))) act('POST', '/v1/bans', { onion: peer.onion });
        }))))))),
  more > 0 && h('p.hint', t('net.more', { n: more })));
}

function addPeer() {
  return form({
    id: 'peer-form', submit: t('net.add'), kind: 'quiet',
    fields: () => field(t('net.add.label'),
      input('onion', { required: true, placeholder: '….onion' }), t('net.add.hint')),
    send: async ({ onion }, node) => {
      await post('/v1/peers', { onion: onion.trim() });
      node.reset();
      say(t('done'));
    },
  });
}
