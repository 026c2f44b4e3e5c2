/** tests/vectors/origin-ranges.json. `bun scripts/vectors/origin-ranges.ts` */
import { type PileHistory, resolveOrigins } from "@suyuan/protocol/trace/origin-range"
import type { PileEvent } from "@suyuan/protocol/trace/pile-event"
import type { SourceRange } from "@suyuan/protocol/trace/source-grams"
import { writeVectorsOnce } from "./write-once"

interface Case {
  readonly name: string
  readonly rules: readonly string[]
  readonly piles: readonly PileHistory[]
  readonly lotGrams?: Readonly<Record<string, number>>
  readonly clockErrorMs?: number
}

const eight = Date.UTC(2021, 11, 10, 0, 0, 0)
const at = (minutes: number, recordId: string) => ({ effectiveAtMs: eight + minutes * 60_000, recordId })

function harvest(minutes: number, recordId: string, grams: number, sourceId: string): PileEvent {
  return { kind: "in", ...at(minutes, recordId), grams, sources: [{ sourceId, lowGrams: grams, highGrams: grams }] }
}

function unknown(minutes: number, recordId: string, grams: number): PileEvent {
  return { kind: "in", ...at(minutes, recordId), grams }
}

function purchase(minutes: number, recordId: string, grams: number, pileId: string, sale: string): PileEvent {
  return { kind: "in", ...at(minutes, recordId), grams, upstream: { pileId, recordId: sale, line: 0 } }
}

function sale(minutes: number, recordId: string, grams: number): PileEvent {
  return { kind: "out", ...at(minutes, recordId), line: 0, grams }
}

function count(minutes: number, recordId: string, grams: number): PileEvent {
  return { kind: "count", ...at(minutes, recordId), grams }
}

/** The spec's example: a wholesaler pours two lots together, a stall buys from him and adds goods of its own. */
const wholesale: PileHistory = {
  pileId: "wholesale",
  events: [
    harvest(0, "h1", 300_000, "zhangbei"),
    harvest(30, "h2", 100_000, "shouguang"),
    sale(60, "s1", 200_000),
    sale(90, "s2", 120_000),
  ],
}
const stall: PileHistory = {
  pileId: "stall",
  events: [
    purchase(75, "p1", 198_000, "wholesale", "s1"),
    unknown(80, "hand", 10_000),
    sale(120, "r1", 1_500),
    sale(121, "r2", 150_000),
    sale(122, "r3", 56_500),
  ],
}
const single = (...events: PileEvent[]): PileHistory[] => [{ pileId: "stall", events }]

const cases: readonly Case[] = [
  { name: "the worked example", rules: ["RG-10", "RG-15"], piles: [wholesale, stall] },
  {
    name: "a shortfall upstream, found after the stall's sales",
    rules: ["RG-6", "RG-15"],
    piles: [{ ...wholesale, events: [...wholesale.events, sale(240, "s3", 110_000)] }, stall],
  },
  {
    name: "empty, then another lot",
    rules: ["RG-10"],
    piles: single(harvest(0, "a", 500, "A"), sale(1, "s", 500), harvest(2, "b", 700, "B"), sale(3, "t", 600)),
  },
  {
    name: "a book that reads zero proves nothing",
    rules: ["RG-6"],
    piles: single(harvest(0, "a", 100, "A"), sale(1, "s", 100), harvest(2, "b", 100, "B"), sale(3, "t", 120)),
  },
  {
    name: "sold out, and a shortfall after it",
    rules: ["RG-6", "RG-7"],
    piles: single(
      harvest(0, "a", 100, "A"),
      sale(1, "s", 90),
      count(2, "c", 0),
      harvest(3, "b", 50, "B"),
      sale(4, "t", 60),
    ),
  },
  {
    name: "a stock-take with a surplus, one with a loss",
    rules: ["RG-7"],
    piles: single(
      harvest(0, "a", 100, "A"),
      sale(1, "s", 60),
      count(2, "c", 55),
      harvest(3, "b", 45, "B"),
      count(4, "d", 80),
      sale(5, "t", 70),
    ),
  },
  {
    name: "a void, a part that was not handed over, a return",
    rules: ["RG-4", "RG-5", "RG-13"],
    piles: single(
      harvest(0, "a", 100, "A"),
      unknown(0, "u", 100),
      sale(1, "s", 100),
      { kind: "in", ...at(2, "r"), grams: 100, returnOf: { recordId: "s", line: 0 } },
      sale(3, "t", 150),
      sale(4, "w", 40),
      sale(5, "x", 30),
      { kind: "void", ...at(6, "v"), voids: { recordId: "w" } },
      { kind: "void", ...at(7, "y"), voids: { recordId: "x", line: 0 }, grams: 10 },
    ),
  },
  {
    name: "boxes: weights as intervals",
    rules: ["RG-9"],
    piles: single(
      {
        kind: "in",
        ...at(0, "a"),
        grams: 1_100,
        lowGrams: 900,
        sources: [{ sourceId: "A", lowGrams: 900, highGrams: 1_100 }],
      },
      harvest(1, "b", 1_000, "B"),
      { kind: "out", ...at(2, "s"), grams: 1_300, lowGrams: 1_200 },
    ),
  },
  {
    name: "the order within the clocks' error is open",
    rules: ["RG-2"],
    clockErrorMs: 60_000,
    piles: single(
      harvest(0, "a", 100, "A"),
      sale(10, "s", 50),
      harvest(12, "b", 100, "B"),
      sale(13, "t", 50),
      sale(30, "x", 50),
    ),
  },
  {
    name: "two purchases of one lot, capped by the lot",
    rules: ["RG-18"],
    lotGrams: { A: 100, B: 100 },
    piles: [
      {
        pileId: "w",
        events: [harvest(0, "a", 100, "A"), harvest(0, "b", 100, "B"), sale(1, "s", 100), sale(2, "t", 100)],
      },
      { pileId: "m", events: [purchase(3, "p", 100, "w", "s"), purchase(4, "q", 100, "w", "t"), sale(5, "x", 150)] },
    ],
  },
  {
    name: "more bought than was sold, and a sale that nobody has",
    rules: ["RG-16"],
    piles: [
      wholesale,
      {
        pileId: "m",
        events: [
          purchase(100, "p", 130_000, "wholesale", "s2"),
          purchase(101, "q", 500, "w", "?"),
          sale(110, "x", 400),
        ],
      },
    ],
  },
  {
    name: "round in time: A sells to B, B sells to A",
    rules: ["RG-17"],
    piles: [
      {
        pileId: "a",
        events: [harvest(0, "h", 100, "A"), sale(1, "s", 100), purchase(4, "p", 80, "b", "s"), sale(5, "t", 80)],
      },
      { pileId: "b", events: [purchase(2, "p", 100, "a", "s"), harvest(2, "h", 50, "B"), sale(3, "s", 80)] },
    ],
  },
  {
    name: "goods that would be their own origin",
    rules: ["RG-17"],
    piles: [
      { pileId: "a", events: [purchase(0, "p", 100, "b", "s"), sale(1, "s", 100)] },
      { pileId: "b", events: [purchase(0, "q", 100, "a", "s"), sale(1, "s", 100)] },
    ],
  },
]

function rangesJson(sources: readonly SourceRange[]): Record<string, [number, number]> {
  return Object.fromEntries(sources.map(({ sourceId, mustGrams, mayGrams }) => [sourceId, [mustGrams, mayGrams]]))
}

function expectedOf({ piles, lotGrams, clockErrorMs = 0 }: Case): object {
  const options = lotGrams ? { clockErrorMs, lotGrams: new Map(Object.entries(lotGrams)) } : { clockErrorMs }
  const origins = resolveOrigins(piles, options)
  if (!origins.ok) return { refused: origins.error }
  const read = [...origins.value.piles].map(([pileId, { outflows, live, ...rest }]) => {
    const ranges = [...outflows].map(([key, { sources, ...own }]) => [key, { ...own, sources: rangesJson(sources) }])
    const segments = rest.segments.map((segment) => ({ ...segment, endMs: segment.endMs ?? null }))
    return [pileId, { outflows: Object.fromEntries(ranges), live: rangesJson(live), ...rest, segments }]
  })
  return { piles: Object.fromEntries(read), unresolved: origins.value.unresolved }
}

writeVectorsOnce("origin-ranges", {
  spec: "docs/specs/origin-ranges.md",
  source: "scripts/vectors/origin-ranges.ts; each case was reckoned by hand before it was fixed",
  notation: "sources: id -> [must grams, may grams]; endMs null: the segment is open",
  cases: cases.map((one) => ({ ...one, expected: expectedOf(one) })),
})
