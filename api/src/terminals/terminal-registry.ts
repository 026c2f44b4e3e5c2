import type { SignatureAlgorithm } from "@suyuan/protocol/terminal/signature"
import type { RegisteredState } from "./terminal-register"

/** A terminal as the chain's registry has it. */
export type RegistryTerminal = {
  readonly state: RegisteredState
  /** Number of the organisation that entered it. */
  readonly organisation: number
  readonly algorithm: SignatureAlgorithm
  /** Hex. */
  readonly publicKey: string
}

/** Port to the chain's TerminalRegistry for reading: no key is needed. Rejects when no node answers. */
export interface TerminalRegistry {
  /** As of the newest block that counts as final; undefined: it has no such terminal. */
  find(terminalId: number): Promise<RegistryTerminal | undefined>
  /** The transaction that entered the terminal. */
  enrolmentOf(terminalId: number): Promise<string | undefined>
}
