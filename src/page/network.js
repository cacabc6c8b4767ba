// How the node is doing. Each tile says what it knows, how old that is, why, and what one may do.
// What was not heard of lately is never shown as fine.
import { get, isLost, onConnection, post } from './api.js';
import { ago, button, bytes, dotted, field, h, has, headed, input, line, pairs, short, t,
  tip, told, when, word } from './dom.js';
import { act, adder, live, notices } from './forms.js';
import { plots } from './plot.js';

const stale = 90;  // seconds; the page asks every 20
const fine = {
  tor: ['ready'], onion_descriptor: ['published'], reachability: ['reachable'],
  peers: ['connected'], sync: ['complete'], store: ['ready'],
};
const broken = ['failed', 'full', 'unreachable'];
const clockMost = 120;  // seconds between this browser's clock and the node's

export default async function network(page) {
  let status = await get('status');
  let heard = Date.now();
  const tiles = h('div.tiles');
  const warnings = h('div');
  let warned = '';
  const draw = () => {
    const age = (Date.now() - heard) / 1000;
    tiles.replaceChildren(...Object.keys(fine).map(part => tile(part, status, age)),
      ...[version, clock, outbox].map(one => one(status, age, heard)));
    // Long ones are read, and copied from: they stand still while they are the same.
    const now = JSON.stringify(status.warnings);
    if (now !== warned) warnings.replaceChildren(...notices(status));
    warned = now;
  };
  const look = async () => {
    try {
      status = await get('status');
      heard = Date.now();
    } catch { /* the tiles grow old by themselves */ }
    draw();
  };
  const timers = [setInterval(look, 20000), setInterval(draw, 5000)];
  page.signal.addEventListener('abort', () => timers.forEach(clearInterval));
  onConnection(draw, page.signal);
  draw();
  const [peers, drawn] = await Promise.all([live(page, ['peer'], peerList),
    live(page, [], async () => plots(await get('history')), 60000)]);
  return h('div.stack', warnings, tiles, headed('plot.title', h('div', { id: 'plots' }, drawn)),
    pairs([
      ['address', h('code.whole', status.onion)],
      ['version', `${status.version} · ${word('net', status.network)}`],
      ['uptime', when(new Date(Date.now() - status.uptime_seconds * 1000).toISOString())],
      ['sandbox', has(`net.sandbox-${status.sandbox}`) ? t(`net.sandbox-${status.sandbox}`)
        : told(status.sandbox, status.sandbox_said)],
    ].map(([key, value]) => [t(`net.${key}`), value])),
    headed('net.peers', peers, addPeer()));
}

// A tile that is old, or whose node is lost, is neither good nor bad: nobody knows.
function box(name, level, state, age, { detail, step, more }) {
  const old = age > stale || isLost();
  return h(`section.tile.${old ? 'old' : level}`, { id: `tile-${name}` },
    h('h2', t(`net.${name}`)),
    h('p.state', h('span.dot', { 'aria-hidden': 'true' }), old ? t('net.old') : state),
    detail && h('p', detail), more,
    level !== 'good' && h('p.next', t(step && has(step) ? step : 'next.wait')),
    tip('net.age', { when: ago(Date.now() - age * 1000) }));
}

function tile(part, status, age) {
  const { state = 'unknown', percent: share = 0, detail, said } = status[part] ?? {};
  const good = fine[part].includes(state);
  return box(part, good ? 'good' : broken.includes(state) ? 'bad' : 'waiting',
    word('state', state), age, {
      // Else the state says it all. How Tor begins, it says itself where we have no word for it.
      detail: (said || [...broken, 'restarting', 'bootstrapping'].includes(state))
        && told(detail, said),
      step: state === 'full' ? 'full.text' : `next.${part}.${state}`, more: [
        !good && share > 0 && h('progress', {
          max: 100, value: share, 'aria-label': t(`net.${part}`) }),
        part === 'store' && h('p', t('net.disk', {
          used: bytes(status.store_bytes), free: bytes(status.disk_free_bytes) })),
        part === 'peers' && h('p', t('net.links', {
          out: status.links_outbound, wanted: status.links_wanted, in: status.links_inbound,
          known: status.peers_known })),
      ],
    });
}

// What Tor's directory says of the Tor in this program.
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
    detail: told(status.clock_doubt, status.clock_said) ||
      t('net.clock.text', { n: Math.abs(off) }), step: 'next.clock' });
}

function outbox({ outbox_pending: n = 0 }, age) {
  return box('outbox', n ? 'waiting' : 'good',
    n ? t('net.outbox.some', { n }) : t('net.outbox.none'), age, {});
}

async function peerList(again) {
  const { peers, more = 0 } = await get('peers');
  if (!peers.length) return tip('net.nopeers');
  const failed = ({ last_error: why, last_error_said: said }) =>
    why && (said ? told(why, said) : line(why));
  return h('ul.list', peers.map(({ onion, manual, state, ...peer }) =>
    h('li.entry.flat',
      h('p', short(onion), manual && h('span.badge', t('net.friend')), ' ', h('span.hint', dotted(
        word('state', state), t('net.traffic', {
          in: bytes(peer.received_bytes), out: bytes(peer.sent_bytes) }), failed(peer)))),
      state === 'banned' ? button('net.unban', () => act('DELETE', `bans/${onion}`, again))
        : button('net.ban', () => confirm(t('net.ban.sure')) &&
          act('POST', 'bans', again, { onion })))),
  more > 0 && h('li', tip('net.more', { n: more })));
}

const addPeer = () => adder({
  id: 'peer-form', submit: 'net.add',
  fields: () => field('net.pin', input('onion', { required: true, placeholder: '….onion' })),
  send: ({ onion }) => post('peers', { onion: onion.trim() }),
});
