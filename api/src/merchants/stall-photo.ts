import { sha256 } from "@noble/hashes/sha2.js"
import { photos } from "@suyuan/drizzle/schema/checks"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { stallPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import { and, eq, lt } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { cleanPhoto, type Photo } from "../inspections/photo-bytes"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import { requireMerchant } from "./find-merchant"
import { isShowable } from "./picture-size"

const windowMs = 600_000

/** Shows what a stall looks like to whoever scans its codes. The same photo again is success, and audited once. */
export async function setStallPhoto(
  ctx: Context,
  actor: Actor,
  merchantId: string,
  given: Uint8Array,
): Promise<{ hash: string }> {
  return ctx.db.transaction(async (tx) => {
    const merchant = await requireMerchant(tx, actor, "merchants:write", merchantId)
    const photo = usable(given)
    if (merchant.photo === photo.hash) return { hash: photo.hash }
    await keep(ctx, tx, photo, actor.id)
    await tx.update(merchants).set({ photo: photo.hash }).where(eq(merchants.id, merchantId))
    const detail = { hash: photo.hash }
    await writeAudit(ctx, tx, actor, {
      ...{ verb: "merchants/photo", subject: merchantId, siteId: merchant.siteId, detail },
    })
    return { hash: photo.hash }
  })
}

/** Takes the photo away: a plate with the stall's number stands in its place. */
export async function removeStallPhoto(ctx: Context, actor: Actor, merchantId: string): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const merchant = await requireMerchant(tx, actor, "merchants:write", merchantId)
    if (merchant.photo === null) return
    await tx.update(merchants).set({ photo: null }).where(eq(merchants.id, merchantId))
    await writeAudit(ctx, tx, actor, {
      ...{ verb: "merchants/photo-removed", subject: merchantId, siteId: merchant.siteId },
    })
  })
}

export type TerminalPhoto = {
  readonly terminalId: number
  /** By the terminal's clock, within ten minutes of ours and later than its last photo's. */
  readonly issuedAtMs: number
  readonly photo: Uint8Array
  /** Over `stallPhotoMessage`. */
  readonly signature: Uint8Array
}

/** A terminal sends its stall's photo. No actor: the signature is who it is. */
export async function sendStallPhoto(ctx: Context, request: TerminalPhoto): Promise<{ hash: string }> {
  const key = terminalKey(await requireTerminal(ctx.db, request.terminalId))
  const message = stallPhotoMessage(ctx.config.NETWORK_ID, { ...request, terminal: request.terminalId })
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, request.signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  // Only who holds the key learns the terminal's state.
  const terminal = await requireTerminal(ctx.db, request.terminalId, "sell")
  const nowMs = ctx.clock.nowMs()
  const serverTime = { field: "issuedAtMs", expected: String(nowMs) }
  if (Math.abs(nowMs - request.issuedAtMs) > windowMs) throw new ServiceError("terminal/clock-off", serverTime)
  const photo = usable(request.photo)
  return ctx.db.transaction(async (tx) => {
    const by = `terminal ${terminal.id}`
    await keep(ctx, tx, photo, by)
    const [changed] = await tx
      .update(merchants)
      .set({ photo: photo.hash, photoRequestedAtMs: request.issuedAtMs })
      .where(and(eq(merchants.id, terminal.merchantId), lt(merchants.photoRequestedAtMs, request.issuedAtMs)))
      .returning()
    if (!changed) {
      const [merchant] = await tx.select().from(merchants).where(eq(merchants.id, terminal.merchantId))
      // Its answer was lost: the same request again.
      const isRepeat = merchant?.photo === photo.hash && merchant.photoRequestedAtMs === request.issuedAtMs
      if (!isRepeat) throw new ServiceError("terminal/request-repeated", serverTime)
    }
    return { hash: photo.hash }
  })
}

/** A stall's photo, for anybody: of the pictures that are kept, only those that a stall shows now. */
export async function readStallPhoto(reader: Reader, hash: string) {
  const [found] = await reader
    .select({ mediaType: photos.mediaType, bytes: photos.bytes })
    .from(photos)
    .innerJoin(merchants, eq(merchants.photo, photos.hash))
    .where(eq(photos.hash, hash))
    .limit(1)
  if (!found) throw new ServiceError("picture/unknown")
  return found
}

type Usable = Photo & { readonly hash: string }

function usable(given: Uint8Array): Usable {
  const photo = cleanPhoto(given)
  if (!photo || !isShowable(photo)) throw new ServiceError("picture/unusable")
  return { ...photo, hash: toHex(sha256(photo.bytes)) }
}

async function keep(ctx: Context, tx: Transaction, photo: Usable, createdBy: string): Promise<void> {
  const createdAt = new Date(ctx.clock.nowMs())
  await tx
    .insert(photos)
    .values({ ...photo, createdBy, createdAt })
    .onConflictDoNothing()
}
