import type { ExpectedWalk } from "@suyuan/protocol/trace/expected-shares"
import type { OutflowRef } from "@suyuan/protocol/trace/pile-event"
import { outflowKey } from "@suyuan/protocol/trace/pile-event"
import { type Remembered, upstreamKey } from "./bought-origins"
import { expectedOf } from "./expected-origins"
import type { WalkedPile } from "./note-events"
import type { Histories } from "./read-histories"
import type { PileRow } from "./read-pile-rows"
import { openOrderMs, type Resolved } from "./resolve"
import { addSupplier, revisedUntil, type Supplier } from "./suppliers"
import { wayThrough } from "./way"

export type FollowedPurchases = {
  /** What a purchase held and how it had come; undefined where nothing is known of it. */
  readonly originsOf: (purchase: PileRow) => Remembered | undefined
  /** What was found out, and was not remembered yet. */
  readonly learned: () => (OutflowRef & { readonly bought: Remembered })[]
  /** What a pile follows from besides itself: where its walk began, and these purchases since. */
  readonly suppliersOf: (pileId: string, purchases: readonly PileRow[]) => Map<string, Supplier>
  /** What is expected of the piles that were read; walked when somebody asks first. */
  readonly expected: () => ExpectedWalk
}

/** Follows purchases back through the piles that were read, each line once. */
export function followPurchases(histories: Histories, resolved: Resolved | undefined): FollowedPurchases {
  const byPile = Map.groupBy(histories.rows, (row) => row.pileId)
  const found = new Map<string, Remembered | undefined>(histories.bought)
  const learned: (OutflowRef & { readonly bought: Remembered })[] = []
  const open = new Set<string>()
  let isRound = false
  let walked: ExpectedWalk | undefined

  function expected(): ExpectedWalk {
    walked ??= expectedOf(histories, resolved)
    return walked
  }

  function suppliersOf(pileId: string, purchases: readonly PileRow[]): Map<string, Supplier> {
    const suppliers = new Map<string, Supplier>(histories.starts.get(pileId)?.suppliers)
    for (const purchase of purchases) {
      // The seller's pile matters even where it has no such line (any more).
      addOwn(suppliers, purchase.upstreamPileId ?? "", purchase.effectiveAt.getTime() + openOrderMs)
      for (const [id, supplier] of originsOf(purchase)?.suppliers ?? []) addSupplier(suppliers, id, supplier)
    }
    return suppliers
  }

  function addOwn(suppliers: Map<string, Supplier>, pileId: string, untilMs: number): void {
    const own = histories.revisions.get(pileId)
    if (!own) return
    const { revisions, shortfalls } = revisedUntil(own.revised, untilMs)
    addSupplier(suppliers, pileId, { untilMs, revisions: revisions + shortfalls })
  }

  function originsOf(purchase: PileRow): Remembered | undefined {
    const key = upstreamKey(purchase)
    if (open.has(key)) isRound = true
    if (open.has(key) || found.has(key)) return found.get(key)
    open.add(key)
    const origins = follow(purchase.upstreamPileId ?? "", key)
    open.delete(key)
    found.set(key, origins)
    return origins
  }

  function follow(pileId: string, key: string): Remembered | undefined {
    const rows = byPile.get(pileId) ?? []
    const outflow = rows.find((row) => row.source === "outflow" && outflowKey(row) === key)
    const range = resolved?.piles.get(pileId)?.outflows.get(key)
    if (!outflow || !range) return undefined
    const leftMs = outflow.effectiveAt.getTime() + openOrderMs
    const way = wayThrough({ pileId, rows, leftMs, start: histories.starts.get(pileId) }, originsOf)
    const purchases = rows.filter((row) => row.source === "purchase" && row.effectiveAt.getTime() <= leftMs)
    const suppliers = suppliersOf(pileId, purchases)
    addOwn(suppliers, pileId, leftMs)
    const goods = expected().goodsOf(pileId, key)
    const bought = { grams: range.grams, sources: range.sources, expected: goods, ...way, suppliers }
    // Goods that went round are ranged together with what was asked: alone they might come out otherwise.
    const isSure = histories.revisions.has(pileId) && resolved?.isTolerant === true && !isRound
    if (isSure) learned.push({ pileId, recordId: outflow.recordId, line: outflow.line, bought })
    return bought
  }

  return { originsOf, learned: () => learned, suppliersOf, expected }
}

/** What was found to be in the piles that were walked, of all that exist and had events. */
export function walkedPiles({ rows, revisions, starts }: Histories, resolved: Resolved): WalkedPile[] {
  return [...Map.groupBy(rows, (row) => row.pileId)].flatMap(([pileId, own]) => {
    const [revision, pile] = [revisions.get(pileId), resolved.piles.get(pileId)]
    if (!revision || !pile) return []
    const startMs = starts.get(pileId)?.atMs ?? 0
    const atMs = own.reduce((newest, row) => Math.max(newest, row.effectiveAt.getTime()), startMs)
    return [{ pileId, revision: revision.revision, atMs, stockGrams: pile.stockGrams }]
  })
}
