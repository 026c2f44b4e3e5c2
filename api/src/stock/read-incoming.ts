import { incomingGoodsMessage } from "@suyuan/protocol/terminal/enrolment"
import { goodsOfPurchase } from "../certificates/collect-certificates"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireTerminal, terminalKey } from "../terminals/authenticate"
import { takeFreshRequest } from "../terminals/take-fresh-request"
import { describeOrigin, type OriginDescription } from "../trace/describe-origin"
import { type BoughtLine, readBought } from "./list-purchases"

/** Those that a stall may have before it: more than it answers on a morning. */
const purchasesMax = 20

export type IncomingGoods = {
  readonly saleRecordId: string
  readonly line: number
  readonly seller: BoughtLine["seller"]
  /** As certain as the books make it. */
  readonly origin: Pick<OriginDescription, "kind" | "places" | "unknownHighPercent">
  /** That go with it, whoever issued them. */
  readonly certificates: readonly { readonly origin: string; readonly issuedAt: Date; readonly mayGrams: number }[]
}

export type IncomingRequest = {
  readonly terminalId: number
  readonly issuedAtMs: number
  /** Over `incomingGoodsMessage`. */
  readonly signature: Uint8Array
}

const unknownOrigin: IncomingGoods["origin"] = { kind: "unknown", places: [], unknownHighPercent: 100 }

/**
 * What is known of the goods that wait at a stall for its answer (UP-23): from whom, from where, with which certificates.
 * No actor: the signature is who asks.
 */
export async function readIncoming(ctx: Context, request: IncomingRequest): Promise<IncomingGoods[]> {
  const { terminalId, issuedAtMs, signature } = request
  const terminal = await requireTerminal(ctx.db, terminalId)
  const key = terminalKey(terminal)
  const message = incomingGoodsMessage(ctx.config.NETWORK_ID, terminalId, issuedAtMs)
  if (!ctx.verifySignature(key.algorithm, key.publicKey, message, signature)) {
    throw new ServiceError("terminal/bad-signature", { field: "signature" })
  }
  await requireTerminal(ctx.db, terminalId, "sell")
  await takeFreshRequest(ctx, terminalId, issuedAtMs)
  const { merchantId } = terminal
  const offered = await readBought(ctx.db, { merchantId, state: "offered", limit: purchasesMax })
  const described: IncomingGoods[] = []
  for (const { saleRecordId, line, seller, ...purchase } of offered) {
    const { range, facts, certificates } = await goodsOfPurchase(ctx, ctx.db, { ...purchase, saleRecordId, line })
    described.push({
      ...{ saleRecordId, line, seller },
      origin: range ? describeOrigin(range, facts) : unknownOrigin,
      certificates: certificates.map(({ certificate: { origin, issuedAt }, mayGrams }) => ({
        ...{ origin, issuedAt, mayGrams },
      })),
    })
  }
  return described
}
