import type { Transport } from "@suyuan/client/transport"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { seconds2024ToMs } from "@suyuan/protocol/units/instant"
import { z } from "zod"
import { codeOf } from "../sale/close-sale"
import { type SaleStanding, standingOf } from "../sale/sale-standing"
import { counterKey, type SaleRow } from "../store/rows"
import type { Terminal } from "../terminal"
import { followPayment } from "./follow-payments"

/** Sales looked back at; an earlier one that is still open is in the day's list, for a person. */
const salesMax = 50
const ageMsMax = 24 * 3_600_000

/** A cancelled sale may have been paid before: only the gateway's word ends it. */
const openStandings: ReadonlySet<SaleStanding> = new Set([
  ...(["waiting", "paying", "handed-over", "cancelling", "not-cancelled"] as const),
])

const stateAnswer = z.object({
  state: z.enum(["presented", "paying", "paid", "closed"]),
  paidFen: z.number().int().min(0),
  refundedFen: z.number().int().min(0),
  platform: z.enum(["wechat-pay", "alipay", "cash"]).nullable(),
  version: z.number().int().min(0),
})

/**
 * After a break in the line: asks the gateway about sales whose end this terminal has not heard. A broker that was
 * started anew has forgotten what it kept for us, and a buyer may stand at the stall. What cannot be asked now is asked
 * after the next break. Returns the sales of which something new was learned.
 */
export async function askMissed(terminal: Terminal, transport: Transport): Promise<readonly SaleRow[]> {
  const last = await terminal.store.last("sales")
  if (last === undefined) return []
  const after = counterKey(Math.max(0, last[1].counter - salesMax))
  const recent = await terminal.store.list("sales", { after })
  const nowMs = terminal.clock.nowMs()
  const learned: SaleRow[] = []
  for (const [, sale] of recent) {
    const standing = standingOf(sale)
    if (!openStandings.has(standing) || nowMs - seconds2024ToMs(sale.issuedAtSeconds) > ageMsMax) continue
    const news = await askState(transport, sale)
    if (news === undefined || news.version <= (sale.payment?.version ?? 0)) continue
    const row = await followPayment(terminal, { v: 1, counter: sale.counter, ...news })
    if (row !== undefined) learned.push(row)
  }
  return learned
}

async function askState(transport: Transport, sale: SaleRow): Promise<z.infer<typeof stateAnswer> | undefined> {
  const path = `/p/${payCodeDigits(codeOf(sale))}/state`
  const answer = await transport({ method: "GET", path, headers: { accept: "application/json" } }).catch(
    () => undefined,
  )
  if (answer?.status !== 200) return undefined
  try {
    return stateAnswer.parse(JSON.parse(answer.body))
  } catch {
    return undefined
  }
}
