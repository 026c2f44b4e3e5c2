import { expect, test } from "bun:test"
import { type Histories, pileEventOf } from "@suyuan/api/trace/read-histories"
import type { PileRow } from "@suyuan/api/trace/read-pile-rows"
import { resolve } from "@suyuan/api/trace/resolve"
import { pileDayOf } from "@suyuan/api/trace/walk-pile"

const [base, stall, lot] = ["aa", "bb", "a lot"]
const minute = 60_000

function rowOf(pileId: string, minutes: number, recordId: string, more: Partial<PileRow>): PileRow {
  return {
    ...{
      pileId,
      effectiveAt: new Date(minutes * minute),
      recordId,
      line: 0,
      direction: 0,
      gramsLow: 500,
      gramsHigh: 500,
    },
    ...{ source: "unknown", lotId: null, upstreamPileId: null, upstreamRecordId: null, upstreamLine: null },
    ...more,
  }
}

/** A stall sells all that it had bought, and later has goods that nobody declared. */
function historiesOf(chosen: string | null): Histories {
  const bought = { upstreamPileId: base, upstreamRecordId: "02", upstreamLine: 0 }
  const rows = [
    rowOf(base, 1, "01", { source: "lot", lotId: lot }),
    rowOf(base, 2, "02", { source: "outflow", direction: 1 }),
    rowOf(stall, 3, "02", { source: "purchase", ...bought }),
    rowOf(stall, 4, "03", { source: "outflow", direction: 1, lotId: chosen }),
    rowOf(stall, 5, "04", {}),
  ]
  const histories = [...Map.groupBy(rows, ({ pileId }) => pileId)].map(([pileId, own]) => {
    return { pileId, events: own.map((row) => pileEventOf(row)) }
  })
  const revisions = new Map([base, stall].map((pileId) => [pileId, { revision: 0, revised: [] }]))
  return { histories, rows, levels: 2, bought: new Map(), starts: new Map(), revisions, isNamed: () => true }
}

function dayOf(histories: Histories) {
  const resolved = resolve(histories.histories, {})
  return resolved && pileDayOf(histories, resolved, stall, 6 * minute, new Map())
}

test("what is remembered of a pile follows from who supplied it since it was last empty", () => {
  const day = dayOf(historiesOf(null))
  expect(day).toMatchObject({ atMs: 5 * minute, carry: { grams: 500 }, expected: { habit: { observations: 0 } } })
  expect([...(day?.suppliers.keys() ?? [])]).toEqual([])
})

test("[RG-26] and from who supplied goods of before, of which the seller chose the lot: they taught a habit", () => {
  const day = dayOf(historiesOf(lot))
  expect(day).toMatchObject({ carry: { grams: 500 }, expected: { habit: { observations: 1 } } })
  expect([...(day?.suppliers.keys() ?? [])]).toEqual([base])
})
