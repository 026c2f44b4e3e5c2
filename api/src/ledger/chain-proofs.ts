import type { TerminalId } from "@suyuan/protocol/terminal/identifiers"

/** Port to what a chain node proves of its state to somebody who has none (docs/specs/chain-proof.md). */
export interface ChainProofs {
  /**
   * Of a batch's root and, where one is named, of a terminal's key, in a final block and with the seals on it. Rejects when
   * no node answers, or when one answers with what it cannot prove.
   */
  read(log: number, sequence: number, terminal: TerminalId | undefined): Promise<string>
}
