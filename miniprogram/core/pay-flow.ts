/**
 * One sale on the buyer's page, from the scanned code to the receipt. The wallet's word moves the page, the gateway's
 * word alone says paid; while nothing is known nobody is offered to pay again.
 */
import { gatewayClient } from "@suyuan/client/client"
import type { Transport } from "@suyuan/client/transport"
import { buyerWords } from "@suyuan/look/buyer-words"
import { type FollowEnd, followSale, type SaleState } from "./follow-sale"
import type { Language, SaleAnswer } from "./origin-words"
import { mustAskGateway } from "./pay-outcome"
import type { Platform, Wallet } from "./wallet"

/** `begun`: a payment was under way when the page came; whether by this buyer it cannot know. */
export type Doubt = "begun" | "reported" | "unknown" | "network"

export type PayStage =
  | { readonly at: "loading" }
  /** The sale could not be read: nothing was paid. */
  | { readonly at: "offline" }
  /** Asked too often, by whoever shares the network's address: it is there a moment later. */
  | { readonly at: "busy" }
  | { readonly at: "refused"; readonly message: string; readonly code: string }
  | { readonly at: "sale"; readonly sale: SaleAnswer; readonly isBusy: boolean; readonly refusal?: string }
  | { readonly at: "cancelled" | "failed"; readonly sale: SaleAnswer }
  /** A code that another phone's wallet scans. */
  | { readonly at: "code"; readonly sale: SaleAnswer; readonly image: string; readonly platform: Platform }
  | { readonly at: "confirming"; readonly sale: SaleAnswer; readonly doubt: Doubt; readonly hasNetwork: boolean }
  /** The gateway did not know for as long as the page asked. */
  | { readonly at: "unsettled"; readonly sale: SaleAnswer }
  | { readonly at: "paid"; readonly sale: SaleAnswer; readonly state: SaleState }
  | { readonly at: "closed"; readonly sale: SaleAnswer }

export interface PayFlowOptions {
  readonly transport: Transport
  readonly wallet: Wallet
  readonly digits: string
  /** As it is by now: a buyer may switch it between two taps. */
  readonly language: () => Language
  /** What came with the page. */
  readonly given?: SaleAnswer | undefined
  readonly wait: (ms: number) => Promise<void>
  readonly onStage: (stage: PayStage) => void
  readonly asksMax?: number
}

export interface PayFlow {
  readonly load: () => Promise<void>
  readonly pay: (platform: Platform) => Promise<void>
  /** After a payment that the wallet calls cancelled or failed, or when it is somebody else's that is under way. */
  readonly back: () => void
  readonly askAgain: () => Promise<void>
  /** The record that opens the trace, once the stall has sent the sale. Rejects without a network. */
  readonly recordId: () => Promise<string | undefined>
  readonly stop: () => void
}

export function openPayFlow(options: PayFlowOptions): PayFlow {
  const { transport, wallet, digits, language, wait } = options
  const client = () => gatewayClient(transport, { token: wallet.token, language: language() })
  let sale = options.given
  let stage: PayStage = { at: "loading" }
  let isStopped = false
  let following: Promise<void> | undefined
  let watches = 0

  function show(next: PayStage): void {
    if (isStopped) return
    stage = next
    options.onStage(next)
  }

  const isOver = () => stage.at === "paid" || stage.at === "closed"

  async function load(): Promise<void> {
    if (sale === undefined) {
      show({ at: "loading" })
      const answer = await client()
        .get("/p/{digits}", { path: { digits } })
        .catch(() => undefined)
      if (answer === undefined || (!answer.ok && answer.status >= 500)) return show({ at: "offline" })
      if (!answer.ok && answer.status === 429) return show({ at: "busy" })
      if (!answer.ok) return show({ at: "refused", code: answer.refusal.code, message: answer.refusal.message })
      sale = answer.value
    }
    // While nothing is known nobody is offered to pay: this buyer may come back from a wallet.
    if (sale.state === "paying") return follow(sale, "begun")
    if (sale.state === "closed") return show({ at: "closed", sale })
    show({ at: "sale", sale, isBusy: false })
    // It is paid: the gateway says by whom.
    if (sale.state !== "presented") await follow(sale, undefined)
  }

  /** @param doubt what the page says while it waits; undefined leaves the page as it is */
  function follow(about: SaleAnswer, doubt: Doubt | undefined): Promise<void> {
    if (doubt !== undefined) {
      show({ at: "confirming", sale: about, doubt, hasNetwork: true })
      // Asked quickly and for the whole time again, whatever was asked beside a page before.
      following = undefined
    }
    following ??= watch(about)
    return following
  }

  async function watch(about: SaleAnswer): Promise<void> {
    watches += 1
    const own = watches
    const end = await followSale({
      ...{ transport, digits, wait, token: wallet.token, isStopped: () => isStopped || own !== watches },
      ...(options.asksMax === undefined ? {} : { asksMax: options.asksMax }),
      onNetwork: (hasNetwork) => {
        if (stage.at === "confirming") show({ ...stage, hasNetwork })
      },
    })
    if (own === watches) following = undefined
    showEnd(end, about)
  }

  function showEnd(end: FollowEnd, about: SaleAnswer): void {
    if (end.end === "settled") {
      const { state } = end
      show(state.state === "paid" ? { at: "paid", sale: about, state } : { at: "closed", sale: about })
    } else if (end.end !== "stopped" && stage.at === "confirming") show({ at: "unsettled", sale: about })
  }

  async function pay(platform: Platform): Promise<void> {
    const isOffered = stage.at === "sale" ? !stage.isBusy : stage.at === "code"
    if (sale === undefined || !isOffered) return
    show({ at: "sale", sale, isBusy: true })
    const about = sale
    // No answer, or no login: no wallet was asked for money yet, and asking again gives the same attempt back.
    await begin(platform, about).catch(() => noAnswer(about))
  }

  function noAnswer(about: SaleAnswer): void {
    show({ at: "sale", sale: about, isBusy: false, refusal: buyerWords.serviceAway[language()] })
  }

  async function begin(platform: Platform, about: SaleAnswer): Promise<void> {
    const ask = () => client().post("/p/{digits}/pay", { path: { digits }, body: { platform, method: wallet.method } })
    let answer = await ask()
    if (!answer.ok && answer.status === 401) {
      if (!(await wallet.login(platform, digits))) return
      answer = await ask()
    }
    if (!answer.ok && answer.status >= 500) return noAnswer(about)
    if (!answer.ok) return show({ at: "sale", sale: about, isBusy: false, refusal: answer.refusal.message })
    const { bridge } = answer.value
    if (bridge === null) return follow(about, "unknown")
    if (bridge.kind === "native") {
      show({ at: "code", sale: about, image: bridge.image, platform })
      return follow(about, undefined)
    }
    const outcome = await wallet.pay(bridge).catch(() => "unknown" as const)
    // The gateway, asked since an earlier try, has said it already: no wallet's word stands against that.
    if (isOver()) return
    if (outcome === "cancelled" || outcome === "failed") {
      // The seller's screen is told. A hint: nobody waits for it, and nothing depends on it.
      client()
        .post("/p/{digits}/given-up", { path: { digits }, body: { why: outcome } })
        .catch(() => undefined)
      show({ at: outcome, sale: about })
      // It is the wallet's word: should money have moved all the same, the page says so.
      return follow(about, undefined)
    }
    if (mustAskGateway(outcome)) await follow(about, outcome)
  }

  return {
    load,
    pay,
    back() {
      if (sale !== undefined) show({ at: "sale", sale, isBusy: false })
    },
    async askAgain() {
      if (sale !== undefined) await follow(sale, "unknown")
    },
    async recordId() {
      const answer = await client().get("/p/{digits}/state", { path: { digits } })
      return (answer.ok && answer.value.recordId) || undefined
    },
    stop() {
      isStopped = true
    },
  }
}
