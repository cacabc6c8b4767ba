// What happens at the node. A browser keeps six connections to one address, and a stream takes one
// for good; so one tab reads it (whoever holds the lock) and tells the others.
import { answering, Lost, lose, Refused, request } from './api.js';
import { channel, token } from './session.js';

const pause = 5 * 60 * 1000;  // the token must not look idle while a page is open
const again = 500;  // milliseconds until the stream is asked for anew
const refused = 5000;  // likewise, where the node has no room for it

// Calls `hear(event)` for these types until the signal aborts.
export function onEvent(types, hear, signal) {
  for (const each of types) {
    addEventListener(`node-${each}`, ({ detail }) => hear(detail), { signal });
  }
}

const tell = event => dispatchEvent(new CustomEvent(`node-${event.type}`, { detail: event }));

async function read() {
  const answer = await request('GET', 'events', undefined, 0);
  // Nothing is repeated: what happened before is looked up.
  tellAll({ type: 'again' });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Lost();
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const each of lines) if (each) tellAll(JSON.parse(each));
  }
}

function tellAll(event) {
  channel.postMessage({ kind: 'event', event });
  tell(event);
}

async function lead() {
  while (token()) {
    try {
      await read();
    } catch (error) {
      if (!token()) return;
      if (error instanceof Lost || error instanceof TypeError) lose();
      await answering();
      const wait = error instanceof Refused ? refused : again;
      await new Promise(resolve => { setTimeout(resolve, wait); });
    }
  }
}

export function startEvents() {
  channel.addEventListener('message', ({ data }) => {
    if (data.kind === 'event') tell(data.event);
  });
  setInterval(() => {
    if (token()) request('GET', 'status').catch(() => null);
  }, pause);
  navigator.locks.request('hearsay-events', lead);
}
