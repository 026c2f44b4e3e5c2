import { shareCodes } from "@suyuan/drizzle/schema/buyers"
import { and, eq } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Photo } from "../inspections/photo-bytes"
import type { Platform } from "../payments/payment-provider"
import type { MiniCodeProviders } from "./mini-code-provider"
import { recordOfShare } from "./share-trace"

/**
 * The picture that opens a share in a platform's mini-program: asked for once and kept. An answer that was lost leaves
 * nothing: the same code is asked for again. No actor: whoever has the share's id may see it.
 * @throws ServiceError trace/unknown, trace/share-revoked, picture/code-refused, picture/code-unavailable
 */
export async function readShareCode(
  ctx: Context,
  providers: MiniCodeProviders,
  shareId: string,
  platform: Platform,
): Promise<Photo> {
  await recordOfShare(ctx, shareId)
  const [kept] = await ctx.db
    .select({ mediaType: shareCodes.mediaType, bytes: shareCodes.bytes })
    .from(shareCodes)
    .where(and(eq(shareCodes.shareId, shareId), eq(shareCodes.platform, platform)))
  if (kept) return kept
  const outcome = await providers[platform].codeOf(shareId)
  if (outcome.kind !== "made") {
    ctx.log.warn({ platform, ...outcome }, "the platform made no mini-program code")
    throw new ServiceError(outcome.kind === "refused" ? "picture/code-refused" : "picture/code-unavailable")
  }
  const createdAt = new Date(ctx.clock.nowMs())
  await ctx.db
    .insert(shareCodes)
    .values({ shareId, platform, ...outcome.picture, createdAt })
    .onConflictDoNothing()
  return outcome.picture
}
