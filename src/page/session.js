// Who is let in: the code in the address is exchanged for a token, once. That stays in
// sessionStorage, which ends with the tab and which no other address reads, and which the browser
// sends nowhere by itself. Further tabs ask those that are open for it.
const name = 'hearsay-token';
const patience = 300;  // milliseconds for the other tabs
const answerMost = 40_000;  // milliseconds; the node itself gives a request up after 30 s

export const channel = new BroadcastChannel('hearsay');
let held = sessionStorage.getItem(name);
let waiting = null;

export const token = () => held;

// A request to the node, with the token. A node that hangs is one that does not answer.
export const send = (method, path, body, most = answerMost) => fetch(`/v1/${path}`, {
  method, cache: 'no-store', credentials: 'omit', redirect: 'error', body: JSON.stringify(body),
  signal: most ? AbortSignal.timeout(most) : null,
  headers: {
    ...held && { Authorization: `Bearer ${held}` },
    ...body !== undefined && { 'Content-Type': 'application/json' },
  },
});

function keep(value) {
  held = value;
  if (value) sessionStorage.setItem(name, value);
  else sessionStorage.removeItem(name);
}

export async function enter() {
  const code = /^#code=([0-9a-f]{64})$/.exec(location.hash)?.[1];
  if (code) {
    // Out of the address at once: it stays in no history and on no screen. /open stays: Firefox
    // says of a reload, too, that it comes from the file, and only there the node takes that.
    history.replaceState(null, '', '/open#/market');
    const answer = await send('POST', 'page/token', { code }).catch(() => null);
    if (answer?.ok) {
      keep((await answer.json()).token);
      channel.postMessage({ kind: 'fresh', token: held });
    }
  }
  if (!held) {
    keep(await new Promise(resolve => {
      waiting = resolve;
      channel.postMessage({ kind: 'token?' });
      setTimeout(resolve, patience);
    }));
    waiting = null;
  }
  return Boolean(held);
}

export function ended() {
  if (!held) return;
  keep(null);
  sessionStorage.clear();  // a draft is private, too
  dispatchEvent(new Event('hearsay-ended'));
}

export async function leave() {
  await send('DELETE', 'page/token').catch(() => null);
  channel.postMessage({ kind: 'left' });
  ended();
}

channel.addEventListener('message', ({ data }) => {
  if (data.kind === 'token?' && held) channel.postMessage({ kind: 'token', token: held });
  if (data.kind === 'token' && waiting) waiting(data.token);
  if (data.kind === 'left') ended();
  if (data.kind === 'fresh') {
    // Somebody logged in anew in another tab: this one goes on, too.
    const wasOut = !held;
    keep(data.token);
    if (wasOut) location.reload();
  }
});
