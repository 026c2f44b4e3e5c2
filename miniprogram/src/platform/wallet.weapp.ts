import Taro from "@tarojs/taro"
import { wechatOutcome } from "../../core/pay-outcome"
import type { Wallet } from "../../core/wallet"
import { loginWith, sessionToken } from "../session/mini-session"

export const wallet: Wallet = {
  platforms: ["wechat-pay"],
  method: "jsapi",
  token: sessionToken,
  login: () => loginWith("wechat-pay", async () => (await Taro.login()).code),
  async pay(bridge) {
    if (bridge.kind !== "wechat-jsapi") return "failed"
    const { timeStamp, nonceStr, signType, paySign } = bridge
    const order = { timeStamp, nonceStr, package: bridge.package, signType, paySign }
    return Taro.requestPayment(order).then(wechatOutcome, wechatOutcome)
  },
}
