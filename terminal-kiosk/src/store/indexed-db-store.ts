/**
 * The tablet's memory: one object store in which `[table, key]` names a row, so that a later version may have more
 * tables without an upgrade. Every commit is one transaction with strict durability: on the disk when it resolves.
 * The keys live in the same database (`../keys/web-keys`), and are lost with it or not at all.
 */
import { type DBSchema, deleteDB, type IDBPDatabase, type IDBPObjectStore, openDB } from "idb"
import { type Change, type Entry, KeyTakenError, type LocalStore } from "./local-store"
import type { TableName, Tables } from "./rows"

export interface TabletSchema extends DBSchema {
  readonly rows: { readonly key: [table: string, key: string]; readonly value: Tables[TableName] }
  readonly keys: { readonly key: string; readonly value: CryptoKey | CryptoKeyPair }
}

export type TabletDatabase = IDBPDatabase<TabletSchema>
type Rows = IDBPObjectStore<TabletSchema, ["rows"], "rows", "readonly">

const DATABASE_NAME = "suyuan-terminal"
const DATABASE_VERSION = 1
const STRICT = { durability: "strict" } as const

/** @param onLost the browser closed it: the disk failed, or a person cleared the site's data. */
export function openTabletDatabase(onLost: () => void = () => {}, name = DATABASE_NAME): Promise<TabletDatabase> {
  return openDB<TabletSchema>(name, DATABASE_VERSION, {
    upgrade(database) {
      database.createObjectStore("rows")
      database.createObjectStore("keys")
    },
    terminated: onLost,
  })
}

/** Keys and rows, for good: the tablet is nobody's terminal afterwards. Waits for whoever has it open. */
export function deleteTabletDatabase(name = DATABASE_NAME): Promise<void> {
  return deleteDB(name)
}

export function openIndexedDbStore(database: TabletDatabase): LocalStore {
  let shared: Rows | undefined

  /** What is asked in one turn is read in one transaction: to open one costs a slow tablet more than to read a row. */
  function reading(): Rows {
    if (shared !== undefined) return shared
    const { store } = database.transaction("rows")
    shared = store
    queueMicrotask(endReading)
    return store
  }

  function endReading(): void {
    shared = undefined
  }

  return {
    async get<Table extends TableName>(table: Table, key: string) {
      return (await reading().get([table, key])) as Tables[Table] | undefined
    },
    async list<Table extends TableName>(table: Table, { after, limit }: { after?: string; limit?: number } = {}) {
      const range = rangeOf(table, after)
      const store = reading()
      const [keys, rows] = await Promise.all([store.getAllKeys(range, limit), store.getAll(range, limit)])
      return keys.map(([, key], index): Entry<Table> => [key, rows[index] as Tables[Table]])
    },
    count: async (table) => reading().count(rangeOf(table)),
    async last<Table extends TableName>(table: Table) {
      const cursor = await reading().openCursor(rangeOf(table), "prev")
      return cursor === null ? undefined : [cursor.key[1], cursor.value as Tables[Table]]
    },
    commit: (changes) => {
      // A read that is asked after it sees it.
      endReading()
      return commit(database, changes)
    },
    close: async () => database.close(),
  }
}

/** Everything of a table: an array sorts behind every text. */
function rangeOf(table: TableName, after?: string): IDBKeyRange {
  return after === undefined
    ? IDBKeyRange.bound([table], [table, []])
    : IDBKeyRange.bound([table, after], [table, []], true)
}

async function commit(database: TabletDatabase, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  const transaction = database.transaction("rows", "readwrite", STRICT)
  const done = transaction.done
  // What becomes of single requests is of no interest beside what becomes of all of them.
  done.catch(() => undefined)
  const requests = changes.map((one) => {
    const key: [string, string] = [one.table, one.key]
    if (one.change === "delete") return { one, request: transaction.store.delete(key) }
    const request = one.change === "insert" ? transaction.store.add(one.row, key) : transaction.store.put(one.row, key)
    return { one, request }
  })
  // Nothing more is coming: the disk need not wait until this page has heard of each request. A refused one still ends all.
  transaction.commit()
  const outcomes = await Promise.allSettled(requests.map(({ request }) => request))
  const taken = outcomes.findIndex((outcome) => outcome.status === "rejected" && isConstraint(outcome.reason))
  const at = requests[taken]
  if (at !== undefined) throw new KeyTakenError(at.one.table, at.one.key)
  await done
}

function isConstraint(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "ConstraintError"
}
