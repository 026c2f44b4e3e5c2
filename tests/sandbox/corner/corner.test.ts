import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { errorWords } from "@suyuan/look/errors"
import type { PhoneView } from "@suyuan/sandbox/corner/phone"
import { type Bench, control, type NewBuyer, newBuyer, startBench, until } from "../merchant"
import { type FakeGateway, startFakeGateway } from "./fake-gateway"

let bench: Bench
let buyer: NewBuyer
let gateway: FakeGateway

beforeEach(async () => {
  bench = await startBench()
  buyer = await newBuyer(bench.sandbox)
  gateway = startFakeGateway(bench.sandbox)
  bench.sandbox.world.gateway.url = gateway.url
})
afterEach(async () => {
  await gateway.stop()
  await bench.end()
})

const phone = (path: string, body: unknown = {}) =>
  control<PhoneView>(bench.sandbox, "POST", `/phone/one/${path}`, body)
const open = (app: string) => phone("open", { app, url: `${gateway.url}/p/123456` })

describe("the buyer's phone", () => {
  test.each([
    ["wechat", "MicroMessenger"],
    ["alipay", "AlipayClient"],
  ])("as %s it scans, logs in, checks the call, pays, and believes the gateway alone", async (app, agent) => {
    const scanned = await open(app)
    expect(gateway.lastAgent).toContain(agent)
    expect(scanned.sale).toMatchObject({ stall: "张北蔬菜", stallNumber: "7", amountFen: 1230, state: "presented" })
    expect(scanned.sale?.lines?.[0]).toEqual({
      name: "豆角",
      quantity: "1.5 斤",
      unitPrice: "¥6.00/斤",
      amountFen: 900,
      origin: "来自以下之一或多处：张北蔬菜基地；来源未知最多 20%",
      checks: [
        { good: true, text: "快检合格 GB/T 5009.199 2021-12-10" },
        { good: true, text: "承诺达标合格证 × 1" },
      ],
    })
    expect((await phone("login", { buyer: buyer.id })).buyer).toMatchObject({ id: buyer.id })
    const called = await phone("pay")
    expect([called.sheetRefusal, called.sheet?.amountFen]).toEqual([null, 1230])
    expect((await phone("confirm", { decision: "pay" })).wallet?.result).toBe("paid")
    const paid = await until(async () => {
      const view = await phone("refresh")
      return view.sale?.state === "paid" ? view : undefined
    }, "the gateway's word")
    expect(paid.sale).toMatchObject({ paidFen: 1230, receiptDigits: "483920" })
  })

  test("in a plain browser nobody logs in: its button leads to the buyer's wallet", async () => {
    gateway.forget()
    await open("browser")
    expect(gateway.lastAgent).not.toContain("MicroMessenger")
    expect((await phone("login", { buyer: buyer.id })).error).toBeNull()
    const called = await phone("pay", { platform: "wechat-pay" })
    expect([called.sheetRefusal, called.sheet?.amountFen, called.sheet?.platform]).toEqual([null, 1230, "wechat-pay"])
    expect((await phone("confirm", { decision: "cancel" })).wallet?.result).toBe("cancelled")
    expect((await phone("pay")).sheet?.platform).toBe("wechat-pay")
    expect((await phone("confirm", { decision: "pay" })).wallet?.result).toBe("paid")
    await until(async () => {
      const view = await phone("refresh")
      return view.sale?.receiptDigits === "483920" ? view : undefined
    }, "the browser's own receipt")
    gateway.forget()
  })

  test("a call with a wrong paySign shows no sheet", async () => {
    gateway.spoilsCall = true
    await open("wechat")
    await phone("login", { buyer: buyer.id })
    const view = await phone("pay")
    expect([view.sheet, view.sheetRefusal]).toEqual([null, "pay-sign-wrong"])
  })

  test("leaving the sheet pays nothing, and another try is possible", async () => {
    await open("wechat")
    await phone("login", { buyer: buyer.id })
    await phone("pay")
    expect((await phone("confirm", { decision: "cancel" })).wallet?.result).toBe("cancelled")
    expect((await phone("pay")).sheet?.amountFen).toBe(1230)
  })

  test("another app is another session", async () => {
    await open("wechat")
    await phone("login", { buyer: buyer.id })
    expect((await open("alipay")).buyer).toBeNull()
  })

  test("opens pay codes of loopback addresses only", async () => {
    for (const url of [
      "https://example.com/p/1",
      `${gateway.url}/other`,
      "file:///etc/passwd",
      "http://10.0.0.1/p/1",
    ]) {
      expect((await phone("open", { app: "wechat", url })).error).toBe("address-wrong")
    }
  })

  test("a refusal is a sentence in the page's language, and a dead gateway is said so", async () => {
    gateway.answers.page = { status: 403, body: { code: "pay-code/wrong-algorithm", message: "…" } }
    expect((await open("wechat")).error).toEqual({ words: errorWords["pay-code/wrong-algorithm"].zh })
    await gateway.stop()
    expect((await open("wechat")).error).toBe("gateway-away")
  })

  test("the gateway's own page is shown without its scripts", async () => {
    await open("browser")
    const response = await fetch(`${bench.sandbox.url}/sandbox/phone/one/page`)
    expect(response.headers.get("content-security-policy")).toStartWith("sandbox; default-src 'none'")
    expect(await response.text()).toContain(`<base href="${gateway.url}/">`)
  })
})

describe("the stall's screen", () => {
  const put = (token: string, body: unknown) =>
    fetch(`${bench.sandbox.url}/sandbox/corner`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  const token = () => readFileSync(join(bench.dataDir, "sandbox/keys/corner-token"), "utf8").trim()

  test("takes a code by token, draws it, and drops it when it is old", async () => {
    const code = { url: `${gateway.url}/p/${"7".repeat(393)}`, stall: "张北蔬菜", validForSeconds: 60 }
    expect((await put("guess", code)).status).toBe(401)
    expect(await control(bench.sandbox, "GET", "/corner")).toBeNull()
    expect((await put(token(), code)).status).toBe(200)
    expect(await control(bench.sandbox, "GET", "/corner")).toMatchObject({ url: code.url, stall: "张北蔬菜" })
    const svg = await (await fetch(`${bench.sandbox.url}/sandbox/corner/code.svg`)).text()
    // 393 digits in numeric mode at level M: version 10 or 11, not the 17 of byte mode.
    expect(Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])).toBeLessThanOrEqual(61 + 4)
  })

  test("the page is whole in both languages and loads nothing from outside", async () => {
    const zh = await fetch(`${bench.sandbox.url}/`)
    expect(zh.headers.get("content-security-policy")).toContain("default-src 'none'")
    const html = await zh.text()
    expect(html).toStartWith("<!DOCTYPE html>".toLowerCase())
    expect(html).toContain('<html lang="zh-CN">')
    expect(html).toContain("演示")
    expect(html).not.toMatch(/(src|href)="https?:/)
    const en = await (await fetch(`${bench.sandbox.url}/?lang=en`)).text()
    expect(en).toContain("Market corner")
    expect(en).not.toMatch(/市场一角|买家/)
    const script = await fetch(`${bench.sandbox.url}/corner.js`)
    expect([script.status, script.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"])
  })
})
