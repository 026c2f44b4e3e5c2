import { buyers } from "@suyuan/drizzle/schema/buyers"
import { and, eq } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import type { PlatformIdentity } from "./login-provider"

/** The buyer that this identity is; its first appearance makes one. */
export async function findOrMakeBuyer(
  ctx: Pick<Context, "clock" | "random">,
  tx: Transaction,
  { platform, appId, openId }: PlatformIdentity,
): Promise<string> {
  await tx
    .insert(buyers)
    .values({ id: ctx.random.uuid(), platform, appId, openId, createdAt: new Date(ctx.clock.nowMs()) })
    .onConflictDoNothing()
  const [row] = await tx
    .select({ id: buyers.id })
    .from(buyers)
    .where(and(eq(buyers.platform, platform), eq(buyers.appId, appId), eq(buyers.openId, openId)))
  if (row === undefined) throw new Error("a buyer that was just stored is gone")
  return row.id
}
