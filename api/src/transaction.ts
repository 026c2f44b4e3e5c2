import type { Context, Transaction } from "./context"

/** PostgreSQL ended this transaction for the others' sake: doing it again is right. */
const retriedStates = new Set(["40P01", "40001"])
const triesMax = 3

/** One transaction, done again when the database broke a deadlock by ending it. The work must bear repeating. */
export async function inTransaction<T>(ctx: Pick<Context, "db">, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ctx.db.transaction(work)
    } catch (error) {
      if (tries >= triesMax || !retriedStates.has(stateOf(error))) throw error
    }
  }
}

function stateOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error && "code" in cause ? String(cause.code) : ""
}
