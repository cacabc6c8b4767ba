// Negentropy between two stores that differ in items spread over time: bytes both ways, round trips, processor time.
//
// Half of the differences are missing on each side. Messages have no size limit (fewest round trips) and are counted as
// the bytes of the protocol; inside NIP-77 they travel as hex in JSON, twice that. The run is refused if the initiator
// does not end up with exactly the differences.
import { Negentropy, NegentropyStorage } from '@nostr-dev-kit/sync'
import { generator, options, processorTime, report, say } from './measure.js'

const wanted = options({ items: 100_000, differences: 100, days: 15, seed: 1 })
const random = generator(wanted.seed)
const mine = new NegentropyStorage()
const theirs = new NegentropyStorage()
const expected = { have: new Set(), need: new Set() }
const step = Math.floor(wanted.items / wanted.differences)
for (let number = 0; number < wanted.items; number++) {
  const id = new Uint8Array(random.bytes(32))
  const time = 1_700_000_000 + random.below(wanted.days * 86_400)
  const odd = number % step === 0 && number / step < wanted.differences ? number / step : undefined
  if (odd === undefined || odd % 2 === 0) mine.insert(time, id)
  if (odd === undefined || odd % 2 === 1) theirs.insert(time, id)
  if (odd !== undefined) (odd % 2 === 0 ? expected.have : expected.need).add(Buffer.from(id).toString('hex'))
}
mine.seal()
theirs.seal()
say(`reconcile: ${wanted.items} items, ${wanted.differences} differences`)

const times = { client: 0, server: 0 }
async function timed(side, work) {
  const begin = processorTime()
  const result = await work()
  times[side] += processorTime() - begin
  return result
}

const client = new Negentropy(mine)
const server = new Negentropy(theirs)
const found = { have: new Set(), need: new Set() }
let bytes = 0
let roundTrips = 0
let question = await timed('client', () => client.initiate())
while (question !== undefined) {
  if (++roundTrips > 100) throw new Error('no end after 100 round trips')
  const answer = await timed('server', () => server.reconcile(question))
  bytes += question.length + answer.nextMessage.length
  const outcome = await timed('client', () => client.reconcile(answer.nextMessage))
  for (const side of ['have', 'need']) outcome[side].forEach((id) => found[side].add(Buffer.from(id).toString('hex')))
  question = outcome.nextMessage
}
for (const side of ['have', 'need']) {
  const same = found[side].size === expected[side].size && [...expected[side]].every((id) => found[side].has(id))
  if (!same) throw new Error(`${side}: ${found[side].size} found, ${expected[side].size} expected, or not the same`)
}
report({
  name: 'reconcile',
  items: wanted.items,
  differences: wanted.differences,
  bytes,
  round_trips: roundTrips,
  seconds: Math.max(times.client, times.server) / 1e6, // processor time of the busier side, as hearsay-bench has it
  node: process.version
})
