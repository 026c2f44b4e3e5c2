import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import type { RegistryTerminal } from "./terminal-registry"

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

/** The registry holds somebody else's key, or another organisation's, under this id: nothing was done. */
export class OtherTerminalEntered extends Error {
  readonly other: RegistryTerminal

  constructor(other: RegistryTerminal) {
    super("the registry holds another terminal under this id")
    this.other = other
  }
}

/**
 * Port to the chain's TerminalRegistry, with the key of the sites' organisation: in development ours, in production
 * the organisation's own tool, never the gateway's.
 */
export interface TerminalRegister {
  /**
   * Brings the registry's entry to the wanted state and resolves when that is in a block. Repeating is harmless: an
   * entry that is there with the same key and organisation counts as entered. Returns the transaction that entered the key, or the
   * latest change. Rejects when the chain is out of reach.
   * @throws OtherTerminalEntered
   */
  put(entry: TerminalEntry): Promise<{ readonly transaction: string }>
}
