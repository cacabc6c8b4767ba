// A Nostr relay's ingest: text of a websocket message in, an event checked, verified, stored and acknowledged.
//
// The path is the one of the library's own documentation: the validator parses the text, handleMessage does the rest
// (duplicate by the database, id, signature, SQLite in WAL mode, broadcast to nobody). No socket, so no framing.
// Events are made and signed before the clock starts. kind=30402 (a classified listing, replaceable by its d tag, no
// full-text index) is what an offer would be; kind=1 is a note, which this relay indexes for search.
import { Validator } from '@nostr-relay/validator'
import { NostrRelay } from '@nostr-relay/core'
import { EventRepositorySqlite } from '@nostr-relay/event-repository-sqlite'
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generator, options, processorTime, report, say } from './measure.js'

const wanted = options({ size: 600, warm: 500, items: 5000, kind: 30402, seed: 1 })
const random = generator(wanted.seed)
const words = 'fresh honey from the hills two jars sent in a plain box paid before it leaves our hands'.split(' ')

// One author for each ten events: keys are rarely the same twice in a row, as in a real stream.
let key = generateSecretKey()

function signed(number, content) {
  const created_at = Math.floor(Date.now() / 1000) - random.below(86_400)
  const tags = wanted.kind === 30402 ? [['d', `offer-${number}`]] : []
  return JSON.stringify(finalizeEvent({ kind: wanted.kind, created_at, tags, content }, key))
}

const room = wanted.size - signed(1000, '').length
function makeText(number) {
  let content = ''
  while (content.length < room) content += `${words[random.below(words.length)]} ${random.below(10_000)} `
  return `["EVENT",${signed(number, content.slice(0, room))}]`
}

const texts = Array.from({ length: wanted.warm + wanted.items }, (_, number) => {
  if (number % 10 === 0) key = generateSecretKey()
  return makeText(number)
})
const bytesOf = (list) => list.reduce((sum, text) => sum + text.length, 0)
say(`ingest: ${texts.length} events made, ${Math.round(bytesOf(texts) / texts.length)} bytes each`)

const folder = mkdtempSync(join(tmpdir(), 'hearsay-peers-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const repository = new EventRepositorySqlite(join(folder, 'events.sqlite'))
await repository.init()
const relay = new NostrRelay(repository)
const validator = new Validator()
let accepted = 0
const client = {
  readyState: 1, // open
  send: (answer) => {
    if (JSON.parse(answer)[2] === true) accepted++
  }
}
relay.handleConnection(client)

async function ingest(list) {
  for (const text of list) await relay.handleMessage(client, await validator.validateIncomingMessage(text))
}

await ingest(texts.slice(0, wanted.warm))
const measured = texts.slice(wanted.warm)
const begin = { time: processorTime(), wall: performance.now() }
await ingest(measured)
const time = processorTime() - begin.time
const seconds = (performance.now() - begin.wall) / 1000
const stored = repository.getDatabase().prepare('SELECT count(*) AS n FROM events').get().n
if (accepted !== texts.length || stored !== texts.length) {
  throw new Error(`${texts.length} events went in, ${accepted} were accepted, ${stored} are stored`)
}
report({
  name: 'ingest',
  items: measured.length,
  bytes_per_item: bytesOf(measured) / measured.length,
  kind: wanted.kind,
  cpu_us_per_item: time / measured.length,
  seconds,
  node: process.version
})
