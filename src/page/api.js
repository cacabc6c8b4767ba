// Asks the node. Two things happen to every page: the node goes away, and the session ends. Both
// are told here once, for all that was asked meanwhile.
import { token, ended } from './session.js';

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

export async function request(method, path, body, more = {}) {
  const headers = { Authorization: `Bearer ${token()}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, cache: 'no-store', credentials: 'omit', redirect: 'error',
      body: body === undefined ? undefined : JSON.stringify(body), ...more,
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
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
export const get = (path) => ask('GET', path);
export const post = (path, body) => ask('POST', path, body);

// Tries until the node answers again. The page stays as it was, and says so.
let timer;
export function lose() {
  if (state.lost) return;
  become({ lost: true, tries: 0, next: Date.now() + waits[0] * 1000 });
  timer = setTimeout(tryAgain, waits[0] * 1000);
}
export async function tryAgain() {
  clearTimeout(timer);
  if (!state.lost) return;
  try {
    const answer = await fetch('/v1/status', {
      headers: { Authorization: `Bearer ${token()}` }, cache: 'no-store', credentials: 'omit',
    });
    become({ lost: false });
    if (answer.status === 401) ended();
  } catch {
    const tries = state.tries + 1;
    const wait = waits[Math.min(tries, waits.length - 1)] * 1000;
    become({ lost: true, tries, next: Date.now() + wait });
    timer = setTimeout(tryAgain, wait);
  }
}
export function answering() {
  if (!state.lost) return Promise.resolve();
  return new Promise((resolve) => {
    const hear = (now) => {
      if (now.lost) return;
      listeners.delete(hear);
      resolve();
    };
    listeners.add(hear);
  });
}
