import { problemPhotos, purchaseProblems } from "@suyuan/drizzle/schema/buyers"
import { equalBytes } from "@suyuan/protocol/codec/bytes"
import { and, eq } from "drizzle-orm"
import type { Actor } from "../actor"
import { writeAudit } from "../audit"
import { requireBuyer } from "../bindings/require-buyer"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { cleanPhoto, type Photo } from "../inspections/photo-bytes"
import { isShowable } from "../merchants/picture-size"
import { readProblem } from "./read-problems"
import { openPhoto, type PhotoPlace, sealPhoto } from "./seal-photo"

export const photosMax = 3

export type PhotoToAdd = PhotoPlace & { readonly bytes: Uint8Array }

/**
 * A photo to one's own report while nobody has answered it. The same bytes in the same place again are success, others are
 * refused. Kept sealed and without what the camera wrote beside the picture.
 */
export async function addProblemPhoto(ctx: Context, actor: Actor, photo: PhotoToAdd): Promise<void> {
  requireBuyer(actor)
  const { problemId, position } = photo
  const cleaned = cleanPhoto(photo.bytes)
  if (!cleaned || !isShowable(cleaned)) throw new ServiceError("picture/unusable", { field: "picture" })
  await ctx.db.transaction(async (tx) => {
    // Locked: nobody is forgotten, and nothing answered, between this look and the photo.
    const [problem] = await tx.select().from(purchaseProblems).where(eq(purchaseProblems.id, problemId)).for("update")
    if (!problem || problem.buyerId !== actor.id) throw new ServiceError("problem/unknown")
    const [known] = await tx
      .select()
      .from(problemPhotos)
      .where(and(eq(problemPhotos.problemId, problemId), eq(problemPhotos.position, position)))
    if (known) {
      if (equalBytes(openPhoto(ctx, photo, known.sealed), cleaned.bytes)) return
      throw new ServiceError("problem/other-photo", { field: "position" })
    }
    if (problem.state === "answered") throw new ServiceError("problem/answered-already")
    const createdAt = new Date(ctx.clock.nowMs())
    const { mediaType, bytes } = cleaned
    await tx
      .insert(problemPhotos)
      .values({ problemId, position, mediaType, sealed: sealPhoto(ctx, photo, bytes), createdAt })
    await writeAudit(ctx, tx, actor, {
      ...{ verb: "problems/photo", subject: problemId, siteId: problem.siteId },
      detail: { position },
    })
  })
}

/** For whoever may see the report, and nobody else: not the stall, not another buyer. */
export async function readProblemPhoto(ctx: Context, actor: Actor, place: PhotoPlace): Promise<Photo> {
  await readProblem(ctx.db, actor, place.problemId)
  const [found] = await ctx.db
    .select()
    .from(problemPhotos)
    .where(and(eq(problemPhotos.problemId, place.problemId), eq(problemPhotos.position, place.position)))
  if (!found) throw new ServiceError("picture/unknown")
  return { mediaType: found.mediaType, bytes: openPhoto(ctx, place, found.sealed) }
}
