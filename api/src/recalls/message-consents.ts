import { buyers } from "@suyuan/drizzle/schema/buyers"
import { messageConsents, recallNotices, recalls } from "@suyuan/drizzle/schema/recalls"
import { and, eq, exists, inArray, isNull, sql } from "drizzle-orm"
import type { Actor } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import type { Config } from "../config"
import type { Context, Reader, Transaction } from "../context"
import { ServiceError } from "../errors"
import { unnest } from "../unnest"

/** More leaves than recalls are ever told of; what is given beyond them is not kept. */
const unusedMax = 20

export type MessageOffer = {
  /** What the platform's sheet is asked about; undefined where nobody can be told: a browser, another app, no template. */
  readonly templateId: string | undefined
  /** Leaves that no message has used yet. */
  readonly unused: number
}

/** What this buyer may be asked on the page after paying. */
export async function readMessageOffer(ctx: Context, actor: Actor): Promise<MessageOffer> {
  requireBuyer(actor)
  const templateId = await templateFor(ctx, ctx.db, actor.id)
  return { templateId, unused: await countUnused(ctx.db, actor.id) }
}

/**
 * The buyer tapped that one message may be sent. The caller makes the id; the same again is the same leave. What waited
 * for it is tried again.
 */
export async function giveMessageConsent(
  ctx: Context,
  actor: Actor,
  { id, templateId }: { readonly id: string; readonly templateId: string },
): Promise<void> {
  requireBuyer(actor)
  const now = new Date(ctx.clock.nowMs())
  await ctx.db.transaction(async (tx) => {
    if (templateId !== (await templateFor(ctx, tx, actor.id))) {
      throw new ServiceError("buyer/template-unknown", { field: "templateId" })
    }
    if ((await countUnused(tx, actor.id)) >= unusedMax) return
    const given = await tx
      .insert(messageConsents)
      .values({ id, buyerId: actor.id, templateId, givenAt: now })
      .onConflictDoNothing()
      .returning({ id: messageConsents.id })
    if (given.length === 0) return
    // One that is on its way is waited for: either it is refused before, or its refusal finds this leave.
    await tx
      .select({ id: recallNotices.id })
      .from(recallNotices)
      .where(eq(recallNotices.buyerId, actor.id))
      .for("update")
    const inForce = tx.select({ id: recalls.id }).from(recalls).where(eq(recalls.state, "active"))
    await tx
      .update(recallNotices)
      .set({ state: "waiting", nextTryAt: now })
      .where(
        and(
          eq(recallNotices.buyerId, actor.id),
          eq(recallNotices.state, "not-permitted"),
          inArray(recallNotices.recallId, inForce),
        ),
      )
  })
}

/**
 * Each of these notices takes one leave of its buyer's before it is sent, and keeps it however often it is tried: what an
 * unheard answer used is never used for another. Returns the notices that have one.
 */
export async function takeConsents(
  tx: Transaction,
  notices: readonly { readonly id: string; readonly buyer_id: string }[],
): Promise<ReadonlySet<string>> {
  const wanted = unnest("wanted", {
    notice_id: ["uuid", notices.map(({ id }) => id)],
    buyer_id: ["uuid", notices.map(({ buyer_id }) => buyer_id)],
  })
  await tx.execute(sql`
    WITH wanted AS (
      SELECT notice_id, buyer_id, row_number() OVER (PARTITION BY buyer_id ORDER BY notice_id) AS place FROM ${wanted}
      WHERE NOT EXISTS (SELECT FROM ${messageConsents} AS taken WHERE taken.used_by = notice_id)
    ), free AS MATERIALIZED (
      SELECT id, buyer_id, given_at FROM ${messageConsents}
      WHERE used_by IS NULL AND void_at IS NULL AND buyer_id IN (SELECT buyer_id FROM wanted) ORDER BY id FOR UPDATE
    ), placed AS (
      SELECT id, buyer_id, row_number() OVER (PARTITION BY buyer_id ORDER BY given_at, id) AS place FROM free
    )
    UPDATE ${messageConsents} AS consent SET used_by = wanted.notice_id
    FROM placed JOIN wanted USING (buyer_id, place) WHERE consent.id = placed.id`)
  const taken = await tx
    .select({ usedBy: messageConsents.usedBy })
    .from(messageConsents)
    .where(
      inArray(
        messageConsents.usedBy,
        notices.map(({ id }) => id),
      ),
    )
  return new Set(taken.flatMap(({ usedBy }) => usedBy ?? []))
}

/** The message needed none, or can never be sent: the leave is good for another. */
export async function giveBackConsent(tx: Transaction, noticeId: string): Promise<void> {
  await tx.update(messageConsents).set({ usedBy: null }).where(eq(messageConsents.usedBy, noticeId))
}

/** The platform says that there is no such leave (any more). */
export async function voidConsent(tx: Transaction, noticeId: string, at: Date): Promise<void> {
  await tx.update(messageConsents).set({ usedBy: null, voidAt: at }).where(eq(messageConsents.usedBy, noticeId))
}

/** The buyer gave leave while the platform was refusing this notice for want of it. */
export async function waitAgainIfAllowed(tx: Transaction, noticeId: string, at: Date): Promise<void> {
  const fresh = tx
    .select({ id: messageConsents.id })
    .from(messageConsents)
    .where(
      and(
        eq(messageConsents.buyerId, recallNotices.buyerId),
        isNull(messageConsents.usedBy),
        isNull(messageConsents.voidAt),
      ),
    )
  await tx
    .update(recallNotices)
    .set({ state: "waiting", nextTryAt: at })
    .where(and(eq(recallNotices.id, noticeId), eq(recallNotices.state, "not-permitted"), exists(fresh)))
}

async function countUnused(reader: Reader, buyerId: string): Promise<number> {
  return reader.$count(
    messageConsents,
    and(eq(messageConsents.buyerId, buyerId), isNull(messageConsents.usedBy), isNull(messageConsents.voidAt)),
  )
}

async function templateFor(ctx: Pick<Context, "config">, reader: Reader, buyerId: string): Promise<string | undefined> {
  const [buyer] = await reader.select().from(buyers).where(eq(buyers.id, buyerId))
  return buyer && templateOf(ctx.config, buyer)
}

/** The mini-programs alone can send messages; an official account knows the same person by another id. */
function templateOf(config: Config, { platform, appId }: Pick<typeof buyers.$inferSelect, "platform" | "appId">) {
  if (platform === "wechat-pay" && appId === config.WECHAT_MINI_APPID) return config.WECHAT_RECALL_TEMPLATE_ID
  if (platform === "alipay" && appId === config.ALIPAY_APP_ID) return config.ALIPAY_RECALL_TEMPLATE_ID
  return undefined
}
