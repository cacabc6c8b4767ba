"""What tests of the page run in the browser, and what they tell it in a node's place."""
import os
import struct
import zlib

# fetch() answers some paths as the test says: {path: answer}, whose last letter may be a star.
ANSWERS = """
const [answers] = arguments, real = window.real ??= window.fetch;
window.sent = [];
window.fetch = async (path, how, ...rest) => {
  const {pathname, search} = new URL(path, location);
  const key = Object.keys(answers).find((each) => each.endsWith('*')
    ? (pathname + search).startsWith(each.slice(0, -1)) : pathname === each);
  if (!key) return real(path, how, ...rest);
  window.sent.push([how?.method ?? 'GET', pathname, how?.body]);
  const {status = 200, change, ...body} = answers[key];
  if (!change) return new Response(JSON.stringify(body), {status});
  const told = await (await real(path, how, ...rest)).json();
  return new Response(JSON.stringify({...told, ...change}));
};
"""
# What `arguments[0]` offers of so many in all cost, in milliseconds: the first cards after the
# answer was read, the longest task, and as a measure of this machine now the same number of cards
# made of plain elements. The best of some rounds: what the page needs, not what else runs.
MANY = """
const [count, total, rounds] = arguments, real = window.fetch;
const offers = Array.from({length: count}, (_, i) => ({
  id: 'f'.repeat(56) + String(i).padStart(8, '0'),
  title: `Thing number ${i}`, text: 'A text of some length. '.repeat(5), give: 'a thing',
  want: `${i} EUR`, tags: ['thing'], publisher: 'hsp1' + 'q'.repeat(58), state: 'live',
  created: new Date(Date.now() - i * 1000).toISOString(),
  expires: new Date(Date.now() + 1e9).toISOString()}));
const body = JSON.stringify({offers, total, hidden: [], more_than: false});
let answered, tasks;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) tasks = Math.max(tasks, each.duration);
}).observe({entryTypes: ['longtask']});
window.fetch = (path, ...rest) => {
  if (!String(path).startsWith('/v1/offers?')) return real(path, ...rest);
  const answer = new Response(body), json = answer.json.bind(answer);
  answer.json = async () => {
    const read = await json();
    answered = performance.now();
    return read;
  };
  return Promise.resolve(answer);
};
const frame = () => new Promise((done) => { requestAnimationFrame(done); });
function plain() {
  const began = performance.now(), list = document.createElement('div');
  for (let i = 0; i < 48; i += 1) {
    const card = document.createElement('article');
    for (const tag of ['h2', 'p', 'p', 'p'])
      card.append(Object.assign(document.createElement(tag), {textContent: 'A text. '.repeat(9)}));
    list.append(card);
  }
  document.body.append(list);
  const height = list.offsetHeight;
  list.remove();
  return performance.now() - began + height * 0;
}
const best = {first: Infinity, tasks: Infinity, plain: Infinity};
for (let round = 0; round < rounds; round += 1) {
  location.hash = '#/settings';
  while (!document.querySelector('.page-settings')) await frame();
  await new Promise((done) => { setTimeout(done, 300); });
  best.plain = Math.min(best.plain, plain());
  tasks = 0;
  location.hash = '#/market';
  while (!document.querySelector('.card')) await frame();
  best.first = Math.min(best.first, performance.now() - answered);
  for (let i = 0; i < 30; i += 1) {
    window.scrollTo(0, document.body.scrollHeight);
    await new Promise((done) => { setTimeout(done, 20); });
  }
  best.tasks = Math.min(best.tasks, tasks);
}
window.fetch = real;
return {...best, cards: document.querySelectorAll('.card').length,
  count: document.querySelector('#count').textContent};
"""
# A node that searches by itself, and gives what it finds in pieces.
SEARCH = """
const real = window.fetch;
window.asked = [];
window.fetch = (path, ...rest) => {
  const url = new URL(path, location);
  if (url.pathname !== '/v1/search') return real(path, ...rest);
  const cursor = url.searchParams.get('cursor') ?? '', at = Number(cursor.slice(1));
  window.asked.push([url.searchParams.get('q'), cursor]);
  window.narrowed = url.search;
  const results = Array.from({length: at === 2 ? 50 : 100}, (_, i) => ({
    id: String(at * 100 + i).padStart(64, 'e'), title: `Found ${at * 100 + i}`, publisher: 'hsp1q',
    created: new Date().toISOString(), expires: new Date().toISOString()}));
  return Promise.resolve(new Response(JSON.stringify({results, total: 250, more_than: false,
    hidden: [], corrected: [], cursor: at < 2 ? `c${at + 1}` : ''})));
};
"""
# As in Safari: a canvas gives PNG in place of WebP, and writes Exif into a JPEG.
NO_WEBP = """
const real = HTMLCanvasElement.prototype.toBlob;
HTMLCanvasElement.prototype.toBlob = function (done, type, quality) {
  if (type !== 'image/jpeg') return real.call(this, done, 'image/png');
  return real.call(this, async (blob) => {
    const made = new Uint8Array(await blob.arrayBuffer());
    const exif = new Uint8Array([0xff, 0xe1, 0, 8, 69, 120, 105, 102, 0, 0]);
    done(new Blob([made.slice(0, 20), exif, made.slice(20)], {type}));
  }, type, quality);
};
"""
# Marks what can be pressed or filled in, and notes what of it gets the focus; returns how many.
TO_REACH = """
window.reached = new Set();
const all = [...document.querySelectorAll('input, select, textarea, button, a, summary')]
  .filter((each) => each.checkVisibility());
all.forEach((each, i) => {
  each.addEventListener('focus', () => window.reached.add(i));
});
window.missed = () => all.filter((each, i) => !window.reached.has(i) && each.isConnected)
  .map((each) => each.outerHTML.slice(0, 80));
document.activeElement.blur();
return all.length;
"""
READY = {"state": "ready", "percent": 100, "detail": ""}
MESSAGE = {"number": 1, "by": "maker", "at": "2026-11-21T10:27:57Z", "move": "text",
           "text": "Where?", "name": "maker-2", "shown": False}  # fmt: skip
DISPUTED = {
    "id": "81c0ffee" * 8, "role": "taker", "state": "disputed", "offer": "", "title": "A bicycle",
    "give": "a bicycle", "want": "80 EUR", "maker": "hsp1q", "taker": "hsp1p",
    "terms": {"give": "", "want": "", "text": "", "arbiter": "hsp1a", "arbiter_mailbox": "hsm1a"},
    "done": ["taker disputed"], "possible": ["text"], "warnings": [], "missing": [],
    "messages": [MESSAGE, {**MESSAGE, "name": "maker-3", "shown": True}],
    "changed": "2026-11-21T10:27:57Z", "right": "", "rating": "", "turn": False,
}  # fmt: skip


def noisy_png(side):
    """A picture that no method makes small."""
    row = bytes([0])
    data = b"".join(row + os.urandom(3 * side) for _ in range(side))

    def chunk(kind, content):
        whole = kind + content
        return struct.pack(">I", len(content)) + whole + struct.pack(">I", zlib.crc32(whole))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(data, 1))
        + chunk(b"IEND", b"")
    )
