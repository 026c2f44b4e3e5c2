/**
 * People who pay in the sandbox. One buyer has an openid per WeChat app, one Alipay user id and an open id per Alipay
 * app. The ids follow from the buyer's number, so they need no table; login codes live five minutes and work once.
 */
import { createHash, randomBytes } from "node:crypto"
import { alipay, directAlipay, wechat } from "../accounts"
import type { Store } from "../orders/store"

const codeLifeMs = 5 * 60 * 1000

export interface Buyer {
  readonly id: number
  readonly name: string
  /** Openid by WeChat app id. */
  readonly openids: Readonly<Record<string, string>>
  readonly alipayUserId: string
  readonly alipayOpenId: string
}

/** Whose code it is and for which app; `used` codes are told apart from unknown ones, as the platforms do. */
export interface LoginCode {
  readonly buyer: Buyer
  readonly appId: string
  readonly expiresAtMs: number
  used: boolean
}

export type CodeKind = "wechat-mini" | "wechat-h5" | "alipay"

const appOfKind: Readonly<Record<CodeKind, string>> = {
  "wechat-mini": wechat.miniAppId,
  "wechat-h5": wechat.appId,
  alipay: alipay.appId,
}

function idFor(buyerId: number, appId: string): string {
  return createHash("sha256").update(`${appId}|${buyerId}`).digest("base64url")
}

export class Buyers {
  readonly #store: Store
  readonly #clockMs: () => number
  readonly #codes = new Map<string, LoginCode>()
  readonly #byPayer = new Map<string, Buyer>()

  constructor(store: Store, clockMs: () => number) {
    this.#store = store
    this.#clockMs = clockMs
    for (const buyer of this.list()) this.#remember(buyer)
  }

  add(name: string): Buyer {
    const buyer = buyerOf({ id: this.#store.addBuyer(name), name })
    this.#remember(buyer)
    return buyer
  }

  #remember(buyer: Buyer): void {
    for (const [appId, openid] of Object.entries(buyer.openids)) this.#byPayer.set(`${appId}|${openid}`, buyer)
    for (const appId of [alipay.appId, ...directAlipay.map((own) => own.appId)]) {
      for (const id of [buyer.alipayUserId, openIdIn(appId, buyer)]) this.#byPayer.set(`${appId}|${id}`, buyer)
    }
  }

  get(id: number): Buyer | undefined {
    const row = this.#store.buyer(id)
    return row === undefined ? undefined : buyerOf(row)
  }

  list(): Buyer[] {
    return this.#store.buyers().map(buyerOf)
  }

  /** The buyer whom this app knows by this id. */
  byId(appId: string, payer: string): Buyer | undefined {
    return this.#byPayer.get(`${appId}|${payer}`)
  }

  issueCode(buyer: Buyer, kind: CodeKind): string {
    const code = randomBytes(16).toString("hex")
    const now = this.#clockMs()
    for (const [old, entry] of this.#codes) if (entry.expiresAtMs < now) this.#codes.delete(old)
    this.#codes.set(code, { buyer, appId: appOfKind[kind], expiresAtMs: now + codeLifeMs, used: false })
    return code
  }

  /** Takes a code for one app; the caller tells `used` and nothing apart in its platform's words. */
  takeCode(code: string, appId: string): Buyer | "used" | undefined {
    const entry = this.#codes.get(code)
    if (entry === undefined || entry.appId !== appId || entry.expiresAtMs < this.#clockMs()) return undefined
    if (entry.used) return "used"
    entry.used = true
    return entry.buyer
  }
}

function buyerOf(row: { id: number; name: string }): Buyer {
  return {
    ...row,
    openids: Object.fromEntries(
      [wechat.appId, wechat.miniAppId].map((appId) => [appId, `o${idFor(row.id, appId).slice(0, 27)}`]),
    ),
    alipayUserId: `20889${String(row.id).padStart(11, "0")}`,
    alipayOpenId: openIdIn(alipay.appId, row),
  }
}

/** How an Alipay app knows a person. */
function openIdIn(appId: string, buyer: { readonly id: number }): string {
  return `0${idFor(buyer.id, appId)}`
}

/** The same person's open id in another app than the one that the order was made in. */
export function openIdFor(buyers: Buyers, order: { readonly collector: string; appId: string; payer: string }): string {
  const buyer = buyers.byId(order.appId, order.payer)
  return buyer === undefined ? order.payer : openIdIn(order.collector, buyer)
}

/** How an app of either platform knows a person. */
export function payerIn(appId: string, buyer: Buyer): string {
  return buyer.openids[appId] ?? openIdIn(appId, buyer)
}
