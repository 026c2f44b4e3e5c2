import { pileRevisions } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import { arrayOf } from "../unnest"

/** A pile as it was until some time, and how often that had been revised when it was read. */
export type Supplier = { readonly untilMs: number; readonly revisions: number }

/** What something remembered follows from, by pile. */
export type Suppliers = ReadonlyMap<string, Supplier>

/** How often a pile was revised as it was since an instant; see `note-events`. */
export type Revised = { readonly sinceMs: number; readonly revisions: number; readonly shortfalls: number }

/** More than this is not remembered: to check it would cost as much as to find out again. */
export const suppliersMax = 500

/** Of a pile as it was until then. */
export function revisedUntil(revised: readonly Revised[], untilMs: number): Omit<Revised, "sinceMs"> {
  let [revisions, shortfalls] = [0, 0]
  for (const one of revised) {
    if (one.sinceMs > untilMs) continue
    revisions += one.revisions
    shortfalls += one.shortfalls
  }
  return { revisions, shortfalls }
}

/** Both were read in one snapshot: the later time has all that revised what was before. */
export function addSupplier(to: Map<string, Supplier>, pileId: string, supplier: Supplier): void {
  const known = to.get(pileId)
  if (!known || known.untilMs < supplier.untilMs) to.set(pileId, supplier)
}

/** Drizzle cannot write an array of bytes. */
export function suppliersAsStored(suppliers: Suppliers) {
  const all = [...suppliers.values()]
  return {
    suppliers: arrayOf("bytea", [...suppliers.keys()]),
    supplierUntil: arrayOf(
      "timestamptz",
      all.map(({ untilMs }) => new Date(untilMs)),
    ),
    supplierRevisions: all.map(({ revisions }) => revisions),
  }
}

type RememberingTable = "bought" | "kept"

/** As JSON, for `suppliersOf`: its three arrays as they are, which takes a tenth of the time of an object for each. */
export function suppliersColumn(table: RememberingTable) {
  const name = sql.identifier(table)
  return sql`json_build_array(${name}.suppliers, ${name}.supplier_until, ${name}.supplier_revisions)`
}

/** Ids as `\x…`, times, revisions. */
export type SuppliersJson = readonly [readonly string[] | null, readonly string[] | null, readonly number[] | null]

export function suppliersOf(json: SuppliersJson): Suppliers {
  return new RememberedSuppliers(json)
}

/** Read when somebody asks first: who looks at a trace mostly does not. */
class RememberedSuppliers implements Suppliers {
  private readonly json: SuppliersJson
  private read: Suppliers | undefined

  constructor(json: SuppliersJson) {
    this.json = json
  }

  private all(): Suppliers {
    const [ids, until, revisions] = this.json
    this.read ??= new Map(
      (ids ?? []).map((id, index) => {
        const supplier = { untilMs: Date.parse(until?.[index] ?? ""), revisions: revisions?.[index] ?? 0 }
        return [id.slice(2), supplier]
      }),
    )
    return this.read
  }

  get size() {
    return this.json[0]?.length ?? 0
  }
  get(pileId: string) {
    return this.all().get(pileId)
  }
  has(pileId: string) {
    return this.all().has(pileId)
  }
  keys() {
    return this.all().keys()
  }
  values() {
    return this.all().values()
  }
  entries() {
    return this.all().entries()
  }
  forEach(each: Parameters<Suppliers["forEach"]>[0]) {
    this.all().forEach(each)
  }
  [Symbol.iterator]() {
    return this.entries()
  }
}

/**
 * Of a row that remembers: nothing was stored since that may change what it follows from. Most suppliers were never
 * revised, which one look in the index tells of all of them.
 */
export function suppliersAreUnchanged(table: RememberingTable) {
  const name = sql.identifier(table)
  return sql`CASE WHEN EXISTS (SELECT FROM ${pileRevisions} AS now WHERE now.pile_id = ANY (${name}.suppliers)) THEN NOT EXISTS (
      SELECT FROM unnest(${name}.suppliers, ${name}.supplier_until, ${name}.supplier_revisions) AS supplier(id, until, revisions)
      WHERE supplier.revisions <> (SELECT coalesce(sum(now.revisions + now.shortfalls), 0) FROM ${pileRevisions} AS now
        WHERE now.pile_id = supplier.id AND now.since <= supplier.until))
    ELSE 0 = ALL (${name}.supplier_revisions) END`
}
