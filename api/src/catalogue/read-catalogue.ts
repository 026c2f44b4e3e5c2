import { commodities } from "@suyuan/drizzle/schema/merchants"
import { asc, or, sql } from "drizzle-orm"
import type { Reader } from "../context"

export type Commodity = Readonly<typeof commodities.$inferSelect>

/** The newest catalogue, by code; version 0 and empty before the first. */
export async function readCatalogue(reader: Reader): Promise<{ version: number; entries: Commodity[] }> {
  const entries = await reader.select().from(commodities).orderBy(asc(commodities.code))
  return { version: Math.max(0, ...entries.map((entry) => entry.catalogueVersion)), entries }
}

export type GoodsName = { readonly code: number; readonly zh: string; readonly en: string }

/** How people call what the newest catalogue lists. */
export async function catalogueNames(reader: Reader): Promise<ReadonlyMap<number, GoodsName>> {
  const { entries } = await readCatalogue(reader)
  return new Map(entries.map(({ code, nameZh, nameEn }) => [code, { code, zh: nameZh, en: nameEn }]))
}

/** The commodity that goes by this name or synonym, in either language; `undefined` waits for a person. */
export async function findCommodity(reader: Reader, name: string): Promise<Commodity | undefined> {
  const wanted = name.trim().toLowerCase()
  const [found] = await reader
    .select()
    .from(commodities)
    .where(
      or(
        sql`lower(${commodities.nameZh}) = ${wanted}`,
        sql`lower(${commodities.nameEn}) = ${wanted}`,
        sql`${wanted} = ANY (SELECT lower(synonym) FROM unnest(${commodities.synonyms}) AS synonym)`,
      ),
    )
    .orderBy(asc(commodities.code))
    .limit(1)
  return found
}

const foundMax = 20

/** What a seller may mean by a few keys: names and synonyms that contain them, names whose initials begin with them. */
export async function searchCommodities(reader: Reader, text: string): Promise<Commodity[]> {
  const wanted = text.trim().toLowerCase()
  return (
    reader
      .select()
      .from(commodities)
      .where(
        or(
          sql`strpos(lower(${commodities.nameZh}), ${wanted}) > 0`,
          sql`strpos(lower(${commodities.nameEn}), ${wanted}) > 0`,
          sql`starts_with(${commodities.initials}, ${wanted})`,
          sql`EXISTS (SELECT FROM unnest(${commodities.synonyms}) AS synonym WHERE strpos(lower(synonym), ${wanted}) > 0)`,
        ),
      )
      // Those that are called so first, then the shorter ones.
      .orderBy(sql`${commodities.initials} <> ${wanted}`, sql`length(${commodities.nameZh})`, asc(commodities.code))
      .limit(foundMax)
  )
}
