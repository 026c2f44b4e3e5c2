import type { Notice } from "../link/down-messages"
import type { Change } from "../store/local-store"
import type { PurchaseRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { purchaseKey } from "./accept-purchase"

type Answered = Extract<Notice, { readonly kind: "purchase-answered" }>

/**
 * Which answer to a purchase holds: this terminal's own, or what the stall said on its phone or at another terminal. While
 * an own answer is on its way only the gateway's word on that very answer counts: it has weighed both by then.
 */
export async function hearAnswer({ store }: Pick<Terminal, "store">, notice: Answered): Promise<readonly Change[]> {
  const { saleRecordId, lineIndex, commodity, grams, outcome, acceptedGrams, decidedAtMs, uploadId } = notice
  const key = purchaseKey({ saleRecordId, lineIndex })
  const known = await store.get("purchases", key)
  const { answeredBy, ...before }: Partial<PurchaseRow> = known ?? {}
  const isOwn = answeredBy === uploadId
  const isOwnUnheard = answeredBy !== undefined && (await store.get("outbox", answeredBy)) !== undefined
  if (isOwnUnheard && !isOwn) return []
  if (before.heardAtMs !== undefined && before.heardAtMs > decidedAtMs) return []
  const purchase = { ...before, saleRecordId, lineIndex, commodity, grams }
  const by = isOwn && notice.isNewest ? { answeredBy } : {}
  const row: PurchaseRow = { ...purchase, answer: outcome, acceptedGrams, heardAtMs: decidedAtMs, ...by }
  return [
    { table: "purchases", change: "put", key, row },
    { table: "openPurchases", change: "delete", key },
  ]
}
