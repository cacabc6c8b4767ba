// What the page says, in the person's language. A language is one file in words/: the node lists
// them, and the tests compare their keys. Dates and numbers are the browser's matter.
let words = {};
let language = 'en';
let all = ['en'];

export const languages = () => all;
export const current = () => language;

export async function load(wish) {
  const wishes = [wish, ...navigator.languages].filter(Boolean);
  try {
    all = await (await fetch('/words.json')).json();
  } catch {
    // English is always there; whether the node is, others find out.
  }
  const known = wishes.map((each) => each.toLowerCase().split('-')[0]);
  language = known.find((each) => all.includes(each)) ?? 'en';
  words = (await import(`./words/${language}.js`)).default;
  document.documentElement.lang = language;
}

// t('mine.heard', { n: 3 }): the text of that key with {n} filled in. A key may hold several forms
// for numbers; `n` chooses.
export function t(key, values = {}) {
  let text = words[key];
  if (text === undefined) return key;
  if (typeof text === 'object') {
    const form = new Intl.PluralRules(language).select(values.n ?? 0);
    text = text[form] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === 'number' ? number(value) : value ?? whole;
  });
}

// The text of a word that the node uses, such as a state; as it is if we have none.
export function word(group, value) {
  const key = `${group}.${value}`;
  return key in words ? t(key) : value;
}
export const has = (key) => key in words;

export const number = (value) => new Intl.NumberFormat(language).format(value);
export const percent = (value) =>
  new Intl.NumberFormat(language, { style: 'percent' }).format(value / 100);

export function bytes(value) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  let left = Number(value);
  for (; left >= 1000 && at + 1 < units.length; ++at) left /= 1000;
  return new Intl.NumberFormat(language, {
    style: 'unit', unit: units[at], unitDisplay: 'short', maximumFractionDigits: at ? 1 : 0,
  }).format(left);
}

export const day = (time) => new Intl.DateTimeFormat(language,
  { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));

// "40 sec", "3 min": how long something takes.
export function takes(seconds) {
  const [unit, size] = spans.find(([, each]) => seconds >= each) ?? spans.at(-1);
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 0 })
    .format(Math.max(1, seconds / size));
}

const spans = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
// "2 hours ago", "in 3 days"
export function ago(time) {
  const seconds = (new Date(time) - Date.now()) / 1000;
  const [unit, size] = spans.find(([, each]) => Math.abs(seconds) >= each) ?? spans.at(-1);
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
    .format(Math.round(seconds / size), unit);
}
