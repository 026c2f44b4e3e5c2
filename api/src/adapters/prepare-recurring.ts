import type { Sql } from "postgres"
import { planAnewMark } from "../plan-anew"

/** A text that was seen so often is prepared from then on. */
const seenBeforePrepared = 3
/** Each connection keeps as many at most; the gateway's own statements of fixed text are about two hundred. */
const preparedMax = 400
/** Texts that are counted at once; then counting starts anew. Lists of VALUES of every length pass here. */
const countedMax = 2_000

/**
 * The same client, whose `unsafe` prepares statements that recur. An unprepared statement with parameters costs two round
 * trips and is parsed and planned each time, which for a table of forty partitions takes longer than to run it. Drizzle
 * asks for no preparation unless each query is given a name; what recurs is found here by counting, so that statements
 * of ever other text (lists of many lengths) do not fill the connections' memory.
 */
export function prepareRecurring(client: Sql): Sql {
  const counts = new Map<string, number>()
  const prepared = new Set<string>()
  const recurs = (text: string): boolean => {
    if (prepared.has(text)) return true
    if (text.startsWith(planAnewMark)) return false
    if (prepared.size >= preparedMax) return false
    const count = (counts.get(text) ?? 0) + 1
    if (count > seenBeforePrepared) {
      counts.delete(text)
      prepared.add(text)
      return true
    }
    if (counts.size >= countedMax) counts.clear()
    counts.set(text, count)
    return false
  }
  return wrap(client, recurs)
}

/** A transaction's client, and a savepoint's, are clients of their own. */
function wrap<C extends Sql>(client: C, recurs: (text: string) => boolean): C {
  const replaced: Record<string, unknown> = {
    unsafe: (text: string, parameters: never[] = [], options: object = {}) =>
      client.unsafe(text, parameters, { ...options, prepare: parameters.length > 0 && recurs(text) }),
  }
  for (const name of ["begin", "savepoint"] as const) {
    const method = Reflect.get(client, name) as ((...args: unknown[]) => unknown) | undefined
    if (!method) continue
    replaced[name] = (...args: unknown[]) => {
      const work = args.at(-1) as (inner: Sql) => unknown
      return method(...args.slice(0, -1), (inner: Sql) => work(wrap(inner, recurs)))
    }
  }
  return new Proxy(client, {
    get: (target, name) => (typeof name === "string" && replaced[name]) || Reflect.get(target, name),
  })
}
