import { sales } from "@suyuan/drizzle/schema/sales"
import { type Actor, requireScope } from "../actor"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import { findSaleKey } from "../payments/find-sale"
import { isSale } from "./sale-key"

/**
 * The record of a sale that alarms and reports name by terminal and counter, for whoever reads traces at its site.
 * @throws ServiceError request/forbidden; trace/unknown; trace/not-recorded while its money or its upload is on its way.
 */
export async function recordOfSale(
  reader: Reader,
  actor: Actor,
  { terminalId, counter }: { readonly terminalId: number; readonly counter: number },
): Promise<string> {
  requireScope(actor, "traces:read")
  const key = await findSaleKey(reader, terminalId, counter)
  const [sale] =
    key === undefined
      ? []
      : await reader.select({ siteId: sales.siteId, recordId: sales.recordId }).from(sales).where(isSale(key))
  if (!sale) throw new ServiceError("trace/unknown")
  requireScope(actor, "traces:read", sale.siteId)
  if (sale.recordId === null) throw new ServiceError("trace/not-recorded")
  return sale.recordId
}
