// The structured part of offers: how it is shown, asked for, and what the market is narrowed by.
import { area, choice, dotted, field, h, has, input, line, number, t, word } from './dom.js';
import { Mistake } from './forms.js';

const chosen = {
  side: ['offered', 'wanted'],
  condition: ['new', 'like-new', 'good', 'used', 'for-parts'],
  status: ['active', 'reserved', 'sold'],
  'price.mode': ['fixed', 'negotiable', 'free', 'market'],
  rating: ['4.5', '4', '3', '2'],
};
const decimal = { inputmode: 'decimal' };
const shaped = {
  country: { maxlength: 2 }, geohash: { maxlength: 4 }, language: { maxlength: 3 },
  currency: { maxlength: 10 }, 'price.currency': { maxlength: 10 }, 'price.amount': decimal,
  'price.amount_most': decimal, 'price.percent': decimal, price_min: decimal, price_max: decimal,
  quantity: { inputmode: 'numeric' }, rated: { inputmode: 'numeric' },
};
const named = (key, value) => (key === 'rating' ? t('market.stars', { n: Number(value) })
  : word(key.split('.')[0], value));
const control = (key, value, first) => (chosen[key]
  ? choice(key, [['', t(first)], ...chosen[key].map(each => [each, named(key, each)])], value)
  : input(key, { value, ...shaped[key] }));

// An amount is a whole number of the smallest part: 8000 with 2 decimals is 80.00. It may have more
// digits than a number keeps, so both ways are by its digits.
function fromSmallest(value, decimals) {
  const digits = String(value).padStart(decimals + 1, '0');
  return decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
}
function toSmallest(text, decimals) {
  const [whole, part = ''] = text.split('.');
  return (whole + part.padEnd(decimals, '0')).replace(/\D/g, '').replace(/^0+(?=.)/, '') || '0';
}

const isSome = amount => /[1-9]/.test(amount ?? '');

function priceText(price) {
  if (!price) return '';
  // What is rounded is another price.
  const decimals = Number(price.decimals ?? 0);
  const digits = { minimumFractionDigits: Math.min(2, decimals), maximumFractionDigits: decimals };
  const amount = value => number(fromSmallest(value, decimals), digits) +
    (price.currency ? ` ${price.currency}` : '');
  const { amount: least = '0', amount_most: most = '0' } = price;
  return dotted(
    isSome(most) ? `${amount(least)} – ${amount(most)}`
      : isSome(least) ? amount(least) : price.currency,
    price.premium_bp && t('price.premium', { percent: number(price.premium_bp / 100) }),
    price.per && t('price.per', { what: price.per }),
    has(`price.${price.mode}`) && t(`price.${price.mode}`)).join('');
}

// What is given for what: the line that a card shows under its title.
export function bargain({ side, price, give, want }) {
  const said = priceText(price);
  return (side || said || give || want) && h('p.bargain',
    side && [h('span.side', word('side', side)), ' '],
    give && line(give), give && want && h('span.for', ` ${t('offer.for')} `), want && line(want),
    said && h('span.price', give || want ? ` ${said}` : said));
}

export const region = ({ country, geohash }) => [country, geohash].filter(Boolean).join(' · ');

// A thousand, or one with three decimals: it depends on who reads it.
const isUnclear = /^[1-9]\d{0,2}[.,]\d{3}$/;
const numerals = { quantity: /^\d+$/, 'price.amount': /^\d+([.,]\d+)?$/,
  'price.amount_most': /^\d+([.,]\d+)?$/, 'price.percent': /^-?\d+([.,]\d+)?$/ };

// Throws the first Mistake in what a person typed as numbers.
export function checkNumbers({ elements }) {
  for (const [key, form] of Object.entries(numerals)) {
    const said = elements[key].value.trim();
    if (said && !form.test(said)) throw new Mistake(t('form.number'), key);
    if (isUnclear.test(said)) throw new Mistake(t('form.unclear'), key);
  }
}

const plain = ['quantity', 'condition', 'category', 'country', 'geohash', 'delivery', 'payment',
  'language', 'status'];
const many = ['delivery', 'payment', 'tags'];

// [label, node] of all that is there, in the order in which a person asks.
export function rows(offer) {
  const all = { ...offer, price: priceText(offer.price), region: region(offer) };
  const row = key => [t(`${['give', 'want'].includes(key) ? 'offer' : 'field'}.${key}`),
    many.includes(key) ? all[key]?.join(', ') : chosen[key] ? word(key, all[key]) : all[key]];
  return [
    ...['side', 'give', 'want', 'price', 'quantity', 'condition', 'category', 'region', 'delivery',
      'payment', 'language', 'status'].map(row),
    ...(offer.details ?? []).map(({ name, value }) => [line(name), value]), row('tags'),
  ].filter(([, value]) => value).map(([label, value]) => [label, line(String(value))]);
}

function asked(key, values) {
  const listed = many.includes(key);
  const value = values[key] || '';
  return field(key.includes('.') ? key : `field.${key}`,
    control(key, listed && value ? value.join(', ') : value, 'form.unsaid'),
    listed ? 'form.list' : undefined);
}

// What an offer may say besides its title and text.
export function section(offer) {
  const { price = {}, details = [] } = offer;
  const { decimals = 0 } = price;
  const amount = key => {
    const text = isSome(price[key]) ? fromSmallest(price[key], decimals) : '';
    return isUnclear.test(text) ? `${text}0` : text;
  };
  const prices = {
    mode: price.mode, amount: amount('amount'), amount_most: amount('amount_most'),
    currency: price.currency, per_what: price.per, percent: price.premium_bp / 100,
  };
  return [
    asked('side', offer),
    h('fieldset.row', h('legend', t('field.price')), Object.entries(prices).map(([key, value]) =>
      asked(`price.${key}`, { [`price.${key}`]: value }))),
    h('details', h('summary', t('form.more')), h('div.row', plain.map(key => asked(key, offer))),
      field('field.details', area('details', {
        rows: 3, value: details.map(({ name, value }) => `${name}: ${value}`).join('\n') })),
      asked('warning', offer)),
    asked('tags', offer),
  ];
}

export const commas = text => text.split(',').map(each => each.trim()).filter(Boolean);

// What stands in that section, as fields of a draft; those left empty are left out.
export function read(form) {
  const value = name => form.elements[name].value.trim();
  const out = {};
  for (const key of ['side', 'tags', 'warning', ...plain]) {
    const said = value(key);
    if (!said) continue;
    out[key] = many.includes(key) ? commas(said)
      : key === 'country' ? said.toUpperCase() : key === 'quantity' ? Number(said) : said;
  }
  const details = value('details').split('\n').filter(each => each.trim());
  if (details.length) {
    out.details = details.map(each => {
      const at = Math.max(each.indexOf(':'), 0);
      return { name: each.slice(0, at).trim(), value: each.slice(at + 1).trim() };
    });
  }
  const price = priceIn(value);
  if (price) out.price = price;
  return out;
}

function priceIn(value) {
  const [least, most, percent] = ['amount', 'amount_most', 'percent']
    .map(key => value(`price.${key}`).replace(',', '.'));
  if (!least && !most && !value('price.mode')) return null;
  const decimals = Math.max(...[least, most].map(each => each.split('.')[1]?.length ?? 0));
  return {
    mode: value('price.mode') || 'fixed', currency: value('price.currency').toUpperCase(),
    decimals, amount: toSmallest(least, decimals), amount_most: toSmallest(most, decimals),
    per: value('price.per_what'), premium_bp: Math.round(Number(percent || 0) * 100),
  };
}

// By what the market is narrowed, as the node's search names it.
export const filters = ['by', 'side', 'category', 'condition', 'status', 'country', 'geohash',
  'delivery', 'payment', 'language', 'tag', 'currency', 'price_min', 'price_max', 'rating',
  'rated'];
const titles = { by: 'market.who', tag: 'field.tags', currency: 'price.currency',
  price_min: 'market.least', price_max: 'market.most', rating: 'ratings.title',
  rated: 'market.rated' };

// `makers`: whose offers one may choose, [address, name] of each.
export const filter = (key, value, makers) => field(titles[key] ?? `field.${key}`,
  key === 'by' ? choice(key, [['', t('all')], ...makers], value) : control(key, value, 'all'));
