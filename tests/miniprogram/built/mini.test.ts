// The compiled programs in a phone's host, against the whole gateway, both platforms' sandbox and a chain.
import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { PayCode } from "@suyuan/protocol/terminal/pay-code"
import { payCodeDigits } from "@suyuan/protocol/terminal/pay-code-url"
import { buildMiniprogram } from "../../../scripts/miniprogram/build-miniprogram"
import type { Payer } from "../../api/payments/market"
import { decide } from "../../api/payments/platforms"
import { sessionOf } from "../../support/app"
import { type BuyerWorld, openBuyerWorld } from "./buyer-world"
import { type Call, openMiniHost } from "./mini-host"

/** What is built in where nobody names a gateway. */
const builtIn = "http://127.0.0.1:8080"
let world: BuyerWorld
const folders = new Map<"weapp" | "alipay", string>()
beforeAll(async () => {
  for (const target of ["weapp", "alipay"] as const) folders.set(target, await buildMiniprogram(target, () => {}))
  world = await openBuyerWorld({})
}, 300_000)
afterAll(() => world?.end())

type Ending = "pays" | "cancels" | "fails" | "says nothing clear" | "loses its network"
type Asked = {
  url: string
  method: string
  header?: Record<string, string>
  headers?: Record<string, string>
  data?: string
}

const wechatEndings = {
  pays: "requestPayment:ok",
  cancels: "requestPayment:fail cancel",
  fails: "requestPayment:fail no money",
  "says nothing clear": "something else",
  "loses its network": "requestPayment:fail network error",
} as const satisfies Record<Ending, string>
const alipayEndings = {
  pays: "9000",
  cancels: "6001",
  fails: "4000",
  "says nothing clear": "8000",
  "loses its network": "6002",
} as const satisfies Record<Ending, string>

/** @param moves whether the money moves at the platform, whatever the phone is told */
async function openPhone(target: "weapp" | "alipay", ending: Ending, moves = ending === "pays") {
  const payer: Payer = await world.market.newPayer(target === "weapp" ? "wechat-pay" : "alipay")
  const { authorization = "" } = await sessionOf(world.ctx, payer.actor)
  const request = ({ url, method, header, headers, data, success, fail }: Call<Asked>) => {
    const path = url.slice(builtIn.length)
    const body = data === undefined || method === "GET" ? {} : { body: data }
    fetch(`${world.url}${path}`, { method, headers: { ...header, ...headers }, ...body }).then(
      async (response) => {
        const answer = { header: Object.fromEntries(response.headers), data: await response.text() }
        success?.({ ...answer, headers: answer.header, statusCode: response.status, status: response.status })
      },
      () => fail?.({ errMsg: "request:fail" }),
    )
  }
  const pay = async (bridge: Parameters<typeof decide>[2]) => {
    if (moves) await decide(world.market.sandbox, payer.person, bridge, "pay")
  }
  const host = openMiniHost(folders.get(target) as string, target, {
    request,
    requestPayment: (order: Call<object>) =>
      void pay({ kind: "wechat-jsapi", appId: world.ctx.config.WECHAT_PAY_APPID, ...order } as never).then(() => {
        const errMsg = wechatEndings[ending]
        if (ending === "pays" || ending === "says nothing clear") order.success?.({ errMsg })
        else order.fail?.({ errMsg })
      }),
    tradePay: ({ tradeNO, success }: Call<{ tradeNO: string }>) =>
      void pay({ kind: "alipay", tradeNo: tradeNO } as never).then(() =>
        success?.({ resultCode: alipayEndings[ending] }),
      ),
  })
  host.kept.set("session", authorization.replace("Bearer ", ""))
  const scan = async (code: PayCode) => {
    const url = `${builtIn}/p/${payCodeDigits(code)}`
    if (target === "weapp") {
      host.launch({ path: "pages/pay/index", query: {} })
      await host.open(`/pages/pay/index?q=${encodeURIComponent(encodeURIComponent(url))}`)
    } else {
      host.launch({ path: "pages/pay/index", query: { qrCode: url } })
      await host.open("/pages/pay/index")
    }
    await host.until("大白菜")
  }
  return { host, scan, button: `pay-${payer.platform}` }
}

for (const target of ["weapp", "alipay"] as const) {
  describe(target, () => {
    test("scan, pay, trace, check: the straight line, each step of the proof passed", async () => {
      const { host, scan, button } = await openPhone(target, "pays")
      const code = await world.newCode()
      await scan(code)
      expect(host.shown()).toContain("全部来自北京")
      host.tap(button)
      await host.until("已付款 ¥2.00")
      await world.uploadAndAnchor(code)
      host.tap("trace")
      await host.until("从田间到我")
      host.tap("verify")
      await host.until("没有发现问题")
      expect(host.shown()).not.toContain("不通过")
      host.close()
      expect(host.troubles).toEqual([])
    }, 60_000)

    for (const [ending, words] of [
      ["cancels", "您取消了支付"],
      ["fails", "支付没有成功"],
    ] as const) {
      test(`a buyer whose wallet ${ending} reads that nothing was paid, and may pay again`, async () => {
        const { host, scan, button } = await openPhone(target, ending)
        await scan(await world.newCode())
        host.tap(button)
        await host.until(words)
        host.tap("back")
        await host.until("核对店名")
        expect(host.has(button)).toBe(true)
        host.close()
      }, 60_000)
    }

    test("a wallet that says nothing clear, when the money has moved: never a second button, then the receipt", async () => {
      const { host, scan, button } = await openPhone(target, "says nothing clear", true)
      await scan(await world.newCode())
      host.tap(button)
      await host.until("已付款 ¥2.00")
      expect(host.has(button)).toBe(false)
      host.close()
    }, 60_000)

    test("a wallet that loses its network, when no money has moved: the result is unknown, and no button is there", async () => {
      const { host, scan, button } = await openPhone(target, "loses its network")
      await scan(await world.newCode())
      host.tap(button)
      await host.until("网络断了，结果未知")
      expect(host.has(button)).toBe(false)
      host.close()
    }, 60_000)

    test("a code of another address is refused before anything is asked", async () => {
      const { host } = await openPhone(target, "pays")
      const url = "https://elsewhere.example/p/123"
      host.launch({ path: "pages/pay/index", query: target === "alipay" ? { qrCode: url } : {} })
      await host.open(`/pages/pay/index?q=${encodeURIComponent(encodeURIComponent(url))}`)
      await host.until("请勿付款")
      host.close()
    })
  })
}

test("weapp: an answer that was changed on its way shows which step failed, and in words", async () => {
  const { host, scan, button } = await openPhone("weapp", "pays")
  const code = await world.newCode()
  await scan(code)
  host.tap(button)
  await host.until("已付款")
  await world.uploadAndAnchor(code)
  host.tap("trace")
  await host.until("存证编号")
  const [, record] = /存证编号\s+([0-9a-f]{32})/.exec(host.shown()) ?? []
  const other = (digit: string) => (digit === "0" ? "1" : "0")
  for (const [path, changed, words] of [
    ["/ledger/roots/", /("root":")(.)/, "链上的这一批与证明不符"],
    ["/ledger/terminals/", /("publicKey":".{20})(.)/, "不是这台终端签的"],
    ["/proofs/", /()(.)$/, "文件读不出来"],
  ] as const) {
    world.onTheWay.change = (asked, text) =>
      asked.startsWith(path) ? text.replace(changed, (_, before, digit) => `${before}${other(digit)}`) : text
    await host.open(`/pages/verify/index?record=${record}`)
    await host.until("有一步不通过")
    expect(host.shown()).toContain(words)
  }
  world.onTheWay.change = undefined
  await host.open(`/pages/verify/index?record=${record}`)
  await host.until("没有发现问题")
  host.close()
}, 60_000)

test("alipay: a program in the background that another code opens shows the other sale", async () => {
  const { host, scan } = await openPhone("alipay", "pays")
  await scan(await world.newCode())
  await host.until("2.00")
  host.enter({ query: { qrCode: `${builtIn}/p/${payCodeDigits(await world.newCode(1000))}` } })
  await host.until("4.00")
  host.close()
}, 60_000)
