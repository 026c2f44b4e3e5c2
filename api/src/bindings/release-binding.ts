import { bindings } from "@suyuan/drizzle/schema/buyers"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { notifyTerminal } from "../terminals/notify-terminals"
import { endBinding } from "./answer-binding"
import type { Binding } from "./claim-bind-code"

/** The buyer ends its own binding, or an operator one of a stall at its site. Past purchases stay what they were. */
export async function releaseBinding(ctx: Context, actor: Actor, bindingId: string): Promise<Binding> {
  return ctx.db.transaction(async (tx) => {
    const [binding] = await tx.select().from(bindings).where(eq(bindings.id, bindingId)).for("update")
    const isOwn = actor.kind === "buyer" && binding?.buyerId === actor.id
    if (!isOwn && actor.kind === "buyer") throw new ServiceError("binding/unknown")
    if (!isOwn) requireScope(actor, "merchants:write", binding?.siteId)
    if (!binding) throw new ServiceError("binding/unknown")
    if (binding.state === "ended") return binding
    const ended = await endBinding(ctx, tx, actor, binding, binding.state)
    await notifyTerminal(ctx, tx, binding.terminalId, { kind: "binding-ended", bindingId })
    return ended
  })
}
