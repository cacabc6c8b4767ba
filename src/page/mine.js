// One's own offers: how far each has come, and how long it lives.
import { ask, get } from './api.js';
import { button, h, line, link, say } from './dom.js';
import { live } from './live.js';
import { empty } from './market.js';
import { stateOf } from './offers.js';
import { ago, day, t } from './words.js';

export default async function mine(page) {
  return live(page, ['offer', 'offer_removed', 'status', 'again'], async (again) => {
    const { offers = [] } = await get('/v1/offers?limit=1000&mine=true');
    if (!offers.length) {
      return empty(t('mine.none.title'), t('mine.none.text'),
        link(t('nav.publish'), '#/publish', 'main'));
    }
    return h('div', h('p.acts', link(t('nav.publish'), '#/publish', 'main')),
      h('ul.list', offers.map((offer) => row(offer, again))));
  });
}

function row(offer, again) {
  const over = offer.state === 'removed' || offer.state === 'expired';
  return h('li.entry', { id: `mine-${offer.id}` },
    h('h2', h('a', { href: `#/offer/${offer.id}` }, line(offer.title))),
    h('p', stateOf(offer), ' · ',
      h('time', { datetime: offer.expires, title: day(offer.expires) },
        t(over ? 'mine.ended' : 'mine.ends', { when: ago(offer.expires) }))),
    !over && offer.renew && h('p.hint', t('mine.renewed')),
    offer.waits_for && h('p.hint', t('mine.waits', { what: offer.waits_for })),
    h('p.acts',
      link(t(over ? 'mine.again' : 'mine.edit'), `#/publish/${offer.id}`, 'quiet'),
      !over && button(t(offer.renew ? 'mine.stop' : 'mine.renew'), async () => {
        await ask(offer.renew ? 'DELETE' : 'POST', `/v1/renewals/${offer.id}`);
        say(t('done'));
        again();
      }),
      !over && button(t('mine.remove'), async () => {
        if (!confirm(t('mine.sure'))) return;
        await ask('DELETE', `/v1/offers/${offer.id}`);
        say(t('mine.removed'));
        again();
      }, 'danger')));
}
