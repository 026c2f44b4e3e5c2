/** Port to the consortium chain's TraceLedger. Every method rejects when no node answers: then nothing is known. */
export interface Chain {
  readonly chainId: number
  /** Address of the ledger contract, 40 lower-case hex digits. */
  readonly contract: string
  /**
   * Where a log stands, as seen `depth` blocks below the newest one: 0 for what is mined, more for what counts as final.
   */
  headAt(log: number, depth: number): Promise<LogHead>
  /** Root of a batch, hex; undefined while there is none. */
  rootOf(log: number, sequence: number): Promise<string | undefined>
  /** Transactions of the submitter's account that are in blocks: the next free nonce. */
  nextNonce(): Promise<number>
  /** A signed transaction for one append. Nothing is sent. */
  signAppend(append: SignAppend): Promise<SignedAppend>
  /** Hands a signed transaction to the node; repeating it is harmless, also when it is mined already. */
  send(raw: Uint8Array): Promise<void>
}

export type LogHead = {
  readonly sequence: number
  /** 64 hex digits; zeros for an empty log. */
  readonly head: string
  readonly blockNumber: number
  readonly blockHash: string
}

export type SignAppend = {
  readonly log: number
  readonly sequence: number
  readonly concerned: readonly number[]
  readonly payload: Uint8Array
  readonly nonce: number
}

export type SignedAppend = { readonly raw: Uint8Array; readonly hash: string }
