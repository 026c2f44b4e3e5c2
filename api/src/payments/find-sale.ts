import { saleKeys } from "@suyuan/drizzle/schema/sales"
import { and, eq } from "drizzle-orm"
import type { Reader } from "../context"
import type { SaleKey } from "../sales/sale-key"

/** The whole key of a sale that somebody names by terminal and counter; undefined when there is none. */
export async function findSaleKey(reader: Reader, terminalId: number, counter: number): Promise<SaleKey | undefined> {
  const [row] = await reader
    .select({ terminalId: saleKeys.terminalId, counter: saleKeys.counter, day: saleKeys.day })
    .from(saleKeys)
    .where(and(eq(saleKeys.terminalId, terminalId), eq(saleKeys.counter, counter)))
  return row
}
