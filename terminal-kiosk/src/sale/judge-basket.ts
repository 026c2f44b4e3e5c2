import { judgeReduction } from "@suyuan/protocol/sale/reduction"
import { AMOUNT_FEN_MAX, SALE_LINES_MAX } from "@suyuan/protocol/sale/sale"
import { linesTotalFen } from "@suyuan/protocol/sale/sale-totals"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { type Basket, basketAmountFen } from "../basket/basket"
import { judgeEnteredTime } from "../lost/entered-time"
import { heldOf } from "../stock/recall-holds"
import { slotsOf } from "../stock/write-snapshot"
import { type RecallHoldsRow, type SnapshotRow, THE_ONE } from "../store/rows"
import type { Terminal } from "../terminal"
import type { CloseSaleError } from "./close-sale"

/** Whether it may become a sale, as far as this tablet knows, and whether it is one. To be asked in turn. */
export async function judgeBasket(terminal: Terminal, basket: Basket, settlement: "platform" | "cash") {
  const { store } = terminal
  const [known, snapshot, holds] = await Promise.all([
    store.get("baskets", basket.id),
    store.get("snapshots", THE_ONE),
    store.get("recallHolds", THE_ONE),
  ])
  const problem =
    enteredProblem(terminal, basket, settlement) ??
    problemOf(basket, snapshot) ??
    recallProblem(basket, snapshot, holds)
  return { known, snapshot, problem }
}

function enteredProblem(
  terminal: Terminal,
  { soldAtSeconds }: Basket,
  settlement: "platform" | "cash",
): CloseSaleError | undefined {
  if (soldAtSeconds === undefined) return undefined
  const soldAtMs = seconds2024ToMs(soldAtOf(terminal, soldAtSeconds))
  const isInTime = judgeEnteredTime(soldAtMs, terminal.time.nowMs()) === undefined
  return settlement === "cash" && isInTime ? undefined : "sale/entered-time"
}

/** A person gave it by the tablet's clock; what is signed goes by the terminal's time (UP-20). */
export function soldAtOf({ time, clock }: Terminal, enteredSeconds: number): number {
  return enteredSeconds + Math.max(0, Math.floor((time.nowMs() - clock.nowMs()) / 1000))
}

function problemOf(basket: Basket, snapshot: SnapshotRow | undefined): CloseSaleError | undefined {
  const { lines } = basket
  if (lines.length === 0) return "sale/no-lines"
  if (lines.length > SALE_LINES_MAX) return "sale/too-many-lines"
  if (snapshot === undefined) return "sale/no-snapshot"
  const slots = new Set(slotsOf(snapshot).map(({ slot }) => slot))
  if (lines.some(({ slot }) => !slots.has(slot))) return "sale/unknown-slot"
  const linesFen = linesTotalFen(lines)
  if (linesFen > AMOUNT_FEN_MAX) return "sale/amount-too-large"
  const reduction = judgeReduction(linesFen, basketAmountFen(basket))
  return reduction.ok ? undefined : reduction.error
}

function recallProblem(
  { lines }: Basket,
  snapshot: SnapshotRow | undefined,
  holds: RecallHoldsRow | undefined,
): CloseSaleError | undefined {
  const held = heldOf(holds, snapshot === undefined ? [] : slotsOf(snapshot))
  return lines.some(({ slot }) => held.has(slot)) ? "sale/recalled" : undefined
}
