// How the node is doing. Each tile says what it knows, how old that is, why it is so, and what one
// may do. What was not heard of lately is said to be old; it is never shown as fine.
import { connection, get, onConnection, post } from './api.js';
import { button, field, h, input, line, say, short } from './dom.js';
import { act, form } from './forms.js';
import { live } from './live.js';
import { plots } from './plot.js';
import { ago, bytes, has, percent, t, word } from './words.js';

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
  const drawn = h('div', { id: 'plots' });
  const draw = () => {
    const age = (Date.now() - heard) / 1000;
    tiles.replaceChildren(...Object.keys(fine).map((part) => tile(part, status, age)),
      ...[version, clock, outbox].map((one) => one(status, age, heard)));
    warnings.replaceChildren(...status.warnings.map((each) => h('p.notice', each)));
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
  const plot = () => get('/v1/history').then(
    (history) => drawn.replaceChildren(plots(history)), () => null);
  const timers = [setInterval(look, 20000), setInterval(draw, 5000), setInterval(plot, 60000)];
  page.signal.addEventListener('abort', () => timers.forEach(clearInterval));
  onConnection(draw, page.signal);
  draw();
  const [peers] = await Promise.all([live(page, ['peer'], peerList), plot()]);
  return h('div.stack', warnings, tiles, h('section', h('h2', t('plot.title')), drawn),
    h('dl.rows', [
      ['address', h('code.whole', status.onion)],
      ['version', `${status.version} · ${word('net', status.network)}`],
      ['uptime', ago(Date.now() - status.uptime_seconds * 1000)],
    ].map(([key, value]) => [h('dt', t(`net.${key}`)), h('dd', value)])),
    h('section', h('h2', t('net.peers')), peers, addPeer()));
}

// A tile that is old, or whose node is lost, is neither good nor bad: nobody knows.
function box(name, level, state, age, { detail, step, more }) {
  const old = age > stale || connection().lost;
  return h(`section.tile.${old ? 'old' : level}`, { id: `tile-${name}` },
    h('h2', t(`net.${name}`)),
    h('p.state', h('span.dot', { 'aria-hidden': 'true' }), old ? t('net.old') : state),
    detail && h('p', detail), more,
    level !== 'good' && h('p.next', t(step && has(step) ? step : 'next.wait')),
    h('p.hint', t('net.age', { when: ago(Date.now() - age * 1000) })));
}

function tile(part, status, age) {
  const { state = 'unknown', percent: share = 0, detail } = status[part] ?? {};
  const good = fine[part].includes(state);
  return box(part, good ? 'good' : broken.includes(state) ? 'bad' : 'waiting',
    word('state', state), age, {
      detail, step: `next.${part}.${state}`, more: [
        !good && share > 0 && h('progress', {
          max: 100, value: share, 'aria-label': t(`net.${part}`) }, percent(share)),
        part === 'store' && h('p', t('net.disk', {
          used: bytes(status.store_bytes), free: bytes(status.disk_free_bytes) })),
        part === 'peers' && h('p', t('net.links', {
          out: status.links_outbound, in: status.links_inbound })),
      ],
    });
}

// What the directory of Tor's network says of the Tor that is in this program.
function version({ tor_version: tor, tor_standing: standing }, age) {
  const level = { current: 'good', newer: 'good', outdated: 'bad', unlisted: 'bad' }[standing] ??
    'waiting';
  return box('tor_version', level, word('state', standing || 'unknown'), age,
    { detail: tor, step: level === 'bad' && 'next.tor_version' });
}

function clock(status, age, heard) {
  const off = Math.round((new Date(status.now) - heard) / 1000);
  const good = Math.abs(off) <= clockMost && !status.clock_doubt;
  return box('clock', good ? 'good' : 'bad', t(good ? 'net.clock.fine' : 'net.clock.off'), age, {
    detail: status.clock_doubt || t('net.clock.text', { n: Math.abs(off) }), step: 'next.clock' });
}

function outbox({ outbox_pending: n = 0 }, age) {
  return box('outbox', n ? 'waiting' : 'good',
    n ? t('net.outbox.some', { n }) : t('net.outbox.none'), age, {});
}

async function peerList(again) {
  const { peers, more = 0 } = await get('/v1/peers');
  if (!peers.length) return h('p.hint', t('net.nopeers'));
  return h('div', h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': t('net.peers') },
    h('table', h('thead', h('tr', ['node', 'state', 'traffic', 'do'].map((each) =>
      h('th', { scope: 'col' }, t(`net.col.${each}`))))),
    h('tbody', peers.map((peer) => h('tr',
      h('th', { scope: 'row' }, short(peer.onion), peer.manual && h('span.badge', t('net.friend'))),
      h('td', word('peer', peer.state), peer.last_error && h('p.hint', line(peer.last_error))),
      h('td', `${bytes(peer.received_bytes)} / ${bytes(peer.sent_bytes)}`),
      h('td', peer.state === 'banned'
        ? button(t('net.unban'), () => act('DELETE', `/v1/bans/${peer.onion}`, again))
        : button(t('net.ban'), () => confirm(t('net.ban.sure')) &&
          act('POST', '/v1/bans', again, { onion: peer.onion })))))))),
  more > 0 && h('p.hint', t('net.more', { n: more })));
}

const addPeer = () => form({
  id: 'peer-form', submit: t('net.add'), kind: 'quiet',
  fields: () => field(t('net.add.label'),
    input('onion', { required: true, placeholder: '….onion' }), t('net.add.hint')),
  send: async ({ onion }, node) => {
    await post('/v1/peers', { onion: onion.trim() });
    node.reset();
    say(t('done'));
  },
});
