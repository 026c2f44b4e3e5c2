import { terminals } from "@suyuan/drizzle/schema/terminals"
import { keyFingerprint, sameFingerprint } from "@suyuan/protocol/terminal/enrolment"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { payeesOfStall } from "../merchants/payees-of-stall"
import { requireTerminal, type Terminal, terminalKey } from "./authenticate"
import { notifyTerminal } from "./notify-terminals"

/**
 * A person at the stall read the fingerprint off the tablet and it is the enrolled key's: claimed → active.
 * Without it a claim code that somebody overheard would be a terminal. Repeating is success.
 */
export async function confirmTerminal(
  ctx: Context,
  actor: Actor,
  terminalId: number,
  fingerprint: string,
): Promise<Terminal> {
  requireScope(actor, "terminals:write")
  return ctx.db.transaction(async (tx) => {
    const terminal = await requireTerminal(tx, terminalId)
    requireScope(actor, "terminals:write", terminal.siteId)
    if (!sameFingerprint(fingerprint, keyFingerprint(ctx.config.NETWORK_ID, terminalKey(terminal)))) {
      throw new ServiceError("terminal/fingerprint-differs", { field: "fingerprint" })
    }
    const [confirmed] = await tx
      .update(terminals)
      .set({ state: "active", stateChangedAt: new Date(ctx.clock.nowMs()) })
      .where(and(eq(terminals.id, terminalId), eq(terminals.state, "claimed")))
      .returning()
    if (!confirmed) {
      if (terminal.state !== "active") throw new ServiceError("terminal/wrong-state", { expected: "claimed" })
      return terminal
    }
    await writeAudit(ctx, tx, actor, {
      verb: "terminals/confirm",
      subject: terminalToHex(terminalId),
      siteId: terminal.siteId,
    })
    await notifyTerminal(ctx, tx, terminalId, { kind: "state", state: "active" })
    // Not before: whoever overheard a claim code is not to learn the stall's accounts.
    for (const payee of await payeesOfStall(tx, terminal.merchantId)) await notifyTerminal(ctx, tx, terminalId, payee)
    return confirmed
  })
}
