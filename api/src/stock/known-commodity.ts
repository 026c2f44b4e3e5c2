import { commodities } from "@suyuan/drizzle/schema/merchants"
import { eq } from "drizzle-orm"
import type { Reader } from "../context"

/** Codes are u32 where they are signed; the books keep them as the database's signed integers. */
export const commodityCodeMax = 0x7fff_ffff

/** The catalogue's entry of a commodity code, or undefined: goods that do not map are refused by name, not guessed. */
export async function knownCommodity(reader: Reader, code: number) {
  if (code > commodityCodeMax) return undefined
  const [row] = await reader.select().from(commodities).where(eq(commodities.code, code))
  return row
}
