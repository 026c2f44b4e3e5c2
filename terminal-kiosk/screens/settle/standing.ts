/** How a sale stands, as the screen that shows its code has to say it. */
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { type SaleStanding, standingOf } from "../../src/sale/sale-standing"
import type { ShownSale } from "../session/state"

/** The gateway's window for opening a payment (SCAN_WINDOW_SECONDS): later the code is a fresh one's business. */
const CODE_LIVES_MS = 300_000
/** The window of a terminal that has no line (OFFLINE_CAP_SECONDS). */
const OFFLINE_CODE_LIVES_MS = 86_400_000
/** A payment takes seconds; after this long its result is to be called unknown. */
const PAYING_MS_MAX = 20_000

export type ScreenStanding =
  | Exclude<SaleStanding, "waiting" | "paying">
  /** Cancelled because goods of it were recalled. */
  | "recalled"
  | "shown"
  | "refused"
  | "expired"
  /** Too old for a terminal with a line, and this one has none: somebody may have paid by it all the same. */
  | "aged"
  | "paying"
  | "unknown"

export function screenStanding(shown: ShownSale, isOnline: boolean, nowMs: number): ScreenStanding {
  const standing = standingOf(shown.sale)
  const ageMs = nowMs - seconds2024ToMs(shown.sale.issuedAtSeconds)
  const isFresh = ageMs <= CODE_LIVES_MS
  // Without a line somebody may have begun again: then a payment under way stays unknown.
  if (isOnline && (standing === "paying" || standing === "waiting") && gaveUp(shown)) {
    return isFresh ? "refused" : "expired"
  }
  if (standing === "paying") {
    const tookMs = nowMs - (shown.payingSinceMs ?? nowMs)
    return !isOnline || tookMs > PAYING_MS_MAX ? "unknown" : "paying"
  }
  const isGivenUp = standing === "cancelling" || standing === "not-cancelled" || standing === "closed"
  if (shown.sale.recallReason !== undefined && isGivenUp) return "recalled"
  if (standing !== "waiting") return standing
  if (shown.wasRefused) return "refused"
  if (isFresh) return "shown"
  return isOnline || ageMs > OFFLINE_CODE_LIVES_MS ? "expired" : "aged"
}

/** As far as the newest hint goes; what the sale's money came to since goes before it. */
function gaveUp({ hint, sale }: ShownSale): boolean {
  return hint?.hint === "gave-up" && (sale.payment?.version ?? 0) <= hint.version
}

/** Word, shape and colour of each; colour never stands alone. */
export const standingLooks = {
  shown: { word: "waitingForBuyer", shape: "◔", tone: "waiting" },
  paying: { word: "payingNow", shape: "◔", tone: "waiting" },
  unknown: { word: "payingUnknown", shape: "?", tone: "unknown" },
  refused: { word: "paymentRefused", shape: "✕", tone: "refused" },
  expired: { word: "codeExpired", shape: "?", tone: "unknown" },
  aged: { word: "codeAged", shape: "?", tone: "unknown" },
  paid: { word: "paidNow", shape: "✓", tone: "paid" },
  cash: { word: "cashTaken", shape: "✓", tone: "paid" },
  "handed-over": { word: "digitsAccepted", shape: "✓", tone: "paid" },
  cancelling: { word: "cancelling", shape: "◔", tone: "waiting" },
  "not-cancelled": { word: "notCancelled", shape: "?", tone: "unknown" },
  recalled: { word: "saleRecalled", shape: "✕", tone: "refused" },
  closed: { word: "saleClosed", shape: "✕", tone: "refused" },
  voided: { word: "saleVoided", shape: "✕", tone: "refused" },
} as const

/** The money came, and nobody has said yet what is to become of it: no tick that goods are handed over by. */
export const lateLook = { word: "lateChip", shape: "?", tone: "unknown" } as const
