import { commodities } from "@suyuan/drizzle/schema/merchants"
import { eq } from "drizzle-orm"
import type { Reader } from "../context"

/** The catalogue's entry of a commodity code, or undefined: goods that do not map are refused by name, not guessed. */
export async function knownCommodity(reader: Reader, code: number) {
  const [row] = await reader.select().from(commodities).where(eq(commodities.code, code))
  return row
}
