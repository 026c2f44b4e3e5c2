// The fake behind tests of verbs: it keeps nothing, and can be told to lose its power at the next commit.
import type { Change, LocalStore } from "@suyuan/terminal-kiosk/store/local-store"
import { TableMemory } from "@suyuan/terminal-kiosk/store/table-memory"

export class MemoryStore implements LocalStore {
  readonly #memory = new TableMemory()
  commits = 0
  /** The commit that is asked for next is lost, and so is everything after it. */
  losePower = false

  get: LocalStore["get"] = async (table, key) => this.#memory.get(table, key)
  list: LocalStore["list"] = async (table, page) => this.#memory.list(table, page)
  count: LocalStore["count"] = async (table) => this.#memory.count(table)
  last: LocalStore["last"] = async (table) => this.#memory.last(table)

  async commit(changes: readonly Change[]): Promise<void> {
    if (this.losePower) throw new Error("the power is gone")
    this.#memory.check(changes)
    this.#memory.apply(structuredClone(changes))
    this.commits += 1
  }

  async close(): Promise<void> {}
}
