// gossipsub: nodes in one process, a random graph of links over TCP on loopback with noise and yamux, signed messages.
//
// Meshes want D = degree links and are content from degree - 2 on (8, 6 and 12: what Ethereum's nodes use). Everything
// else is the library's default: flood publishing, heartbeats, StrictSign. Publishers take turns, `window` messages are
// under way at a time, and the next one starts when every other node has delivered one of them.
//   size    the whole signed message. Its data stays under the 512 bytes from which on the library sends IDONTWANT,
//           which on loopback comes too late to save copies and costs it CPU and bytes: size=727 shows that
//   bytes   what all sockets read (TCP payload), so each byte once, control messages and heartbeats included
//   copies  messages that arrived in RPCs, duplicates included; the library's own metric
import { noise } from '@chainsafe/libp2p-noise'
import { gossipsub, StrictSign } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { generator, options, processorTime, report, say } from './measure.js'

const TOPIC = 'offers'
// A signed message is: from 2+38, data 3+n, seqno 2+8, topic 2+6, signature 2+64 bytes.
const ENVELOPE_BYTES = 127
const wanted = options({ nodes: 20, degree: 8, size: 600, warm: 100, messages: 400, window: 20, seed: 1 })
const random = generator(wanted.seed)

const sockets = new Set()
const closed = { bytes: 0 }
for (const channel of ['net.client.socket', 'net.server.socket']) {
  subscribe(channel, ({ socket }) => {
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      closed.bytes += socket.bytesRead
    })
  })
}
const bytesRead = () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead, closed.bytes)

// Metrics go into plain sums by name; the library leaves the collector to its user.
const sums = new Map()
const counter = (name) => ({
  inc: (labels, value) => {
    const by = typeof labels === 'number' ? labels : (value ?? 1)
    sums.set(name, (sums.get(name) ?? 0) + by)
  },
  set() {},
  addCollect() {}
})
const metrics = {
  gauge: ({ name }) => counter(name),
  histogram: () => ({ startTimer: () => () => {}, observe() {}, reset() {} }),
  avgMinMax: () => ({ set() {} })
}
const copiesReceived = () => sums.get('gossipsub_rpc_recv_message_total') ?? 0

// A ring with chords, then many switches of two edges that keep every degree: close to a uniform regular graph.
function randomGraph(nodes, degree) {
  const links = []
  for (let a = 0; a < nodes; a++) for (let d = 1; d <= degree / 2; d++) links.push([a, (a + d) % nodes])
  const name = (a, b) => (a < b ? `${a}-${b}` : `${b}-${a}`)
  const present = new Set(links.map(([a, b]) => name(a, b)))
  for (let round = 0; round < links.length * 20; round++) {
    const first = random.below(links.length)
    const second = random.below(links.length)
    const [a, b] = links[first]
    const [c, d] = links[second]
    const fresh = [name(a, d), name(c, b)]
    if (a === d || c === b || fresh[0] === fresh[1] || fresh.some((link) => present.has(link))) continue
    present.delete(name(a, b))
    present.delete(name(c, d))
    fresh.forEach((link) => present.add(link))
    links[first] = [a, d]
    links[second] = [c, b]
  }
  return links
}

async function makeNode() {
  const degree = wanted.degree
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // All nodes share one address, which the default limits take for an attack.
    // On a busy machine its pings come back too late, and cut links lose messages for good.
    connectionMonitor: { enabled: false },
    connectionManager: { inboundConnectionThreshold: 1000, maxIncomingPendingConnections: 1000 },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        D: degree, Dlo: degree - 2, Dhi: degree + 4, Dout: 2,
        globalSignaturePolicy: StrictSign,
        metricsRegister: metrics,
        metricsTopicStrToLabel: new Map([[TOPIC, TOPIC]])
      })
    }
  })
}

async function until(what, condition) {
  for (let patience = 600; !condition(); patience--) {
    if (patience === 0) throw new Error(`in vain: ${what}`)
    await sleep(100)
  }
}

// Publishes `count` messages and resolves when each has reached all other nodes.
function run(nodes, count) {
  const missing = new Map() // the first bytes of a message -> deliveries outstanding
  let published = 0
  let complete = 0
  let deliveries = 0
  return new Promise((resolve, reject) => {
    const stuck = setInterval(() => {
      if (deliveries === stuck.seen) reject(new Error(`no delivery for 30 s, ${complete} of ${count} complete`))
      stuck.seen = deliveries
    }, 30_000)
    function publish() {
      const data = random.bytes(wanted.size - ENVELOPE_BYTES)
      missing.set(data.toString('hex', 0, 16), nodes.length - 1)
      nodes[published++ % nodes.length].services.pubsub.publish(TOPIC, data).catch(reject)
    }
    deliver = (data) => {
      const key = Buffer.from(data.subarray(0, 16)).toString('hex')
      const left = missing.get(key) - 1
      deliveries++
      if (left > 0) return missing.set(key, left)
      missing.delete(key)
      complete++
      if (published < count) publish()
      else if (complete === count) {
        clearInterval(stuck)
        resolve(deliveries)
      }
    }
    for (let i = 0; i < Math.min(wanted.window, count); i++) publish()
  })
}

let deliver = () => {}
const nodes = await Promise.all(Array.from({ length: wanted.nodes }, makeNode))
nodes.forEach((node) => {
  node.services.pubsub.addEventListener('message', ({ detail }) => deliver(detail.data))
  node.services.pubsub.subscribe(TOPIC)
})
for (const [from, to] of randomGraph(wanted.nodes, wanted.degree)) await nodes[from].dial(nodes[to].getMultiaddrs())
say(`gossip: ${wanted.nodes} nodes connected`)
await until('meshes', () =>
  nodes.every((node) => node.services.pubsub.getMeshPeers(TOPIC).length >= wanted.degree - 2))
await run(nodes, wanted.warm)
say(`gossip: warm after ${wanted.warm} messages`)
await sleep(2000) // late copies of the warm-up belong to nobody

const begin = { time: processorTime(), bytes: bytesRead(), copies: copiesReceived(), wall: performance.now() }
const deliveries = await run(nodes, wanted.messages)
await sleep(500) // duplicates still under way are part of the price
report({
  name: 'gossip',
  nodes: wanted.nodes,
  degree: wanted.degree,
  messages: wanted.messages,
  deliveries,
  cpu_us_per_delivery: (processorTime() - begin.time) / deliveries,
  bytes_per_delivery: (bytesRead() - begin.bytes) / deliveries,
  copies_per_delivery: (copiesReceived() - begin.copies) / deliveries,
  seconds: (performance.now() - begin.wall) / 1000,
  node: process.version
})
