import type { Context, Reader } from "../context"

/** Several queries that see the same moment: what is remembered must not be half of before an event and half of after. */
export function inOneSnapshot<T>(ctx: Pick<Context, "db">, read: (reader: Reader) => Promise<T>): Promise<T> {
  return ctx.db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" })
}
