import type { Context, Reader } from "../context"

/**
 * Several queries that see the same moment: what is remembered must not be half of before an event and half of after. Over
 * the connections for questions: to plan a walk for all partitions takes longer than to walk.
 */
export function inOneSnapshot<T>(ctx: Pick<Context, "questions">, read: (reader: Reader) => Promise<T>): Promise<T> {
  return ctx.questions.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" })
}
