import { toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import type { PurchaseRow } from "../store/rows"
import type { Terminal } from "../terminal"

const DAY_MS = 86_400_000
/** So long an answered purchase can be looked at, and corrected. */
const ANSWERED_DAYS = 14
const ANSWERED_MAX = 200

/**
 * Purchases that wait for their answer, however old and however many came before them, and the newest of those that
 * were answered lately; in the order of the days on which they were bought.
 */
export async function listPurchases({
  store,
  clock,
}: Pick<Terminal, "store" | "clock">): Promise<readonly (readonly [string, PurchaseRow])[]> {
  // A sale's record id begins with its UTC day (docs/specs/records.md).
  const after = toHex(uintToBytes(Math.floor(clock.nowMs() / DAY_MS) - ANSWERED_DAYS, 2))
  const [open, recent] = await Promise.all([store.list("openPurchases"), store.list("purchases", { after })])
  const answered = recent.filter(([, { answer }]) => answer !== undefined).slice(-ANSWERED_MAX)
  const listed = new Map([...open, ...recent.filter(([, { answer }]) => answer === undefined), ...answered])
  return [...listed].sort(([one], [other]) => (one < other ? -1 : 1))
}
