import { buyers } from "@suyuan/drizzle/schema/buyers"
import { commodities } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { attempts } from "@suyuan/drizzle/schema/payments"
import { recallNotices, recallPiles, recalls } from "@suyuan/drizzle/schema/recalls"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, eq, sql } from "drizzle-orm"
import type { Context, Transaction } from "../context"
import { reasonOf } from "../errors"
import type { BuyerNotifiers, MessageOutcome } from "./buyer-notifier"
import { giveBackConsent, takeConsents, voidConsent, waitAgainIfAllowed } from "./message-consents"

const groupMax = 50
/** Longer than a platform is waited for: a notice that a gateway died with is taken up again after it. */
const claimMs = 60_000
const retryMsFirst = 10_000
/** Beyond it a person looks: a message may be with the buyer. A platform that is busy is asked for as long as it takes. */
const triesMax = 6
const busyMsMax = 30 * 60_000

/**
 * Tells buyers who are due. A notice is unknown from before it is sent until the platform has answered: if nobody ever
 * hears the answer it stays so, and a refusal after that does not make it untold. Returns how many were tried.
 */
export async function sendNotices(ctx: Context, notifiers: BuyerNotifiers): Promise<number> {
  const claimed = await ctx.db.transaction(async (tx) => {
    const due = await claim(ctx, tx)
    const withLeave = await takeConsents(tx, due)
    return due.map((notice) => ({ ...notice, hasLeave: withLeave.has(notice.id) }))
  })
  await Promise.all(
    claimed.map(async (notice) => {
      const outcome = await tell(notifiers, notice).catch((error: unknown): MessageOutcome => {
        ctx.log.error({ notice: notice.id, error: reasonOf(error) }, "a buyer could not be told")
        return { kind: "unknown", cause: "connection" }
      })
      await keepOutcome(ctx, notice, outcome)
    }),
  )
  return claimed.length
}

type Due = {
  readonly id: string
  readonly recall_id: string
  readonly buyer_id: string
  readonly was: "waiting" | "unknown"
  readonly tries: number
  readonly platform: string
  readonly app_id: string
  readonly open_id: string
  readonly transaction_id: string | null
  readonly goods: string | null
  /** Where the stall is. */
  readonly bought_on: string
  readonly created_ms: number
  readonly reason: string
}

type Claimed = Due & { readonly hasLeave: boolean }

function claim(ctx: Context, tx: Transaction): Promise<readonly Due[]> {
  const nowMs = ctx.clock.nowMs()
  const [now, until] = [nowMs, nowMs + claimMs].map((ms) => new Date(ms).toISOString())
  return tx.execute<Due>(sql`
    WITH due AS (
      SELECT notice.id, notice.state, recall.state = 'withdrawn' AS is_off
      FROM ${recallNotices} AS notice JOIN ${recalls} AS recall ON recall.id = notice.recall_id
      WHERE next_try_at <= ${now}::timestamptz ORDER BY next_try_at LIMIT ${groupMax} FOR UPDATE OF notice SKIP LOCKED
    ), stopped AS (
      -- It was on its way when the recall was withdrawn.
      UPDATE ${recallNotices} AS notice SET next_try_at = NULL FROM due WHERE notice.id = due.id AND is_off
    ), claimed AS (
      UPDATE ${recallNotices} AS notice SET state = 'unknown', tries = notice.tries + 1, next_try_at = ${until}::timestamptz
      FROM due WHERE notice.id = due.id AND NOT is_off RETURNING notice.*, due.state AS was
    )
    SELECT claimed.id, claimed.recall_id, claimed.buyer_id, claimed.was, claimed.tries, buyer.platform, buyer.app_id,
      buyer.open_id, attempt.platform_transaction_id AS transaction_id, recall.reason,
      coalesce((sale.effective_at AT TIME ZONE site.zone)::date, claimed.sale_day)::text AS bought_on,
      extract(epoch FROM claimed.created_at)::float8 * 1000 AS created_ms,
      (SELECT string_agg(DISTINCT name_zh, '、') FROM ${recallPiles} AS pile JOIN ${commodities} ON code = pile.commodity
        WHERE pile.recall_id = claimed.recall_id) AS goods
    FROM claimed JOIN ${recalls} AS recall ON recall.id = claimed.recall_id
    JOIN ${buyers} AS buyer ON buyer.id = claimed.buyer_id
    LEFT JOIN ${sales} AS sale ON sale.record_id = claimed.sale_record_id AND sale.day = claimed.sale_day
    LEFT JOIN ${sites} AS site ON site.id = sale.site_id
    LEFT JOIN ${attempts} AS attempt ON attempt.out_trade_no = sale.settled_by
      AND attempt.day BETWEEN claimed.sale_day - 2 AND claimed.sale_day + 2
      -- What another identity of theirs paid permits no message to this one.
      AND claimed.buyer_id IN (attempt.buyer_id, attempt.wallet_buyer_id)`)
}

async function tell(notifiers: BuyerNotifiers, notice: Claimed): Promise<MessageOutcome> {
  const { platform } = notice
  const notifier = platform === "wechat-pay" || platform === "alipay" ? notifiers[platform] : undefined
  if (notifier === undefined) return { kind: "not-permitted", code: "no-message-there" }
  // Known by another app, which gives the same person another id.
  if (notifier.appId !== notice.app_id) return { kind: "not-permitted", code: "other-app" }
  return notifier.send({
    openId: notice.open_id,
    transactionId: notice.transaction_id ?? undefined,
    hasLeave: notice.hasLeave,
    page: `pages/recall/index?id=${notice.recall_id}`,
    goods: notice.goods ?? "",
    boughtOn: notice.bought_on,
    reason: notice.reason,
  })
}

async function keepOutcome(ctx: Context, notice: Claimed, outcome: MessageOutcome): Promise<void> {
  const nowMs = ctx.clock.nowMs()
  await ctx.db.transaction(async (tx) => {
    const kept = await tx
      .update(recallNotices)
      .set(changeOf(notice, outcome, nowMs))
      // What the buyer has read meanwhile stays read.
      .where(and(eq(recallNotices.id, notice.id), eq(recallNotices.state, "unknown")))
      .returning({ id: recallNotices.id })
    await keepLeave(tx, notice, outcome, kept.length > 0, new Date(nowMs))
    if (outcome.kind === "not-permitted") await waitAgainIfAllowed(tx, notice.id, new Date(nowMs))
  })
}

/** What may have been used stays used; what certainly was not is good for another message. */
async function keepLeave(
  tx: Transaction,
  notice: Claimed,
  outcome: MessageOutcome,
  isKept: boolean,
  now: Date,
): Promise<void> {
  if (!notice.hasLeave || notice.was === "unknown") return
  const isUnused = outcome.kind === "failed" || (outcome.kind === "sent" && !outcome.byLeave)
  // Read before it could be sent.
  const isNeedless = !isKept && outcome.kind === "busy"
  if (isUnused || isNeedless) await giveBackConsent(tx, notice.id)
  if (outcome.kind === "not-permitted") await voidConsent(tx, notice.id, now)
}

type Change = Partial<typeof recallNotices.$inferInsert>

function changeOf(notice: Claimed, outcome: MessageOutcome, nowMs: number): Change {
  switch (outcome.kind) {
    case "sent":
      return {
        state: "sent",
        sentAt: new Date(nowMs),
        nextTryAt: null,
        platformMessageId: outcome.messageId ?? null,
        failureCode: null,
      }
    case "busy":
      return { state: notice.was, nextTryAt: afterBusy(notice, nowMs), failureCode: "busy", tries: notice.tries - 1 }
    case "unknown":
      return { state: "unknown", nextTryAt: afterUnknown(notice, nowMs), failureCode: outcome.cause }
    case "not-permitted":
    case "failed": {
      // An earlier try may have reached the buyer, and used their leave.
      const state = notice.was === "unknown" ? "unknown" : outcome.kind
      return { state, nextTryAt: null, failureCode: outcome.code }
    }
  }
}

/** Nothing was done, so nothing is counted: the longer it has waited, the more seldom it asks. */
function afterBusy({ created_ms: createdMs }: Claimed, nowMs: number): Date {
  return new Date(nowMs + Math.min(Math.max(retryMsFirst, nowMs - createdMs), busyMsMax))
}

function afterUnknown({ tries }: Claimed, nowMs: number): Date | null {
  return tries >= triesMax ? null : new Date(nowMs + retryMsFirst * 2 ** (tries - 1))
}
