// What sellers and buyers do while everything around them fails now and then: the same thing again, under the same id.
import { setTimeout as wait } from "node:timers/promises"
import { terminalToHex } from "@suyuan/protocol/terminal/identifiers"
import { closeSale } from "@suyuan/terminal-kiosk/sale/close-sale"
import { settleCash } from "@suyuan/terminal-kiosk/sale/settle-cash"
import { granted } from "../demo/gateway"
import { useWallet, type Wallet } from "../demo/wallet"
import type { Identity } from "./identities"
import type { SoakMarket, SoakStall } from "./market"

export type SoakSale = {
  readonly stall: SoakStall
  readonly terminalId: number
  readonly counter: number
  readonly digits: string
  readonly amountFen: number
}

const PRICE_FEN_PER_KG = 617
const PATIENCE_MS = 60_000
const PAUSE_MS = 150

/** Again and again until it gives something; what it throws meanwhile is an outage. */
export async function persistently<T>(
  what: string,
  work: () => Promise<T | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  let last: unknown
  do {
    try {
      const done = await work()
      if (done !== undefined) return done
    } catch (error) {
      last = error
    }
    await wait(PAUSE_MS)
  } while (performance.now() < deadline)
  throw new Error(`in vain: ${what}${last === undefined ? "" : `; last: ${(last as Error).message}`}`)
}

export async function sell(stall: SoakStall, grams: number): Promise<SoakSale> {
  const { terminal } = stall
  const line = { slot: 1, quantity: { unit: "gram", count: grams }, unitPriceFen: PRICE_FEN_PER_KG } as const
  const closed = await closeSale(terminal, { id: terminal.newId(), lines: [line], askedFen: undefined })
  if (!closed.ok) throw new Error(`a basket did not become a sale: ${closed.error}`)
  stall.wake()
  const { sale, url } = closed.value
  const { counter, amountFen } = sale
  return { stall, terminalId: terminal.identity.terminal, counter, amountFen, digits: url.split("/p/")[1] ?? "" }
}

/** Taps until the wallet's sheet opens and confirms there. The gateway may not know yet. */
export async function payAtWallet(market: SoakMarket, wallet: Wallet, sale: SoakSale): Promise<void> {
  const phone = market.gateway.as(wallet.token)
  await persistently("a sheet to pay at", async () => {
    const asked = { path: { digits: sale.digits }, body: { platform: wallet.platform } }
    const answer = await phone.post("/p/{digits}/pay", asked)
    // Somebody else was quicker.
    if (!answer.ok && answer.refusal.code === "payment/sale-paid") return true
    const { bridge, sale: state } = granted("opening", answer)
    if (state.state === "paid") return true
    if (bridge === null) return undefined
    await useWallet(wallet, bridge, "pay")
    return true
  })
  market.expectSale(sale)
}

/** Until the gateway says that it is paid; to the buyer, who asks. */
export async function buyerTold(market: SoakMarket, { digits }: SoakSale): Promise<void> {
  await persistently("the buyer hears that it is paid", async () => {
    const answer = await market.gateway.anyone.get("/p/{digits}/state", { path: { digits } })
    return granted("a state", answer).state === "paid" || undefined
  })
}

export async function payByPhone(market: SoakMarket, wallet: Wallet, sale: SoakSale): Promise<void> {
  await payAtWallet(market, wallet, sale)
  await buyerTold(market, sale)
}

export async function payInCash(market: SoakMarket, { stall, ...sale }: SoakSale): Promise<void> {
  const settled = await settleCash(stall.terminal, sale.counter)
  if (!settled.ok) throw new Error(`cash was not taken: ${settled.error}`)
  stall.wake()
  market.expectSale(sale)
}

/** One refund, whatever becomes of the answers: the id is made before the first try. */
export async function giveBack(market: SoakMarket, sale: SoakSale, amountFen: number): Promise<string> {
  const id = sale.stall.terminal.newId()
  const path = { terminal: terminalToHex(sale.terminalId), counter: sale.counter }
  const body = { id, goods: "money-only" as const, amountFen }
  await persistently("a refund is taken", async () =>
    granted("a refund", await market.gateway.operator.post("/sales/{terminal}/{counter}/refunds", { path, body })),
  )
  return id
}

/** What is on its way still: everything that was said has to arrive, and everything that follows from it to be done. */
async function onItsWay({ sql, stalls }: SoakMarket): Promise<string[]> {
  const uploads = await Promise.all(stalls.map(({ terminal }) => terminal.store.list("outbox")))
  const [left = {}] = await sql`
    SELECT (SELECT count(*) FROM outbox)::int AS messages,
      (SELECT count(*) FROM refunds WHERE state NOT IN ('succeeded', 'failed', 'closed'))::int AS refunds,
      (SELECT count(*) FROM attempts a JOIN sales s ON s.terminal_id = a.terminal_id AND s.counter = a.counter
        WHERE a.state IN ('prepared', 'sent', 'unknown', 'open') AND s.state IN ('paid', 'closed'))::int AS attempts,
      (SELECT count(*) FROM records WHERE state IN ('pending', 'sealed'))::int AS records,
      (SELECT count(*) FROM sales WHERE state = 'paid' AND uploaded_at IS NOT NULL AND record_id IS NULL)::int AS trades`
  const counts = Object.entries({ uploads: uploads.flat().length, ...left })
  return counts.filter(([, count]) => count !== 0).map(([name, count]) => `${count} ${name}`)
}

/** Waits until nothing is on its way any more and every identity holds; gives them as seen then. @throws Error with what does not. */
export async function comesToRest(market: SoakMarket, patienceMs = PATIENCE_MS): Promise<Identity[]> {
  let wanting: string[] = []
  const rests = async () => {
    for (const stall of market.stalls) stall.wake()
    wanting = await onItsWay(market)
    if (wanting.length > 0) return undefined
    const identities = await market.identities()
    const broken = identities.filter(({ holds }) => !holds)
    wanting = broken.map(({ name, detail }) => `${name}: ${detail}`)
    return wanting.length === 0 ? identities : undefined
  }
  return persistently("the market comes to rest", rests, patienceMs).catch((error: Error) => {
    throw new Error(`${error.message}; still: ${wanting.join("; ")}`)
  })
}
