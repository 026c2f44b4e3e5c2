import type { CatalogueRow } from "../store/rows"

type Entry = CatalogueRow["entries"][number]

const byCode = new WeakMap<CatalogueRow, ReadonlyMap<number, Entry>>()

/** What the catalogue says of a commodity; it has some hundreds, and every tile and line asks. */
export function entryOf(catalogue: CatalogueRow | undefined, commodity: number): Entry | undefined {
  if (catalogue === undefined) return undefined
  let entries = byCode.get(catalogue)
  if (entries === undefined) {
    entries = new Map(catalogue.entries.map((entry) => [entry[0], entry]))
    byCode.set(catalogue, entries)
  }
  return entries.get(commodity)
}
