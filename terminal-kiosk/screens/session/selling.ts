/** What the seller's finger does to a basket and to the sale on the screen. */

import type { Result } from "@suyuan/protocol/result"
import type { ReductionError } from "@suyuan/protocol/sale/reduction"
import type { SaleLine } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import {
  addLine,
  type Basket,
  type BasketError,
  changeLine,
  emptyBasket,
  reduceTo,
  removeLine,
} from "../../src/basket/basket"
import { holdBasket, listHeld, recallBasket } from "../../src/basket/hold-basket"
import { type CancelSaleError, cancelSale } from "../../src/sale/cancel-sale"
import { type CloseSaleError, closeSale, urlOfSale } from "../../src/sale/close-sale"
import { countAsCancelled } from "../../src/sale/refused-requests"
import { linesOf } from "../../src/sale/sale-lines"
import { standingOf } from "../../src/sale/sale-standing"
import { settleCash } from "../../src/sale/settle-cash"
import { counterKey, type SaleRow, THE_ONE } from "../../src/store/rows"
import { prepareCode } from "../parts/code-image"
import { afterPaint } from "./after-paint"
import type { Kiosk } from "./kiosk"
import { type Stopped, stoppedBy } from "./stopped-by"

export function putLine(kiosk: Kiosk, line: SaleLine, index?: number): BasketError | undefined {
  const { basket } = kiosk.state.get()
  const changed = index === undefined ? addLine(basket, line) : changeLine(basket, index, line)
  if (!changed.ok) return changed.error
  kiosk.state.set({ basket: changed.value, cleared: undefined })
  return undefined
}

export function dropLine(kiosk: Kiosk, index: number): void {
  const changed = removeLine(kiosk.state.get().basket, index)
  if (changed.ok) kiosk.state.set({ basket: changed.value })
}

/** 抹零. Says whether it is beyond custom: such a sale counts for no origin until it is explained. */
export function askLess(kiosk: Kiosk, askedFen: number): { readonly isBeyondCustom: boolean } | ReductionError {
  const reduced = reduceTo(kiosk.state.get().basket, askedFen)
  if (!reduced.ok) return reduced.error
  kiosk.state.set({ basket: reduced.value.basket })
  return { isBeyondCustom: reduced.value.reduction.overTolerance }
}

/** One tap away from 抹零: what it takes can be called back. */
export function clearBasket(kiosk: Kiosk): void {
  kiosk.state.set({ cleared: kiosk.state.get().basket, basket: freshBasket(kiosk) })
}

export function undoClear(kiosk: Kiosk): void {
  const { basket, cleared } = kiosk.state.get()
  if (cleared !== undefined && basket.lines.length === 0) kiosk.state.set({ basket: cleared, cleared: undefined })
}

export function hold(kiosk: Kiosk): Promise<void> {
  return kiosk.selling(() => putAside(kiosk))
}

/** What is in the hand is held; it stays there when the memory failed. */
export async function putAside(kiosk: Kiosk): Promise<void> {
  const { basket } = kiosk.state.get()
  if (basket.lines.length === 0) return
  await kiosk.attempt(async () => {
    await holdBasket(kiosk.terminal, basket)
    kiosk.state.set({ basket: freshBasket(kiosk), held: await listHeld(kiosk.terminal) })
  })
}

/** What is in the basket already is put aside first: nothing is lost by looking at another. */
export function recall(kiosk: Kiosk, id: string): Promise<void> {
  return kiosk.selling(async () => {
    await putAside(kiosk)
    await kiosk.attempt(async () => {
      const basket = await recallBasket(kiosk.terminal, id)
      if (basket !== undefined) kiosk.state.set({ basket })
      kiosk.state.set({ held: await listHeld(kiosk.terminal) })
    })
  })
}

/** The basket becomes a sale, and its code stands on the screens: no network is asked. */
export async function settle(kiosk: Kiosk, how: "platform" | "cash"): Promise<CloseSaleError | Stopped | undefined> {
  const { standing, basket } = kiosk.state.get()
  const stopped = stoppedBy(standing)
  if (stopped !== undefined) return stopped
  performance.mark("settle")
  return kiosk.selling(() => settleBasket(kiosk, basket, how))
}

async function settleBasket(
  kiosk: Kiosk,
  basket: Basket,
  how: "platform" | "cash",
): Promise<CloseSaleError | undefined> {
  const closed = await kiosk.attempt(() => closeSale(kiosk.terminal, basket, how, prepareCode, () => kiosk.drafted))
  if (closed === undefined) return undefined
  if (!closed.ok) return closed.error
  const { sale, url } = closed.value
  if (how === "platform") kiosk.awaited.add(sale.counter)
  const { basket: current } = kiosk.state.get()
  if (basket.lostName !== undefined) kiosk.state.set({ lost: await kiosk.terminal.store.get("lost", THE_ONE) })
  kiosk.state.set({
    shown: { sale, url, wasRefused: false, payingSinceMs: undefined },
    // A code that is renewed takes no other basket with it.
    basket: current.id === basket.id ? freshBasket(kiosk) : current,
  })
  // The code is on the disk: what is sent of it may follow what is seen of it. A turn later than the screens, which draw
  // in a microtask of their own.
  queueMicrotask(() => afterPaint(() => kiosk.wake()))
  return undefined
}

/** Back to a code that is not paid, or to what became of it. */
export async function showSale(kiosk: Kiosk, counter: number): Promise<void> {
  const sale = await kiosk.terminal.store.get("sales", counterKey(counter))
  if (sale === undefined) return
  const standing = standingOf(sale)
  if (standing === "waiting" || standing === "paying") kiosk.awaited.add(counter)
  kiosk.state.set({ shown: shownOf(kiosk, sale) })
  await kiosk.refresh()
}

/** Leaves the screen; a code that is not paid stays payable, and in the day's list. */
export function leaveSale(kiosk: Kiosk): void {
  kiosk.state.set({ shown: undefined })
}

export async function takeCash(kiosk: Kiosk): Promise<string | undefined> {
  const { shown } = kiosk.state.get()
  if (shown === undefined) return undefined
  const settled = await kiosk.selling(() => kiosk.attempt(() => settleCash(kiosk.terminal, shown.sale.counter)))
  if (settled === undefined || !settled.ok) return settled?.error
  kiosk.awaited.delete(shown.sale.counter)
  keepShown(kiosk, settled.value)
  return undefined
}

export async function cancel(kiosk: Kiosk): Promise<CancelSaleError | undefined> {
  const { shown } = kiosk.state.get()
  if (shown === undefined) return undefined
  const cancelled = await kiosk.selling(() => cancelShown(kiosk, shown.sale))
  return cancelled === undefined || cancelled.ok ? undefined : cancelled.error
}

/** The gateway would not cancel it: a person says that neither goods nor money changed hands. */
export async function letCancel(kiosk: Kiosk): Promise<void> {
  const { shown } = kiosk.state.get()
  if (shown === undefined) return
  const ended = await kiosk.selling(() => kiosk.attempt(() => countAsCancelled(kiosk.terminal, shown.sale.counter)))
  if (ended?.ok) keepShown(kiosk, ended.value)
}

/** A finger slipped, or the buyer comes back: what was weighed is in the hand again, as a new basket, and what was in it is put aside. */
export function takeUpAgain(kiosk: Kiosk): Promise<void> {
  return kiosk.selling(async () => {
    const { shown } = kiosk.state.get()
    if (shown === undefined) return
    await putAside(kiosk)
    // The memory failed: what is in the hand stays there.
    if (kiosk.state.get().basket.lines.length > 0) return
    const lines = linesOf(shown.sale)
    const { amountFen } = shown.sale
    const askedFen = amountFen === linesTotalFen(lines) ? undefined : amountFen
    kiosk.state.set({ basket: { ...freshBasket(kiosk), lines, askedFen }, cleared: undefined, shown: undefined })
  })
}

/** `undefined` when the memory failed: nobody knows whether it is cancelled. */
async function cancelShown(kiosk: Kiosk, sale: SaleRow): Promise<Result<SaleRow, CancelSaleError> | undefined> {
  const cancelled = await kiosk.attempt(() => cancelSale(kiosk.terminal, sale.counter))
  if (cancelled?.ok) keepShown(kiosk, cancelled.value)
  return cancelled
}

/**
 * The same goods with a fresh code: the old one is cancelled by a signed request, so only one of them is paid. Where
 * that is refused, because the money came between paint and tap, there is no other code. An old code has one new one.
 */
export async function renew(kiosk: Kiosk): Promise<CloseSaleError | CancelSaleError | Stopped | undefined> {
  const { shown, standing } = kiosk.state.get()
  if (shown === undefined) return undefined
  const stopped = stoppedBy(standing)
  if (stopped !== undefined) return stopped
  const { sale } = shown
  return kiosk.selling(async () => {
    const cancelled = await cancelShown(kiosk, sale)
    if (cancelled === undefined) return undefined
    if (!cancelled.ok) return cancelled.error
    const basket = { id: `renews/${sale.counter}`, lines: linesOf(sale), askedFen: sale.amountFen }
    return settleBasket(kiosk, basket, "platform")
  })
}

export function keepShown(kiosk: Kiosk, sale: SaleRow): void {
  const { shown } = kiosk.state.get()
  if (shown?.sale.counter === sale.counter) kiosk.state.set({ shown: { ...shown, sale } })
  kiosk.wake()
}

function shownOf(kiosk: Kiosk, sale: SaleRow) {
  const isPaying = standingOf(sale) === "paying"
  const payingSinceMs = isPaying ? kiosk.terminal.time.nowMs() : undefined
  return { sale, url: urlOfSale(kiosk.terminal, sale), wasRefused: false, payingSinceMs }
}

function freshBasket(kiosk: Kiosk): Basket {
  return emptyBasket(kiosk.terminal.newId())
}
