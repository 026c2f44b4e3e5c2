// A database with millions of trades that stays between runs: `npm run bench:data` builds it, the figures that need it use
// what is there and say its size.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Context } from "@suyuan/api/context"
import { utcDay } from "@suyuan/api/day"
import { sumPileDays } from "@suyuan/api/trace/sum-days"
import { MS_PER_DAY } from "@suyuan/protocol/units/instant"
import postgres from "postgres"
import { z } from "zod"
import type { Run } from "../figure"
import { type Installation, type KeptDatabase, openInstallation } from "../installation"
import { openDays } from "../market/open-days"
import { CopiedTable } from "./copy-table"
import { openProvince, type Province } from "./region"
import { TradeDays } from "./trade-days"

/** Where the figures look for it. */
export const provinceDirectory = join(import.meta.dir, "../../.suyuan/bench-data")
const factsFileOf = (directory: string) => join(directory, "province.json")

const facts = z.strictObject({
  trades: z.number().int(),
  days: z.number().int(),
  stalls: z.number().int(),
  lastDay: z.string(),
  gibibytes: z.number(),
  seconds: z.number(),
})
export type ProvinceFacts = z.infer<typeof facts>

const days = 14
const tradesPerStallAndDay = 204
/** So many jobs look at what happened lately; what is older is left alone by all of them. */
const lastDayAgo = 4
const consumersPerStall = 60
/** A connection for each table that is loaded, and one for indexes. */
const loaders = 10

/** For loading alone: nothing of it need survive a power cut, it can be built again. */
const loading: Omit<KeptDatabase, "directory"> = {
  durable: false,
  settings: { wal_level: "minimal", max_wal_senders: "0", maintenance_work_mem: "512MB", max_wal_size: "8GB" },
}

export async function buildProvince(run: Run, trades: number, directory: string): Promise<ProvinceFacts> {
  const beganMs = performance.now()
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  const stalls = Math.max(30, Math.round(trades / days / tradesPerStallAndDay))
  const lastDayMs = Math.floor(Date.now() / MS_PER_DAY) * MS_PER_DAY - lastDayAgo * MS_PER_DAY
  const dayOf = (index: number) => new Date(lastDayMs - (days - 1 - index) * MS_PER_DAY).toISOString().slice(0, 10)
  const line = await openInstallation(run, undefined, { ...loading, directory })
  const loader = postgres(line.ctx.config.DATABASE_URL, { max: loaders, onnotice: () => {} })
  try {
    const { ctx } = line
    await openDays(ctx.sql, dayOf(0))
    const province = await openProvince(ctx, line.directory, { stalls, consumers: stalls * consumersPerStall })
    const trade = new TradeDays(loader, province)
    await trade.open()
    for (let index = 0; index < days; index += 1) {
      await trade.trade(dayOf(index), index)
      const seconds = Math.round((performance.now() - beganMs) / 1000)
      run.say(`${trade.trades.toLocaleString("en")} trades are stored after ${seconds} s`)
    }
    await trade.end()
    await storePiles(line, province, trade)
    await notePurchases(ctx)
    await noteStated(ctx, dayOf(0), dayOf(days - 1))
    // As a night leaves it: or the database would tidy up while it is measured, and the days' sums would look at every row.
    run.say("the tables are tidied up")
    for (const parent of ["sales", "sale_lines", "records", "pile_events", "bought_origins"]) {
      await ctx.sql`VACUUM (ANALYZE) ${ctx.sql(parent)}`
    }
    run.say("days are summed")
    await sumDays(ctx, dayOf(0))
    await ctx.sql`VACUUM (ANALYZE) pile_days, piles, lots, purchases, buyers`
    await ctx.sql`CHECKPOINT`
    const [size] = await ctx.sql`SELECT pg_database_size(current_database())::float8 AS bytes`
    const built: ProvinceFacts = {
      ...{ trades: trade.trades, days, stalls, lastDay: dayOf(days - 1) },
      gibibytes: Math.round((Number(size?.bytes) / 2 ** 30) * 10) / 10,
      seconds: Math.round((performance.now() - beganMs) / 1000),
    }
    writeFileSync(factsFileOf(directory), `${JSON.stringify(built)}\n`)
    return built
  } finally {
    await loader.end({ timeout: 5 })
    await line.stop()
  }
}

/** As triggers do of rows that come one by one: whole days were attached. */
async function notePurchases({ sql }: Context): Promise<void> {
  await sql`INSERT INTO pile_purchases SELECT upstream_pile_id, left_at, pile_id, effective_at, record_id, line,
    upstream_record_id, upstream_line FROM pile_events WHERE source = 'purchase'`
  await sql`VACUUM (ANALYZE) pile_purchases`
}

/**
 * As if each day had been looked at when it was over, without the statements themselves: hundreds of thousands, which the
 * gateway would otherwise make up for while it is measured, a day each hour.
 */
async function noteStated({ sql }: Context, firstDay: string, lastDay: string): Promise<void> {
  await sql`INSERT INTO stated_days (pile_id, business_day, last_at, revisions, suppliers, supplier_until, supplier_revisions)
    SELECT pile.id, day, least(pile.last_at, (day + 1)::timestamp AT TIME ZONE s.zone
      + make_interval(mins => s.day_starts_at_minutes)), 0, '{}', '{}', '{}'
    FROM piles AS pile JOIN sites AS s ON s.id = pile.site_id
    CROSS JOIN LATERAL (SELECT generate_series(${firstDay}::date - 1, ${lastDay}::date + 1, interval '1 day')::date AS day)`
  await sql`VACUUM (ANALYZE) stated_days`
}

/** For recalls: as the gateway's job does of each day that passes. */
async function sumDays(ctx: Context, firstDay: string): Promise<void> {
  await sumPileDays(ctx, { days: Math.ceil((ctx.clock.nowMs() - Date.parse(firstDay)) / MS_PER_DAY) })
  await ctx.sql`VACUUM (ANALYZE) pile_sums`
}

/** What the gateway tells of a pile's book, as of its newest event. */
async function storePiles({ ctx }: Installation, province: Province, { states }: TradeDays): Promise<void> {
  const columns = "id, site_id, merchant_id, commodity, alias, created_at, last_at, book_grams, counted_at"
  const table = await CopiedTable.open(ctx.sql, "piles", columns)
  for (const { siteId, merchantId, commodities, piles } of [
    ...province.bases,
    ...province.wholesalers,
    ...province.stalls,
  ]) {
    piles.forEach((pileId, index) => {
      const state = states.get(pileId)
      if (!state) return
      const at = new Date(state.atMs).toISOString()
      const counted = state.carry.grams === 0 ? at : "\\N"
      table.add(
        `\\\\x${pileId}\t${siteId}\t${merchantId}\t${commodities[index]}\t\\\\x${ctx.keys.pileAlias(pileId)}\t${at}\t${at}\t${state.carry.grams}\t${counted}`,
      )
    })
  }
  await table.end()
}

export type KeptProvince = { readonly line: Installation; readonly facts: ProvinceFacts }

let opened: Promise<KeptProvince> | undefined

/** As it was built, with a gateway on it. One for all figures of a run. */
export function keptProvince(run: Run, directory = provinceDirectory): Promise<KeptProvince> {
  const factsFile = factsFileOf(directory)
  if (!existsSync(factsFile))
    throw new Error("no trades are stored: run `npm run bench:data -- --trades 10000000` first")
  const stored = facts.parse(JSON.parse(readFileSync(factsFile, "utf8")))
  opened ??= openInstallation(run, undefined, { directory, durable: true }).then(async (line) => {
    const { ctx } = line
    const [sums] = await ctx.sql`SELECT EXISTS (SELECT FROM pile_sums) AS are_there`
    if (!sums?.are_there) {
      run.say("days are summed anew; this is done once")
      await sumDays(ctx, utcDay(new Date(Date.parse(stored.lastDay) - (stored.days - 1) * MS_PER_DAY)))
    }
    return { line, facts: stored }
  })
  return opened
}

export const needsProvince = {
  isThere: () => existsSync(factsFileOf(provinceDirectory)),
  from: "npm run bench:data -- --trades 10000000",
}

export async function closeKeptProvince(): Promise<void> {
  const province = await opened?.catch(() => undefined)
  opened = undefined
  await province?.line.stop()
}
