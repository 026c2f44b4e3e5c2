import { terminals } from "@suyuan/drizzle/schema/terminals"
import type { ErrorCode } from "@suyuan/look/errors"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { TerminalKey } from "@suyuan/protocol/terminal/signature"
import { eq } from "drizzle-orm"
import type { Reader } from "../context"
import { ServiceError } from "../errors"

export type Terminal = typeof terminals.$inferSelect

/**
 * What a terminal may do in which state. Claimed: only be reached, until a person has compared fingerprints.
 * Suspended: hand in what it signed before, but sell nothing. Revoked: nothing; its past sales stay true.
 */
const allowed = {
  claimed: ["connect"],
  active: ["connect", "upload", "sell", "bind"],
  suspended: ["connect", "upload"],
  revoked: [],
} as const satisfies Record<Terminal["state"], readonly TerminalPurpose[]>

export type TerminalPurpose = "connect" | "upload" | "sell" | "bind"

const refusalOf = {
  claimed: "terminal/not-confirmed",
  active: undefined,
  suspended: "terminal/suspended",
  revoked: "terminal/revoked",
} as const satisfies Record<Terminal["state"], ErrorCode | undefined>

/** Why a terminal in this state may not do this; `undefined` when it may. */
export function judgeTerminalState(state: Terminal["state"], purpose: TerminalPurpose): ErrorCode | undefined {
  const purposes: readonly TerminalPurpose[] = allowed[state]
  return purposes.includes(purpose) ? undefined : refusalOf[state]
}

/** The terminal by its id, if its state allows the purpose: else `terminal/unknown`, or what its state refuses with. */
export async function requireTerminal(
  reader: Reader,
  terminalId: number,
  purpose?: TerminalPurpose,
): Promise<Terminal> {
  const [terminal] = await reader.select().from(terminals).where(eq(terminals.id, terminalId))
  if (!terminal) throw new ServiceError("terminal/unknown")
  const refusal = purpose && judgeTerminalState(terminal.state, purpose)
  if (refusal) throw new ServiceError(refusal)
  return terminal
}

/** The registered key: nothing that a message says about its own algorithm or key counts. */
export function terminalKey(terminal: Pick<Terminal, "algorithm" | "publicKey">): TerminalKey {
  const publicKey = fromHex(terminal.publicKey)
  if (publicKey === undefined) throw new Error("a stored public key is not hex")
  return { algorithm: terminal.algorithm, publicKey }
}
