/** Port to the consortium chain's TraceLedger. Every method rejects when no node answers: then nothing is known. */
export interface Chain {
  readonly chainId: number
  /** Address of the ledger contract, 40 lower-case hex digits. */
  readonly contract: string
  /**
   * Where a log stands, as seen `depth` blocks below the newest one: 0 for what is mined, more for what counts as final.
   */
  headAt(log: number, depth: number): Promise<LogHead>
  /** Those among these organisations that the chain's registry does not have: a batch that concerns one is refused. */
  unregistered(organisations: readonly number[]): Promise<number[]>
  /** Root of a batch, hex; undefined while there is none. */
  rootOf(log: number, sequence: number): Promise<string | undefined>
  /** A signed transaction for one append. Nothing is sent. */
  signAppend(append: SignAppend): Promise<SignedAppend>
  /** Why the contract would refuse this append now, in its own words; undefined: it would not. Nothing is sent. */
  refusalOf(append: Append): Promise<string | undefined>
  /** Hands a signed transaction to the nodes; repeating it is harmless, also when it is mined already. */
  send(raw: Uint8Array): Promise<void>
}

export type LogHead = {
  readonly sequence: number
  /** 64 hex digits; zeros for an empty log. */
  readonly head: string
  readonly blockNumber: number
  readonly blockHash: string
  /** Transactions of the submitter's account up to this block: the next free nonce. */
  readonly nextNonce: number
}

export type Append = {
  readonly log: number
  readonly sequence: number
  readonly concerned: readonly number[]
  readonly payload: Uint8Array
}

export type SignAppend = Append & { readonly nonce: number }

export type SignedAppend = { readonly raw: Uint8Array; readonly hash: string }
