import type { AnswerOf } from "@suyuan/client/client"
import { gateway } from "../../session/gateway"
import { withSession } from "../../session/with-session"

export const purchasesLimit = 100

type OwnRecalls = AnswerOf<"/buyers/recalls", "get">["recalls"]

/**
 * Purchases and the recalls that concern them, before either is shown: a banner that comes late pushes the page down.
 * Without an answer about recalls there is no banner.
 */
export async function readOwn() {
  const readRecalls = () => gateway.get("/buyers/recalls").catch(() => undefined)
  // Asked for at once, in vain for whoever is logged in only now.
  const first = readRecalls()
  const purchases = await withSession(() => gateway.get("/buyers/purchases", { query: { limit: purchasesLimit } }))
  if (!purchases.ok) return purchases
  const answered = await first
  const known = answered?.ok === false && answered.status === 401 ? await readRecalls() : answered
  const recalls: OwnRecalls = known?.ok === true ? known.value.recalls : []
  return { ...purchases, value: { purchases: purchases.value.purchases, recalls } }
}
