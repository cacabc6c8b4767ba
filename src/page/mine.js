// One's own offers: how far each has come, and how long it lives.
import { get } from './api.js';
import { button, empty, h, line, link, when } from './dom.js';
import { act, risky } from './forms.js';
import { live } from './live.js';
import { stateOf } from './offers.js';
import { ago, t } from './words.js';

export default async function mine(page) {
  return live(page, ['offer', 'offer_removed', 'status'], async (again) => {
    const { offers } = await get('/v1/offers?limit=1000&mine=true');
    if (!offers.length) return empty('mine.none', 'publish');
    return h('div', h('p.acts', link(t('nav.publish'), '#/publish', 'main')),
      h('ul.list', offers.map((offer) => row(offer, again))));
  });
}

function row(offer, again) {
  const { id, renew, expires } = offer;
  const over = offer.state === 'removed' || offer.state === 'expired';
  return h('li.entry', { id: `mine-${id}` },
    h('h2', h('a', { href: `#/offer/${id}` }, line(offer.title))),
    h('p', stateOf(offer), ' · ',
      when(expires, t(over ? 'mine.ended' : 'mine.ends', { when: ago(expires) }))),
    !over && renew && h('p.hint', t('mine.renewed')),
    offer.waits_for && h('p.hint', t('mine.waits', { what: offer.waits_for })),
    h('p.acts',
      link(t(over ? 'mine.again' : 'mine.edit'), `#/publish/${id}`, 'quiet'),
      !over && [
        button(t(renew ? 'mine.stop' : 'mine.renew'),
          () => act(renew ? 'DELETE' : 'POST', `/v1/renewals/${id}`, again),
          'quiet', { id: `renew-${id}` }),
        risky('remove', 'mine.sure', 'DELETE', `/v1/offers/${id}`, again)]));
}
