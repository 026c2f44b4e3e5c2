// scan.p99: time until a buyer's phone has what a scanned code means: `GET /p/{digits}` as JSON, every code another one,
// valid and not yet known to the gateway, of stalls that have traded for five days. Open loop: 300 a second arrive
// whether or not the ones before them were answered, and each time counts from when the request was due.
//
// Floor: one signature check (0.05 ms), one answer of HTTP on the loopback address (0.1 ms), and two queries one after the
// other: the stall with what is known of the number, and what is remembered of its piles with their tests. Snapshots are
// kept in memory once read; names, lots, their checks and recalls in force for ten seconds.
//
// Beside it, what a scan takes of each process's time, over the whole run.
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Figure, Run } from "./figure"
import { getAtRate } from "./load/get-at-rate"
import { linesOf } from "./market/prepare-uploads"
import { signCode } from "./market/sign-codes"
import { type TradedMarket, tradedMarket } from "./market/traded-market"
import { machinePauses } from "./measure/machine-pauses"
import { percentile, rounded } from "./measure/percentile"
import { processorSeconds } from "./measure/processor-time"

const perSecond = 300

/** As if the stalls had been heard of a moment ago: what they sell now is not limited as an offline stall's sales are. */
async function freshCodes({ line, region, nextCounter }: TradedMarket, count: number): Promise<string[]> {
  const { ctx, gatewayUrl } = line
  await ctx.sql`UPDATE terminals SET last_seen_at = now() + interval '10 minutes'`
  const issuedAtSeconds = msToSeconds2024(ctx.clock.nowMs())
  return Array.from({ length: count }, (_, index) => {
    const stall = region.stalls[index % region.stalls.length]!
    const counter = nextCounter + index
    const sale = { counter, issuedAtSeconds, snapshotPrefix: stall.snapshotPrefix, lines: linesOf(stall, counter) }
    return `${gatewayUrl}/p/${payCodeDigits(signCode(stall.terminal, ctx.config.NETWORK_ID, sale))}`
  })
}

export type ScanRun = {
  readonly latenciesMs: readonly number[]
  /** With those of the warm-up. */
  readonly count: number
  /** Processor seconds a process used meanwhile. */
  readonly processorSeconds: ReadonlyMap<string, number>
}

export async function measureScans(run: Run, market: TradedMarket): Promise<ScanRun> {
  const warming = perSecond * (run.quick ? 2 : 10)
  const urls = await freshCodes(market, warming + perSecond * run.seconds(60))
  const order = { urls, headers: { accept: "application/json" }, perSecond, warming }
  const processes = market.line.processIds()
  const before = processorSeconds(processes)
  const latenciesMs = await getAtRate(order, market.line.directory)
  const used = [...processorSeconds(processes)].map(([name, seconds]): [string, number] => {
    return [name, seconds - (before.get(name) ?? 0)]
  })
  return { latenciesMs, count: urls.length, processorSeconds: new Map(used) }
}

export const scanP99: Figure = {
  name: "scan.p99",
  required: { atMost: 25 },
  measure: async (run) => {
    const { latenciesMs, count, processorSeconds: used } = await measureScans(run, await tradedMarket(run))
    const reading = (part: string, share: number) => ({
      name: `scan.${part}`,
      value: rounded(percentile(latenciesMs, share)),
      unit: "ms",
      n: latenciesMs.length,
    })
    const processor = [...used].map(([name, seconds]) => ({
      name: `scan.processor.${name.replaceAll(" ", "-")}`,
      value: rounded((seconds * 1000) / count, 2),
      unit: "ms/scan",
      n: count,
    }))
    return [reading("p99", 0.99), reading("p50", 0.5), ...processor, await machinePauses()]
  },
}
