// A new offer, or a new version of one's own, with a preview beside it.
import { ask, get, post } from './api.js';
import { area, button, check, choice, choices, field, go, h, input, later, say, t, takes, tip,
  unpacked } from './dom.js';
import { form, lifetime, Mistake } from './forms.js';
import { checkNumbers, read, section } from './fields.js';
import { card, signers } from './offers.js';
import { image, packed, picture, shrink } from './pictures.js';

const stamps = ['0', '12', '28'];  // bits of work; 0 is what the node finds usual
const picturesMost = 4;

export default async function publish(page) {
  const [id] = page.rest;
  const [own, old] = await Promise.all([signers(), id ? get(`offers/${id}`) : {}]);
  if (id) page.title = t('publish.edit');
  const draft = id ?? 'new';
  const preview = h('div', { id: 'preview' });
  const cost = h('p.hint', { id: 'cost', role: 'status' });
  const pictures = pictureField(old, `draft-${draft}-pictures`, () => show());

  const values = () => {
    const { title, text: said, give, want, days, stamp, renew, persona } =
      Object.fromEntries(new FormData(node));
    return {
      title: title.trim(), text: said.trimEnd(), give: give.trim(), want: want.trim(), persona,
      ...read(node), ...pictures.values(), lifetime_seconds: Number(days),
      stamp_bits: Number(stamp), renew: Boolean(renew),
    };
  };
  const text = (name, more) => field(`field.${name}`,
    input(name, { value: old[name] ?? '', spellcheck: 'true', ...more }));
  const node = form({
    id: 'publish-form', submit: id ? 'publish.renew' : 'publish.do', hint: 'publish.hint',
    draft,
    fields: () => [
      text('title', { required: true, maxlength: 120 }),
      h('div.row', text('give'), text('want')),
      field('field.text', area('text', { rows: 7, value: old.text ?? '', spellcheck: 'true' })),
      pictures.node, section(old),
      check('renew', t('publish.lasts'), { checked: old.renew === true }),
      h('div.row', lifetime(7),
        field('publish.stamp', choice('stamp',
          choices('publish.stamp', stamps), String(old.stamp_bits ?? 0)))),
      !id && field('publish.as', choice('persona', [['', t('publish.fresh')], ...own])),
    ],
    send: async () => {
      checkNumbers(node);
      const made = await (id ? ask('PUT', `offers/${id}`, values())
        : post('offers', values()));
      pictures.forget();
      say(t('sent'));
      go(`offer/${made.id}`);
    },
  });
  const show = () => preview.replaceChildren(card({ ...values(),
    created: new Date().toISOString(), preview_picture: pictures.first() }, { preview: true }));
  // A node that cannot say what it costs says nothing.
  const price = later(async () => {
    const now = values();
    const size = Math.min(JSON.stringify({ ...now, picture_files: [] }).length, 33_000);
    const told = await get('work-estimate?kind=offer'
      + `&bytes=${size}&lifetime_seconds=${now.lifetime_seconds}`).catch(() => null);
    const key = told?.too_dear ? 'publish.cost.dear' : told?.price > 1 ? 'publish.cost.full'
      : 'publish.cost';
    cost.textContent = told
      ? t(key, { time: takes(told.seconds), day: takes(told.day_seconds) }) : '';
  }, 600);
  node.addEventListener('input', () => {
    show();
    price();
  });
  show();
  price();
  return h('div.columns', h('div', node),
    h('aside', h('h2', t('publish.preview')), preview, cost, tip('publish.draft')));
}

// Up to four: the offer's own, and files that are made small here.
function pictureField(old, key, changed) {
  const made = file => ({ file, node: image(unpacked(file)) });
  let all = [
    ...(old.shown_pictures ?? []).map(each =>
      ({ hash: each.hash, node: picture(each, old.publisher, true) })),
    ...JSON.parse(sessionStorage.getItem(key) ?? '[]').map(made)];
  const values = what => all.map(each => each[what]).filter(Boolean);
  const list = h('ul.pictures');
  const wrong = h('p.wrong', { role: 'alert' });
  const draw = () => {
    list.replaceChildren(...all.map(each => h('li', each.node, button('remove', () => {
      all = all.filter(one => one !== each);
      keep();
      chooser.focus();
    }))));
  };
  const keep = () => {
    sessionStorage.setItem(key, JSON.stringify(values('file')));
    draw();
    changed();
  };
  const chooser = h('input', { type: 'file', accept: 'image/*', multiple: true, id: 'pictures',
    onchange: async () => {
      wrong.textContent = '';
      try {
        for (const file of chooser.files) {
          if (all.length >= picturesMost) throw new Mistake(t('picture.many'));
          all.push(made(packed(await shrink(file))));
        }
        say(t('picture.made', { n: all.length }));
      } catch (error) {
        wrong.textContent = error.message;
      }
      chooser.value = '';
      keep();
    } });
  draw();
  return {
    node: h('div', field('field.pictures', chooser, 'picture.hint'), wrong, list),
    values: () => ({ pictures: values('hash'),
      ...values('file').length && { picture_files: values('file') } }),
    first: () => values('file').length > 0 &&
      h('div.picture', image(unpacked(values('file')[0]))),
    forget: () => sessionStorage.removeItem(key),
  };
}
