// Trades: the agreed price on top, the way as a line of steps, what one may do next as buttons.
import { get, post } from './api.js';
import { area, button, bytes, check, choice, choices, dotted, empty, field, go, h, has, headed,
  line, link, prose, redraw, save, say, t, tip, titled, told, when, word } from './dom.js';
import { form, live, notices, risky } from './forms.js';
import { newest } from './newest.js';
import { termsIn, termsOf } from './offer.js';
import { loadNames, person } from './offers.js';

const types = ['trade', 'status'];
// What brings it on stands first, what ends it last.
const order = ['confirm', 'accept', 'pay-info', 'shipped', 'received', 'ruling', 'counter',
  'decline', 'text', 'evidence', 'dispute', 'close'];
const rated = ['complete', 'ruled', 'cancelled', 'disputed'];
const over = ['complete', 'cancelled', 'ruled', 'declined', 'withdrawn'];
const role = who => t(`trade.role.${who}`);
// A state is called as its step, where there is no better word.
const stateText = state =>
  (has(`trade.state.${state}`) ? t(`trade.state.${state}`) : word('trade.step', state));

export default async function trades(page) {
  return page.rest[0] ? one(page, page.rest[0]) : list(page);
}

const list = page => live(page, types, async () => {
  const [{ all, older }] = await Promise.all([newest('trades', page), loadNames()]);
  if (!all.length) return empty('trade.none', 'market');
  return h('div', h('ul.list', all.map(trade => h('li.entry',
    titled(`trades/${trade.id}`, trade.title),
    h('p', deal(trade)),
    h('p.facts', dotted(h('span.state', stateText(trade.state)), role(trade.role),
      when(trade.changed)), trade.turn && h('span.badge', t('trade.turn')))))), older);
});

const goods = ({ terms, give, want }) => ({ give: terms?.give || give, want: terms?.want || want });
function deal(trade) {
  const { give, want } = goods(trade);
  return h('span.deal', give && line(give), give && want && ` ${t('offer.for')} `,
    want && line(want));
}

// What the node would take. It also takes a good-bye to what is over, which nobody needs, and a
// withdrawal where one can decline. To show the arbiter more is no move of the trade itself: it can
// be done until the ruling, also after the end, of which a late dispute may say nothing.
function moves({ possible, state, role: mine, terms }) {
  const ends = !over.includes(state) && !possible.includes('decline');
  const shows = terms?.arbiter && mine !== 'arbiter' &&
    ['disputed', 'complete', 'cancelled'].includes(state);
  return order.filter(each => (each === 'evidence' ? shows
    : possible.includes(each) && (each !== 'close' || ends)));
}
// As a person calls it. To close is to withdraw before both are bound, and to ask for it later.
const called = (move, { state, role: mine, proposer }) => (move !== 'close' ? move
  : state === 'proposed' || (state === 'accepted' && mine === proposer) ? 'withdraw' : 'cancel');
// The move that brings it on: usually the maker gets the money, and says once where to.
function next(trade) {
  const beside = ['text', 'close', 'evidence', 'dispute'];
  if (trade.role === 'taker' || trade.done.includes('maker pay-info')) beside.push('pay-info');
  return moves(trade).find(each => !beside.includes(each));
}

// [name, done, who]: the way that a trade usually takes, or how it ended otherwise.
function steps({ state, done }) {
  const who = what => ['maker', 'taker'].filter(each => done.includes(`${each} ${what}`));
  const by = (name, move) => [name, who(move).length > 0, who(move)];
  const at = ['proposed', 'accepted', 'agreed', 'disputed', 'complete', 'ruled'].indexOf(state);
  const way = [
    ['proposed', at >= 0 || over.includes(state)], ['accepted', at >= 1], ['agreed', at >= 2],
    ['paid', who('pay-info').length + who('shipped').length > 0, who('pay-info')],
    by('shipped', 'shipped'), by('received', 'received'),
  ];
  if (over.includes(state) && state !== 'complete') {
    return [...way.filter(([, reached]) => reached), [state, true]];
  }
  if (state === 'disputed') way.push(by('disputed', 'disputed'));
  return [...way, ['complete', state === 'complete']];
}

function way(trade) {
  const all = steps(trade);
  const current = all.findIndex(([, done]) => !done);
  return h('ol.steps', { 'aria-label': t('trade.steps') }, all.map(([name, done, who = []], i) =>
    h('li', { class: done ? 'done' : null, 'aria-current': i === current ? 'step' : null },
      h('span.mark', done ? '✓' : String(i + 1)), h('span', t(`trade.step.${name}`)),
      who.length > 0 && h('span.hint', who.map(role).join(', ')))));
}

async function one(page, id) {
  const doing = h('section', { id: 'doing' });
  const said = h('ol.talk');
  const place = await live(page, types, async again => {
    // What nobody has before the eyes stays unread.
    const [trade] = await Promise.all([
      document.hidden ? get(`trades/${id}`) : post(`trades/${id}/read`), loadNames()]);
    page.title = trade.title || t('form.untitled');
    const { terms } = trade;
    const at = trade.turn && trade.state === 'proposed' ? 'answer' : trade.state;
    const start = move => {
      doing.replaceChildren(moveForm(trade, move, async () => {
        doing.replaceChildren();
        await again();
        place.focus();
      }, () => {
        doing.replaceChildren();
        (document.getElementById(`move-${move}`) ?? place).focus();
      }));
      doing.querySelector('input, textarea, select, button').focus();
    };
    redraw(said, ...trade.messages.map(each => message(each, trade)));
    return h('div',
      h('p.agreed', h('span.hint', t(trade.state === 'proposed' ? 'trade.proposal' : 'trade.deal')),
        ' ', deal(trade)),
      terms?.text && prose(terms.text),
      h('p', dotted(h('span.state', stateText(trade.state)),
        [t('trade.with', { role: role(trade.role) }), ' ',
          person(trade.role === 'maker' ? trade.taker : trade.maker)],
        terms?.arbiter && [role('arbiter'), ' ', person(terms.arbiter)],
        trade.right && t('trade.ruled', { who: role(trade.right) }),
        trade.offer && link(t('mail.about'), `#/offer/${trade.offer}`))),
      notices(trade),
      way(trade), has(`trade.next.${at}`) && h('p', t(`trade.next.${at}`)),
      h('p.acts', rated.includes(trade.state) && trade.role !== 'arbiter' && [
        button(trade.rating ? 'rate.again' : 'rate.title', () => start('rate'),
          trade.state === 'complete' ? 'main' : 'quiet', { id: 'move-rate' }),
        trade.role === 'taker' &&
          button('rate.thing', () => start('rate-thing'), 'quiet', { id: 'move-rate-thing' })],
      moves(trade).map(move => button(`move.${called(move, trade)}`, () => start(move),
        next(trade) === move ? 'main' : 'quiet', { id: `move-${move}` })),
      over.includes(trade.state) && risky('trade.remove', 'mail.sure', 'DELETE',
        `trades/${trade.id}`, () => go('trades'))),
      trade.missing.length > 0 && tip('trade.missing'));
  });
  return h('div', h('p', link(t('trade.back'), '#/trades')), place, doing,
    headed('trade.messages', said));
}

function message(each, trade) {
  const mine = each.by === trade.role;
  return h(`li.letter.${mine ? 'out' : 'in'}`,
    h('p.facts', dotted(h('strong', word('move', each.move)),
      mine ? t('you') : each.by ? role(each.by) : t('trade.unknown'), when(each.at),
      each.shown && t('trade.shown'))),
    each.problem && h('p.notice', t('trade.problem'), ' ',
      told(each.problem, each.problem_said)),
    each.waiting && tip('trade.waiting'),
    each.terms && (each.terms.give || each.terms.want) && h('p', deal(each)),
    each.text && prose(each.text),
    each.payload?.content && h('p', line(each.payload.media_type), ' ',
      `(${bytes(Math.floor(each.payload.content.length * 3 / 4))}) `,
      button('mail.save', () => save(each.payload.content, 'payload'))));
}

const evidence = trade => h('fieldset', h('legend', t('trade.evidence')),
  check('show_all', t('trade.showall')),
  trade.messages.filter(each => each.name && !each.shown).map(each =>
    check('show', [word('move', each.move), ' · ', role(each.by), ' · ', when(each.at), ' ',
      each.text && line(each.text.slice(0, 60))], { value: each.name })));

function moveForm(trade, move, done, cancel) {
  const rates = move.startsWith('rate');
  const shows = ['dispute', 'evidence'].includes(move);
  return form({
    cancel, id: 'move-form', draft: shows ? null : `move-${trade.id}-${move}`,
    title: move === 'rate' ? 'rate.title' : rates ? 'rate.thing' : `move.${called(move, trade)}`,
    hint: `move.hint.${called(move, trade)}`, submit: 'send',
    fields: () => [
      rates && field('rate.stars', choice('stars',
        ['5', '4', '3', '2', '1'].map(each => [each, t('ratings.stars', { n: Number(each) })]))),
      move === 'counter' && termsOf({ ...trade.terms, ...goods(trade) }),
      move === 'ruling' && field('trade.right', choice('right',
        choices('trade.role', ['maker', 'taker', 'neither']))),
      shows && evidence(trade),
      move !== 'evidence' && field('form.text',
        area('text', { rows: 3, required: ['pay-info', 'text', 'dispute'].includes(move) })),
    ],
    send: async (values, node) => {
      const { text, stars, right } = values;
      if (rates) {
        await post('ratings', { trade: trade.id, stars: Number(stars), text,
          ...move === 'rate-thing' && { thing: true } });
      } else {
        await post(`trades/${trade.id}/moves`, {
          move, text, right,
          terms: move === 'counter' ? { ...trade.terms, ...termsIn(values) } : undefined,
          ...shows && { show_all: Boolean(values.show_all),
            show: new FormData(node).getAll('show') },
        });
      }
      say(t('done'));
      done();
    },
  });
}
