/**
 * What `../bare-realm.test.ts` runs of the trace engine, which phones and nodes of the ledger run too: the vectors, and
 * a small market whose scopes of recalls and expected shares must come out as they do here, to the last bit.
 */
import { expectedWalk } from "@suyuan/protocol/trace/expected-shares"
import { type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import { recallScope } from "@suyuan/protocol/trace/recall-scope"
import vectors from "../../vectors/origin-ranges.json"
import type { RealmCheck } from "../bare-realm"
import { Dice } from "./dice"
import { Market } from "./item-simulation"

interface PlayedMarket {
  readonly histories: readonly PileHistory[]
  readonly lotGrams: readonly (readonly [string, number])[]
  readonly recalled: readonly string[]
  /** As this realm says. */
  readonly scope: unknown
  readonly shares: unknown
}

function played(seed: number, options: ConstructorParameters<typeof Market>[1]): PlayedMarket {
  const market = new Market(new Dice(seed), options)
  market.play(4)
  const recalled = [...market.lotGrams.keys()].slice(0, 2)
  const { histories, lotGrams } = market
  const found = recallScope(histories, { lots: new Set(recalled), inflows: new Set() }, { lotGrams })
  if (!found.ok) throw new Error(found.error.kind)
  const scope = found.value.map(({ pileId, outflows, stock }) => [pileId, [...outflows], stock])
  const origins = resolveOrigins(histories)
  if (!origins.ok) throw new Error(origins.error.kind)
  const walk = expectedWalk(histories)
  const shares = [...origins.value.piles].map(([pileId, { outflows }]) => [
    ...[pileId, [...outflows].map(([key, range]) => [key, walk.sharesOf(pileId, key, range)])],
    walk.carryOf(pileId),
  ])
  return { histories, lotGrams: [...lotGrams], recalled, scope, shares }
}

export const traceChecks: readonly RealmCheck[] = [
  {
    name: "origin ranges",
    modules: ["trace/origin-range"],
    vectors,
    program: `
      const { resolveOrigins } = modules["trace/origin-range"]
      const byName = (pairs) => Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)))
      const sorted = (value) =>
        value === null || typeof value !== "object"
          ? value
          : Array.isArray(value)
            ? value.map(sorted)
            : byName(Object.entries(value).map(([name, own]) => [name, sorted(own)]))
      const rangesOf = (sources) => byName(sources.map((one) => [one.sourceId, [one.mustGrams, one.mayGrams]]))
      const saidOf = ({ piles, lotGrams, clockErrorMs = 0 }) => {
        const options = lotGrams ? { clockErrorMs, lotGrams: new Map(Object.entries(lotGrams)) } : { clockErrorMs }
        const origins = resolveOrigins(piles, options)
        if (!origins.ok) return { refused: origins.error }
        const read = [...origins.value.piles].map(([pileId, { outflows, live, segments, carry, ...rest }]) => {
          const ranges = [...outflows].map(([key, { sources, lowGrams, ...own }]) => [key, { ...own, sources: rangesOf(sources) }])
          const closed = segments.map((segment) => ({ ...segment, endMs: segment.endMs ?? null }))
          return [pileId, { outflows: byName(ranges), live: rangesOf(live), ...rest, segments: closed }]
        })
        return { piles: byName(read), unresolved: origins.value.unresolved }
      }
      const textOf = (value) => JSON.stringify(sorted(JSON.parse(JSON.stringify(value))))
      for (const vector of vectors.cases) {
        if (textOf(saidOf(vector)) !== textOf(vector.expected)) throw new Error(vector.name)
      }
      return vectors.cases.length`,
  },
  {
    name: "scopes of recalls and expected shares",
    modules: ["trace/recall-scope", "trace/expected-shares", "trace/origin-range"],
    vectors: [played(3, { boxes: true }), played(4, { silentLosses: true }), played(5, {})],
    program: `
      const { recallScope } = modules["trace/recall-scope"]
      const { expectedWalk } = modules["trace/expected-shares"]
      const { resolveOrigins } = modules["trace/origin-range"]
      for (const { histories, lotGrams, recalled, scope, shares } of vectors) {
        const sources = { lots: new Set(recalled), inflows: new Set() }
        const found = recallScope(histories, sources, { lotGrams: new Map(lotGrams) }).value
        const piles = found.map(({ pileId, outflows, stock }) => [pileId, [...outflows], stock])
        if (piles.length === 0 || JSON.stringify(piles) !== JSON.stringify(scope)) throw new Error("scope")
        const walk = expectedWalk(histories)
        const said = [...resolveOrigins(histories).value.piles].map(([pileId, { outflows }]) => [
          pileId,
          [...outflows].map(([key, range]) => [key, walk.sharesOf(pileId, key, range)]),
          walk.carryOf(pileId),
        ])
        if (JSON.stringify(said) !== JSON.stringify(shares)) throw new Error("shares")
      }
      return vectors.length`,
  },
]
