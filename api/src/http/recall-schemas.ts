import { z } from "@hono/zod-openapi"
import { fromHex, toHex, utf8Decode, utf8Encode } from "@suyuan/protocol/codec/bytes"
import { RECALL_ACTIONS } from "@suyuan/protocol/ledger/kinds/recall"
import { ServiceError } from "../errors"
import type { SaleCursor } from "../recalls/read-affected"
import type { FrozenView, RecallView, ScopeOfRecall, SeenRecall } from "../recalls/read-recall"
import type { RecallScopeAnswer, ScopeSale } from "../recalls/recall-scope"
import { type FrozenSources, setGramsOf } from "../recalls/recall-set"
import { inspectionView, viewInspection } from "./inspection-schemas"
import { instant, uuid } from "./schemas"

const grams = z.number().int()
const date = z.iso.datetime().transform((text) => new Date(text))
const harvested = {
  commodity: z.number().int().min(1).optional(),
  from: date.openapi({ type: "string", format: "date-time", description: "Of the harvest" }),
  until: date.openapi({ type: "string", format: "date-time" }),
}

/** What is to be withdrawn. */
export const recallSet = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("lots"), lotIds: z.array(uuid).min(1).max(200) }),
    z.strictObject({ kind: z.literal("base"), siteId: uuid, ...harvested }),
    z.strictObject({
      kind: z.literal("region"),
      regionCode: z.string().regex(/^([0-9]{2}){1,3}$/, "two, four or six digits of GB/T 2260"),
      ...harvested,
    }),
    z.strictObject({ kind: z.literal("inspection"), inspectionId: uuid }),
  ])
  .openapi("RecallSet")

const cursorShape = z.tuple([
  z.number().int().min(0),
  z.number().int().min(0),
  z.number().int().min(0),
  z.string().regex(/^[0-9a-f]{32}$/),
  z.number().int().min(0).max(255),
])

export const scopeQuery = z.object({
  after: z.string().max(200).optional().openapi({ description: "`next` of the page before" }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const claimedSales = z.number().int().openapi({
  description: "Of the sales those whose seller chose a recalled lot beyond what the books had of it there",
})
const claimedGrams = grams.openapi({
  description:
    "What sellers said was of a recalled lot beyond `mayGrams`: their signed word, where the books have no such goods",
})

export const recallScope = z
  .object({
    asOf: instant,
    shelfLifeEndsAt: instant.openapi({
      description:
        "As the catalogue had it; that of the committed list is an assumption. Of lots, later sales are in the scope as long as the books prove that some must be there",
    }),
    digest: z.string().openapi({ description: "Names this scope: other sales, weights or stalls have another one" }),
    reachDigest: z
      .string()
      .openapi({ description: "Names its goods and stalls; an approval names what it approves by it" }),
    totals: z.object({
      sales: z.number().int(),
      claimedSales,
      stalls: z.number().int(),
      mayGrams: grams,
      mustGrams: grams,
      expectedGrams: grams,
      claimedGrams,
      stockMayGrams: grams,
      setGrams: grams.openapi({ description: "What there was of it; no total of the books is above it" }),
    }),
    stalls: z.array(
      z.object({
        pileId: z.string(),
        siteId: uuid,
        siteName: z.string(),
        merchantId: uuid,
        stallNumber: z.string(),
        name: z.string(),
        commodity: z.number().int(),
        lotId: uuid.optional(),
        sales: z.number().int(),
        claimedSales,
        mayGrams: grams,
        mustGrams: grams,
        expectedGrams: grams,
        claimedGrams,
        stock: z.object({ grams, mustGrams: grams, mayGrams: grams, expectedGrams: grams }),
      }),
    ),
    sales: z
      .array(
        z.object({
          recordId: z.string(),
          line: z.number().int(),
          merchantId: uuid.optional(),
          pileId: z.string(),
          soldAt: instant,
          grams,
          mayGrams: grams,
          mustGrams: grams,
          expectedGrams: grams,
          claimedGrams,
          payer: z.string().optional().openapi({ description: "Keyed hash of who paid; names nobody" }),
          buyerMerchantId: uuid.optional(),
          isFollowed: z.boolean().openapi({ description: "Bought by a stall that is followed: counted where it went" }),
        }),
      )
      .openapi({ description: "By what is expected and claimed together, the most first" }),
    next: z.string().optional(),
  })
  .openapi("RecallScope")

const frozen = z
  .object({ asOf: instant, digest: z.string(), sales: z.number().int(), mayGrams: grams })
  .openapi({ description: "Sales and weight of the sites that the token is for" })

export const scopeOfRecall = recallScope
  .extend({
    frozen: frozen.optional().openapi({ description: "As it was when somebody last decided by it" }),
    difference: z
      .object({
        sales: z.number().int(),
        claimedSales,
        stalls: z.number().int(),
        mayGrams: grams,
        stockMayGrams: grams,
      })
      .optional()
      .openapi({ description: "Now less then; for tokens of every site" }),
  })
  .openapi("ScopeOfRecall")

const state = z.enum(["draft", "approved", "active", "closed", "withdrawn"])
const actions = Object.keys(RECALL_ACTIONS) as [keyof typeof RECALL_ACTIONS, ...(keyof typeof RECALL_ACTIONS)[]]
const count = z.number().int()

export const recall = z
  .object({
    id: uuid,
    siteId: uuid,
    state,
    isDrill: z.boolean(),
    reason: z.string(),
    set: recallSet,
    sources: z.object({ lots: count, inflows: count, grams }).openapi({
      description: "What the set means: lots, and goods that nobody declared, with what there was of them",
    }),
    proposedBy: z.string(),
    approvedBy: z.string().optional(),
    startedAt: instant,
    activatedAt: instant.optional(),
    endedAt: instant.optional(),
    seconds: z
      .object({ toFirstPage: z.number().optional(), toStallsTold: z.number().optional() })
      .openapi({ description: "Since somebody began to look" }),
    frozen: frozen.optional(),
  })
  .openapi("Recall")

export const recallView = recall
  .extend({
    steps: z.array(
      z.object({ step: count, action: z.enum(actions), actorId: z.string(), at: instant, recordId: z.string() }),
    ),
    buyers: z
      .object({ waiting: count, sent: count, read: count, notPermitted: count, failed: count, unknown: count })
      .openapi({
        description: "How far telling those of the token's sites has come; `unknown`: the platform did not say",
      }),
    tests: z.array(inspectionView).openapi({
      description:
        "Where a rapid test proposed it: all of its chain, the oldest first. A retest that passed takes nothing back",
    }),
  })
  .openapi("RecallWithSteps")

export function cursorOf(text: string | undefined): SaleCursor | undefined {
  if (text === undefined) return undefined
  const parsed = cursorShape.safeParse(jsonOf(text))
  if (!parsed.success) throw new ServiceError("request/malformed", { field: "after" })
  const [expectedGrams, claimedGrams, mayGrams, recordId, line] = parsed.data
  return { expectedGrams, claimedGrams, mayGrams, recordId, line }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(utf8Decode(fromHex(text) ?? new Uint8Array()) ?? "")
  } catch {
    return undefined
  }
}

function cursorText({ expectedGrams, claimedGrams, mayGrams, recordId, line }: SaleCursor): string {
  return toHex(utf8Encode(JSON.stringify([expectedGrams, claimedGrams, mayGrams, recordId, line])))
}

export function scopeView(scope: RecallScopeAnswer) {
  const { asOfMs, overMs, digest, reachDigest, totals, piles, sales, next } = scope
  const stallOf = new Map(scope.stalls.map((stall) => [stall.merchantId, stall]))
  const pileOf = new Map(piles.map((pile) => [pile.pileId, pile]))
  return {
    ...{ asOf: iso(asOfMs), shelfLifeEndsAt: iso(overMs), digest, reachDigest, totals },
    stalls: piles.map(({ lotId, ...pile }) => {
      const { stallNumber = "", name = "", siteName = "" } = stallOf.get(pile.merchantId) ?? {}
      return { ...pile, stallNumber, name, siteName, ...(lotId !== null && { lotId }) }
    }),
    sales: sales.map((sale) => saleView(sale, pileOf.get(sale.pileId)?.merchantId)),
    ...(next && { next: cursorText(next) }),
  }
}

function saleView({ atMs, payer, buyerMerchantId, ...sale }: ScopeSale, merchantId: string | undefined) {
  return {
    ...sale,
    soldAt: iso(atMs),
    ...(merchantId !== undefined && { merchantId }),
    ...(payer !== undefined && { payer }),
    ...(buyerMerchantId !== null && { buyerMerchantId }),
  }
}

export function scopeOfRecallView(scope: ScopeOfRecall) {
  return {
    ...scopeView(scope),
    ...(scope.frozen && { frozen: frozenView(scope.frozen) }),
    ...(scope.difference && { difference: scope.difference }),
  }
}

function frozenView({ asOfMs, digest, totals }: FrozenView) {
  return { asOf: iso(asOfMs), digest, sales: totals.sales, mayGrams: totals.mayGrams }
}

export function recallOf(row: SeenRecall) {
  const { id, siteId, isDrill, reason, proposedBy, approvedBy, startedAt, activatedAt, endedAt } = row
  const { lots, inflows } = row.sources as FrozenSources
  const seconds = (at: Date | null) => (at ? (at.getTime() - startedAt.getTime()) / 1000 : undefined)
  const [toFirstPage, toStallsTold] = [seconds(row.firstPageAt), seconds(row.stallsToldAt)]
  return {
    ...{ id, siteId, state: row.state, isDrill, reason, proposedBy, startedAt: startedAt.toISOString() },
    set: row.asked as z.input<typeof recallSet>,
    sources: { lots: lots.length, inflows: inflows.length, grams: setGramsOf({ lots, inflows }) },
    ...(approvedBy !== null && { approvedBy }),
    ...(activatedAt && { activatedAt: activatedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    seconds: {
      ...(toFirstPage !== undefined && { toFirstPage }),
      ...(toStallsTold !== undefined && { toStallsTold }),
    },
    ...(row.frozen !== null && { frozen: frozenView(row.frozen) }),
  }
}

export function recallViewOf({ steps, notices, tests, ...row }: RecallView) {
  const { "not-permitted": notPermitted, ...buyers } = notices
  return {
    ...recallOf(row),
    steps: steps.map(({ step, action, actorId, at, recordId }) => {
      return { step, action, actorId, at: at.toISOString(), recordId }
    }),
    buyers: { ...buyers, notPermitted },
    tests: tests.map(viewInspection),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
