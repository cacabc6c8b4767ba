// What the contests share: numbers from the command line, a seeded generator, processor time, one line of JSON out.
import { createHash } from 'node:crypto'

// Arguments are name=number; an unknown name or a value that is none ends the run.
export function options(defaults) {
  const chosen = { ...defaults }
  for (const word of process.argv.slice(2)) {
    const [name, value] = word.split('=')
    if (!(name in defaults) || !/^\d+$/.test(value)) throw new Error(`unknown argument ${word}`)
    chosen[name] = Number(value)
  }
  return chosen
}

// SHA-256 in counter mode: the same seed gives the same graph and the same ids on every machine.
export function generator(seed) {
  let block = Buffer.alloc(0)
  let at = 0
  let counter = 0
  function bytes(length) {
    const out = Buffer.alloc(length)
    for (let filled = 0; filled < length; ) {
      if (at === block.length) {
        block = createHash('sha256').update(`${seed}/${counter++}`).digest()
        at = 0
      }
      const taken = Math.min(length - filled, block.length - at)
      block.copy(out, filled, at, at + taken)
      filled += taken
      at += taken
    }
    return out
  }
  const below = (limit) => Math.floor((bytes(4).readUInt32LE() / 2 ** 32) * limit)
  return { bytes, below }
}

// User and system time of all threads of this process, the garbage collector's among them, in microseconds.
export function processorTime() {
  const { user, system } = process.cpuUsage()
  return user + system
}

export function say(text) {
  process.stderr.write(`${text}\n`)
}

// The last thing a contest does. Timers and sockets of the libraries must not keep the process.
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
}
