// What the page says, in the person's language: one file in words/, which the node lists. Each is
// complete (tests/house/page.py), so no other one is loaded; another choice loads the page anew.
// Dates and numbers are the browser's matter.
let words = {};
let language = 'en';
let locale = 'en';  // such as en-GB, for dates
let all = ['en'];

export const languages = () => all;
export const current = () => language;

const languageOf = tag => tag.toLowerCase().split('-')[0];

export async function load(wish) {
  const wishes = [wish, ...navigator.languages].filter(Boolean);
  try {
    all = await (await fetch('/words.json')).json();
  } catch { /* English is always there */ }
  language = wishes.map(languageOf).find(each => all.includes(each)) ?? 'en';
  locale = navigator.languages.find(each => languageOf(each) === language) ?? language;
  words = await import(`./words/${language}.js`);
  document.documentElement.lang = language;
}

// 'mine.heard' stands as heard in the group mine.
function find(key) {
  const at = key.indexOf('.');
  return at < 0 ? words[key] : words[key.slice(0, at)]?.[key.slice(at + 1)];
}

// t('mine.heard', { n: 3 }): the text with {n} filled in. Of several forms for numbers `n` chooses.
export function t(key, values = {}) {
  let text = find(key);
  if (text === undefined) return key;
  if (typeof text === 'object') {
    text = text[new Intl.PluralRules(language).select(values.n ?? 0)] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === 'number' ? number(value) : value ?? whole;
  });
}

export const has = key => find(key) !== undefined;
// The text of a word that the node uses, such as a state; as it is if we have none.
export const word = (group, value) => (has(`${group}.${value}`) ? t(`${group}.${value}`) : value);

// A sentence of the node's (docs/api.md, "Sentences"). One that this catalogue does not know stays
// as the node says it, in English.
export function told(english, said) {
  const key = `node.${said?.code}`;
  const field = `field.${said?.code}`;
  if (has(`${field}.hint`)) return `${t(field)}: ${t(`${field}.hint`)}`;
  if (!has(key)) return english;
  const values = Object.fromEntries(Object.entries(said.values).map(([name, value]) => {
    const inner = `node.${value.slice(1)}`;
    if (value.startsWith('#') && has(inner)) return [name, t(inner, said.values)];
    return [name, /^\d{1,6}$/.test(value) ? Number(value) : value];
  }));
  return t(key, values);
}

export const number = (value, more) => new Intl.NumberFormat(locale, more).format(value);
const measured = (value, unit, digits, unitDisplay) => new Intl.NumberFormat(locale,
  { style: 'unit', unit, unitDisplay, maximumFractionDigits: digits }).format(value);

export function bytes(value) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  let left = Number(value);
  for (; left >= 1000 && at + 1 < units.length; ++at) left /= 1000;
  return measured(left, units[at], at ? 1 : 0, at ? 'short' : 'long');
}

// A browser that resists fingerprinting lives in UTC, wherever the person is; then it says so.
const moment = { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric',
  minute: '2-digit' };
export function day(time) {
  const date = new Date(time);
  const zone = date.getTimezoneOffset() === 0 && { timeZone: 'UTC', timeZoneName: 'short' };
  return new Intl.DateTimeFormat(locale, { ...moment, ...zone }).format(date);
}

const spans = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
const spanOf = seconds => spans.find(([, each]) => seconds >= each) ?? spans.at(-1);
// "40 seconds", "3 minutes": how long something takes.
export function takes(seconds) {
  const [unit, size] = spanOf(seconds);
  return measured(Math.max(1, seconds / size), unit, 0, 'long');
}
// "2 hours ago", "in 3 days", "now"; never "tomorrow", which may be the day after.
export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, size] = spanOf(Math.abs(seconds));
  return new Intl.RelativeTimeFormat(locale, { numeric: unit === 'second' ? 'auto' : 'always' })
    .format(Math.round(seconds / size), unit);
}
