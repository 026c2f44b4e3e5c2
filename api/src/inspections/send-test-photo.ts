import { sha256 } from "@noble/hashes/sha2.js"
import { photos } from "@suyuan/drizzle/schema/checks"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { testPhotoMessage } from "@suyuan/protocol/terminal/stall-photo"
import { and, count, eq, gte } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { isShowable } from "../merchants/picture-size"
import type { TerminalPhoto } from "../merchants/stall-photo"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import { cleanPhoto } from "./photo-bytes"

const windowMs = 600_000
const dayMs = 86_400_000
/** A stall tests some lots a day; more photos than this are not of tests. */
const photosPerDayMax = 50

/**
 * A terminal sends the photo of a rapid test that it is about to enter, and names it there by its hash. No actor: the
 * signature is who it is. The same photo again is the same; nobody is shown one that no test names.
 */
export async function sendTestPhoto(ctx: Context, request: TerminalPhoto): Promise<{ hash: string }> {
  const key = terminalKey(await requireTerminal(ctx.db, request.terminalId))
  const message = testPhotoMessage(ctx.config.NETWORK_ID, { ...request, terminal: request.terminalId })
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, request.signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  // Only who holds the key learns the terminal's state.
  const terminal = await requireTerminal(ctx.db, request.terminalId, "sell")
  const nowMs = ctx.clock.nowMs()
  if (Math.abs(nowMs - request.issuedAtMs) > windowMs) {
    throw new ServiceError("terminal/clock-off", { field: "issuedAtMs", expected: String(nowMs) })
  }
  const photo = cleanPhoto(request.photo)
  if (!photo || !isShowable(photo)) throw new ServiceError("picture/unusable")
  const hash = toHex(sha256(photo.bytes))
  const createdBy = `terminal ${terminal.id}`
  const [known] = await ctx.db.select({ hash: photos.hash }).from(photos).where(eq(photos.hash, hash))
  if (known) return known
  const since = gte(photos.createdAt, new Date(nowMs - dayMs))
  const [sent] = await ctx.db
    .select({ count: count() })
    .from(photos)
    .where(and(eq(photos.createdBy, createdBy), since))
  if ((sent?.count ?? 0) >= photosPerDayMax) throw new ServiceError("request/too-many")
  await ctx.db
    .insert(photos)
    .values({ hash, ...photo, createdBy, createdAt: new Date(nowMs) })
    .onConflictDoNothing()
  return { hash }
}
