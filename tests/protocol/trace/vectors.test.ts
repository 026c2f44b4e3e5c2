import { expect, test } from "bun:test"
import { type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import vectors from "../../vectors/origin-ranges.json"

function rangesJson(sources: readonly SourceRange[]): Record<string, number[]> {
  return Object.fromEntries(sources.map(({ sourceId, mustGrams, mayGrams }) => [sourceId, [mustGrams, mayGrams]]))
}

interface Vector {
  readonly name: string
  readonly rules: readonly string[]
  readonly piles: readonly PileHistory[]
  readonly lotGrams?: Readonly<Record<string, number>>
  readonly clockErrorMs?: number
  readonly expected: unknown
}

for (const vector of vectors.cases as unknown as readonly Vector[]) {
  test(`[${vector.rules.join(", ")}] ${vector.name}`, () => {
    const { piles, lotGrams, clockErrorMs = 0 } = vector
    const options = lotGrams ? { clockErrorMs, lotGrams: new Map(Object.entries(lotGrams)) } : { clockErrorMs }
    const origins = resolveOrigins(piles, options)
    if (!origins.ok) {
      expect<unknown>({ refused: origins.error }).toEqual(vector.expected)
      return
    }
    const read = [...origins.value.piles].map(([pileId, { outflows, live, segments, carry: _, ...rest }]) => {
      // Its least weight stands in the event itself.
      const ranges = [...outflows].map(([key, { sources, lowGrams: _, ...own }]) => {
        return [key, { ...own, sources: rangesJson(sources) }]
      })
      const closed = segments.map((segment) => ({ ...segment, endMs: segment.endMs ?? null }))
      return [pileId, { outflows: Object.fromEntries(ranges), live: rangesJson(live), ...rest, segments: closed }]
    })
    const { unresolved } = origins.value
    expect<unknown>({ piles: Object.fromEntries(read), unresolved }).toEqual(vector.expected)
  })
}
