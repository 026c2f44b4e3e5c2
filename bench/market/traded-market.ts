// A region that has traded for five days, 100,000 sales, on an installation that runs: what scans and traces read. Codes,
// sales, records, piles and purchases are stored by the product's own functions. Their records count as anchored from
// the start, so that the sealer does not work beside what is measured.
import { utcDay } from "@suyuan/api/day"
import { completeTrades } from "@suyuan/api/sales/complete-trades"
import { terminalsAtStalls } from "@suyuan/api/sales/verify-codes"
import { declareHarvest } from "@suyuan/api/stock/declare-harvest"
import { readPileContents } from "@suyuan/api/trace/pile-contents"
import { MS_PER_DAY, msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Run } from "../figure"
import { type Installation, type Looking, openInstallation } from "../installation"
import { commodityCodes, openConsortium } from "./consortium"
import { openDays } from "./open-days"
import { openStalls, type Stall } from "./open-stalls"
import { openWallets, type Payer, storePaid } from "./settle-sales"
import { signCode } from "./sign-codes"
import { type PlannedDay, type PlannedSale, planDay, type Region } from "./trade-day"

export type TradedMarket = {
  readonly line: Installation
  readonly region: Region
  /** Sales that are stored. */
  readonly trades: number
  /** Of the next sale of any terminal. */
  readonly nextCounter: number
}

const days = 5
const salesPerStallAndDay = 196
const stallCount = 100
const consumerCount = 2_000
const salesPerTransaction = 500
/** The day's first sale was this long before the same time today: the last consumer's was an hour ago. */
const dayBeganMsAgo = 13 * 3_600_000

const rememberMsMax = 300_000

let opened: Promise<TradedMarket> | undefined

/** One for all figures of a run. */
export function tradedMarket(run: Run, looking?: Looking): Promise<TradedMarket> {
  opened ??= open(run, looking)
  return opened
}

export async function closeTradedMarket(): Promise<void> {
  const market = await opened?.catch(() => undefined)
  opened = undefined
  await market?.line.stop()
}

async function open(run: Run, looking?: Looking): Promise<TradedMarket> {
  const line = await openInstallation(run, looking)
  try {
    const region = await openRegion(line)
    const salesPerStall = run.quick ? Math.ceil(salesPerStallAndDay / 10) : salesPerStallAndDay
    const trader = await openTrader(line, region)
    let trades = 0
    for (let day = 0; day < days; day += 1) {
      const beganAtMs = line.ctx.clock.nowMs() - dayBeganMsAgo - (days - 1 - day) * MS_PER_DAY
      trades += await trader.trade(planDay(region, day, salesPerStall), beganAtMs)
      await everythingRemembered(line)
      await everyPileLookedAt(line)
      run.say(`${trades} sales are stored`)
    }
    // As a night leaves it.
    await line.ctx.sql`VACUUM (ANALYZE)`
    return { line, region, trades, nextCounter: trades + 1 }
  } catch (error) {
    await line.stop()
    throw error
  }
}

/** The gateway has found out what merchants bought: in five days it had the time. */
async function everythingRemembered({ ctx }: Installation): Promise<void> {
  const untilMs = performance.now() + rememberMsMax
  for (;;) {
    const [row] = await ctx.sql`SELECT count(*)::int AS due FROM bought_origins WHERE origins IS NULL`
    if (row?.due === 0) return
    if (performance.now() > untilMs) throw new Error(`${row?.due} purchases are still not looked at`)
    await Bun.sleep(500)
  }
}

/** Somebody scanned a code of each stall's goods that day: the gateway remembers what their piles hold. */
async function everyPileLookedAt({ ctx }: Installation): Promise<void> {
  const piles = await ctx.sql`
    SELECT encode(piles.id, 'hex') AS id FROM piles JOIN sites ON sites.id = piles.site_id WHERE sites.kind = 'market'`
  for (const { id } of piles) await readPileContents(ctx, [String(id)])
}

async function openRegion({ ctx, directory }: Installation): Promise<Region> {
  const sites = await openConsortium(ctx, directory)
  await openDays(ctx.sql, utcDay(new Date(ctx.clock.nowMs() - days * MS_PER_DAY)))
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => commodityCodes[(from + index) % commodityCodes.length] ?? 0)
  const open = (siteId: string, count: number, firstSerial: number, kinds: number, step: number) =>
    openStalls(ctx, { siteId, count, firstSerial, commoditiesOf: (index) => some(index * step, kinds) })
  return {
    bases: await open(sites.base.siteId, 12, 1_000, 4, 2),
    wholesalers: await open(sites.wholesale.siteId, 20, 2_000, 8, 4),
    stalls: await open(sites.market.siteId, stallCount, 3_000, 6, 1),
  }
}

async function openTrader({ ctx }: Installation, region: Region) {
  const networkId = ctx.config.NETWORK_ID
  const consumers = await openWallets(
    ctx,
    Array.from({ length: consumerCount }, () => null),
  )
  const merchants = [...region.wholesalers, ...region.stalls]
  const wallets = await openWallets(
    ctx,
    merchants.map(({ merchantId }) => merchantId),
  )
  const walletOf = new Map<Stall, Payer>(merchants.map((stall, index) => [stall, wallets[index]!]))
  const bases = await terminalsAtStalls(
    ctx.db,
    region.bases.map(({ terminal }) => terminal.id),
  )
  let counter = 0

  async function harvest({ harvests }: PlannedDay, beganAtMs: number): Promise<void> {
    const harvestedAtSeconds = msToSeconds2024(beganAtMs) - 3_600
    await ctx.db.transaction(async (tx) => {
      for (const { base, commodity, grams } of harvests) {
        const stall = bases.get(base.terminal.id)
        if (!stall) throw new Error("a base has no terminal")
        const goods = { lot: ctx.random.uuid(), commodity, weightGrams: grams, certificate: undefined }
        const body = { ...goods, harvestedAtSeconds, declaredOrigin: "河北张家口张北" }
        const refusal = await declareHarvest(ctx, tx, stall, body, { uploadId: ctx.random.uuid(), concerned: [2, 5] })
        if (refusal) throw new Error(refusal)
      }
      await tx.execute("UPDATE records SET state = 'anchored' WHERE state = 'pending'")
    })
  }

  /** Returns how many sales the day had. */
  async function trade(day: PlannedDay, beganAtMs: number): Promise<number> {
    await harvest(day, beganAtMs)
    for (const sales of transactionsOf(day.sales)) {
      const paid = sales.map(({ seller, buyer, lines, atSeconds }) => {
        counter += 1
        const issuedAtSeconds = msToSeconds2024(beganAtMs) + atSeconds
        const { snapshotPrefix, terminal } = seller
        const code = signCode(terminal, networkId, { counter, issuedAtSeconds, snapshotPrefix, lines })
        const payer = (buyer && walletOf.get(buyer)) ?? consumers[counter % consumers.length]!
        return { code, payer }
      })
      await ctx.db.transaction(async (tx) => {
        const keys = await storePaid(ctx, tx, paid)
        await tx.execute("UPDATE sales SET uploaded_at = settled_at WHERE state = 'paid' AND record_id IS NULL")
        const done = await completeTrades(ctx, tx, keys)
        if (done.length !== paid.length) throw new Error("a sale did not become a trade")
        await tx.execute("UPDATE records SET state = 'anchored' WHERE state = 'pending'")
      })
    }
    return day.sales.length
  }

  return { trade }
}

/** What a buyer of these sells again comes in another transaction: goods are stored before they are sold on. */
function transactionsOf(sales: readonly PlannedSale[]): PlannedSale[][] {
  const groups: PlannedSale[][] = []
  for (const sale of sales) {
    const group = groups.at(-1)
    const isFull = group === undefined || group.length >= salesPerTransaction
    if (isFull || group[0]?.seller.siteId !== sale.seller.siteId) groups.push([sale])
    else group.push(sale)
  }
  return groups
}
