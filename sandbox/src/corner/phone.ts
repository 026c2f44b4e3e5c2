/**
 * One buyer's phone. A web page cannot change its user agent, so the sandbox itself visits the gateway, as WeChat,
 * Alipay or a plain browser, with this phone's cookies; the page in the market corner only shows what came back.
 */
import type { Platform } from "../accounts"
import type { Bridge, Decision, SheetResult, WalletAnswer } from "../buyers/confirm-payment"
import { bridgeInput, confirmPayment, openSheet } from "../buyers/confirm-payment"
import { isReachable } from "../settings"
import type { World } from "../world"
import { CookieJar } from "./cookie-jar"
import type { Language } from "./language"
import { readBridge, readSale, readState, refusalWords, type SaleView } from "./sale-view"

export const phoneApps = ["wechat", "alipay", "browser"] as const
export type PhoneApp = (typeof phoneApps)[number]

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36"
const userAgents: Readonly<Record<PhoneApp, string>> = {
  wechat: `Mozilla/5.0 (Linux; Android 14; wv) ${webkit} MicroMessenger/8.0.50.2700 NetType/WIFI Language/zh_CN`,
  alipay: `Mozilla/5.0 (Linux; Android 14) ${webkit} AliApp(AP/10.6.20.8000) AlipayClient/10.6.20.8000 Language/zh-Hans`,
  browser: `Mozilla/5.0 (Linux; Android 14) ${webkit}`,
}

const answerMsMax = 15_000

/** A sentence for the buyer, or a code that the page has words for. */
export type PhoneError =
  | "address-wrong"
  | "gateway-away"
  | "answer-unreadable"
  | "no-buyer"
  | "no-call"
  | { readonly words: string }

export interface SheetView {
  readonly platform: "wechat-pay" | "alipay"
  readonly amountFen: number
  readonly description: string
  readonly payeeNo: string
}

export interface PhoneView {
  readonly app: PhoneApp
  readonly buyer: { readonly id: number; readonly name: string } | null
  readonly sale: SaleView | null
  readonly sheet: SheetView | null
  /** Why the wallet does not show a sheet. */
  readonly sheetRefusal: string | null
  readonly wallet: WalletAnswer | null
  readonly error: PhoneError | null
}

export class Phone {
  readonly #world: World
  readonly #jar = new CookieJar()
  #app: PhoneApp = "wechat"
  #platform: Platform = "wechat-pay"
  #address: URL | undefined
  #token: string | undefined
  #buyerId: number | undefined
  #sale: SaleView | undefined
  #bridge: Bridge | undefined
  #sheet: SheetResult | undefined
  #wallet: WalletAnswer | undefined
  language: Language = "zh"

  constructor(world: World) {
    this.#world = world
  }

  view(error: PhoneError | null = null): PhoneView {
    const buyer = this.#buyerId === undefined ? undefined : this.#world.buyers.get(this.#buyerId)
    const order = this.#sheet?.ok === true ? this.#sheet.order : undefined
    return {
      app: this.#app,
      buyer: buyer === undefined ? null : { id: buyer.id, name: buyer.name },
      sale: this.#sale ?? null,
      sheet:
        order === undefined
          ? null
          : {
              platform: order.platform,
              amountFen: order.amountFen,
              description: order.description,
              payeeNo: order.payeeNo,
            },
      sheetRefusal: this.#sheet?.ok === false ? this.#sheet.reason : null,
      wallet: this.#wallet ?? null,
      error,
    }
  }

  /** Scans: opens a `/p/…` address in one of the apps. Another app is another session. */
  async open(app: PhoneApp, address: string): Promise<PhoneView> {
    if (app !== this.#app) this.#forgetLogin()
    this.#app = app
    this.#sale = this.#bridge = this.#sheet = this.#wallet = undefined
    const url = URL.canParse(address) ? new URL(address) : undefined
    const known = url !== undefined && isReachable(url, this.#world.gateway.url) && /^\/p\/\d+$/.test(url.pathname)
    if (!known) return this.view("address-wrong")
    if (url.origin !== this.#address?.origin) this.#forgetLogin()
    this.#address = url
    const answer = await this.#visit("GET", url.pathname)
    if ("error" in answer) return this.view(answer.error)
    if (!answer.ok) return this.view({ words: refusalWords(answer.body, this.language) ?? String(answer.status) })
    this.#sale = readSale(answer.body, this.language)
    return this.view()
  }

  /**
   * Logs the buyer in at the gateway with a fresh code, as the app's own login does. A plain browser knows nobody:
   * there it only says whose wallets the phone has.
   */
  async login(buyerId: number): Promise<PhoneView> {
    const buyer = this.#world.buyers.get(buyerId)
    if (buyer === undefined) return this.view("no-buyer")
    this.#forgetLogin()
    if (this.#app === "browser") {
      this.#buyerId = buyer.id
      return this.view()
    }
    const inWechat = this.#app === "wechat"
    const code = this.#world.buyers.issueCode(buyer, inWechat ? "wechat-h5" : "alipay")
    const platform = inWechat ? "wechat-pay" : "alipay"
    const answer = await this.#visit("POST", "/buyers/login", { platform, channel: "h5", code })
    if ("error" in answer) return this.view(answer.error)
    if (!answer.ok) return this.view({ words: refusalWords(answer.body, this.language) ?? String(answer.status) })
    const token = (answer.body as { token?: unknown }).token
    this.#token = typeof token === "string" ? token : undefined
    this.#buyerId = buyer.id
    return this.view()
  }

  /**
   * Asks the gateway for a payment and hands its call to the wallet, which checks it.
   * @param platform whose button was pressed in a plain browser; without it, the one of before
   */
  async pay(platform?: Platform): Promise<PhoneView> {
    if (this.#address === undefined || this.#buyerId === undefined) return this.view("no-buyer")
    this.#bridge = this.#sheet = this.#wallet = undefined
    this.#platform = platform ?? this.#platform
    const wish =
      this.#app === "browser"
        ? { platform: this.#platform, method: "h5" }
        : { platform: this.#app === "wechat" ? "wechat-pay" : "alipay" }
    const answer = await this.#visit("POST", `${this.#address.pathname}/pay`, wish)
    if ("error" in answer) return this.view(answer.error)
    if (!answer.ok) return this.view({ words: refusalWords(answer.body, this.language) ?? String(answer.status) })
    const bridge = bridgeInput.safeParse(readBridge(answer.body))
    if (!bridge.success) {
      const view = await this.refresh()
      return view.sale?.state === "paid" ? view : this.view("no-call")
    }
    this.#bridge = bridge.data
    const buyer = this.#world.buyers.get(this.#buyerId)
    if (buyer !== undefined) this.#sheet = openSheet(this.#world, buyer, bridge.data)
    return this.view()
  }

  async confirm(decision: Decision): Promise<PhoneView> {
    const buyer = this.#buyerId === undefined ? undefined : this.#world.buyers.get(this.#buyerId)
    if (buyer === undefined || this.#bridge === undefined) return this.view("no-call")
    this.#wallet = await confirmPayment(this.#world, buyer, this.#bridge, decision)
    this.#sheet = undefined
    return this.refresh()
  }

  /** Asks the gateway how the money stands: only its word, never the wallet's, says that it is paid. */
  async refresh(): Promise<PhoneView> {
    if (this.#address === undefined || this.#sale === undefined) return this.view()
    const answer = await this.#visit("GET", `${this.#address.pathname}/state`)
    if ("error" in answer) return this.view(answer.error)
    if (answer.ok) this.#sale = readState(this.#sale, answer.body)
    return this.view()
  }

  /** The page as the gateway sends it to a browser, for whoever wants to see the original. */
  async page(): Promise<{ html: string; origin: string } | undefined> {
    if (this.#address === undefined) return undefined
    const response = await this.#fetch("GET", this.#address.pathname, undefined, "text/html").catch(() => undefined)
    if (response === undefined) return undefined
    return { html: await response.text(), origin: this.#address.origin }
  }

  #forgetLogin(): void {
    this.#jar.clear()
    this.#token = this.#buyerId = undefined
  }

  async #visit(
    method: "GET" | "POST",
    path: string,
    body?: unknown,
  ): Promise<{ ok: boolean; status: number; body: unknown } | { error: PhoneError }> {
    const response = await this.#fetch(method, path, body, "application/json").catch(() => undefined)
    if (response === undefined) return { error: "gateway-away" }
    this.#jar.take(response.headers)
    const json: unknown = await response.json().catch(() => undefined)
    if (json === undefined && response.status !== 204) return { error: "answer-unreadable" }
    return { ok: response.ok, status: response.status, body: json }
  }

  #fetch(method: "GET" | "POST", path: string, body: unknown, accept: string): Promise<Response> {
    const cookie = this.#jar.header()
    const headers: Record<string, string> = {
      Accept: accept,
      "Accept-Language": this.language === "zh" ? "zh-CN" : "en",
      "User-Agent": userAgents[this.#app],
      ...(cookie === "" ? {} : { Cookie: cookie }),
      ...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    }
    const origin = this.#address?.origin ?? this.#world.gateway.url
    if (origin === undefined) return Promise.reject(new Error("no gateway"))
    return fetch(`${origin}${path}`, {
      method,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(answerMsMax),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}
