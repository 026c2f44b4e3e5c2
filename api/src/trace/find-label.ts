import { sales } from "@suyuan/drizzle/schema/sales"
import { equalBytes } from "@suyuan/protocol/codec/bytes"
import { hmacSha256 } from "@suyuan/protocol/codec/hashes"
import { traceLabelMessage, traceLabelOfMac } from "@suyuan/protocol/terminal/trace-label"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { findSaleKey } from "../payments/find-sale"
import { isSale } from "../sales/sale-key"

export type TraceLabel = { readonly terminalId: number; readonly counter: number; readonly mac: Uint8Array }

/**
 * The record of the sale whose label this is. Its terminal printed it: whoever holds the bag reads its trace, as a
 * share. A wrong mac is told the same as a sale that never was.
 * @throws ServiceError trace/unknown; trace/not-recorded while the sale or its upload is on its way.
 */
export async function recordOfLabel(ctx: Context, { terminalId, counter, mac }: TraceLabel): Promise<string> {
  const message = traceLabelMessage(ctx.config.NETWORK_ID, terminalId, counter)
  const own = traceLabelOfMac(hmacSha256(ctx.keys.receiptKey(terminalId), message))
  if (!equalBytes(own, mac)) throw new ServiceError("trace/unknown")
  const key = await findSaleKey(ctx.db, terminalId, counter)
  const [sale] =
    key === undefined ? [] : await ctx.db.select({ recordId: sales.recordId }).from(sales).where(isSale(key))
  if (!sale?.recordId) throw new ServiceError("trace/not-recorded")
  return sale.recordId
}
