// A phone with one compiled program in it, whose wallet and login are the platforms' sandbox and whose network leads to
// the gateway of a test, under the address that the program has built in.

import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import type { Decision } from "@suyuan/sandbox/buyers/confirm-payment"
import { subscribe } from "@suyuan/sandbox/messages/subscribe"
import { decide, until } from "../../api/payments/platforms"
import type { BuyerWorld } from "./buyer-world"
import { type Call, type HostApi, openMiniHost } from "./mini-host"

export const targets = ["weapp", "alipay"] as const
export type PhoneTarget = (typeof targets)[number]
/** What is built in where nobody names a gateway. */
export const builtIn = "http://127.0.0.1:8080"

/** How a payment ends for whoever holds the phone. */
export type Ending = "pays" | "cancels" | "fails" | "says nothing clear" | "loses its network"
/** Words that the platforms have for what the sandbox cannot know: what happened to the phone. */
export const blurred: Partial<Record<Ending, { readonly errMsg: string; readonly resultCode: string }>> = {
  "says nothing clear": { errMsg: "something else", resultCode: "8000" },
  "loses its network": { errMsg: "requestPayment:fail network error", resultCode: "6002" },
}

type Asked = {
  readonly url: string
  readonly method: string
  readonly header?: Record<string, string>
  readonly headers?: Record<string, string>
  readonly data?: string
}

/** As WeChat and Alipay tell what a camera read. */
const scanned = (text: string) => ({ result: text, code: text, errMsg: "scanCode:ok" })

type Subscription = { readonly tmplIds?: readonly string[]; readonly entityIds?: readonly string[] }

export type Phone = ReturnType<typeof openPhone>

/** @param options.moves whether the money moves at the platform, whatever the phone is told */
export function openPhone(
  world: BuyerWorld,
  folder: string,
  target: PhoneTarget,
  options: { readonly ending?: Ending; readonly moves?: boolean; readonly api?: HostApi; readonly haste?: number } = {},
) {
  const { ending = "pays", moves = ending === "pays" } = options
  const { sandbox } = world.market
  const person = sandbox.world.buyers.add(`买家 ${sandbox.world.buyers.list().length + 1}`)
  const seen = {
    logins: 0,
    answers: 0,
    hasNetwork: true,
    hasLogin: true,
    allows: true,
    losesAnswers: false,
    before: undefined as string | undefined,
  }
  /** What a test wants to happen to an answer on its way. */
  const onTheWay: {
    change: (path: string, text: string) => string
    /** What an answer waits for. */
    hold: (path: string) => Promise<void> | undefined
    /** The status with which the gateway refuses. */
    refuse: (path: string) => { readonly status: number; readonly code: string } | undefined
  } = { change: (_, text) => text, hold: () => undefined, refuse: () => undefined }

  const request = ({ url, method, header, headers, data, success, fail }: Call<Asked>) => {
    if (!seen.hasNetwork) return fail?.({ errMsg: "request:fail" })
    const path = url.slice(builtIn.length)
    const refused = onTheWay.refuse(path)
    if (refused !== undefined) {
      const { status, code } = refused
      seen.answers += 1
      const text = JSON.stringify({ code, message: code })
      return success?.({ header: {}, headers: {}, data: text, statusCode: status, status })
    }
    const body = data === undefined || method === "GET" ? {} : { body: data }
    fetch(`${world.url}${path}`, { method, headers: { ...header, ...headers }, ...body }).then(
      async (response) => {
        const answer = {
          header: Object.fromEntries(response.headers),
          data: onTheWay.change(path, await response.text()),
        }
        await onTheWay.hold(path)
        if (seen.losesAnswers) return fail?.({ errMsg: "request:fail" })
        seen.answers += 1
        success?.({ ...answer, headers: answer.header, statusCode: response.status, status: response.status })
      },
      () => fail?.({ errMsg: "request:fail" }),
    )
  }
  const login = (kind: "wechat-mini" | "alipay", { success, fail }: Call<object>) => {
    seen.logins += 1
    if (!seen.hasLogin) return fail?.({ errMsg: "login:fail", error: 11 })
    const code = sandbox.world.buyers.issueCode(person, kind)
    success?.(kind === "alipay" ? { authCode: code } : { code, errMsg: "login:ok" })
  }
  /** The wallet's sheet: the sandbox looks at the call as the platform does, and answers in its words. */
  const payAs = async (bridge: Parameters<typeof decide>[2]) => {
    const decision: Decision = moves ? "pay" : ending === "fails" ? "refuse" : "cancel"
    const answer = await decide(sandbox, person, bridge, decision)
    if (ending === "loses its network") seen.hasNetwork = false
    if (moves && answer.result !== "paid") throw new Error(`the wallet took no money: ${answer.reason}`)
    return { ...answer, ...blurred[ending] }
  }
  const host = openMiniHost(
    folder,
    target,
    {
      request,
      login: (options: Call<object>) => login("wechat-mini", options),
      getAuthCode: (options: Call<object>) => login("alipay", options),
      requestPayment: ({ success, fail, ...order }: Call<object>) =>
        void payAs({ kind: "wechat-jsapi", appId: world.ctx.config.WECHAT_MINI_APPID, ...order } as never).then(
          ({ errMsg = "" }) => (errMsg.startsWith("requestPayment:fail") ? fail : success)?.({ errMsg }),
        ),
      tradePay: ({ tradeNO, success }: Call<{ readonly tradeNO: string }>) =>
        void payAs({ kind: "alipay", tradeNo: tradeNO }).then(({ resultCode }) => success?.({ resultCode })),
      requestSubscribeMessage: ({ tmplIds, entityIds, success }: Call<Subscription>) => {
        const platform = target === "weapp" ? "wechat-pay" : "alipay"
        const templateIds = [...(tmplIds ?? entityIds ?? [])]
        success?.(
          subscribe(sandbox.world, person, { platform, templateIds, answer: seen.allows ? "accept" : "reject" }),
        )
      },
      // The camera sees what a test holds before it; nothing: it is put away.
      scanCode: ({ success, fail }: Call<object>) =>
        seen.before === undefined
          ? fail?.({ errMsg: "scanCode:fail cancel", error: 10 })
          : success?.(scanned(seen.before)),
      scan: ({ success, fail }: Call<object>) =>
        seen.before === undefined ? fail?.({ errMsg: "scan:fail cancel", error: 10 }) : success?.(scanned(seen.before)),
      setClipboardData: ({ success }: Call<object>) => success?.({}),
      setClipboard: ({ success }: Call<object>) => success?.({}),
      ...options.api,
    },
    world.aheadMs,
    options.haste,
  )

  const payButton = target === "weapp" ? "pay-wechat-pay" : "pay-alipay"
  /** The platform's own scanner has read a printed address. */
  async function open(url: string): Promise<void> {
    host.launch({ path: "pages/pay/index", query: target === "alipay" ? { qrCode: url } : {} })
    const q = encodeURIComponent(encodeURIComponent(url))
    await host.open(target === "weapp" ? `/pages/pay/index?q=${q}` : "/pages/pay/index")
  }
  async function scan(code: PayCode, words = "大白菜"): Promise<void> {
    await open(`${builtIn}/p/${payCodeDigits(code)}`)
    await host.until(words)
  }
  /** Scanned, paid, and the receipt is there. */
  async function buy(code: PayCode): Promise<void> {
    await scan(code)
    host.tap(payButton)
    await host.until("已付款")
  }
  /** The page has asked the gateway a few times more, and has shown what it heard. */
  async function hears(answers = 3): Promise<void> {
    const enough = seen.answers + answers
    await until(() => seen.answers >= enough, "the page asks the gateway")
  }
  return { hears, host, person, seen, onTheWay, payButton, open, scan, buy }
}
