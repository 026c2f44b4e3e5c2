import { expect, test } from "bun:test"
import { alipayOutcome, mustAskGateway, type PayOutcome, wechatOutcome } from "@suyuan/miniprogram/pay-outcome"

test("Alipay's result codes, of which none means paid", () => {
  const outcomes = { "9000": "reported", "8000": "unknown", "6004": "unknown", "6002": "network", "6001": "cancelled" }
  for (const [resultCode, outcome] of Object.entries(outcomes)) {
    expect(alipayOutcome({ resultCode })).toBe(outcome as PayOutcome)
    expect(alipayOutcome({ resultCode: Number(resultCode) })).toBe(outcome as PayOutcome)
  }
  expect(alipayOutcome({ resultCode: "4000" })).toBe("failed")
  for (const resultCode of [undefined, "", "9001", "constructor"]) {
    expect(alipayOutcome(resultCode === undefined ? {} : { resultCode })).toBe("unknown")
  }
})

test("WeChat's messages, of which none means paid", () => {
  expect(wechatOutcome({ errMsg: "requestPayment:ok" })).toBe("reported")
  expect(wechatOutcome({ errMsg: "requestPayment:fail cancel" })).toBe("cancelled")
  for (const detail of [
    "",
    " (the order is closed)",
    ":调用支付JSAPI缺少参数: total_fee",
    " jsapi has no permission",
  ]) {
    expect(wechatOutcome({ errMsg: `requestPayment:fail${detail}` })).toBe("failed")
  }
  expect(wechatOutcome({ errMsg: "requestPayment:fail network error" })).toBe("network")
  expect(wechatOutcome({ errMsg: "request:fail timeout" })).toBe("network")
  expect(wechatOutcome({})).toBe("unknown")
})

test("the gateway is asked unless the wallet said no", () => {
  const asked = (["reported", "unknown", "network", "cancelled", "failed"] as const).map(mustAskGateway)
  expect(asked).toEqual([true, true, true, false, false])
})
