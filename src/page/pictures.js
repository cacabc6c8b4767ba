// Pictures. A stranger's is shown when somebody asks for it, or follows whose it is; one's own is
// made small before it goes out: at most 640 pixels and 16 KiB, and nothing in it but the image.
import { request } from './api.js';
import { button, h } from './dom.js';
import { Mistake } from './forms.js';
import { bytes, t } from './words.js';

const side = 640;
const size = 16384;
const kinds = { webp: 'image/webp', jpeg: 'image/jpeg' };

// `shown` is a Picture of the node's, `by` whose it is. What is not here yet may still come.
export function picture(shown, by, at_once) {
  const frame = h('div.picture');
  const show = async () => {
    try {
      const answer = await request('GET', `pictures/${shown.hash}?by=${by}`);
      frame.replaceChildren(image(await answer.blob(), kinds[shown.format]));
    } catch {
      frame.replaceChildren(h('span.hint', t('picture.failed')));
    }
  };
  if (!shown.here) frame.append(h('span.hint', t('picture.absent')));
  else if (at_once) show();
  else frame.append(button('picture.show', show));
  return frame;
}

// As nothing but a picture, whatever the bytes say.
export function image(content, type = kinds.webp) {
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

// The bytes of a small picture of the same; a Mistake says what a person can do instead.
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
      const blob = await new Promise(done => { node.toBlob(done, kinds.webp, quality); });
      if (blob.type !== kinds.webp) throw new Mistake(t('picture.noise'));
      const made = bare(new Uint8Array(await blob.arrayBuffer()));
      if (made.length <= size) return made;
    }
  }
  throw new Mistake(t('picture.large', { size: bytes(size) }));
}

// A WebP without what browsers write beside the image, such as a colour profile.
function bare(made) {
  const view = new DataView(made.buffer);
  for (let at = 12; at + 8 <= made.length;) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + length % 2;
    if (/^VP8 $/.test(String.fromCharCode(...made.subarray(at, at + 4)))) {
      const out = new Uint8Array([...made.subarray(0, 12), ...made.subarray(at, end)]);
      new DataView(out.buffer).setUint32(4, out.length - 8, true);
      return out;
    }
    at = end;
  }
  return made;
}

export const packed = made => btoa(String.fromCharCode(...made));
