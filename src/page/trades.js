// Trades: the agreed price on top, the way as a line of steps, what one may do next as buttons.
import { ask, get, post } from './api.js';
import { area, button, choice, field, h, input, line, link, prose, say } from './dom.js';
import { form } from './forms.js';
import { live } from './live.js';
import { empty } from './market.js';
import { loadNames, person } from './offers.js';
import { ago, bytes, day, t, word } from './words.js';

const types = ['trade', 'again', 'status'];
// What brings it on stands first, what ends it last.
const order = ['confirm', 'accept', 'pay-info', 'shipped', 'received', 'ruling', 'counter',
  'decline', 'text', 'evidence', 'dispute', 'close'];
const over = ['complete', 'cancelled', 'ruled', 'declined', 'withdrawn'];

export default async function trades(page) {
  return page.rest[0] ? one(page, page.rest[0]) : list(page);
}

async function list(page) {
  return live(page, types, async () => {
    const [{ trades: all = [] }] = await Promise.all([get('/v1/trades'), loadNames()]);
    if (!all.length) {
      return empty(t('trade.none.title'), t('trade.none.text'),
        link(t('nav.market'), '#/market', 'main'));
    }
    return h('ul.list', all.map((trade) => h('li.entry',
      h('h2', h('a', { href: `#/trades/${trade.id}`, id: `trade-${trade.id}` },
        line(trade.title || t('trade.untitled')))),
      h('p', deal(trade)),
      h('p.facts', h('span.state', word('trade.state', trade.state)), ' · ',
        t(`trade.role.${trade.role}`), ' · ',
        h('time', { datetime: trade.changed, title: day(trade.changed) }, ago(trade.changed)),
        trade.turn && h('span.badge', t('trade.turn'))))));
  });
}

// What was proposed last stands for what the offer said.
function deal(trade) {
  const give = trade.terms?.give || trade.give;
  const want = trade.terms?.want || trade.want;
  return h('span.deal', give && line(give), give && want && ` ${t('offer.for')} `,
    want && line(want));
}

const moves = (trade) => (trade.possible ?? [])
  .toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
// Moves that bring it on; a text may always be sent.
const next = (trade) =>
  moves(trade).filter((each) => !['text', 'close', 'evidence', 'dispute'].includes(each));

// [name, done, who]: the way that a trade usually takes, or how it ended otherwise.
function steps(trade) {
  const done = new Set(trade.done ?? []);
  const both = (what) => ['maker', 'taker'].filter((who) => done.has(`${who} ${what}`));
  const at = ['', 'proposed', 'accepted', 'agreed', 'disputed', 'complete', 'ruled']
    .indexOf(trade.state);
  const way = [
    ['proposed', at >= 1 || over.includes(trade.state), []],
    ['accepted', at >= 2, []],
    ['agreed', at >= 3, []],
    ['paid', both('pay-info').length > 0 || both('shipped').length > 0, both('pay-info')],
    ['shipped', both('shipped').length > 0, both('shipped')],
    ['received', both('received').length > 0, both('received')],
  ];
  if (['declined', 'withdrawn', 'cancelled', 'ruled'].includes(trade.state)) {
    return [...way.filter(([, done_]) => done_), [trade.state, true, []]];
  }
  if (trade.state === 'disputed') way.push(['disputed', true, both('disputed')]);
  way.push(['complete', trade.state === 'complete', []]);
  return way;
}

function way(trade) {
  const all = steps(trade);
  const current = all.findIndex(([, done]) => !done);
  return h('ol.steps', { 'aria-label': t('trade.steps') }, all.map(([name, done, who], i) =>
    h('li', { class: done ? 'done' : null, 'aria-current': i === current ? 'step' : null },
      h('span.mark', { 'aria-hidden': 'true' }, done ? '✓' : String(i + 1)),
      h('span', t(`trade.step.${name}`)),
      h('span.unseen',
        ` (${t(done ? 'trade.done' : i === current ? 'trade.now' : 'trade.later')})`),
      who.length > 0 && h('span.hint', who.map((each) => t(`trade.role.${each}`)).join(', ')))));
}

async function one(page, id) {
  const doing = h('section', { id: 'doing' });
  const place = await live(page, types, async (again) => {
    const [trade] = await Promise.all([post(`/v1/trades/${encodeURIComponent(id)}/read`),
      loadNames()]);
    page.title = trade.title || t('trade.untitled');
    const other = trade.role === 'maker' ? trade.taker : trade.maker;
    const start = (move) => {
      doing.replaceChildren(moveForm(trade, move, () => {
        doing.replaceChildren();
        again();
      }));
      doing.querySelector('input, textarea, select, button').focus();
    };
    return h('div',
      h('p.agreed', h('span.hint', t(trade.state === 'proposed' ? 'trade.proposal' : 'trade.deal')),
        ' ', deal(trade)),
      trade.terms?.text && prose(trade.terms.text),
      h('p', h('span.state', word('trade.state', trade.state)), ' · ',
        t('trade.with', { role: t(`trade.role.${trade.role}`) }), ' ', person(other), ' · ',
        trade.offer && link(t('mail.about'), `#/offer/${trade.offer}`)),
      (trade.warnings ?? []).map((each) => h('p.notice', each)),
      way(trade),
      h('p.acts', moves(trade).map((move) => button(word('move', move),
        () => start(move), next(trade)[0] === move ? 'main' : 'quiet', { id: `move-${move}` })),
      trade.state === 'complete' && trade.role !== 'arbiter' &&
        button(t(trade.rating ? 'rate.again' : 'rate.do'), () => start('rate'), 'main',
          { id: 'move-rate' }),
      over.includes(trade.state) && button(t('trade.remove'), async () => {
        if (!confirm(t('mail.sure'))) return;
        await ask('DELETE', `/v1/trades/${trade.id}`);
        location.hash = '#/trades';
      }, 'danger')),
      (trade.missing ?? []).length > 0 && h('p.hint', t('trade.missing')),
      h('h2', t('trade.messages')), h('ol.talk', (trade.messages ?? []).map((each) =>
        message(each, trade))));
  });
  return h('div', h('p', link(t('trade.back'), '#/trades')), doing, place);
}

function message(each, trade) {
  const mine = each.by === trade.role;
  return h(`li.letter.${mine ? 'out' : 'in'}`,
    h('p.facts', h('strong', word('move', each.move)), ' · ',
      mine ? t('you') : each.by ? t(`trade.role.${each.by}`) : t('trade.unknown'), ' · ',
      h('time', { datetime: each.at, title: day(each.at) }, ago(each.at))),
    each.problem && h('p.notice', t('trade.problem'), ' ', each.problem),
    each.waiting && h('p.hint', t('trade.waiting')),
    each.terms && (each.terms.give || each.terms.want) && h('p', deal(each)),
    each.text && prose(each.text),
    each.payload?.content && h('p', line(each.payload.media_type), ' ',
      `(${bytes(Math.floor(each.payload.content.length * 3 / 4))}) `,
      button(t('mail.save'), () => save(each.payload))));
}

function save({ content }) {
  const raw = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([raw], { type: 'application/octet-stream' }));
  h('a', { href: address, download: 'payload' }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function moveForm(trade, move, done) {
  const rating = move === 'rate';
  return form({
    id: 'move-form', title: rating ? t('rate.title') : word('move', move),
    hint: t(`move.hint.${move}`), submit: rating ? t('rate.do') : t('move.do'),
    fields: () => [
      rating && field(t('rate.stars'), choice('stars',
        ['5', '4', '3', '2', '1'].map((each) => [each, t('ratings.stars', { n: Number(each) })]))),
      move === 'counter' && h('div.row',
        field(t('offer.give'), input('give', { value: trade.terms?.give || trade.give })),
        field(t('offer.want'), input('want', { value: trade.terms?.want || trade.want }))),
      move === 'ruling' && field(t('trade.right'), choice('right',
        ['maker', 'taker', 'neither'].map((each) => [each, t(`trade.role.${each}`)]))),
      ['dispute', 'evidence'].includes(move) && h('label.check',
        input('show_all', { type: 'checkbox' }), ' ', t('trade.showall')),
      move === 'evidence' ? null : field(t('form.text'), area('text', { rows: 3 })),
    ],
    send: async (values) => {
      if (rating) {
        await post('/v1/ratings',
          { trade: trade.id, stars: Number(values.stars), text: values.text });
      } else {
        const body = { move, text: values.text };
        if (move === 'counter') {
          body.terms = { ...trade.terms, give: values.give, want: values.want };
        }
        if (move === 'ruling') body.right = values.right;
        if (values.show_all) body.show_all = true;
        await post(`/v1/trades/${trade.id}/moves`, body);
      }
      say(t('done'));
      done();
    },
  });
}
