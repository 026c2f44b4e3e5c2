import { sales } from "@suyuan/drizzle/schema/sales"
import type { ErrorCode } from "@suyuan/look/errors"
import { and, eq, gte, inArray, lte, sql } from "drizzle-orm"
import type { Context, Reader } from "../context"
import { utcDay } from "../day"
import { issuedAtWentBack } from "../terminals/learn-clock"
import { businessDayOf } from "../trace/business-day"
import type { VerifiedCode } from "./verify-codes"

/** A terminal that the broker has not brought word of for this long counts as offline. */
export const offlineAfterMs = 120_000

const stateRefusals = {
  claimed: "terminal/not-confirmed",
  suspended: "terminal/suspended",
  revoked: "terminal/revoked",
} as const satisfies Record<string, ErrorCode>

export function isOffline(code: Pick<VerifiedCode, "terminal">, nowMs: number): boolean {
  const seenAt = code.terminal.lastSeenAt?.getTime()
  return seenAt === undefined || nowMs - seenAt > offlineAfterMs
}

/**
 * May a payment of this true code be *opened* now? Undefined: yes. The window bounds opening only; how long a payer
 * may take afterwards is the platform's expiry. An offline terminal has a longer window and smaller amounts.
 */
export async function judgeWindow(
  ctx: Pick<Context, "config" | "clock">,
  reader: Reader,
  code: VerifiedCode,
): Promise<ErrorCode | undefined> {
  const nowMs = ctx.clock.nowMs()
  if (code.terminal.state !== "active") return stateRefusals[code.terminal.state]
  if (code.merchant.state !== "active") return "terminal/suspended"
  if (issuedAtWentBack(code.terminal, code)) return "terminal/issued-at-went-back"
  const ageSeconds = (nowMs - code.effectiveAt.getTime()) / 1000
  if (ageSeconds < -ctx.config.SCAN_WINDOW_SECONDS) return "sale/too-early"
  if (!isOffline(code, nowMs)) return ageSeconds > ctx.config.SCAN_WINDOW_SECONDS ? "sale/too-old" : undefined
  if (ageSeconds > ctx.config.OFFLINE_CAP_SECONDS) return "sale/too-old"
  const { amountFen } = code.code.body
  if (amountFen > ctx.config.OFFLINE_SALE_LIMIT_FEN) return "sale/offline-sale-limit"
  const takenFen = await takenOfflineFen(reader, code)
  return takenFen + amountFen > ctx.config.OFFLINE_DAY_LIMIT_FEN ? "sale/offline-day-limit" : undefined
}

/**
 * What this terminal's other sales of its site's business day, known by scan alone, add up to. One that is presented is
 * about to be paid: each tap makes it under a lock of the terminal's limit (`open-sale`), so those of one moment see each other.
 */
async function takenOfflineFen(reader: Reader, code: VerifiedCode): Promise<number> {
  const { zone, dayStartsAtMinutes } = code.site
  const ofDay = sql`(${sales.effectiveAt} AT TIME ZONE ${zone} - make_interval(mins => ${dayStartsAtMinutes}))::date`
  const near = (days: number) => utcDay(new Date(code.issuedAt.getTime() + days * 86_400_000))
  const [row] = await reader
    .select({ fen: sql<string>`coalesce(sum(${sales.amountFen}), 0)` })
    .from(sales)
    .where(
      and(
        eq(sales.terminalId, code.terminal.id),
        // Of one business day are at most these UTC days of issue.
        gte(sales.day, near(-1)),
        lte(sales.day, near(1)),
        sql`${ofDay} = ${businessDayOf(code.site, code.effectiveAt)}::date`,
        inArray(sales.state, ["presented", "paying", "paid"]),
        sql`${sales.uploadedAt} IS NULL`,
        sql`${sales.counter} <> ${code.counter}`,
      ),
    )
  return Number(row?.fen ?? 0)
}
