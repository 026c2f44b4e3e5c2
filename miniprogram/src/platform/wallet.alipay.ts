import { alipayOutcome } from "../../core/pay-outcome"
import type { Wallet } from "../../core/wallet"
import { loginWith, sessionToken } from "../session/mini-session"

interface Answers<T> {
  readonly success: (answer: T) => void
  readonly fail: (error: unknown) => void
}

/** Alipay's own names: Taro's differ between its versions for both. */
declare const my: {
  getAuthCode(options: { readonly scopes: "auth_base" } & Answers<{ readonly authCode: string }>): void
  tradePay(options: { readonly tradeNO: string } & Answers<{ readonly resultCode?: string | number }>): void
}

const authCode = () =>
  new Promise<string>((success, fail) =>
    my.getAuthCode({ scopes: "auth_base", success: ({ authCode }) => success(authCode), fail }),
  )

export const wallet: Wallet = {
  platforms: ["alipay"],
  method: "jsapi",
  token: sessionToken,
  login: () => loginWith("alipay", authCode),
  async pay(bridge) {
    if (bridge.kind !== "alipay") return "failed"
    const { tradeNO } = bridge
    return new Promise((resolve) => {
      my.tradePay({
        tradeNO,
        success: (answer) => resolve(alipayOutcome(answer)),
        // Neither yes nor no.
        fail: () => resolve("unknown"),
      })
    })
  },
}
