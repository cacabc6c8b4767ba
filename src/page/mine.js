// One's own offers: how far each is, and how long it lives.
import { get } from './api.js';
import { ago, button, dotted, empty, h, link, t, tip, titled, when } from './dom.js';
import { act, live, risky } from './forms.js';
import { held, stateOf, waits } from './offers.js';

export default async function mine(page) {
  return live(page, ['offer', 'offer_removed', 'status'], async again => {
    const { offers } = await get('offers?limit=1000&mine=true');
    if (!offers.length) return empty('mine.none', 'publish');
    return h('div', h('p.acts', link(t('nav.publish'), '#/publish', 'main')),
      h('ul.list', offers.map(offer => row(offer, again))));
  });
}

function row(offer, again) {
  const { id, renew, expires } = offer;
  const over = offer.state === 'removed' || offer.state === 'expired';
  return h('li.entry', { id: `mine-${id}` },
    titled(`offer/${id}`, offer.title),
    h('p', dotted(stateOf(offer), held(offer),
      when(expires, t(over ? 'mine.ended' : 'mine.ends', { when: ago(expires) })))),
    !over && renew && tip('mine.renewed'),
    waits(offer) && h('p.hint', waits(offer)),
    h('p.acts',
      link(t(over ? 'mine.again' : 'mine.edit'), `#/publish/${id}`, 'quiet'),
      !over && [
        button(renew ? 'mine.stop' : 'mine.renew',
          () => act(renew ? 'DELETE' : 'POST', `renewals/${id}`, again),
          'quiet', { id: `renew-${id}` }),
        risky('remove', 'mine.sure', 'DELETE', `offers/${id}`, again)]));
}
