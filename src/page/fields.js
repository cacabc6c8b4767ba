// The structured part of offers: what each field is called, how it is shown, and its place in the
// form. Nodes that know none of these fields send none, and then nothing of it is seen: a field is
// shown where the offer has it, and asked for where the node's drafts know it.
import { area, choice, field, h, input, line } from './dom.js';
import { has, number, t, word } from './words.js';

export const sides = ['offered', 'wanted'];
const conditions = ['', 'new', 'like-new', 'good', 'used', 'for-parts'];
const modes = ['', 'fixed', 'negotiable', 'free', 'market'];

// An amount is a whole number of the smallest part: 8000 with 2 decimals is 80.00.
function amount(value, price) {
  const decimals = Number(price.decimals ?? 0);
  const text = number(Number(value) / 10 ** decimals);
  return price.currency ? `${text} ${price.currency}` : text;
}

// One line, or nothing.
export function priceText(price) {
  if (!price) return '';
  const parts = [];
  const most = Number(price.amount_most ?? 0);
  if (Number(price.amount ?? 0) > 0 || most > 0) {
    parts.push(most > 0 ? `${amount(price.amount, price)} – ${amount(most, price)}`
      : amount(price.amount, price));
  } else if (price.currency) parts.push(price.currency);
  if (price.premium_bp) {
    parts.push(t('price.premium', { percent: number(Number(price.premium_bp) / 100) }));
  }
  if (price.per) parts.push(t('price.per', { what: price.per }));
  if (price.mode && has(`price.${price.mode}`)) parts.push(t(`price.${price.mode}`));
  return parts.join(' · ');
}

// What is given for what: the line that a card shows under its title.
export function bargain(offer) {
  const price = priceText(offer.price);
  const side = offer.side && h('span.side', word('side', offer.side));
  if (!offer.give && !offer.want) {
    return (side || price) && h('p.bargain', side, side && ' ', price);
  }
  return h('p.bargain', side, side && ' ', offer.give && line(offer.give),
    offer.give && offer.want && h('span.for', ` ${t('offer.for')} `),
    offer.want && line(offer.want), price && h('span.price', ` ${price}`));
}

// [label, node] for everything that is there, in the order in which a person asks.
export function rows(offer) {
  const out = [];
  const push = (key, value, label = t(`field.${key}`)) => {
    if (value !== undefined && value !== null && value !== '' && value !== 0 && value !== '0') {
      out.push([label, value instanceof Node ? value : line(String(value))]);
    }
  };
  const list = (values, group) =>
    (values ?? []).map((each) => (group ? word(group, each) : each)).join(', ');
  push('side', offer.side && word('side', offer.side));
  push('give', offer.give, t('offer.give'));
  push('want', offer.want, t('offer.want'));
  push('price', priceText(offer.price));
  push('quantity', offer.quantity && String(offer.quantity));
  push('condition', offer.condition && word('condition', offer.condition));
  push('category', offer.category);
  push('region', [offer.country, offer.geohash].filter(Boolean).join(' · '));
  push('delivery', list(offer.delivery, 'delivery'));
  push('payment', list(offer.payment));
  push('language', offer.language);
  push('status', offer.status && word('status', offer.status));
  for (const { name, value } of offer.details ?? []) out.push([line(name), line(value)]);
  push('tags', list(offer.tags));
  return out;
}

// Everything by which a person might look for it, in lower case.
export function searchable(offer) {
  return [offer.title, offer.text, offer.give, offer.want, offer.category, offer.country,
    ...(offer.tags ?? []), ...(offer.payment ?? []), ...(offer.delivery ?? []),
    ...(offer.details ?? []).flatMap(({ name, value }) => [name, value])]
    .filter(Boolean).join('\n').toLowerCase();
}

// ---- the form -----------------------------------------------------------------------------------

const options = (values, group) =>
  values.map((each) => [each, each ? word(group, each) : t('form.unsaid')]);

// The section of the form for those fields that `known` names (the node says which it takes).
export function section(known, offer) {
  const price = offer.price ?? {};
  const all = {
    side: () => field(t('field.side'),
      choice('side', options(['', ...sides], 'side'), offer.side ?? '')),
    price: () => h('fieldset.row', h('legend', t('field.price')),
      field(t('price.mode'), choice('price.mode', options(modes, 'price'), price.mode ?? '')),
      field(t('price.amount'), input('price.amount',
        { inputmode: 'decimal', value: fromSmallest(price.amount, price.decimals) })),
      field(t('price.most'), input('price.amount_most',
        { inputmode: 'decimal', value: fromSmallest(price.amount_most, price.decimals) })),
      field(t('price.currency'), input('price.currency',
        { maxlength: 10, value: price.currency ?? '' }))),
    quantity: () => field(t('field.quantity'),
      input('quantity', { inputmode: 'numeric', value: offer.quantity || '' })),
    condition: () => field(t('field.condition'),
      choice('condition', options(conditions, 'condition'), offer.condition ?? '')),
    category: () => field(t('field.category'), input('category', { value: offer.category ?? '' })),
    country: () => field(t('field.country'),
      input('country', { maxlength: 2, value: offer.country ?? '' }), t('form.country')),
    geohash: () => field(t('field.geohash'),
      input('geohash', { maxlength: 4, value: offer.geohash ?? '' }), t('form.geohash')),
    delivery: () => field(t('field.delivery'),
      input('delivery', { value: (offer.delivery ?? []).join(', ') }), t('form.list')),
    payment: () => field(t('field.payment'),
      input('payment', { value: (offer.payment ?? []).join(', ') }), t('form.list')),
    details: () => field(t('field.details'), area('details', {
      rows: 3, value: (offer.details ?? []).map((e) => `${e.name}: ${e.value}`).join('\n'),
    }), t('form.details')),
  };
  return Object.keys(all).filter((key) => known.includes(key)).map((key) => all[key]());
}

const words = (text) => text.split(',').map((each) => each.trim()).filter(Boolean);

// What stands in that section, as fields of a draft; those left empty are left out.
export function read(form, known) {
  const value = (name) => form.elements[name]?.value.trim() ?? '';
  const out = {};
  for (const key of ['side', 'condition', 'category', 'geohash']) {
    if (known.includes(key) && value(key)) out[key] = value(key);
  }
  if (known.includes('country') && value('country')) out.country = value('country').toUpperCase();
  if (known.includes('quantity') && value('quantity')) out.quantity = Number(value('quantity'));
  for (const key of ['delivery', 'payment']) {
    if (known.includes(key) && value(key)) out[key] = words(value(key));
  }
  if (known.includes('details') && value('details')) {
    out.details = value('details').split('\n').filter((each) => each.trim()).map((each) => {
      const at = each.indexOf(':');
      return { name: each.slice(0, Math.max(at, 0)).trim(), value: each.slice(at + 1).trim() };
    });
  }
  if (known.includes('price') && (value('price.amount') || value('price.mode'))) {
    const decimals = decimalsIn(value('price.amount'), value('price.amount_most'));
    out.price = {
      mode: value('price.mode') || 'fixed', currency: value('price.currency'), decimals,
      amount: toSmallest(value('price.amount'), decimals),
    };
    if (value('price.amount_most')) {
      out.price.amount_most = toSmallest(value('price.amount_most'), decimals);
    }
  }
  return out;
}

const decimalsIn = (...texts) =>
  Math.max(...texts.map((each) => each.replace(',', '.').split('.')[1]?.length ?? 0));
const toSmallest = (text, decimals) =>
  String(Math.round(Number(text.replace(',', '.') || 0) * 10 ** decimals));
const fromSmallest = (value, decimals) =>
  (Number(value ?? 0) ? String(Number(value) / 10 ** Number(decimals ?? 0)) : '');

// ---- the market's filters -----------------------------------------------------------------------

// By what the market is narrowed, as the node's search names it.
export const filters = ['side', 'category', 'condition', 'status', 'country', 'geohash',
  'delivery', 'payment', 'language', 'currency', 'price_min', 'price_max'];
const chosen = { side: sides, condition: conditions.slice(1),
  status: ['active', 'reserved', 'sold'] };
const shaped = {
  category: { list: 'categories' }, country: { maxlength: 2 }, geohash: { maxlength: 4 },
  language: { maxlength: 3 }, currency: { maxlength: 10 },
  price_min: { inputmode: 'decimal' }, price_max: { inputmode: 'decimal' },
};
const titles = { currency: 'price.currency', price_min: 'market.least', price_max: 'market.most' };

// A control and its label.
export function filter(key, value) {
  const control = chosen[key]
    ? choice(key, [['', t('all')], ...chosen[key].map((each) => [each, word(key, each)])], value)
    : input(key, { value, ...shaped[key] });
  return [control, field(t(titles[key] ?? `field.${key}`), control)];
}
