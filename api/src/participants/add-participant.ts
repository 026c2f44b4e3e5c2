import { participants } from "@suyuan/drizzle/schema/participants"
import { fromHex } from "@suyuan/protocol/codec/bytes"
import { isSealingKey } from "@suyuan/sealing/wrap-audience-key"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireEverySite } from "./require-every-site"

export type Participant = typeof participants.$inferSelect

export type NewParticipant = {
  /** UUIDv7 that the caller made and kept. */
  readonly id: string
  /** u32, as registered on the chain. */
  readonly number: number
  readonly name: string
  readonly nameEn: string
  readonly role: Participant["role"]
  /** X25519 public key in hex that audience keys are wrapped to. */
  readonly sealingKey?: string | undefined
}

/** Adds an organisation. The same again is success; the same id for another is `request/conflict`. */
export async function addParticipant(ctx: Context, actor: Actor, input: NewParticipant): Promise<Participant> {
  requireScope(actor, "participants:write")
  requireEverySite(actor)
  await requireSealingKey(input.sealingKey)
  const row = { ...input, sealingKey: input.sealingKey ?? null, createdAt: new Date(ctx.clock.nowMs()) }
  return ctx.db.transaction(async (tx) => {
    const [added] = await tx.insert(participants).values(row).onConflictDoNothing().returning()
    if (added) {
      await writeAudit(ctx, tx, actor, {
        verb: "participants/add",
        subject: added.id,
        detail: { number: added.number, role: added.role },
      })
      return added
    }
    const [existing] = await tx.select().from(participants).where(eq(participants.id, input.id))
    if (!existing) throw new ServiceError("participant/number-taken", { field: "number" })
    const isSame =
      existing.number === row.number &&
      existing.name === row.name &&
      existing.nameEn === row.nameEn &&
      existing.role === row.role &&
      existing.sealingKey === row.sealingKey
    if (!isSame) throw new ServiceError("request/conflict", { field: "id" })
    return existing
  })
}

/** 32 bytes need not be a point to share a secret with, and nobody could ever wrap a key to what is none. */
async function requireSealingKey(text: string | undefined): Promise<void> {
  if (text === undefined) return
  const key = fromHex(text)
  if (!key || !(await isSealingKey(key))) throw new ServiceError("participant/no-sealing-key", { field: "sealingKey" })
}
