// Asks the node. That it goes away, or the session ends, is told here once for all that was asked.
import { ended, send } from './session.js';
import { told } from './words.js';

export class Refused extends Error {
  constructor(status, { code = 'io', message = '', said }) {
    super(told(message, said));
    Object.assign(this, { status, code, said });
  }
}
export class Lost extends Error {}

const pause = 3000;  // milliseconds between tries; it is this machine that is asked
let lost = false;

export const isLost = () => lost;
export const onConnection = (hear, signal) =>
  addEventListener('hearsay-connection', () => hear(lost), { signal });
function become(next) {
  if (lost === next) return;
  lost = next;
  dispatchEvent(new Event('hearsay-connection'));
}

// `most`: after how many milliseconds a node that is silent counts as lost; 0: never.
export async function request(method, path, body, most) {
  let answer;
  try {
    answer = await send(method, path, body, most);
  } catch {
    lose();
    throw new Lost();
  }
  if (answer.status === 401) {
    ended();
    throw new Refused(401, {});
  }
  if (!answer.ok) {
    throw new Refused(answer.status, await answer.json().catch(() => ({})));
  }
  return answer;
}

export async function ask(method, path, body) {
  const answer = await request(method, path, body);
  try {
    return await answer.json();
  } catch {
    lose();
    throw new Lost();
  }
}
export const get = path => ask('GET', path);
export const post = (path, body) => ask('POST', path, body);

// Tries until the node answers again. The page stays as it was.
let timer;
export function lose() {
  become(true);
  clearTimeout(timer);
  timer = setTimeout(tryAgain, pause);
}
export async function tryAgain() {
  try {
    const answer = await send('GET', 'status');
    clearTimeout(timer);
    become(false);
    if (answer.status === 401) ended();
  } catch {
    lose();
  }
}
// When it does.
export const answering = () => lost && new Promise(resolve => {
  addEventListener('hearsay-connection', resolve, { once: true });
});
