// The stalls of a province for the figures with millions of trades: sites, merchants, their piles and wallets, stored by
// the product's own functions or as it stores them.
import type { Context } from "@suyuan/api/context"
import { pileIdOf } from "@suyuan/api/stock/pile-id"
import { sites } from "@suyuan/drizzle/schema/participants"
import { eq } from "drizzle-orm"
import { commodityCodes, openConsortium, type SiteKind } from "../market/consortium"
import { openStalls } from "../market/open-stalls"
import { openWallets, type Payer } from "../market/settle-sales"

export type Trader = {
  readonly siteId: string
  readonly merchantId: string
  readonly terminalId: number
  readonly snapshotPrefix: string
  readonly commodities: readonly number[]
  /** Of each commodity, in the same order. */
  readonly piles: readonly string[]
  readonly wallet: Payer
}

export type Province = {
  readonly bases: readonly Trader[]
  readonly wholesalers: readonly Trader[]
  readonly stalls: readonly Trader[]
  readonly consumers: readonly string[]
}

export type ProvinceSize = { readonly stalls: number; readonly consumers: number }

const stallsPerSite = 150
const stallsPerWholesaler = 18
const wholesalersPerBase = 2
/** Serial of the first terminal of each kind. */
const firstSerials: Readonly<Record<SiteKind, number>> = { base: 100_000, wholesale: 200_000, market: 300_000 }

export async function openProvince(ctx: Context, directory: string, size: ProvinceSize): Promise<Province> {
  const first = await openConsortium(ctx, directory)
  const wholesalers = Math.ceil(size.stalls / stallsPerWholesaler)
  const open = (kind: SiteKind, count: number, kinds: number, step: number) =>
    openTraders(ctx, { kind, firstSiteId: first[kind].siteId, count, kinds, step })
  return {
    bases: await open("base", Math.max(12, Math.ceil(wholesalers / wholesalersPerBase)), 4, 2),
    wholesalers: await open("wholesale", Math.max(12, wholesalers), 8, 4),
    stalls: await open("market", size.stalls, 6, 1),
    consumers: (
      await openWallets(
        ctx,
        Array.from({ length: size.consumers }, () => null),
      )
    ).map(({ id }) => id),
  }
}

type TradersToOpen = {
  readonly kind: SiteKind
  readonly firstSiteId: string
  readonly count: number
  readonly kinds: number
  readonly step: number
}

async function openTraders(ctx: Context, { kind, firstSiteId, count, kinds, step }: TradersToOpen): Promise<Trader[]> {
  const traders: Trader[] = []
  for (let from = 0; from < count; from += stallsPerSite) {
    const siteId = from === 0 ? firstSiteId : await anotherSite(ctx, firstSiteId, firstSerials[kind] + from)
    const commoditiesOf = (index: number) =>
      Array.from(
        { length: kinds },
        (_, at) => commodityCodes[((from + index) * step + at) % commodityCodes.length] ?? 0,
      )
    const some = Math.min(stallsPerSite, count - from)
    const stalls = await openStalls(ctx, { siteId, count: some, firstSerial: firstSerials[kind] + from, commoditiesOf })
    const wallets = await openWallets(
      ctx,
      stalls.map(({ merchantId }) => merchantId),
    )
    traders.push(
      ...stalls.map(({ merchantId, terminal, snapshotPrefix, commodities }, index) => ({
        ...{ siteId, merchantId, terminalId: terminal.id, commodities, wallet: wallets[index]! },
        snapshotPrefix: Buffer.from(snapshotPrefix).toString("hex"),
        piles: commodities.map((commodity) => pileIdOf(merchantId, commodity, null)),
      })),
    )
  }
  return traders
}

async function anotherSite(ctx: Context, likeId: string, number: number): Promise<string> {
  const [like] = await ctx.db.select().from(sites).where(eq(sites.id, likeId))
  if (!like) throw new Error("the first site is not there")
  const id = ctx.random.uuid()
  await ctx.db.insert(sites).values({ ...like, id, number, name: `演示场所${number}`, nameEn: `Site ${number}` })
  return id
}
