// The structured part of offers: how it is shown, asked for, and what the market is narrowed by.
import { area, choice, dotted, field, h, input, line } from './dom.js';
import { has, number, t, word } from './words.js';

const chosen = {
  side: ['offered', 'wanted'],
  condition: ['new', 'like-new', 'good', 'used', 'for-parts'],
  status: ['active', 'reserved', 'sold'],
  mode: ['fixed', 'negotiable', 'free', 'market'],
};
const shaped = {
  country: { maxlength: 2 }, geohash: { maxlength: 4 },
  language: { maxlength: 3 }, currency: { maxlength: 10 }, quantity: { inputmode: 'numeric' },
  price_min: { inputmode: 'decimal' }, price_max: { inputmode: 'decimal' },
};
const options = (key, group, first) =>
  [['', first], ...chosen[key].map(each => [each, word(group, each)])];

// An amount is a whole number of the smallest part: 8000 with 2 decimals is 80.00.
const fromSmallest = (value, decimals) => Number(value ?? 0) / 10 ** Number(decimals ?? 0);

function priceText(price) {
  if (!price) return '';
  const amount = value => number(fromSmallest(value, price.decimals)) +
    (price.currency ? ` ${price.currency}` : '');
  const least = Number(price.amount ?? 0);
  const most = Number(price.amount_most ?? 0);
  return dotted(
    most ? `${amount(least)} – ${amount(most)}` : least ? amount(least) : price.currency,
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

// [label, node] for everything that is there, in the order in which a person asks.
export function rows(offer) {
  const list = (values = []) => values.join(', ');
  return [
    ['side', offer.side && word('side', offer.side)],
    ['give', offer.give, t('offer.give')], ['want', offer.want, t('offer.want')],
    ['price', priceText(offer.price)], ['quantity', offer.quantity],
    ['condition', offer.condition && word('condition', offer.condition)],
    ['category', offer.category], ['region', region(offer)],
    ['delivery', list(offer.delivery)], ['payment', list(offer.payment)],
    ['language', offer.language], ['status', offer.status && word('status', offer.status)],
    ...(offer.details ?? []).map(({ name, value }) => ['', value, line(name)]),
    ['tags', list(offer.tags)],
  ].filter(([, value]) => value)
    .map(([key, value, label = t(`field.${key}`)]) => [label, line(String(value))]);
}

const plain = ['quantity', 'condition', 'category', 'country', 'geohash', 'delivery', 'payment',
  'language', 'status'];
const many = ['delivery', 'payment', 'tags'];

function asked(key, offer) {
  const value = many.includes(key) ? (offer[key] ?? []).join(', ') : offer[key] || '';
  const control = chosen[key]
    ? choice(key, options(key, key, t('form.unsaid')), value)
    : input(key, { value, ...shaped[key] });
  return field(`field.${key}`, control, many.includes(key) ? 'form.list' : undefined);
}

// What an offer may say besides its title and text.
export function section(offer) {
  const price = offer.price ?? {};
  const amount = key => field(`price.${key}`, input(`price.${key}`, { inputmode: 'decimal',
    value: Number(price[key]) ? fromSmallest(price[key], price.decimals) : '' }));
  const text = (key, value, more) =>
    field(`price.${key}`, input(`price.${key}`, { value: value ?? '', ...more }));
  return [
    asked('side', offer),
    h('fieldset.row', h('legend', t('field.price')),
      field('price.mode',
        choice('price.mode', options('mode', 'price', t('form.unsaid')), price.mode ?? '')),
      amount('amount'), amount('amount_most'), text('currency', price.currency, { maxlength: 10 }),
      text('per_what', price.per),
      text('percent', price.premium_bp ? price.premium_bp / 100 : '', { inputmode: 'decimal' })),
    h('details', h('summary', t('form.more')), h('div.row', plain.map(key => asked(key, offer))),
      field('field.details', area('details', {
        rows: 3, value: (offer.details ?? []).map(e => `${e.name}: ${e.value}`).join('\n'),
      })),
      field('field.warning', input('warning', { value: offer.warning ?? '' }))),
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
  const smallest = text => String(Math.round(Number(text || 0) * 10 ** decimals));
  return {
    mode: value('price.mode') || 'fixed', currency: value('price.currency').toUpperCase(),
    decimals, amount: smallest(least), amount_most: smallest(most), per: value('price.per_what'),
    premium_bp: Math.round(Number(percent || 0) * 100),
  };
}

// By what the market is narrowed, as the node's search names it.
export const filters = ['side', 'category', 'condition', 'status', 'country', 'geohash',
  'delivery', 'payment', 'language', 'tag', 'currency', 'price_min', 'price_max'];
const titles = { tag: 'field.tags', currency: 'price.currency', price_min: 'market.least',
  price_max: 'market.most' };

export function filter(key, value) {
  const control = chosen[key] ? choice(key, options(key, key, t('all')), value)
    : input(key, { value, ...shaped[key] });
  return [control, field(titles[key] ?? `field.${key}`, control)];
}
