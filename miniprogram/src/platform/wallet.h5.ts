import type { PayOutcome } from "../../core/pay-outcome"
import { alipayOutcome } from "../../core/pay-outcome"
import type { Wallet } from "../../core/wallet"

interface WalletWindow {
  readonly WeixinJSBridge?: {
    invoke(name: string, order: object, done: (answer: { readonly err_msg?: string }) => void): void
  }
  readonly AlipayJSBridge?: {
    call(name: string, order: object, done: (answer: { readonly resultCode?: string }) => void): void
  }
}
const inWallet = window as unknown as WalletWindow
const agent = navigator.userAgent
const isWechat = agent.includes("MicroMessenger")
const isAlipay = agent.includes("AlipayClient")
const isPhone = /Android|iPhone|iPad|HarmonyOS|Mobile/.test(agent)

function whenThere(name: keyof WalletWindow): Promise<void> {
  if (inWallet[name] !== undefined) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener(`${name}Ready`, () => resolve(), { once: true }))
}

const wechatWords: Readonly<Record<string, PayOutcome>> = {
  "get_brand_wcpay_request:ok": "reported",
  "get_brand_wcpay_request:cancel": "cancelled",
  "get_brand_wcpay_request:fail": "failed",
}

/** In a wallet its own function, on a phone outside the platform's address, on a computer a code to scan. */
export const wallet: Wallet = {
  platforms: isWechat ? ["wechat-pay"] : isAlipay ? ["alipay"] : ["wechat-pay", "alipay"],
  method: isWechat || isAlipay ? "jsapi" : isPhone ? "h5" : "native",
  token: () => undefined,
  async login(platform, digits) {
    location.assign(`/buyers/login/${platform}?return=${encodeURIComponent(`/p/${digits}`)}`)
    return false
  },
  async pay(bridge) {
    if (bridge.kind === "redirect") {
      location.assign(bridge.url)
      return new Promise<PayOutcome>(() => {})
    }
    if (bridge.kind === "wechat-jsapi") {
      await whenThere("WeixinJSBridge")
      const { kind: _kind, ...order } = bridge
      return new Promise((resolve) => {
        inWallet.WeixinJSBridge?.invoke("getBrandWCPayRequest", order, ({ err_msg }) =>
          resolve(wechatWords[err_msg ?? ""] ?? "unknown"),
        )
      })
    }
    if (bridge.kind !== "alipay") return "unknown"
    await whenThere("AlipayJSBridge")
    return new Promise((resolve) => {
      inWallet.AlipayJSBridge?.call("tradePay", { tradeNO: bridge.tradeNO }, (answer) => resolve(alipayOutcome(answer)))
    })
  },
}
