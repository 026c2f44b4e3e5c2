import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"

export type Merchant = typeof merchants.$inferSelect

export type NewMerchant = {
  /** UUIDv7 that the caller made and kept. */
  readonly id: string
  readonly siteId: string
  readonly stallNumber: string
  readonly name: string
}

/** Adds who sells at a stall. The same again is success. */
export async function addMerchant(ctx: Context, actor: Actor, input: NewMerchant): Promise<Merchant> {
  requireScope(actor, "merchants:write", input.siteId)
  return ctx.db.transaction(async (tx) => {
    const [site] = await tx.select({ id: sites.id }).from(sites).where(eq(sites.id, input.siteId))
    if (!site) throw new ServiceError("site/unknown", { field: "siteId" })
    const [added] = await tx
      .insert(merchants)
      .values({
        ...input,
        alias: ctx.keys.stallAlias(input.id),
        state: "active",
        createdAt: new Date(ctx.clock.nowMs()),
      })
      .onConflictDoNothing()
      .returning()
    if (added) {
      await writeAudit(ctx, tx, actor, { verb: "merchants/add", subject: added.id, siteId: added.siteId })
      return added
    }
    const [existing] = await tx.select().from(merchants).where(eq(merchants.id, input.id))
    const isSame =
      existing?.siteId === input.siteId && existing.stallNumber === input.stallNumber && existing.name === input.name
    if (!existing || !isSame) throw new ServiceError("request/conflict", { field: "id" })
    return existing
  })
}
