import { problemPhotos, purchaseProblems } from "@suyuan/drizzle/schema/buyers"
import { merchants } from "@suyuan/drizzle/schema/merchants"
import { sites } from "@suyuan/drizzle/schema/participants"
import { sales } from "@suyuan/drizzle/schema/sales"
import { and, desc, eq, getTableColumns, inArray, lt, sql } from "drizzle-orm"
import { type Actor, requireScope } from "../actor"
import { requireBuyer } from "../bindings/require-buyer"
import { ownIdentities } from "../buyers/own-identities"
import type { Reader } from "../context"
import { ServiceError } from "../errors"
import type { ProblemRow } from "./report-problem"

const ownMax = 200
export const problemStates = purchaseProblems.state.enumValues
export type ProblemState = (typeof problemStates)[number]

/** Places of a report's photos. */
type Photographed = { readonly photos: readonly number[] }

const photos = sql<number[]>`(SELECT coalesce(json_agg(photo.position ORDER BY photo.position), '[]')
  FROM ${problemPhotos} AS photo WHERE photo.problem_id = ${purchaseProblems.id})`

/** What the buyer, by any of their identities, has reported, the newest first; or the one of this id. */
export async function listOwnProblems(
  reader: Reader,
  actor: Actor,
  id?: string,
): Promise<(ProblemRow & Photographed)[]> {
  requireBuyer(actor)
  return reader
    .select({ ...getTableColumns(purchaseProblems), photos })
    .from(purchaseProblems)
    .where(
      and(
        inArray(purchaseProblems.buyerId, await ownIdentities(reader, actor.id)),
        id === undefined ? undefined : eq(purchaseProblems.id, id),
      ),
    )
    .orderBy(desc(purchaseProblems.createdAt), desc(purchaseProblems.id))
    .limit(ownMax)
}

/** As the office sees it: the purchase, and nothing of who bought. */
export type ProblemView = Omit<ProblemRow, "buyerId"> &
  Photographed & {
    readonly site: { readonly name: string; readonly nameEn: string; readonly zone: string }
    readonly stall: { readonly stallNumber: string; readonly name: string }
    readonly paidFen: number
    readonly recordId: string | null
  }

export type ProblemsQuery = {
  readonly state?: ProblemState | undefined
  readonly siteId?: string | undefined
  readonly merchantId?: string | undefined
  /** Id of the last one of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Those of the actor's sites, the newest first. One query. */
export function listProblems(reader: Reader, actor: Actor, query: ProblemsQuery): Promise<ProblemView[]> {
  requireScope(actor, "problems:read", query.siteId)
  const { state, siteId, merchantId, after, limit } = query
  return viewed(reader)
    .where(
      and(
        state && eq(purchaseProblems.state, state),
        siteId === undefined ? undefined : eq(purchaseProblems.siteId, siteId),
        merchantId === undefined ? undefined : eq(purchaseProblems.merchantId, merchantId),
        after === undefined ? undefined : lt(purchaseProblems.id, after),
        actor.siteIds.length > 0 ? inArray(purchaseProblems.siteId, [...actor.siteIds]) : undefined,
      ),
    )
    .orderBy(desc(purchaseProblems.id))
    .limit(limit)
}

/** @throws ServiceError problem/unknown; request/forbidden without `problems:read` at its site */
export async function readProblem(reader: Reader, actor: Actor, id: string): Promise<ProblemView> {
  requireScope(actor, "problems:read")
  const [problem] = await viewed(reader).where(eq(purchaseProblems.id, id))
  if (!problem) throw new ServiceError("problem/unknown")
  requireScope(actor, "problems:read", problem.siteId)
  return problem
}

function viewed(reader: Reader) {
  const { id, siteId, merchantId, terminalId, counter, day, kind, said, state } = purchaseProblems
  const { answer, answeredBy, answeredAt, createdAt } = purchaseProblems
  return reader
    .select({
      ...{ id, siteId, merchantId, terminalId, counter, day, kind, said, state },
      ...{ answer, answeredBy, answeredAt, createdAt, paidFen: sales.paidFen, recordId: sales.recordId, photos },
      site: { name: sites.name, nameEn: sites.nameEn, zone: sites.zone },
      stall: { stallNumber: merchants.stallNumber, name: merchants.name },
    })
    .from(purchaseProblems)
    .innerJoin(sites, eq(sites.id, purchaseProblems.siteId))
    .innerJoin(merchants, eq(merchants.id, purchaseProblems.merchantId))
    .innerJoin(
      sales,
      and(
        eq(sales.terminalId, purchaseProblems.terminalId),
        eq(sales.counter, purchaseProblems.counter),
        eq(sales.day, purchaseProblems.day),
      ),
    )
    .$dynamic()
}
