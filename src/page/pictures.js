// Pictures. A stranger's is shown when somebody asks for it, or follows whose it is; one's own is
// made small first, with nothing in it but the image.
import { request } from './api.js';
import { button, bytes, h, t } from './dom.js';
import { Mistake } from './forms.js';

const side = 640;
const size = 16384;
const kinds = { webp: 'image/webp', jpeg: 'image/jpeg' };

// `shown` is a Picture of the node's, `by` whose it is.
export function picture(shown, by, at_once) {
  const frame = h('div.picture');
  const show = async () => {
    let next;
    try {
      const answer = await request('GET', `pictures/${shown.hash}?by=${by}`);
      next = image(await answer.blob(), kinds[shown.format]);
    } catch {
      next = h('span.hint', t('picture.failed'));
    }
    const focused = frame.contains(document.activeElement);
    frame.replaceChildren(next);
    if (!focused) return;
    next.tabIndex = -1;  // the button is gone, and who pressed it goes on from here
    next.focus();
  };
  if (!shown.here) frame.append(h('span.hint', t('picture.absent')));
  else if (at_once) show();
  else frame.append(button('picture.show', show));
  return frame;
}

const isJpeg = made => made[0] === 0xff;

// As nothing but a picture, whatever the bytes say.
export function image(content, type = isJpeg(content) ? kinds.jpeg : kinds.webp) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const free = () => URL.revokeObjectURL(address);
  return h('img', { src: address, alt: t('picture.alt'), onload: free, onerror: free });
}

function canvas(width, height) {
  const node = h('canvas', { width, height });
  return [node, node.getContext('2d', { alpha: false })];
}

// Browsers that resist fingerprinting give noise instead of what was drawn: two pixels show it.
function isNoisy() {
  const [, pen] = canvas(2, 1);
  const colours = [[12, 140, 200], [250, 60, 31]];
  colours.forEach(([red, green, blue], at) => {
    pen.fillStyle = `rgb(${red} ${green} ${blue})`;
    pen.fillRect(at, 0, 1, 1);
  });
  const { data } = pen.getImageData(0, 0, 2, 1);
  return colours.some((colour, at) => colour.some((value, i) => data[at * 4 + i] !== value));
}

// The bytes of a small picture of the same.
export async function shrink(file) {
  if (isNoisy()) throw new Mistake(t('picture.noise'));
  const source = await createImageBitmap(file).catch(() => {
    throw new Mistake(t('picture.unread'));
  });
  const longest = Math.max(source.width, source.height);
  for (let edge = Math.min(side, longest); edge >= 40; edge = Math.floor(edge * 0.8)) {
    const scale = edge / longest;
    const [node, pen] = canvas(Math.max(1, Math.round(source.width * scale)),
      Math.max(1, Math.round(source.height * scale)));
    pen.fillStyle = 'white';
    pen.fillRect(0, 0, node.width, node.height);
    pen.drawImage(source, 0, 0, node.width, node.height);
    for (const quality of [0.85, 0.7, 0.55, 0.4]) {
      const made = await written(node, quality);
      if (made.length <= size) return made;
    }
  }
  throw new Mistake(t('picture.large', { size: bytes(size) }));
}

// As WebP, or as JPEG where a browser writes none; without what stands beside the image, such as a
// colour profile.
async function written(node, quality) {
  for (const type of Object.values(kinds)) {
    const blob = await new Promise(done => { node.toBlob(done, type, quality); });
    if (blob?.type === type) {
      const made = new Uint8Array(await blob.arrayBuffer());
      const parts = isJpeg(made) ? partsOfJpeg(made) : partsOfWebp(made);
      return new Uint8Array(await new Blob(parts).arrayBuffer());
    }
  }
  throw new Mistake(t('picture.noise'));
}

// The chunk that is the image, and a head that says how long it is.
function partsOfWebp(made) {
  const view = new DataView(made.buffer);
  const length = at => (view.getUint32(at + 4, true) + 9) & ~1;  // even, with name and length
  let at = 12;
  while (view.getUint32(at) !== 0x56503820) at += length(at);  // "VP8 "
  const head = made.slice(0, 12);
  new DataView(head.buffer).setUint32(4, length(at) + 4, true);
  return [head, made.subarray(at, at + length(at))];
}

// A JFIF head without a thumbnail (APP0), the tables, and the scan, which goes to the end.
function partsOfJpeg(made) {
  const view = new DataView(made.buffer);
  const parts = [made.subarray(0, 2)];
  for (let at = 2, marker; marker !== 0xda;) {
    marker = made[at + 1];
    const end = marker === 0xda ? made.length : at + 2 + view.getUint16(at + 2);
    if (marker < 0xe0 || (marker === 0xe0 && end === 20)) parts.push(made.subarray(at, end));
    at = end;
  }
  return parts;
}

export const packed = made => btoa(String.fromCharCode(...made));
