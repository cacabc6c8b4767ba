// Asks the node. Two things happen to every page: the node goes away, and the session ends. Both
// are told here once, for all that was asked meanwhile.
import { ended, send } from './session.js';

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
export class Lost extends Error {}

const waits = [1, 2, 4, 8, 15, 30];  // seconds between tries
const listeners = new Set();
let state = { lost: false };

export const connection = () => state;
export function onConnection(hear, signal) {
  listeners.add(hear);
  signal?.addEventListener('abort', () => listeners.delete(hear));
}
function become(next) {
  state = next;
  for (const hear of listeners) hear(state);
}

export async function request(method, path, body) {
  let answer;
  try {
    answer = await send(method, path, body);
  } catch {
    lose();
    throw new Lost();
  }
  if (answer.status === 401) {
    ended();
    throw new Refused(401, 'denied', '');
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, told.code ?? 'io', told.message ?? answer.statusText);
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

// Tries until the node answers again. The page stays as it was, and says so.
let timer;
function wait(tries) {
  become({ lost: true });
  timer = setTimeout(() => tryAgain(tries + 1), (waits[tries] ?? waits.at(-1)) * 1000);
}
export const lose = () => state.lost || wait(0);
export async function tryAgain(tries = 0) {
  clearTimeout(timer);
  if (!state.lost) return;
  try {
    const answer = await send('GET', 'status');
    become({ lost: false });
    if (answer.status === 401) ended();
  } catch {
    wait(tries);
  }
}
export const answering = () => (state.lost ? new Promise(resolve => {
  const until = new AbortController();
  onConnection(({ lost }) => {
    if (lost) return;
    until.abort();
    resolve();
  }, until.signal);
}) : null);
