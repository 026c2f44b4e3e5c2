import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { SaleKey } from "../sales/sale-key"
import { attemptsOf, isLive, lockSale } from "./attempts"
import { giveUpsOf, tellWhenAllGaveUp } from "./payer-hints"
import { appendEvents } from "./payment-events"

/** Reports of one attempt that are written down; a wallet that is opened and left more often is a game. */
const reportsMax = 10

/**
 * A phone says that its wallet gave up. A hint and no more: the attempt stays as it is, is asked after as before, and a
 * payment that comes all the same settles. Of a sale that is not being paid by this payer nothing is said or kept.
 * Returns whether the terminal is told.
 * @throws ServiceError request/forbidden for anybody but a buyer; request/too-many after ten reports of one attempt.
 */
export async function reportGivenUp(
  ctx: Context,
  actor: Actor,
  input: { readonly sale: SaleKey; readonly why: "cancelled" | "failed" },
): Promise<boolean> {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
  return ctx.db.transaction(async (tx) => {
    const sale = await lockSale(tx, input.sale)
    if (sale?.state !== "paying") return false
    const made = (await attemptsOf(tx, sale)).filter(isLive)
    const own = made.findLast(({ buyerId }) => buyerId === actor.id)
    if (own === undefined) return false
    const { isAway, reports } = await giveUpsOf(ctx, tx, [own])
    // Said before: its answer was lost, and the terminal's message is in the outbox.
    if (isAway(own)) return false
    if (reports(own) >= reportsMax) throw new ServiceError("request/too-many")
    const { outTradeNo, siteId } = own
    await appendEvents(ctx, tx, [{ outTradeNo, siteId, kind: "payer/gave-up", detail: { reason: input.why } }])
    return tellWhenAllGaveUp(ctx, tx, sale)
  })
}
