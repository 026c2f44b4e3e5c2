/** Ports to what a screenless core does not have by itself: time and chance. */

export interface Clock {
  /** The tablet's own clock, right or wrong: the gateway learns how far it is off. */
  readonly nowMs: () => number
  /** Counts on when somebody sets that clock: for how long something takes, and how long to wait. */
  readonly steadyMs: () => number
}

export interface Random {
  readonly bytes: (length: number) => Uint8Array
}

export const systemClock: Clock = { nowMs: () => Date.now(), steadyMs: () => performance.now() }

/** WebCrypto: in Bun, Node and every browser. */
export const systemRandom: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }
