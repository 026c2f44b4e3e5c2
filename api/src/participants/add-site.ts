import { participants, sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireEverySite } from "./require-every-site"

export type Site = typeof sites.$inferSelect

export type NewSite = {
  /** UUIDv7 that the caller made and kept. */
  readonly id: string
  /** u32 that names the site in records. */
  readonly number: number
  readonly participantId: string
  readonly kind: Site["kind"]
  readonly name: string
  readonly nameEn: string
  /** GB/T 2260, six digits. */
  readonly regionCode: string
  /** IANA name. */
  readonly zone: string
  readonly dayStartsAtMinutes?: number | undefined
}

/** A wholesale market trades across midnight, so its business day starts at noon. */
const dayStart = { base: 0, wholesale: 720, market: 0 } as const

/** Adds a place run by an organisation of the same kind. The same again is success. */
export async function addSite(ctx: Context, actor: Actor, input: NewSite): Promise<Site> {
  requireScope(actor, "participants:write")
  requireEverySite(actor)
  const row = {
    ...input,
    dayStartsAtMinutes: input.dayStartsAtMinutes ?? dayStart[input.kind],
    createdAt: new Date(ctx.clock.nowMs()),
  }
  return ctx.db.transaction(async (tx) => {
    const [owner] = await tx
      .select({ role: participants.role })
      .from(participants)
      .where(eq(participants.id, input.participantId))
    if (!owner) throw new ServiceError("participant/unknown", { field: "participantId" })
    if (owner.role !== input.kind) {
      throw new ServiceError("participant/runs-no-sites", { field: "kind", expected: owner.role })
    }
    const [added] = await tx.insert(sites).values(row).onConflictDoNothing().returning()
    if (added) {
      await writeAudit(ctx, tx, actor, {
        verb: "sites/add",
        subject: added.id,
        siteId: added.id,
        detail: { number: added.number, kind: added.kind },
      })
      return added
    }
    const [existing] = await tx.select().from(sites).where(eq(sites.id, input.id))
    if (!existing) throw new ServiceError("site/number-taken", { field: "number" })
    const isSame =
      existing.number === row.number &&
      existing.participantId === row.participantId &&
      existing.kind === row.kind &&
      existing.name === row.name &&
      existing.nameEn === row.nameEn &&
      existing.regionCode === row.regionCode &&
      existing.zone === row.zone &&
      existing.dayStartsAtMinutes === row.dayStartsAtMinutes
    if (!isSame) throw new ServiceError("request/conflict", { field: "id" })
    return existing
  })
}
