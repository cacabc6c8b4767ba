// A new offer, or a new version of one's own, with a preview beside it.
//
// What is being written stays in sessionStorage: it survives a reload, and neither a closed tab nor
// a log-out. It is private until it is published, so it goes into nothing that lasts.
import { ask, get, post, Refused } from './api.js';
import { area, choice, field, h, input, later, say } from './dom.js';
import { form, lifetime, seconds } from './forms.js';
import { read, section } from './fields.js';
import { card } from './offers.js';
import { t, takes } from './words.js';

const stamps = [0, 12, 28];  // bits of work; 0 is what the node finds usual
const structured = ['side', 'price', 'quantity', 'condition', 'category', 'country', 'geohash',
  'delivery', 'payment', 'details'];
// What the form does not ask for and a new version should still say.
const kept = ['language', 'status'];
let known = null;

// A node says what a draft may hold when it is given one that it cannot read. Nothing is published
// by this: there is no field of that name.
async function knownFields() {
  if (known) return known;
  try {
    await post('/v1/offers', { '?': 0 });
    known = [];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const named = error.message.split('expected an object with the fields').pop();
    known = [...structured, ...kept].filter((each) => new RegExp(`\\b${each} \\(`).test(named));
  }
  return known;
}

export default async function publish(page) {
  const [id] = page.rest;
  const [fields, { personas = [] }, old] = await Promise.all([
    knownFields(), get('/v1/personas'), id ? get(`/v1/offers/${encodeURIComponent(id)}`) : {}]);
  if (id) page.title = t('publish.edit');
  const key = `draft-${id ?? 'new'}`;
  const draft = JSON.parse(sessionStorage.getItem(key) ?? 'null') ?? old;
  const preview = h('div', { id: 'preview' });
  const cost = h('p.hint', { id: 'cost', role: 'status' });

  const values = (node) => {
    const text = (name) => node.elements[name].value;
    return {
      ...Object.fromEntries(kept.filter((each) => fields.includes(each) && old[each])
        .map((each) => [each, old[each]])),
      title: text('title').trim(), text: text('text').replace(/\s+$/, ''),
      give: text('give').trim(), want: text('want').trim(),
      tags: text('tags').split(',').map((each) => each.trim()).filter(Boolean),
      lifetime_seconds: seconds(text('days')),
      stamp_bits: Number(text('stamp')), renew: node.elements.renew.checked,
      ...(id ? {} : { persona: text('persona') }), ...read(node, fields),
    };
  };
  const node = form({
    id: 'publish-form', submit: t(id ? 'publish.renew' : 'publish.do'), hint: t('publish.hint'),
    fields: () => [
      field(t('field.title'), input('title', {
        required: true, maxlength: 120, value: draft.title ?? '', dir: 'auto', spellcheck: 'true',
      })),
      h('div.row', field(t('field.give'), input('give', { value: draft.give ?? '', dir: 'auto' })),
        field(t('field.want'), input('want', { value: draft.want ?? '', dir: 'auto' }))),
      field(t('field.text'),
        area('text', { rows: 7, value: draft.text ?? '', spellcheck: 'true' })),
      section(fields, draft),
      field(t('field.tags'), input('tags', { value: (draft.tags ?? []).join(', ') }),
        t('form.list')),
      h('label', input('renew', { type: 'checkbox', checked: draft.renew === true }), ' ',
        t('publish.lasts')),
      h('div.row',
        lifetime(7),
        field(t('publish.stamp'), choice('stamp',
          stamps.map((n) => [String(n), t(`publish.stamp.${n}`)]), String(draft.stamp_bits ?? 0)),
        t('publish.stamp.hint')),
        !id && field(t('publish.as'), choice('persona', [['', t('publish.fresh')],
          ...personas.filter((each) => (each.kept || each.purpose === 'main') && !each.retired)
            .map((each) => [each.address, each.name || each.purpose])], draft.persona ?? ''),
        t('publish.as.hint'))),
    ],
    send: async (_, itself) => {
      const made = await (id ? ask('PUT', `/v1/offers/${id}`, values(itself))
        : post('/v1/offers', values(itself)));
      sessionStorage.removeItem(key);
      say(t('publish.done'));
      location.hash = `#/offer/${made.id}`;
    },
  });
  const show = () => {
    const now = values(node);
    preview.replaceChildren(card({ ...now, created: new Date().toISOString() }, { preview: true }));
  };
  // What it costs before it becomes expensive; a node that cannot say says nothing.
  const price = later(async () => {
    const now = values(node);
    const size = Math.min(JSON.stringify(now).length, 33_000);
    const told = await get('/v1/work-estimate?kind=offer'
      + `&bytes=${size}&lifetime_seconds=${now.lifetime_seconds}`).catch(() => null);
    const key = told?.too_dear ? 'publish.cost.dear' : told?.price > 1 ? 'publish.cost.full'
      : 'publish.cost';
    cost.textContent = told
      ? t(key, { time: takes(told.seconds), day: takes(told.day_seconds) }) : '';
  }, 600);
  const keep = later(() => sessionStorage.setItem(key, JSON.stringify(values(node))), 400);
  node.addEventListener('input', () => {
    show();
    keep();
    price();
  });
  show();
  price();
  return h('div.columns', h('div', node),
    h('aside', h('h2', t('publish.preview')), preview, cost, h('p.hint', t('publish.draft'))));
}
