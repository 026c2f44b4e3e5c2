import { merchants } from "@suyuan/drizzle/schema/merchants"
import { inspections } from "@suyuan/drizzle/schema/trace"
import { and, eq, gte, isNull, sql } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { stallPhotoPath } from "../merchants/stall-photo-path"
import { failedThenNewest } from "../trace/read-inspections"

const DAY_MS = 86_400_000
const TESTS_MAX = 200

export type StallTest = {
  /** By which a retest names it. */
  readonly id: string
  readonly commodity: number
  readonly lotId: string | null
  readonly testedAt: Date
  readonly conclusion: "passed" | "failed"
}

/**
 * The stall's rapid tests that count, of samples of the last day, failures first: what stands on its customer's screen.
 * Public, as it is on every pay page.
 */
export async function readStallTests(
  ctx: Pick<Context, "db" | "clock">,
  merchantId: string,
): Promise<{ readonly tests: StallTest[]; readonly photo: string | null }> {
  const [merchant] = await ctx.db.select().from(merchants).where(eq(merchants.id, merchantId))
  if (!merchant) throw new ServiceError("merchant/unknown")
  const { id, commodity, lotId, testedAt, conclusion } = inspections
  const tests = await ctx.db
    .select({ id, commodity, lotId, testedAt, conclusion })
    .from(inspections)
    .where(
      and(
        eq(inspections.siteId, merchant.siteId),
        gte(inspections.sampledAt, new Date(ctx.clock.nowMs() - DAY_MS)),
        eq(inspections.merchantId, merchantId),
        isNull(inspections.supersededBy),
      ),
    )
    .orderBy(failedThenNewest(sql`inspections`))
    .limit(TESTS_MAX)
  return { tests, photo: stallPhotoPath(merchant) }
}
