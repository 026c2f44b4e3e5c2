/**
 * Waits for the gateway's word on a sale, by asking ever more slowly: a mini-program has no server-sent events. Only
 * this decides what the page says of the money.
 */
import { type AnswerOf, gatewayClient } from "@suyuan/client/client"
import type { Transport } from "@suyuan/client/transport"

export type SaleState = AnswerOf<"/p/{digits}/state", "get">

export type FollowEnd =
  /** Paid or closed. */
  | { readonly end: "settled"; readonly state: SaleState }
  /** Nothing was settled for as long as the caller waits: the page offers to ask again. */
  | { readonly end: "gave-up"; readonly state: SaleState | undefined }
  /** The page was left. */
  | { readonly end: "stopped"; readonly state: SaleState | undefined }
  /** The gateway does not know this code, or refuses it. */
  | { readonly end: "refused"; readonly code: string }

export interface FollowOptions {
  readonly transport: Transport
  readonly digits: string
  /** The buyer's session: the six digits for an offline stall go to the payer alone. */
  readonly token?: () => string | undefined
  /** Resolves after that long, or at once when the page is left. */
  readonly wait: (ms: number) => Promise<void>
  readonly isStopped?: () => boolean
  /** Each newer state, once. */
  readonly onState?: (state: SaleState) => void
  /** The last request had no answer, or has one again. */
  readonly onNetwork?: (isThere: boolean) => void
  /** How often it asks before it gives up; about ten minutes. */
  readonly asksMax?: number
}

const FIRST_WAIT_MS = 500
const WAIT_MS_MAX = 5_000
const GROWTH = 1.4
const ASKS_MAX = 130

export async function followSale(options: FollowOptions): Promise<FollowEnd> {
  const { transport, digits, wait, isStopped = () => false, asksMax = ASKS_MAX } = options
  const client = gatewayClient(transport, options.token === undefined ? {} : { token: options.token })
  let state: SaleState | undefined
  let waitMs = FIRST_WAIT_MS
  let hasNetwork = true
  for (let asks = 0; asks < asksMax; asks++) {
    if (isStopped()) return { end: "stopped", state }
    const answer = await client.get("/p/{digits}/state", { path: { digits } }).catch(() => undefined)
    const isAnswered = answer !== undefined && (answer.ok || answer.status < 500)
    if (isAnswered !== hasNetwork) options.onNetwork?.(isAnswered)
    hasNetwork = isAnswered
    if (isAnswered && !answer.ok && answer.status !== 429) return { end: "refused", code: answer.refusal.code }
    if (answer?.ok === true && answer.value.version > (state?.version ?? -1)) {
      state = answer.value
      options.onState?.(state)
      if (state.state === "paid" || state.state === "closed") return { end: "settled", state }
      // Something happens: ask quickly again.
      waitMs = FIRST_WAIT_MS
    }
    await wait(waitMs)
    waitMs = Math.min(WAIT_MS_MAX, Math.round(waitMs * GROWTH))
  }
  return { end: "gave-up", state }
}
