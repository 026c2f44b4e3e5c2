// A person with a phone: a buyer of the payment sandbox who logs in at the gateway and pays as the mini-program does.
import type { AnswerOf } from "@suyuan/client/client"
import { followSale, type SaleState } from "@suyuan/miniprogram/follow-sale"
import { alipayOutcome, mustAskGateway, wechatOutcome } from "@suyuan/miniprogram/pay-outcome"
import { readScannedUrl } from "@suyuan/miniprogram/scanned-link"
import { z } from "zod"
import { type Gateway, granted } from "./gateway"

export type Platform = "wechat-pay" | "alipay"

export type Wallet = {
  readonly name: string
  readonly platform: Platform
  readonly sandboxUrl: string
  readonly buyerId: number
  /** The gateway's session. */
  readonly token: string
}

const buyerAnswer = z.object({ id: z.number().int() })
const codeAnswer = z.object({ code: z.string() })
const payAnswer = z.object({
  result: z.enum(["paid", "refused", "cancelled", "failed"]),
  reason: z.string().optional(),
  errMsg: z.string().optional(),
  resultCode: z.string().optional(),
})

const OPEN_TRIES = 40
const OPEN_WAIT_MS = 300
/** A demonstration asks faster than a phone would. */
const HASTE = 0.5

export async function askSandbox<T>(
  sandboxUrl: string,
  method: "GET" | "POST" | "PUT",
  path: string,
  schema: z.ZodType<T>,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${sandboxUrl}/sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  })
  if (!response.ok) throw new Error(`sandbox ${path}: ${response.status} ${await response.text()}`)
  return schema.parse(await response.json())
}

/** A new buyer of the sandbox, logged in at the gateway. */
export async function openWallet(
  gateway: Gateway,
  sandboxUrl: string,
  name: string,
  platform: Platform,
): Promise<Wallet> {
  const { id } = await askSandbox(sandboxUrl, "POST", "/buyers", buyerAnswer, { name })
  const kind = platform === "alipay" ? "alipay" : "wechat-mini"
  const { code } = await askSandbox(sandboxUrl, "POST", `/buyers/${id}/codes`, codeAnswer, { kind })
  const login = await gateway.anyone.post("/buyers/login", { body: { platform, channel: "mini", code } })
  return { name, platform, sandboxUrl, buyerId: id, token: granted(`login of ${name}`, login).token }
}

/** Scans, looks at the sale, opens the payment, pays in the wallet, and waits for the gateway's word. */
export async function payAt(
  gateway: Gateway,
  wallet: Wallet,
  url: string,
  { hesitates = false }: { readonly hesitates?: boolean } = {},
): Promise<SaleState> {
  const link = readScannedUrl(url)
  if (!link.ok || link.value.kind !== "pay") throw new Error(`${url} is no pay code`)
  const { digits } = link.value
  const phone = gateway.as(wallet.token)
  const seen = granted("looking at a sale", await phone.get("/p/{digits}", { path: { digits } }))
  if (typeof seen === "string" || !seen.canPay) throw new Error(`a sale that cannot be paid: ${JSON.stringify(seen)}`)
  if (hesitates) await useWallet(wallet, await openPayment(gateway, wallet, digits), "cancel")
  const bridge = await openPayment(gateway, wallet, digits)
  if (bridge !== undefined) {
    const outcome = await useWallet(wallet, bridge, "pay")
    if (!mustAskGateway(outcome)) throw new Error(`the wallet of ${wallet.name} said ${outcome}`)
  }
  const end = await followSale({
    transport: gateway.transport,
    digits,
    token: () => wallet.token,
    wait: (ms) => Bun.sleep(ms * HASTE),
  })
  if (end.end !== "settled" || end.state.state !== "paid") throw new Error(`a payment ended ${JSON.stringify(end)}`)
  return end.state
}

type Bridge = NonNullable<AnswerOf<"/p/{digits}/pay", "post">["bridge"]>

/** What the wallet pays with; `undefined` when the sale turned out to be paid. An attempt whose answer was lost is asked for again. */
async function openPayment(gateway: Gateway, wallet: Wallet, digits: string): Promise<Bridge | undefined> {
  const phone = gateway.as(wallet.token)
  for (let tries = 0; tries < OPEN_TRIES; tries++) {
    const body = { platform: wallet.platform }
    const opened = await phone.post("/p/{digits}/pay", { path: { digits }, body })
    const { bridge, sale } = granted("opening a payment", opened)
    if (sale.state === "paid") return undefined
    if (bridge !== null) return bridge
    await Bun.sleep(OPEN_WAIT_MS)
  }
  throw new Error("a payment did not open")
}

/** The wallet checks the call as the real ones do, then pays or is closed. */
export async function useWallet(wallet: Wallet, bridge: Bridge | undefined, decision: "pay" | "cancel") {
  if (bridge === undefined) return "unknown" as const
  const body = { bridge: bridge.kind === "alipay" ? { kind: bridge.kind, tradeNo: bridge.tradeNO } : bridge, decision }
  const answer = await askSandbox(wallet.sandboxUrl, "POST", `/buyers/${wallet.buyerId}/pay`, payAnswer, body)
  if (answer.reason !== undefined && answer.reason !== "paid") throw new Error(`the wallet refused: ${answer.reason}`)
  return wallet.platform === "alipay" ? alipayOutcome(answer) : wechatOutcome(answer)
}
