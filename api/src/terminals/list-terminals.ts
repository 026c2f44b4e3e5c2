import { terminals } from "@suyuan/drizzle/schema/terminals"
import { and, asc, desc, eq, gt, inArray } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import type { Reader } from "../context"
import { requireTerminal, type Terminal } from "./authenticate"

/** One terminal of the actor's sites. */
export async function findTerminal(reader: Reader, actor: Actor, terminalId: number): Promise<Terminal> {
  requireScope(actor, "terminals:write")
  const terminal = await requireTerminal(reader, terminalId)
  requireScope(actor, "terminals:write", terminal.siteId)
  return terminal
}

export type TerminalQuery = {
  readonly merchantId?: string | undefined
  readonly siteId?: string | undefined
  readonly state?: Terminal["state"] | undefined
  /** Terminals after this id. */
  readonly after?: number | undefined
  readonly limit: number
}

/** Terminals of the actor's sites in the order of their ids; `state: "claimed"` lists those that wait for a person. */
export function listTerminals(reader: Reader, actor: Actor, query: TerminalQuery): Promise<Terminal[]> {
  requireScope(actor, "terminals:write")
  return reader
    .select()
    .from(terminals)
    .where(
      and(
        actor.siteIds.length > 0 ? inArray(terminals.siteId, [...actor.siteIds]) : undefined,
        query.merchantId === undefined ? undefined : eq(terminals.merchantId, query.merchantId),
        query.siteId === undefined ? undefined : eq(terminals.siteId, query.siteId),
        query.state === undefined ? undefined : eq(terminals.state, query.state),
        query.after === undefined ? undefined : gt(terminals.id, query.after),
      ),
    )
    .orderBy(asc(terminals.id))
    .limit(query.limit)
}

/** Every terminal of these stalls, the newest first; for who may handle terminals at their sites. */
export function listTerminalsOf(reader: Reader, actor: Actor, merchantIds: readonly string[]): Promise<Terminal[]> {
  requireScope(actor, "terminals:write")
  return reader
    .select()
    .from(terminals)
    .where(
      and(
        inArray(terminals.merchantId, [...merchantIds]),
        actor.siteIds.length > 0 ? inArray(terminals.siteId, [...actor.siteIds]) : undefined,
      ),
    )
    .orderBy(desc(terminals.createdAt), desc(terminals.id))
}
