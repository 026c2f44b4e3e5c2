import { readFileSync } from "node:fs"
import { type Actor, requireScope } from "../actor"
import type { Context } from "../context"
import { requireEverySite } from "../participants/require-every-site"
import { type CatalogueEntry, type KnownCatalogue, lockCatalogue, storeVersion } from "./publish-catalogue"
import { plainName } from "./unmapped-names"

/**
 * Goods of a large wholesale market's price list, with what they are also called, and the first letters of their names
 * in pinyin (`commodities.csv`: code, Chinese, English, shelf life in hours, initials, synonyms between bars, and
 * where the shelf life is from: a standard's number, or `assumption`).
 */
export function readSeed(): CatalogueEntry[] {
  return readLines().map(([code = "", nameZh = "", nameEn = "", hours = "", initials = "", synonyms = ""]) => {
    const named = synonyms === "" ? [] : synonyms.split("|")
    return { code: Number(code), nameZh, nameEn, shelfLifeHours: Number(hours), initials, synonyms: named }
  })
}

/** Where a commodity's shelf life is from: what the committed list says of it, unless somebody gave it another one. */
export function shelfLifeSourceOf(commodity: Pick<CatalogueEntry, "code" | "shelfLifeHours">): string | undefined {
  listed ??= new Map(readLines().map(([code, , , hours, , , source = ""]) => [`${code} ${hours}`, source]))
  return listed.get(`${commodity.code} ${commodity.shelfLifeHours}`)
}

/** By code and hours. */
let listed: ReadonlyMap<string, string> | undefined

function readLines(): string[][] {
  const text = readFileSync(new URL("./commodities.csv", import.meta.url), "utf8")
  const lines = text.trim().split("\n").slice(1)
  return lines.map((line) => line.split(","))
}

/**
 * Puts the committed list into the catalogue: the whole of it where there is none; otherwise what is missing of it, and
 * never over what an operator said. A name or code that is taken stays what it is. Again, it changes nothing.
 */
export async function seedCatalogue(ctx: Context, actor: Actor): Promise<{ version: number }> {
  requireScope(actor, "catalogue:write")
  requireEverySite(actor)
  return ctx.db.transaction(async (tx) => {
    const known = await lockCatalogue(tx)
    const entries = merge(known, readSeed())
    return entries ? storeVersion(ctx, tx, actor, known, entries) : { version: known.version }
  })
}

/** The next version's entries, or `undefined` where the seed brings nothing new. */
function merge({ entries }: KnownCatalogue, seed: readonly CatalogueEntry[]): CatalogueEntry[] | undefined {
  const taken = new Set(entries.flatMap(({ nameZh, nameEn, synonyms }) => [nameZh, nameEn, ...synonyms].map(plainName)))
  const free = (names: readonly string[]) => names.filter((name) => !taken.has(plainName(name)))
  const byName = new Map(seed.map((entry) => [plainName(entry.nameZh), entry]))
  let changed = false
  const kept = entries.map(({ catalogueVersion: _, ...entry }) => {
    const seeded = byName.get(plainName(entry.nameZh))
    if (!seeded) return entry
    const added = free(seeded.synonyms)
    const initials = entry.initials === "" ? (seeded.initials ?? "") : entry.initials
    changed ||= added.length > 0 || initials !== entry.initials
    return { ...entry, initials, synonyms: [...entry.synonyms, ...added] }
  })
  const codes = new Set(entries.map(({ code }) => code))
  const fresh = seed.filter(({ code, nameZh, nameEn }) => !codes.has(code) && free([nameZh, nameEn]).length === 2)
  const added = fresh.map((entry) => ({ ...entry, synonyms: free(entry.synonyms) }))
  return changed || added.length > 0 ? [...kept, ...added] : undefined
}
