// Small plots of the node's last day. Lines differ by their dashes, and are also said in words.
import { bytes, h, number, svg, t, takes, tip } from './dom.js';

const width = 240;
const height = 60;
const gap = 150;  // seconds between samples; beyond it the machine slept, and the line breaks

// What the node keeps (History), as one plot each.
export function plots(history) {
  const { seconds_ago: ages = [] } = history;
  if (ages.length < 2) return tip('plot.soon');
  const rate = value => t('plot.rate', { bytes: bytes(value) });
  return h('div.tiles', [
    ['plot.traffic', { received: history.received_rate, sent: history.sent_rate }, rate],
    ['plot.items', { items: history.items }, number],
    ['plot.links', { outbound: history.links_outbound, inbound: history.links_inbound }, number],
  ].map(([title, lines, say]) => plot(title, ages, lines, say)));
}

function plot(title, ages, lines, say) {
  const all = Object.entries(lines);
  const most = Math.max(1, ...all.flatMap(([, values]) => values));
  const longest = Math.max(60, ages[0] - ages.at(-1));
  const x = age => width * (1 - (age - ages.at(-1)) / longest);
  const y = value => height - 2 - (height - 4) * (value / most);
  const path = values => values.map((value, i) =>
    `${i === 0 || ages[i - 1] - ages[i] > gap ? 'M' : 'L'}${x(ages[i]).toFixed(1)} `
    + y(value).toFixed(1)).join('');
  const said = all.map(([name, values]) => t('plot.said', {
    name: t(`plot.${name}`), now: say(values.at(-1)), most: say(Math.max(...values)),
    least: say(Math.min(...values)) }));
  return h('figure.tile', h('figcaption', h('h3', t(title))),
    svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', preserveAspectRatio: 'none',
      'aria-label': `${t(title)}. ${t('plot.span', { time: takes(longest) })}: ${said.join(' ')}` },
    all.map(([, values], i) => svg(`path.line-${i}`, { d: path(values) }))),
    tip('plot.span', { time: takes(longest) }),
    said.map((each, i) => h('p.hint', h(`span.key.line-${i}`, { 'aria-hidden': 'true' }), each)));
}
