import { terminals } from "@suyuan/drizzle/schema/terminals"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq, inArray, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, type Terminal } from "./authenticate"
import { notifyTerminal } from "./notify-terminals"

type Change = {
  readonly from: readonly Terminal["state"][]
  readonly to: Terminal["state"]
  readonly endsTokens: boolean
}

const changes = {
  suspend: { from: ["active"], to: "suspended", endsTokens: true },
  resume: { from: ["suspended"], to: "active", endsTokens: false },
  /** Final: a tablet that turns up again enrols anew. */
  revoke: { from: ["claimed", "active", "suspended"], to: "revoked", endsTokens: true },
} as const satisfies Record<string, Change>

export type TerminalChange = keyof typeof changes

/**
 * Suspends, resumes or revokes a terminal. From then on no payment of its codes is opened; broker tokens of before
 * carry an older epoch. Repeating is success, any other state `terminal/wrong-state`.
 */
export async function changeTerminalState(
  ctx: Context,
  actor: Actor,
  terminalId: number,
  change: TerminalChange,
  reason: string,
): Promise<Terminal> {
  requireScope(actor, "terminals:write")
  const { from, to, endsTokens }: Change = changes[change]
  return ctx.db.transaction(async (tx) => {
    const before = await requireTerminal(tx, terminalId)
    requireScope(actor, "terminals:write", before.siteId)
    const [changed] = await tx
      .update(terminals)
      .set({
        state: to,
        stateChangedAt: new Date(ctx.clock.nowMs()),
        ...(endsTokens && { tokenEpoch: sql`${terminals.tokenEpoch} + 1` }),
      })
      .where(and(eq(terminals.id, terminalId), inArray(terminals.state, [...from])))
      .returning()
    if (!changed) {
      if (before.state !== to) throw new ServiceError("terminal/wrong-state", { expected: from.join(" or ") })
      return before
    }
    await writeAudit(ctx, tx, actor, {
      verb: `terminals/${change}`,
      subject: terminalToHex(terminalId),
      siteId: before.siteId,
      detail: { reason, from: before.state },
    })
    await notifyTerminal(ctx, tx, terminalId, { kind: "state", state: to })
    return changed
  })
}
