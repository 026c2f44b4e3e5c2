// trade.toAnchored: records a second from the terminals' publication over MQTT to a final block, sustained. Sales of three
// lines of 400 stalls, signed and paid beforehand, so that what is measured is the line itself: broker, envelope and
// code signatures, the join with the payment, record, pile events, sealing, batch, append on the chain, acknowledgement.
// The stalls take turns, so a group of uploads is of as many terminals, and each upload has an acknowledgement of its own.
// Uploads are published as fast as records come out at the other end, with at most `lagMax` on the way: the lag cannot
// grow, and the rate is what the slowest stage gives. At the end everything that was published has to be anchored.
//
// Floor, per record: one signature check (0.05 ms natively; the code's own was checked when it was scanned), 420 bytes of
// entry, twelve rows touched (sale, three lines read, attempt, buyer, record thrice, three pile events), 1/270 of a
// transaction; three messages through the broker.
import { join } from "node:path"
import type { Context } from "@suyuan/api/context"
import type { Figure, Reading, Run } from "./figure"
import { type Installation, type Looking, openInstallation } from "./installation"
import { startPublisher, type UploadPublisher } from "./load/upload-publisher"
import { commodityCodes, openConsortium } from "./market/consortium"
import { openStalls } from "./market/open-stalls"
import { prepareUploads } from "./market/prepare-uploads"
import { openWallets } from "./market/settle-sales"
import { rounded } from "./measure/percentile"
import { processorSeconds } from "./measure/processor-time"

const stallCount = 400
const walletCount = 2_000
const connections = 8
const lagMax = 6_000
/** More than come out on any machine that this was run on. */
const recordsPerSecondMax = 3_000
const pollMs = 100
const drainMsMax = 60_000

export type TradeRun = {
  readonly anchored: number
  readonly seconds: number
  /** Records on the way, on average, in the first and in the last quarter. */
  readonly lagAtFirst: number
  readonly lagAtLast: number
  /** Processor seconds a process used while it was measured. */
  readonly processorSeconds: ReadonlyMap<string, number>
}

export type TradeWatch = Looking & {
  readonly begin: (line: Installation) => Promise<void>
  readonly end: () => Promise<void>
}

/** @param watch is told when the measured time begins and ends: for a profile. */
export async function measureTrades(run: Run, watch?: TradeWatch): Promise<TradeRun> {
  const seconds = run.seconds(60)
  const warmSeconds = run.quick ? 3 : 10
  const line = await openInstallation(run, watch)
  try {
    const count = Math.ceil((seconds + warmSeconds) * recordsPerSecondMax)
    const file = join(line.directory, "uploads")
    await prepareTrades(line, count, file)
    run.say(`${count} paid sales are stored; publishing`)
    const { brokerUrl, brokerSecret } = line
    const publisher = startPublisher({ file, brokerUrl, brokerSecret, connections })
    try {
      return await follow(line, publisher, { seconds, warmSeconds, count, watch })
    } finally {
      await publisher.stop()
    }
  } finally {
    await line.stop()
  }
}

export async function prepareTrades({ ctx, directory }: Installation, count: number, file: string): Promise<void> {
  const { market } = await openConsortium(ctx, directory)
  const stalls = await openStalls(ctx, {
    siteId: market.siteId,
    count: stallCount,
    firstSerial: 1,
    commoditiesOf: (index) => Array.from({ length: 8 }, (_, slot) => commodityCodes[(index + slot) % 24] ?? 0),
  })
  const payers = await openWallets(
    ctx,
    Array.from({ length: walletCount }, () => null),
  )
  await prepareUploads(ctx, stalls, payers, count, file)
  await ctx.sql`ANALYZE`
}

type Plan = {
  readonly seconds: number
  readonly warmSeconds: number
  readonly count: number
  readonly watch: TradeWatch | undefined
}

async function follow(line: Installation, publisher: UploadPublisher, plan: Plan): Promise<TradeRun> {
  const { ctx } = line
  const processes = new Map([...line.processIds(), ["load generator", publisher.pid]])
  const lags: number[] = []
  /** Keeps the line full until then. */
  async function feed(seconds: number): Promise<{ anchored: number; atMs: number }> {
    const untilMs = performance.now() + seconds * 1000
    for (;;) {
      const anchored = await countAnchored(ctx)
      const atMs = performance.now()
      if (anchored + lagMax >= plan.count) throw new Error("the prepared uploads ran out: raise recordsPerSecondMax")
      publisher.allow(anchored + lagMax)
      lags.push(publisher.report().published - anchored)
      if (atMs >= untilMs) return { anchored, atMs }
      await Bun.sleep(pollMs)
    }
  }
  const before = await feed(plan.warmSeconds)
  const used = processorSeconds(processes)
  lags.length = 0
  await plan.watch?.begin(line)
  const after = await feed(plan.seconds)
  await plan.watch?.end()
  const quarter = Math.ceil(lags.length / 4)
  const usedAfter = processorSeconds(processes)
  await drainTrades(ctx, publisher)
  return {
    anchored: after.anchored - before.anchored,
    seconds: (after.atMs - before.atMs) / 1000,
    lagAtFirst: mean(lags.slice(0, quarter)),
    lagAtLast: mean(lags.slice(-quarter)),
    processorSeconds: new Map([...usedAfter].map(([name, seconds]) => [name, seconds - (used.get(name) ?? 0)])),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

async function countAnchored({ sql }: Context): Promise<number> {
  const [row] = await sql`SELECT coalesce(sum(count), 0)::int AS anchored FROM batches WHERE state = 'anchored'`
  return row?.anchored ?? 0
}

/** What was published is anchored, all of it and once, and every terminal was told. */
export async function drainTrades({ sql }: Context, publisher: UploadPublisher): Promise<void> {
  const untilMs = performance.now() + drainMsMax
  for (;;) {
    const [row] = await sql`SELECT count(*)::int AS sales FROM records WHERE kind = 1 AND state = 'anchored'`
    const { published, stored, refused } = publisher.report()
    if (refused > 0) throw new Error(`${refused} uploads were refused`)
    if (row?.sales === published && stored >= published) return
    if (performance.now() > untilMs) {
      throw new Error(`${published} published, ${stored} acknowledged, ${row?.sales} anchored a minute later`)
    }
    await Bun.sleep(pollMs)
  }
}

export const tradeToAnchored: Figure = {
  name: "trade.toAnchored",
  required: { atLeast: 1_500 },
  measure: async (run) => readings(await measureTrades(run)),
}

function readings({ anchored, seconds, lagAtFirst, lagAtLast, processorSeconds }: TradeRun): Reading[] {
  const perSecond = anchored / seconds
  const reading = (part: string, value: number, unit: string) => ({
    name: `trade.toAnchored${part}`,
    value: rounded(value, 2),
    unit,
    n: anchored,
  })
  return [
    reading("", Math.round(perSecond), "records/s"),
    reading(".latency", lagAtLast / perSecond, "s"),
    reading(".lagGrowth", lagAtLast - lagAtFirst, "records"),
    ...[...processorSeconds].map(([name, used]) =>
      reading(`.processor.${name.replaceAll(" ", "-")}`, (used * 1000) / anchored, "ms/record"),
    ),
  ]
}
