import { sha256 } from "@noble/hashes/sha2.js"
import { photos } from "@suyuan/drizzle/schema/checks"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { toHex } from "@suyuan/protocol/codec/bytes"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context, Reader } from "../context"
import { ServiceError } from "../errors"
import { isShowable } from "../merchants/picture-size"
import { cleanPhoto, type Photo } from "./photo-bytes"
import { requireInspection } from "./read-inspection"

/** Keeps a photo under the hash of what is kept of it. The same photo again is the same hash. */
export async function storePhoto(ctx: Context, actor: Actor, given: Uint8Array): Promise<{ hash: string }> {
  requireScope(actor, "inspections:write")
  const photo = cleanPhoto(given)
  if (!photo) throw new ServiceError("inspection/photo-unusable")
  const hash = toHex(sha256(photo.bytes))
  await ctx.db.transaction(async (tx) => {
    const createdAt = new Date(ctx.clock.nowMs())
    const stored = await tx
      .insert(photos)
      .values({ hash, ...photo, createdBy: actor.id, createdAt })
      .onConflictDoNothing()
      .returning({ hash: photos.hash })
    if (stored.length > 0) await writeAudit(ctx, tx, actor, { verb: "inspections/photo", subject: hash })
  })
  return { hash }
}

/** The photo of a test, for who may see the test. */
export async function readPhoto(reader: Reader, actor: Actor, inspectionId: string) {
  await requireInspection(reader, actor, inspectionId)
  const [found] = await reader
    .select({ hash: photos.hash, mediaType: photos.mediaType, bytes: photos.bytes })
    .from(inspections)
    .innerJoin(photos, eq(photos.hash, inspections.photo))
    .where(eq(inspections.id, inspectionId))
  if (!found) throw new ServiceError("inspection/photo-unknown")
  return found
}

/**
 * A test's photo, for anybody: its hash stands in the test's public record. Of the pictures that are kept, only those of
 * a test; and none that would fill a phone's memory, whoever entered it.
 */
export async function readTestPhoto(reader: Reader, hash: string): Promise<Photo> {
  const [found] = await reader
    .select({ mediaType: photos.mediaType, bytes: photos.bytes })
    .from(photos)
    .innerJoin(inspections, eq(inspections.photo, photos.hash))
    .where(eq(photos.hash, hash))
    .limit(1)
  if (!found || !isShowable(found)) throw new ServiceError("picture/unknown")
  return found
}
