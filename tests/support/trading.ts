// What people at the terminals of an opened trade (goods.ts) do all day, each thing a moment after the one before.

import type { TestGateway } from "./context"
import { harvestBody, nextMoment, secondsOf } from "./goods"
import { payOnPlatform, type TestBuyer } from "./paying"
import { cabbage, gramsOf, type SellingTerminal } from "./selling"

/** @param at asked with each deed, because a test opens its gateway first */
export function tradingAt(at: () => TestGateway) {
  let counter = 0
  /** Of a sale that is signed next, by whichever terminal. */
  const nextCounter = () => {
    counter += 1
    return counter
  }
  return {
    nextCounter,
    /** A sale from slot 1 that is uploaded and paid on the platform. */
    async sell(seller: SellingTerminal, grams: number, buyer: TestBuyer, unitPriceFen = 400) {
      const { ctx, clock } = at()
      nextMoment(clock)
      const code = await seller.code(nextCounter(), [gramsOf(1, grams, unitPriceFen)])
      await seller.deliver(await seller.envelope("sale", seller.saleBody(code)))
      const sale = await payOnPlatform(ctx, code, buyer)
      if (!sale.recordId) throw new Error("the sale has no record")
      return { ...sale, recordId: sale.recordId }
    },
    /** Returns the lot. */
    async harvest(base: SellingTerminal, grams: number): Promise<string> {
      const { ctx, clock } = at()
      nextMoment(clock)
      const lot = ctx.random.uuid()
      await base.deliver(await base.envelope("harvest", harvestBody(ctx, lot, grams)))
      return lot
    },
    /** Goods whose origin nobody wrote down. */
    async enterOutside(terminal: SellingTerminal, weightGrams: number): Promise<void> {
      const { ctx, clock } = at()
      nextMoment(clock)
      const body = { commodity: cabbage, weightGrams, receivedAtSeconds: secondsOf(ctx), declaredOrigin: "" }
      await terminal.deliver(await terminal.envelope("outside-goods", body))
    },
  }
}

/** After noon in China: the wholesale market's day has begun too, and what is traded next is of this one day. */
export function skipToAfternoon({ clock }: TestGateway): string {
  clock.advance(Date.parse(`${dayInChina(clock.nowMs())}T00:00:00+08:00`) + 37 * 3_600_000 - clock.nowMs())
  return dayInChina(clock.nowMs())
}

export const dayInChina = (ms: number) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(ms)
