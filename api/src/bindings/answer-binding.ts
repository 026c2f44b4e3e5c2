import { bindings, buyers } from "@suyuan/drizzle/schema/buyers"
import { BIND_CODE_SECONDS, type BindAnswer, bindAnswerMessage } from "@suyuan/protocol/terminal/bind-code"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { and, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Transaction } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, type Terminal, terminalKey } from "../terminals/authenticate"
import type { Binding } from "./claim-bind-code"
import { recordBinding } from "./record-binding"

export type TerminalAnswer = {
  readonly terminalId: number
  readonly bindingId: string
  readonly answer: BindAnswer
  /** What the terminal's screen showed when the seller answered. */
  readonly digits: string
  /** Over `bindAnswerMessage`. */
  readonly signature: Uint8Array
}

/**
 * The terminal's signed answer. `confirm` starts the binding from now on, if the digits agree and the answer comes
 * within 90 s of the claim; `refuse` ends it before it began; `end` ends one that was active. Repeating is success.
 */
export async function answerBinding(ctx: Context, answer: TerminalAnswer): Promise<Binding> {
  return ctx.db.transaction(async (tx) => {
    const terminal = await requireTerminal(tx, answer.terminalId, "bind")
    const key = terminalKey(terminal)
    const message = bindAnswerMessage(ctx.config.NETWORK_ID, { ...answer, terminal: answer.terminalId })
    if (!ctx.verifySignature(key.algorithm, key.publicKey, message, answer.signature)) {
      throw new ServiceError("terminal/bad-signature", { field: "signature" })
    }
    const [binding] = await tx.select().from(bindings).where(eq(bindings.id, answer.bindingId)).for("update")
    if (!binding) throw new ServiceError("binding/unknown")
    // Another terminal of the stall may end what it did not begin: tablets are replaced.
    const isOwn =
      answer.answer === "end" ? binding.merchantId === terminal.merchantId : binding.terminalId === terminal.id
    if (!isOwn) throw new ServiceError("request/forbidden")
    const actor = terminalActor(terminal)
    if (answer.answer === "confirm") return confirm(ctx, tx, actor, binding, answer.digits)
    return endBinding(ctx, tx, actor, binding, answer.answer === "end" ? "active" : "claimed")
  })
}

/** A terminal that acts for its stall. */
function terminalActor(terminal: Terminal): Actor {
  return { kind: "merchant", id: `terminal:${terminalToHex(terminal.id)}`, siteIds: [terminal.siteId], scopes: [] }
}

async function confirm(ctx: Context, tx: Transaction, actor: Actor, binding: Binding, digits: string) {
  if (binding.state === "active") return binding
  const now = new Date(ctx.clock.nowMs())
  const isLate = now.getTime() - binding.claimedAt.getTime() > BIND_CODE_SECONDS * 1000
  if (binding.state !== "claimed" || isLate) throw new ServiceError("binding/wrong-state")
  if (binding.checkDigits !== digits) throw new ServiceError("binding/digits-differ", { field: "digits" })
  await tx.select({ id: buyers.id }).from(buyers).where(eq(buyers.id, binding.buyerId)).for("update")
  const bound = await tx
    .select({ id: bindings.id })
    .from(bindings)
    .where(and(eq(bindings.buyerId, binding.buyerId), eq(bindings.state, "active")))
  if (bound.length > 0) throw new ServiceError("binding/already-bound")
  const [active] = await tx
    .update(bindings)
    .set({ state: "active", validFrom: now })
    .where(and(eq(bindings.id, binding.id), eq(bindings.state, "claimed")))
    .returning()
  if (!active) throw new ServiceError("binding/wrong-state")
  await recordBinding(ctx, tx, active, now)
  await writeAudit(ctx, tx, actor, { verb: "bindings/confirm", subject: binding.id, siteId: binding.siteId })
  return active
}

/** Ends a binding from `from`, which is claimed (refused) or active. The row is locked by the caller. */
export async function endBinding(
  ctx: Context,
  tx: Transaction,
  actor: Actor,
  binding: Binding,
  from: "claimed" | "active",
): Promise<Binding> {
  if (binding.state === "ended") return binding
  if (binding.state !== from) throw new ServiceError("binding/wrong-state", { expected: from })
  const now = new Date(ctx.clock.nowMs())
  const [ended] = await tx
    .update(bindings)
    .set({ state: "ended", validTo: now, endedBy: actor.kind })
    .where(and(eq(bindings.id, binding.id), eq(bindings.state, from)))
    .returning()
  if (!ended) throw new ServiceError("binding/wrong-state")
  // A claim that was refused never began.
  if (from === "active") await recordBinding(ctx, tx, ended, now, actor.kind)
  await writeAudit(ctx, tx, actor, {
    verb: "bindings/end",
    subject: binding.id,
    siteId: binding.siteId,
    detail: { from },
  })
  return ended
}
