/** The tables as they are in memory: what commits did so far, in order of key. */
import type { Change, Entry } from "./local-store"
import { KeyTakenError } from "./local-store"
import type { TableName, Tables } from "./rows"

type AnyRow = Tables[TableName]

/** Table and key → whether a row will be there. */
export type PendingKeys = Map<string, boolean>

export class TableMemory {
  readonly #tables = new Map<TableName, Map<string, AnyRow>>()
  /** Sorted keys, made when a list is asked for after a key came or went. */
  readonly #sorted = new Map<TableName, readonly string[]>()

  get<Table extends TableName>(table: Table, key: string): Tables[Table] | undefined {
    return this.#tables.get(table)?.get(key) as Tables[Table] | undefined
  }

  list<Table extends TableName>(table: Table, page: { after?: string; limit?: number } = {}): Entry<Table>[] {
    const { after, limit } = page
    const keys = this.#keys(table)
    const from = after === undefined ? 0 : firstAfter(keys, after)
    return keys
      .slice(from, limit === undefined ? undefined : from + limit)
      .map((key) => [key, this.get(table, key) as Tables[Table]])
  }

  count(table: TableName): number {
    return this.#tables.get(table)?.size ?? 0
  }

  last<Table extends TableName>(table: Table): Entry<Table> | undefined {
    const key = this.#keys(table).at(-1)
    return key === undefined ? undefined : [key, this.get(table, key) as Tables[Table]]
  }

  /**
   * @param pending what changes that are not applied yet do to keys; this one's are added when it is accepted
   * @throws KeyTakenError before anything is changed.
   */
  check(changes: readonly Change[], pending: PendingKeys = new Map()): void {
    const touched: PendingKeys = new Map()
    for (const change of changes) {
      const name = `${change.table}\u0000${change.key}`
      const isThere = touched.get(name) ?? pending.get(name) ?? this.get(change.table, change.key) !== undefined
      if (change.change === "insert" && isThere) throw new KeyTakenError(change.table, change.key)
      touched.set(name, change.change !== "delete")
    }
    for (const [name, isThere] of touched) pending.set(name, isThere)
  }

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      const rows = this.#tables.get(change.table) ?? new Map<string, AnyRow>()
      this.#tables.set(change.table, rows)
      const isNew = !rows.has(change.key)
      if (change.change === "delete") rows.delete(change.key)
      else rows.set(change.key, change.row)
      if (isNew || change.change === "delete") this.#sorted.delete(change.table)
    }
  }

  /** Everything that is there, as one commit would write it. */
  all(): Change[] {
    const changes: Change[] = []
    for (const [table, rows] of this.#tables) {
      for (const [key, row] of rows) changes.push({ table, change: "put", key, row } as Change)
    }
    return changes
  }

  get rows(): number {
    let count = 0
    for (const rows of this.#tables.values()) count += rows.size
    return count
  }

  #keys(table: TableName): readonly string[] {
    const known = this.#sorted.get(table)
    if (known !== undefined) return known
    const keys = [...(this.#tables.get(table)?.keys() ?? [])].sort()
    this.#sorted.set(table, keys)
    return keys
  }
}

function firstAfter(keys: readonly string[], after: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! <= after) low = middle + 1
    else high = middle
  }
  return low
}
