import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"

export type RegisteredState = "active" | "suspended" | "revoked"

export type TerminalEntry = {
  readonly terminalId: number
  /** Number of the organisation that runs the terminal's site. */
  readonly participantNumber: number
  readonly algorithm: SignatureAlgorithm
  readonly publicKey: Uint8Array
  /** What the registry shall say. */
  readonly state: RegisteredState
}

/**
 * Port to the chain's TerminalRegistry, with the key of the sites' organisation: in development ours, in production
 * the organisation's own tool, never the gateway's.
 */
export interface TerminalRegister {
  /**
   * Brings the registry's entry to the wanted state and resolves when that is in a block. Repeating is harmless: an
   * entry that is there with the same key counts as entered. Returns the transaction that entered the key, or the
   * latest change. Rejects when the chain is out of reach or holds another key under this id.
   */
  put(entry: TerminalEntry): Promise<{ readonly transaction: string }>
}
