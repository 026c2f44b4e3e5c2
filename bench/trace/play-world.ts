/**
 * Plays a world item by item: bases harvest and load trucks in the afternoon, wholesalers sell through the night, stalls
 * sell through the day and are asked in the evening whether they are sold out. No proportion is ever computed: what is in
 * a bag is what a hand took. The same seed plays the same days.
 */
import { UNKNOWN_SOURCE } from "@suyuan/protocol/trace/pile-event"
import { type Dice, openDice } from "../../scripts/demo/dice"
import { gramsOf, growItems, type Item, takeGrams } from "./items"
import { Journal, type Lot, type Pile, type Played, type Sold } from "./journal"
import type { Base, Commodity, Habit, World } from "./world"

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export interface PlayOptions {
  /** Some goods are sold after their shelf life. */
  readonly keepsTooLong?: boolean
}

export function playWorld(world: World, habit: Habit, seed: number, options: PlayOptions = {}): Played {
  const dice = openDice(seed).fork(habit)
  const journal = new Journal(habit, dice)
  const shelfLifeMsOf = new Map<string, number>()
  for (const commodity of world.commodities) {
    const from = journal.piles.length
    new Trade({ world, commodity, journal, dice: dice.fork(commodity.name), ...options }).play()
    for (const { pileId } of journal.piles.slice(from)) shelfLifeMsOf.set(pileId, commodity.shelfLifeDays * DAY_MS)
  }
  const { entries, bags, lots, piles } = journal
  return { entries, bags, lots, stocks: new Map(piles.map(({ pileId, goods }) => [pileId, goods])), shelfLifeMsOf }
}

interface Seller {
  readonly pile: Pile
}

interface Buyer<From> extends Seller {
  readonly usual: readonly From[]
}

interface Grower extends Seller {
  readonly base: Base
}

/** On its way to the buyer. */
interface Cart extends Sold {
  readonly pile: Pile
}

/** Each of them does this, at a time of its own between two hours of the day. */
type At = <Who>(from: number, to: number, who: readonly Who[], act: (who: Who) => void) => void

function middle([low, high]: readonly [number, number]): number {
  return (low + high) / 2
}

interface TradeOptions extends PlayOptions {
  readonly world: World
  readonly commodity: Commodity
  readonly journal: Journal
  readonly dice: Dice
}

/** The trade in one commodity. */
class Trade {
  private readonly world: World
  private readonly commodity: Commodity
  private readonly journal: Journal
  private readonly dice: Dice
  private readonly growers: readonly Grower[]
  private readonly wholesalers: readonly Buyer<Grower>[]
  private readonly stalls: readonly Buyer<Buyer<Grower>>[]
  private readonly stallDayGrams: number
  private readonly truckGrams: number
  private readonly keptTooLongShare: number

  constructor({ world, commodity, journal, dice, keepsTooLong = false }: TradeOptions) {
    this.keptTooLongShare = keepsTooLong ? world.keptTooLongShare : 0
    this.world = world
    this.commodity = commodity
    this.journal = journal
    this.dice = dice
    const { wholesalers, stalls, bases } = world
    const pileId = (who: string) => `${who}/${commodity.name}`
    this.growers = commodity.bases.map((id) => {
      return { base: bases.find((base) => base.id === id)!, pile: journal.openPile(pileId(id), "base") }
    })
    this.wholesalers = Array.from({ length: wholesalers.count }, (_, index) => ({
      pile: journal.openPile(pileId(`wholesaler-${index + 1}`), "wholesaler"),
      usual: dice.several(this.growers, wholesalers.usualBases),
    }))
    this.stalls = Array.from({ length: stalls.count }, (_, index) => ({
      pile: journal.openPile(pileId(`stall-${index + 1}`), "stall"),
      usual: dice.several(this.wholesalers, stalls.usualWholesalers),
    }))
    this.stallDayGrams = middle(stalls.bagsPerDay) * middle(commodity.bagGrams)
    this.truckGrams = ((this.stallDayGrams * stalls.count) / wholesalers.count) * wholesalers.truckNights
  }

  play(): void {
    const startMs = Date.parse(`${this.world.startsOn}T00:00:00Z`)
    this.journal.startAt(startMs)
    for (let day = 0; day < this.world.days; day += 1) this.playDay(startMs + day * DAY_MS)
  }

  /** From noon to the evening of the next day, in hours since its midnight: wholesale crosses the next one. */
  private playDay(dayMs: number): void {
    const { growers, wholesalers, stalls, world } = this
    const at: At = (from, to, who, act) => {
      const actions = who.map((one) => () => act(one))
      this.journal.during(dayMs + from * HOUR_MS, dayMs + to * HOUR_MS, actions)
    }
    const discard = ({ pile }: Seller, until: number) => this.discard(pile, dayMs + until * HOUR_MS)
    at(12, 13, growers, (grower) => discard(grower, 36))
    const trucks = this.loadTrucks(dayMs, at)
    at(18.5, 19, growers, ({ pile }) => this.close(pile, world.growers.clearedShare))
    at(20, 23, trucks, (truck) => this.arrive(truck))
    at(25, 25, wholesalers, (wholesaler) => discard(wholesaler, 31))
    const carts: Cart[] = []
    at(26, 28.5, stalls, (stall) => carts.push(...this.buyForTheDay(stall)))
    at(28.6, 29.4, carts, (cart) => this.arrive(cart))
    at(29.5, 30, stalls, ({ pile }) => this.buyByHand(pile))
    at(30.2, 30.4, wholesalers, ({ pile }) =>
      this.close(pile, this.needsTruck(pile) ? world.wholesalers.clearedShare : 0),
    )
    at(30.4, 30.5, stalls, (stall) => discard(stall, 44))
    const visits = stalls.flatMap(({ pile }) => this.dayAtTheStall(pile))
    at(30.5, 43, visits, (visit) => visit())
    at(43.2, 43.8, stalls, ({ pile }) => this.close(pile, this.commodity.clearedShare))
  }

  private loadTrucks(dayMs: number, at: At): Cart[] {
    const { dice, world, growers } = this
    const orders = this.wholesalers.flatMap(({ pile, usual }) => {
      if (!this.needsTruck(pile)) return []
      return [{ pile, seller: dice.pick(usual), grams: Math.round(this.truckGrams * (0.8 + 0.4 * dice.roll())) }]
    })
    at(13, 14, growers, (grower) => {
      const ordered = orders.reduce((sum, { seller, grams }) => sum + (seller === grower ? grams : 0), 0)
      const grams = Math.round(ordered * (1 + world.growers.spareShare)) - gramsOf(grower.pile.goods)
      if (ordered > 0 && grams > 0) this.harvest(grower, dayMs, grams)
    })
    const trucks: Cart[] = []
    at(15, 18, orders, ({ pile, seller, grams }) => {
      const sale = this.sell(seller.pile, grams)
      if (sale) trucks.push({ pile, ...sale })
    })
    return trucks
  }

  private needsTruck({ goods }: Pile): boolean {
    return gramsOf(goods) <= this.world.wholesalers.ordersBelowShare * this.truckGrams
  }

  private harvest({ base, pile }: Grower, dayMs: number, wantedGrams: number): void {
    const id = `${base.id}/${this.commodity.name}/${new Date(dayMs).toISOString().slice(0, 10)}`
    const expiresAtMs = dayMs + 14 * HOUR_MS + this.commodity.shelfLifeDays * DAY_MS
    const goods = growItems({ id, expiresAtMs }, wantedGrams, this.commodity.itemGrams, this.dice)
    const { county, province } = base
    const tested = this.dice.isLucky(this.world.testedShare)
    const lot: Lot = {
      ...{ id, commodity: this.commodity.name, base: base.id, county, province },
      ...{ tested, expiresAtMs, grams: gramsOf(goods) },
    }
    this.journal.harvest(pile, lot, goods)
  }

  /** Some of it may be lost on the way: the buyer accepts what came. */
  private arrive({ pile, goods, ref }: Cart): void {
    const { shortArrivalShare, shortArrivalLossShare } = this.world
    const isShort = this.dice.isLucky(shortArrivalShare)
    const lostGrams = isShort ? gramsOf(goods) * shortArrivalLossShare : 0
    this.journal.arrive(pile, takeGrams(goods, lostGrams, "random", this.dice).left, ref)
  }

  private buyForTheDay({ pile, usual }: Buyer<Buyer<Grower>>): Cart[] {
    const stock = gramsOf(pile.goods)
    if (stock > this.world.stalls.buysBelowShare * this.stallDayGrams) return []
    const carts: Cart[] = []
    let missing = Math.round(this.stallDayGrams * (0.8 + 0.4 * this.dice.roll())) - stock
    for (const seller of this.dice.several(usual, usual.length)) {
      const sale = missing > 0 ? this.sell(seller.pile, missing) : undefined
      if (sale === undefined) continue
      carts.push({ pile, ...sale })
      missing -= gramsOf(sale.goods)
    }
    return carts
  }

  /** From somebody without a terminal: nobody knows the lot. */
  private buyByHand(pile: Pile): void {
    if (!this.dice.isLucky(this.world.handEnteredShare)) return
    const grams = Math.round(this.stallDayGrams * (0.2 + 0.3 * this.dice.roll()))
    const lot = { id: UNKNOWN_SOURCE, expiresAtMs: Number.POSITIVE_INFINITY }
    this.journal.enterByHand(pile, growItems(lot, grams, this.commodity.itemGrams, this.dice))
  }

  private dayAtTheStall(pile: Pile): (() => void)[] {
    const { dice, world } = this
    const bags = dice.between(...world.stalls.bagsPerDay)
    const actions = Array.from({ length: bags }, () => () => this.serve(pile))
    if (dice.isLucky(world.wasteShare)) actions.push(() => this.sortOut(pile))
    return actions
  }

  private sell(pile: Pile, grams: number): Sold | undefined {
    return this.journal.sell(pile, grams, this.dice.isLucky(this.world.chosenShare))
  }

  private serve(pile: Pile): void {
    const { dice, world, journal } = this
    const grams = dice.between(...this.commodity.bagGrams)
    const isVain = dice.isLucky(world.voidedShare) && pile.goods.length > 0
    if (isVain) journal.sellInVain(pile, grams)
    const sale = isVain ? undefined : this.sell(pile, grams)
    if (sale === undefined || !dice.isLucky(world.returnedShare)) return
    journal.takeBack(pile, dice.several(sale.goods, dice.between(1, sale.goods.length)), sale.ref.recordId)
  }

  /** What looks bad goes, whatever lot it is of. */
  private sortOut(pile: Pile): void {
    const { taken } = takeGrams(pile.goods, gramsOf(pile.goods) * 0.05, "random", this.dice)
    this.journal.throwAway(pile, taken)
  }

  /** Nothing is sold after its shelf life: what would not last until then goes first. */
  private discard(pile: Pile, untilMs: number): void {
    if (this.keptTooLongShare > 0 && this.dice.isLucky(this.keptTooLongShare)) return
    this.journal.throwAway(
      pile,
      pile.goods.filter((item: Item) => item.expiresAtMs <= untilMs),
    )
  }

  /** What is left is cleared, or not; then whoever closes the day is asked whether it is sold out. */
  private close(pile: Pile, clearedShare: number): void {
    const { dice, world, journal } = this
    if (dice.isLucky(clearedShare)) journal.throwAway(pile, pile.goods)
    const isAnswered = pile.goods.length === 0 && dice.isLucky(world.soldOutAnsweredShare)
    if (isAnswered || dice.isLucky(world.stockTakeShare)) journal.count(pile)
  }
}
