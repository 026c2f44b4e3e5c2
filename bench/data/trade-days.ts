// Days of trade of a province, one after the other, as rows: bases harvest and sell to wholesalers, those to stalls, and
// stalls to consumers. Who buys from whom, and how much, follows from numbers alone.
import type { Remembered } from "@suyuan/api/trace/bought-origins"
import type { PileDay } from "@suyuan/api/trace/pile-days"
import type { PileRow } from "@suyuan/api/trace/read-pile-rows"
import { MS_PER_DAY } from "@suyuan/protocol/units/instant"
import type postgres from "postgres"
import { CopiedTable } from "./copy-table"
import { DayTables, type Sold } from "./day-tables"
import { Dice } from "./dice"
import type { Province, Trader } from "./region"
import { jsonField, type LotLimits, suppliersFields, walkDay } from "./remembered"

const salesPerStallAndDay = 196
const linesPerSaleMax = 3
const linesPerPurchaseMax = 8
/** After the day's first instant. */
const hours = { harvest: 0, fromBases: 0.5, fromWholesalers: 1, retail: 2, closing: 12.5 }
const retailHours = 10
const shelfLifeMs = 168 * 3_600_000
const declaredOrigin = "河北张家口张北"
/** So many stalls of ten say each evening what they sold out. */
const counting = 6
const salesPerPause = 500

type OfDay = { readonly rows: PileRow[]; readonly soldOn: PileRow[]; soldGrams: number; lastSoldMs: number }

export class TradeDays {
  trades = 0
  readonly states = new Map<string, PileDay>()
  private readonly sql: postgres.Sql
  private readonly province: Province
  private readonly limits: LotLimits & { lotGrams: Map<string, number>; expiresAtMs: Map<string, number> } = {
    lotGrams: new Map(),
    expiresAtMs: new Map(),
  }
  private readonly counters = new Map<Trader, number>()
  private attaching: Promise<void> = Promise.resolve()
  private pileDays: CopiedTable | undefined
  private smallTables: Readonly<Record<"lots" | "purchases", CopiedTable>> | undefined

  constructor(sql: postgres.Sql, province: Province) {
    this.sql = sql
    this.province = province
  }

  async open(): Promise<void> {
    this.pileDays = await CopiedTable.open(
      this.sql,
      "pile_days",
      "pile_id, day, at, revisions, shortfalls, state, lots_left, suppliers, supplier_until, supplier_revisions",
    )
    this.smallTables = {
      lots: await CopiedTable.open(
        this.sql,
        "lots",
        "id, site_id, merchant_id, commodity, grams, harvested_at, expires_at, declared_origin, region_code, record_id, created_at",
      ),
      purchases: await CopiedTable.open(
        this.sql,
        "purchases",
        "id, buyer_merchant_id, site_id, sale_record_id, line, commodity, grams, pile_id, upstream_pile_id, effective_at, state, accepted_grams, decided_at, collected_at",
      ),
    }
  }

  /** Everything of one UTC day; its indexes are still being built when this resolves. */
  async trade(day: string, number: number): Promise<void> {
    const tables = await DayTables.open(this.sql, day)
    const startMs = Date.parse(day)
    const today = new Map<string, OfDay>()
    const bought = new Map<string, Remembered>()
    const retail = await this.sellRetail(tables, startMs, number, today)
    const wholesale = this.supply(
      tables,
      retail,
      this.province.wholesalers,
      startMs + hours.fromWholesalers * 3_600_000,
      number,
      today,
    )
    const harvest = this.supply(
      tables,
      wholesale,
      this.province.bases,
      startMs + hours.fromBases * 3_600_000,
      number,
      today,
    )
    await tables.keepPace()
    this.harvest(tables, harvest, startMs, today)
    this.closeDay(tables, startMs, today)
    for (const traders of [this.province.bases, this.province.wholesalers, this.province.stalls]) {
      this.remember(tables, traders, startMs, today, bought)
      await tables.keepPace()
      await this.pileDays?.keepPace()
    }
    await tables.end()
    const earlier = this.attaching
    this.attaching = earlier.then(() => tables.attach(this.sql))
    await earlier
  }

  async end(): Promise<void> {
    await this.pileDays?.end()
    await this.smallTables?.lots.end()
    await this.smallTables?.purchases.end()
    await this.attaching
  }

  /** Grams of each commodity that each stall sells that day. */
  private async sellRetail(tables: DayTables, startMs: number, number: number, today: Map<string, OfDay>) {
    const demand = new Map<Trader, number[]>()
    const { stalls, consumers } = this.province
    let sincePause = 0
    for (const [position, stall] of stalls.entries()) {
      const dice = new Dice(number * 100_003 + position)
      const wanted = stall.commodities.map(() => 0)
      demand.set(stall, wanted)
      for (let index = 0; index < salesPerStallAndDay; index += 1) {
        const share = (index + position / stalls.length) / salesPerStallAndDay
        const atMs = startMs + Math.floor((hours.retail + share * retailHours) * 3600) * 1000
        const first = dice.below(stall.commodities.length)
        const lines = Array.from({ length: 1 + dice.below(linesPerSaleMax) }, (_, line) => {
          return { slot: 1 + ((first + line) % stall.commodities.length), grams: 300 + dice.below(900) }
        })
        const consumer = consumers[dice.below(consumers.length)] ?? ""
        tables.sale(stall, this.nextCounter(stall), consumer, null, { recordId: tables.recordId(), atMs, lines })
        for (const { slot, grams } of lines) {
          wanted[slot - 1] = (wanted[slot - 1] ?? 0) + grams
          const own = ofDay(today, stall.piles[slot - 1])
          own.soldGrams += grams
          own.lastSoldMs = atMs
        }
      }
      sincePause += salesPerStallAndDay
      if (sincePause < salesPerPause) continue
      sincePause = 0
      await tables.keepPace()
    }
    return demand
  }

  /** What buyers buy that morning of suppliers that have it, each commodity of another one every day. Returns what those sell. */
  private supply(
    tables: DayTables,
    demand: ReadonlyMap<Trader, readonly number[]>,
    suppliers: readonly Trader[],
    atMs: number,
    number: number,
    today: Map<string, OfDay>,
  ): Map<Trader, number[]> {
    const having = Map.groupBy(
      suppliers.flatMap((seller) => seller.commodities.map((commodity, at) => ({ seller, commodity, slot: at + 1 }))),
      ({ commodity }) => commodity,
    )
    const sold = new Map<Trader, number[]>()
    let position = 0
    for (const [buyer, wanted] of demand) {
      position += 1
      const carts = new Map<Trader, { slot: number; buyerSlot: number; grams: number }[]>()
      for (const [at, grams] of wanted.entries()) {
        const commodity = buyer.commodities[at] ?? 0
        const some = having.get(commodity) ?? []
        const from = some[(position * 7 + number * 3 + commodity) % some.length]
        if (!from || grams === 0) continue
        // Every other one has two in a hundred to spare.
        const bought = Math.ceil(grams * (position % 2 === 0 ? 1 : 1.02))
        const cart = carts.get(from.seller) ?? []
        carts.set(from.seller, cart)
        cart.push({ slot: from.slot, buyerSlot: at + 1, grams: bought })
        const all = sold.get(from.seller) ?? from.seller.commodities.map(() => 0)
        sold.set(from.seller, all)
        all[from.slot - 1] = (all[from.slot - 1] ?? 0) + bought
      }
      for (const [seller, cart] of carts) {
        for (let from = 0; from < cart.length; from += linesPerPurchaseMax) {
          const lines = cart.slice(from, from + linesPerPurchaseMax)
          this.buy(tables, { buyer, seller, lines, atMs: atMs + (position % 1500) * 1000 }, today)
        }
      }
    }
    return sold
  }

  private buy(
    tables: DayTables,
    trade: {
      readonly buyer: Trader
      readonly seller: Trader
      readonly lines: readonly { slot: number; buyerSlot: number; grams: number }[]
      readonly atMs: number
    },
    today: Map<string, OfDay>,
  ): void {
    const { buyer, seller, lines, atMs } = trade
    const sold: Sold = { recordId: tables.recordId(), atMs, lines }
    const { recordId } = sold
    tables.sale(seller, this.nextCounter(seller), buyer.wallet.id, buyer.merchantId, sold)
    const at = new Date(atMs).toISOString()
    lines.forEach(({ slot, buyerSlot, grams }, line) => {
      const [pileId, upstreamPileId] = [buyer.piles[buyerSlot - 1] ?? "", seller.piles[slot - 1] ?? ""]
      const upstream = { pileId: upstreamPileId, recordId, line }
      tables.event(buyer, buyerSlot, { atMs, direction: 0, recordId, line, grams, source: "purchase", upstream })
      const inflow = rowOf(pileId, { atMs, direction: 0, recordId, line, grams, source: "purchase", upstream })
      ofDay(today, pileId).rows.push(inflow)
      const sellers = ofDay(today, upstreamPileId)
      sellers.rows.push(rowOf(upstreamPileId, { atMs, direction: 1, recordId, line, grams, source: "outflow" }))
      sellers.soldOn.push(inflow)
      this.smallTables?.purchases.add(
        `${Bun.randomUUIDv7()}\t${buyer.merchantId}\t${buyer.siteId}\t\\\\x${recordId}\t${line}\t${buyer.commodities[buyerSlot - 1]}\t${grams}\t\\\\x${pileId}\t\\\\x${upstreamPileId}\t${at}\taccepted\t${grams}\t${at}\t${at}`,
      )
    })
  }

  private harvest(
    tables: DayTables,
    sold: ReadonlyMap<Trader, readonly number[]>,
    startMs: number,
    today: Map<string, OfDay>,
  ): void {
    const atMs = startMs + hours.harvest * 3_600_000
    const at = new Date(atMs).toISOString()
    const expiresAtMs = atMs + shelfLifeMs
    for (const [base, wanted] of sold) {
      for (const [index, grams] of wanted.entries()) {
        if (grams === 0) continue
        const [lotId, recordId, all] = [Bun.randomUUIDv7(), tables.recordId(), grams + 20_000]
        tables.event(base, index + 1, { atMs, direction: 0, recordId, line: 0, grams: all, source: "lot", lotId })
        tables.record(recordId, 2, base.siteId, at)
        const pileId = base.piles[index] ?? ""
        const inflow = rowOf(pileId, { atMs, direction: 0, recordId, line: 0, grams: all, source: "lot", lotId })
        ofDay(today, pileId).rows.unshift(inflow)
        this.limits.lotGrams.set(lotId, all)
        this.limits.expiresAtMs.set(lotId, expiresAtMs)
        this.smallTables?.lots.add(
          `${lotId}\t${base.siteId}\t${base.merchantId}\t${base.commodities[index]}\t${all}\t${at}\t${new Date(expiresAtMs).toISOString()}\t${declaredOrigin}\t130722\t\\\\x${recordId}\t${at}`,
        )
      }
    }
  }

  private closeDay(tables: DayTables, startMs: number, today: Map<string, OfDay>): void {
    const { stalls, wholesalers } = this.province
    const atMs = startMs + hours.closing * 3_600_000
    const at = new Date(atMs).toISOString()
    for (const [position, trader] of [...wholesalers, ...stalls].entries()) {
      trader.piles.forEach((pileId, index) => {
        const own = today.get(pileId)
        if (!own) return
        if (own.soldGrams > 0) {
          const [grams, lastMs] = [own.soldGrams, own.lastSoldMs]
          own.rows.push(
            rowOf(pileId, { atMs: lastMs, direction: 1, recordId: "00", line: 0, grams, source: "outflow" }),
          )
        }
        if (position % 10 >= counting) return
        const recordId = tables.recordId()
        tables.event(trader, index + 1, { atMs, direction: 2, recordId, line: 0, grams: 0, source: "count" })
        tables.record(recordId, 5, trader.siteId, at)
        own.rows.push(rowOf(pileId, { atMs, direction: 2, recordId, line: 0, grams: 0, source: "count" }))
      })
    }
  }

  private remember(
    tables: DayTables,
    traders: readonly Trader[],
    startMs: number,
    today: ReadonlyMap<string, OfDay>,
    bought: Map<string, Remembered>,
  ): void {
    for (const pileId of traders.flatMap(({ piles }) => piles)) {
      const own = today.get(pileId)
      if (!own) continue
      const { rows, soldOn } = own
      const state = walkDay(
        { pileId, rows, soldOn, start: this.states.get(pileId) },
        bought,
        this.limits,
        startMs + MS_PER_DAY,
      )
      for (const row of soldOn) {
        const key = `${row.upstreamRecordId}#${row.upstreamLine}`
        const one = bought.get(key)
        if (!one) throw new Error("what was sold on is not known")
        const { suppliers, ...origins } = one
        tables.boughtOrigins(
          `\\\\x${row.upstreamRecordId}\t${row.upstreamLine}\t${tables.day}\t\\\\x${pileId}\t${jsonField(origins)}\t${suppliersFields(suppliers)}`,
        )
      }
      if (!state) continue
      this.states.set(pileId, state)
      const { atMs, suppliers, lotsLeft, revisions, shortfalls, ...rest } = state
      this.pileDays?.add(
        `\\\\x${pileId}\t${tables.day}\t${new Date(atMs).toISOString()}\t${revisions}\t${shortfalls}\t${jsonField(rest)}\t{${lotsLeft.join(",")}}\t${suppliersFields(suppliers)}`,
      )
    }
  }

  private nextCounter(trader: Trader): number {
    this.trades += 1
    const next = (this.counters.get(trader) ?? 0) + 1
    this.counters.set(trader, next)
    return next
  }
}

function ofDay(today: Map<string, OfDay>, pileId = ""): OfDay {
  const known = today.get(pileId)
  if (known) return known
  const own: OfDay = { rows: [], soldOn: [], soldGrams: 0, lastSoldMs: 0 }
  today.set(pileId, own)
  return own
}

function rowOf(
  pileId: string,
  event: {
    readonly atMs: number
    readonly direction: number
    readonly recordId: string
    readonly line: number
    readonly grams: number
    readonly source: PileRow["source"]
    readonly lotId?: string
    readonly upstream?: { readonly pileId: string; readonly recordId: string; readonly line: number }
  },
): PileRow {
  const { atMs, direction, recordId, line, grams, source, lotId, upstream } = event
  return {
    ...{ pileId, effectiveAt: new Date(atMs), direction, recordId, line, gramsLow: grams, gramsHigh: grams, source },
    lotId: lotId ?? null,
    upstreamPileId: upstream?.pileId ?? null,
    upstreamRecordId: upstream?.recordId ?? null,
    upstreamLine: upstream?.line ?? null,
  }
}
