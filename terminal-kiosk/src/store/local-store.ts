/**
 * Port to the tablet's memory: an append-only journal file in a headless terminal (`journal-store`), IndexedDB with
 * `durability: "strict"` in a browser. One process, or one tab, has it open at a time.
 * tests/terminal-kiosk/store/local-store-contract.ts holds every implementation to the same behaviour.
 */
import type { TableName, Tables } from "./rows"

export type Change = {
  [Table in TableName]:
    | { readonly table: Table; readonly change: "put"; readonly key: string; readonly row: Tables[Table] }
    /** The whole commit is refused when the key is taken. */
    | { readonly table: Table; readonly change: "insert"; readonly key: string; readonly row: Tables[Table] }
    | { readonly table: Table; readonly change: "delete"; readonly key: string }
}[TableName]

export type Entry<Table extends TableName> = readonly [key: string, row: Tables[Table]]

export interface LocalStore {
  get<Table extends TableName>(table: Table, key: string): Promise<Tables[Table] | undefined>
  /** In the order of the keys. @param after first key left out @param limit all without it. */
  list<Table extends TableName>(
    table: Table,
    page?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly Entry<Table>[]>
  /** How many rows it has, without reading them. */
  count(table: TableName): Promise<number>
  /** The greatest key. */
  last<Table extends TableName>(table: Table): Promise<Entry<Table> | undefined>
  /**
   * All changes or none, in their order; on the disk when it resolves. @throws KeyTakenError when an `insert` finds its
   * key; any other rejection means that nothing is known, and the store must be opened again.
   */
  commit(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}

export class KeyTakenError extends Error {
  constructor(table: TableName, key: string) {
    super(`${table} already has ${key}`)
    this.name = "KeyTakenError"
  }
}
