/**
 * Keccak-256 as Ethereum has it, for a server: the permutation of FIPS 202 §3.2 as WebAssembly, whose 64-bit integers
 * JavaScript lacks. No runtime has this hash of its own, and a record is hashed a dozen times on its way to the chain.
 * The module is written here instruction by instruction, so that there is no binary whose source one would have to trust.
 */
const rateBytes = 136
const hashBytes = 32
const rounds = 24
const lanes = 25

/** Where the module's memory has what: 25 lanes of state, the round constants, the input. */
const stateAt = 0
const constantsAt = 256
const inputAt = 1024
const pageBytes = 65_536
const pages = 3
const blocksMax = Math.floor((pages * pageBytes - inputAt) / rateBytes)

/** A function for one thread: hashing is synchronous, so the module's memory has one user at a time. */
export function wasmKeccak256(): (bytes: Uint8Array) => Uint8Array {
  const module = new WebAssembly.Module(moduleBytes())
  const { memory, absorb } = new WebAssembly.Instance(module).exports as {
    memory: WebAssembly.Memory
    absorb: (from: number, to: number) => void
  }
  const bytes = new Uint8Array(memory.buffer)
  const constants = new DataView(memory.buffer, constantsAt)
  for (const [round, constant] of roundConstants().entries()) constants.setBigUint64(8 * round, constant, true)
  const state = bytes.subarray(stateAt, stateAt + 8 * lanes)
  const input = bytes.subarray(inputAt)
  return (message) => {
    state.fill(0)
    let from = 0
    for (; message.length - from >= rateBytes * blocksMax; from += rateBytes * blocksMax) {
      input.set(message.subarray(from, from + rateBytes * blocksMax))
      absorb(inputAt, inputAt + rateBytes * blocksMax)
    }
    const left = message.length - from
    const end = rateBytes * (Math.floor(left / rateBytes) + 1)
    input.set(from === 0 ? message : message.subarray(from))
    // Keccak's own padding: 1, zeros, 1. SHA3 differs in two bits here.
    input.fill(0, left, end)
    input[left] = 1
    input[end - 1] = (input[end - 1] ?? 0) | 0x80
    absorb(inputAt, inputAt + end)
    return state.slice(0, hashBytes)
  }
}

/** FIPS 202 §3.2.5: bits of a linear feedback shift register at the places 2^j − 1. */
function roundConstants(): bigint[] {
  const constants: bigint[] = []
  let register = 1
  for (let round = 0; round < rounds; round++) {
    let constant = 0n
    for (let j = 0; j <= 6; j++) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1)
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
    }
    constants.push(constant)
  }
  return constants
}

/** FIPS 202 §3.2.2 and §3.2.3: by how much the lane at x + 5y is turned, and where it goes. */
function turns(): { readonly from: number; readonly to: number; readonly by: number }[] {
  const all = [{ from: 0, to: 0, by: 0 }]
  let [x, y] = [1, 0]
  for (let t = 0; t < rounds; t++) {
    const to = { x: y, y: (2 * x + 3 * y) % 5 }
    all.push({ from: x + 5 * y, to: to.x + 5 * to.y, by: (((t + 1) * (t + 2)) / 2) % 64 })
    x = to.x
    y = to.y
  }
  return all
}

// WebAssembly Core Specification 2.0, chapter 5. Locals: from, to, round, then 25 lanes a, 25 lanes b, five columns.
const [from, to, round] = [0, 1, 2]
const a = (lane: number) => 3 + lane
const b = (lane: number) => 3 + lanes + lane
const column = (x: number) => 3 + 2 * lanes + ((x + 5) % 5)

const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const tee = (local: number) => [0x22, local]
const i32 = (value: number) => [0x41, ...signed(value)]
const i64 = (value: number) => [0x42, ...signed(value)]
const load = (offset: number) => [0x29, 3, ...unsigned(offset)]
const store = (offset: number) => [0x37, 3, ...unsigned(offset)]
const xor = [0x85]
const and = [0x83]
const turnLeft = [0x89]
const add32 = [0x6a]
const lessThan32 = [0x49]
const loop = (...body: number[][]) => [0x03, 0x40, ...body.flat(), 0x0b]
const againIf = [0x0d, 0]
const each = <T>(count: number, part: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => part(index))

function theta(): number[] {
  return [
    ...each(5, (x) => [
      ...get(a(x)),
      ...each(4, (y) => [...get(a(x + 5 * (y + 1))), ...xor]).flat(),
      ...set(column(x)),
    ]).flat(),
    ...each(lanes, (lane) => {
      const x = lane % 5
      const turned = [...get(column(x + 1)), ...i64(1), ...turnLeft]
      return [...get(a(lane)), ...get(column(x - 1)), ...xor, ...turned, ...xor, ...set(a(lane))]
    }).flat(),
  ]
}

function rhoAndPi(): number[] {
  return turns().flatMap(({ from: lane, to: place, by }) => [
    ...get(a(lane)),
    ...(by === 0 ? [] : [...i64(by), ...turnLeft]),
    ...set(b(place)),
  ])
}

function chi(): number[] {
  return each(lanes, (lane) => {
    const row = lane - (lane % 5)
    const next = b(row + ((lane + 1) % 5))
    const afterNext = b(row + ((lane + 2) % 5))
    return [...get(b(lane)), ...get(next), ...i64(-1), ...xor, ...get(afterNext), ...and, ...xor, ...set(a(lane))]
  }).flat()
}

/** The round counts in bytes of the constants. */
function iota(): number[] {
  return [...get(a(0)), ...get(round), ...load(constantsAt), ...xor, ...set(a(0))]
}

function absorbBody(): number[] {
  return [
    ...each(lanes, (lane) => [...i32(stateAt), ...load(8 * lane), ...set(a(lane))]).flat(),
    ...loop(
      each(rateBytes / 8, (lane) => [...get(a(lane)), ...get(from), ...load(8 * lane), ...xor, ...set(a(lane))]).flat(),
      [...i32(0), ...set(round)],
      loop(theta(), rhoAndPi(), chi(), iota(), [
        ...[...get(round), ...i32(8), ...add32, ...tee(round)],
        ...[...i32(8 * rounds), ...lessThan32, ...againIf],
      ]),
      [...get(from), ...i32(rateBytes), ...add32, ...tee(from), ...get(to), ...lessThan32, ...againIf],
    ),
    ...each(lanes, (lane) => [...i32(stateAt), ...get(a(lane)), ...store(8 * lane)]).flat(),
    0x0b,
  ]
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const locals = [2, 1, 0x7f, ...unsigned(2 * lanes + 5), 0x7e]
  const body = [...locals, ...absorbBody()]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...named("memory"), 2, 0, ...named("absorb"), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ])
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content]
}

function named(name: string): number[] {
  return [name.length, ...Buffer.from(name)]
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): number[] {
  const rest = value >> 7
  const isLast = (rest === 0 && (value & 0x40) === 0) || (rest === -1 && (value & 0x40) !== 0)
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)]
}
