import type { AnswerOf, ClientAnswer } from "@suyuan/client/client"
import { gateway } from "../../session/gateway"
import { withSession } from "../../session/with-session"

export const purchasesLimit = 100

type OwnRecalls = AnswerOf<"/buyers/recalls", "get">["recalls"]
type OwnProblems = AnswerOf<"/buyers/problems", "get">["problems"]

/**
 * Purchases with the recalls that concern them and what was reported of them, before any is shown: what comes late pushes
 * the page down. Without an answer about recalls there is no banner, and without one about reports none is told of.
 */
export async function readOwn() {
  // Asked for at once, in vain for whoever is logged in only now.
  const recalling = besides(() => gateway.get("/buyers/recalls"))
  const reporting = besides(() => gateway.get("/buyers/problems"))
  const purchases = await withSession(() => gateway.get("/buyers/purchases", { query: { limit: purchasesLimit } }))
  if (!purchases.ok) return purchases
  const [recalled, reported] = await Promise.all([recalling(), reporting()])
  const recalls: OwnRecalls = recalled?.recalls ?? []
  const problems: OwnProblems = reported?.problems ?? []
  return { ...purchases, value: { purchases: purchases.value.purchases, recalls, problems } }
}

/** Asks now; whoever was nobody then is asked for once more when the answer is wanted. */
function besides<T>(ask: () => Promise<ClientAnswer<T>>): () => Promise<T | undefined> {
  const asked = ask().catch(() => undefined)
  return async () => {
    const first = await asked
    const answer = first?.ok === false && first.status === 401 ? await ask().catch(() => undefined) : first
    return answer?.ok === true ? answer.value : undefined
  }
}
