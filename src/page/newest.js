// The newest of a long list, with a way to older ones.
import { get } from './api.js';
import { h, link, t } from './dom.js';

const size = 1000, most = 10;  // of a page of the node's, and pages of a list

// `name`: mail or trades. What comes meanwhile moves another onto the next page, too.
export async function newest(name, page) {
  const pages = Math.min(Math.max(Math.trunc(page.query.get('pages')) || 1, 1), most);
  const answers = await Promise.all(Array.from({ length: pages },
    (_, i) => get(`${name}?limit=${size}&page=${i + 1}`)));
  const all = new Map(answers.flatMap(each => each[name]).map(each => [each.id, each]));
  const older = answers[0].total > all.size && pages < most &&
    h('p', link(t('older'), `#/${name}?pages=${pages + 1}`, 'quiet'));
  return { all: [...all.values()], older };
}
