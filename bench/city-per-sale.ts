// city.gatewayPerSale: processor time that the gateway spends on one sale with everything that belongs to it, while a market
// of 150 stalls and 300 phones trades at many times a market's pace: a code at the stall, one and a half scans, the payment opened
// at the platform, its notification, the phone's questions, the upload by MQTT, record, sealing, batch, block. Beside it
// the other processes', and what a sale leaves: rows, log, bytes on the ledger, requests and messages.
//
// Must: forty-eight cores of gateways carry 694 sales a second, the peak that docs/scale.md plans for.
//
// Floor: five signatures of RSA-2048 (1 ms each: the platform's calls and its notification), five requests on the loopback
// address, an upload to anchored record of 0.3 ms (`trade.toAnchored`). Every process runs on the same two cores here, so
// the times hold whatever one costs the others' caches.
import { isSent, openCityMarket, type Traffic } from "./city/open-market"
import { sellFor } from "./city/sell-for"
import type { Figure, Run } from "./figure"
import { type Installation, openInstallation } from "./installation"
import { percentile, rounded } from "./measure/percentile"
import { processorSeconds } from "./measure/processor-time"
import type { TradeWatch } from "./trade-to-anchored"

const perSecond = 12
/** Until what the gateway does is compiled: a sale costs twice as much in its first seconds. */
const warmSeconds = 60
const cores = 48
const peakPerSecond = 694
const drainMsMax = 90_000

export type CityRun = {
  /** Milliseconds from the code to the word "paid", one a sale. */
  readonly times: readonly number[]
  /** Processor seconds a process used, until everything had come to rest. */
  readonly processorSeconds: ReadonlyMap<string, number>
  /** What the sales left, and what went over the lines for them. */
  readonly left: Readonly<Record<string, number>>
}

/** @param watch is told when the measured time begins and ends: for a profile. */
export async function measureCity(run: Run, watch?: TradeWatch): Promise<CityRun> {
  const line = await openInstallation(run, watch)
  try {
    const market = await openCityMarket(line, run.quick ? { stalls: 30, wallets: 60 } : { stalls: 150, wallets: 300 })
    run.say(`${market.stalls.length} stalls are on their lines`)
    try {
      const warmed = await sellFor(market, { perSecond, seconds: run.quick ? 3 : warmSeconds, first: 0 })
      await comeToRest(line, market.stalls)
      const [before, processor] = [await usedSoFar(line, market.traffic), processorSeconds(line.processIds())]
      await watch?.begin(line)
      const times = await sellFor(market, { perSecond, seconds: run.seconds(60), first: warmed.length })
      await watch?.end()
      await comeToRest(line, market.stalls)
      const used = [...processorSeconds(line.processIds())].map(([name, seconds]): [string, number] => {
        return [name, seconds - (processor.get(name) ?? 0)]
      })
      const after = await usedSoFar(line, market.traffic)
      const left = Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)])
      return { times, processorSeconds: new Map(used), left: Object.fromEntries(left) }
    } finally {
      await market.close()
    }
  } finally {
    await line.stop()
  }
}

export const cityPerSale: Figure = {
  name: "city.gatewayPerSale",
  required: { atMost: rounded((cores * 1000) / peakPerSecond, 1) },
  measure: async (run) => {
    const { times, processorSeconds: used, left } = await measureCity(run)
    const n = times.length
    const milliseconds = [...used].map(([name, seconds]) => ({
      name: `city.${name.replaceAll(" ", "-")}PerSale`,
      ...{ value: rounded((seconds * 1000) / n, 2), unit: "ms/sale", n },
    }))
    const gateway = milliseconds.find(({ name }) => name === cityPerSale.name)
    if (gateway === undefined) throw new Error("no processor time is known of the gateway")
    return [
      ...[gateway, ...milliseconds.filter((reading) => reading !== gateway)],
      ...Object.entries(left).map(([name, value]) => ({
        name: `city.${name}`,
        ...{ value: rounded(value / n, 2), unit: name.endsWith("Bytes") ? "bytes/sale" : "a sale", n },
      })),
      { name: "city.toPaidWord.p50", value: rounded(percentile(times, 0.5)), unit: "ms", n },
      { name: "city.toPaidWord.p99", value: rounded(percentile(times, 0.99)), unit: "ms", n },
    ]
  },
}

type Market = Awaited<ReturnType<typeof openCityMarket>>

/** Everything that was said has arrived, and what was sold stands in final blocks. */
async function comeToRest({ ctx }: Installation, stalls: Market["stalls"]): Promise<void> {
  const deadline = performance.now() + drainMsMax
  for (;;) {
    const sent = (await Promise.all(stalls.map(isSent))).every((is) => is)
    const [left] = await ctx.sql`
      SELECT (SELECT count(*) FROM records WHERE state <> 'anchored')::int AS records,
        (SELECT count(*) FROM sales WHERE state = 'paid' AND record_id IS NULL)::int AS sales,
        (SELECT count(*) FROM outbox)::int AS messages`
    if (sent && Object.values(left ?? {}).every((count) => count === 0)) return
    if (performance.now() > deadline) throw new Error(`the market did not come to rest: ${JSON.stringify(left)}`)
    await Bun.sleep(500)
  }
}

async function usedSoFar({ ctx }: Installation, traffic: Traffic): Promise<Record<string, number>> {
  const [row] = await ctx.sql`
    SELECT (SELECT sum(n_tup_ins) FROM pg_stat_user_tables)::float8 AS inserted,
      (SELECT sum(n_tup_upd) FROM pg_stat_user_tables)::float8 AS updated,
      (SELECT sum(n_tup_del) FROM pg_stat_user_tables)::float8 AS deleted,
      (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS commits,
      pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS log,
      (SELECT sum(length(payload)) FROM batches)::float8 AS ledger,
      (SELECT count(*) FROM batches)::float8 AS batches`
  return {
    rowsInserted: Number(row?.inserted),
    rowsUpdated: Number(row?.updated),
    rowsDeleted: Number(row?.deleted),
    commits: Number(row?.commits),
    logBytes: Number(row?.log),
    ledgerBytes: Number(row?.ledger ?? 0),
    batches: Number(row?.batches),
    ...traffic,
  }
}
