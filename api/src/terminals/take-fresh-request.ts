import { terminals } from "@suyuan/drizzle/schema/terminals"
import { and, eq, lt } from "drizzle-orm"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Terminal } from "./authenticate"

const windowMs = 600_000

/**
 * Takes a signed request's time: within ten minutes of ours and later than the terminal's last (EN-11), so that a recorded
 * one opens nothing. Returns the terminal as it is now.
 * @throws ServiceError terminal/clock-off, terminal/request-repeated: both say our time in `expected`, to sign again by
 */
export async function takeFreshRequest(ctx: Context, terminalId: number, issuedAtMs: number): Promise<Terminal> {
  const serverTimeMs = ctx.clock.nowMs()
  const serverTime = { field: "issuedAtMs", expected: String(serverTimeMs) }
  if (Math.abs(serverTimeMs - issuedAtMs) > windowMs) throw new ServiceError("terminal/clock-off", serverTime)
  const [fresh] = await ctx.db
    .update(terminals)
    .set({ tokenRequestedAtMs: issuedAtMs })
    .where(and(eq(terminals.id, terminalId), lt(terminals.tokenRequestedAtMs, issuedAtMs)))
    .returning()
  if (!fresh) throw new ServiceError("terminal/request-repeated", serverTime)
  return fresh
}
