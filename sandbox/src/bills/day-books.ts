/** What a bill tells of one day in China: orders paid on it and refunds that ended or began, in the order of their numbers. */
import type { Platform } from "../accounts"
import type { Order, Refund } from "../orders/order"
import type { World } from "../world"

const dayMs = 86_400_000

/** Milliseconds of China midnight; undefined for what is not a day. */
export function dayStartMs(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  const ms = Date.parse(`${day}T00:00:00+08:00`)
  return Number.isNaN(ms) ? undefined : ms
}

/** Whether the bill of the day that starts then has been made. */
export function isBillReady(world: World, platform: Platform, startMs: number): boolean {
  return world.settings.clockMs() >= startMs + dayMs + world.settings.billReadyMs[platform]
}

export interface DayBooks {
  readonly paid: readonly Order[]
  readonly refunded: readonly { readonly order: Order; readonly refund: Refund }[]
}

export function dayBooks(world: World, platform: Platform, startMs: number, payeeNo?: string): DayBooks {
  const mine = (order: Order) => payeeNo === undefined || order.payeeNo === payeeNo
  const paid = world.store.ordersPaidIn(platform, startMs, startMs + dayMs).filter(mine)
  const refunded = world.store.refundsIn(platform, startMs, startMs + dayMs).flatMap((refund) => {
    const order = world.store.order(platform, refund.orderNo)
    return order !== undefined && mine(order) ? [{ order, refund }] : []
  })
  return { paid, refunded }
}

/** 0.6 %, half up to the fen. */
export function feeFenOf(amountFen: number): number {
  return Math.floor((amountFen * 6 + 500) / 1000)
}
