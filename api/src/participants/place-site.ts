import { sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Site } from "./add-site"

export type SitePlace = {
  readonly siteId: string
  /** Millionths of a degree, WGS 84. */
  readonly latitudeMicrodegrees: number
  readonly longitudeMicrodegrees: number
}

/** Says where a site is, or corrects it. The same again is success and leaves no second line in the audit trail. */
export async function placeSite(ctx: Context, actor: Actor, { siteId, ...place }: SitePlace): Promise<Site> {
  requireScope(actor, "participants:write", siteId)
  return ctx.db.transaction(async (tx) => {
    const [site] = await tx.select().from(sites).where(eq(sites.id, siteId)).for("update")
    if (!site) throw new ServiceError("site/unknown")
    const isSame =
      site.latitudeMicrodegrees === place.latitudeMicrodegrees &&
      site.longitudeMicrodegrees === place.longitudeMicrodegrees
    if (isSame) return site
    const [placed] = await tx.update(sites).set(place).where(eq(sites.id, siteId)).returning()
    if (!placed) throw new Error("a locked site is gone")
    await writeAudit(ctx, tx, actor, { verb: "sites/place", subject: siteId, siteId, detail: place })
    return placed
  })
}
