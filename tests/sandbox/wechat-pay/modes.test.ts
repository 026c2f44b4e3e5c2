import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { createDecipheriv } from "node:crypto"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import {
  type Bench,
  control,
  directMerchant,
  jsapiOrder,
  type NewBuyer,
  newBuyer,
  startBench,
  until,
  type WechatCall,
  wechatCall,
} from "../merchant"

let bench: Bench
let buyer: NewBuyer
let aheadMs = 0
beforeAll(async () => {
  bench = await startBench({ clockMs: () => Date.now() + aheadMs })
  buyer = await newBuyer(bench.sandbox)
})
afterAll(() => bench.end())

type Answer = { status: number; body: Record<string, unknown> }

async function call(one: WechatCall): Promise<Answer> {
  const timestampSeconds = Math.floor((Date.now() + aheadMs) / 1000)
  const { response, text } = await wechatCall(bench.sandbox, { timestampSeconds, ...one })
  return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) }
}

/** An order of a merchant by itself. */
function ownOrder(name: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  const { sp_appid: appid, sp_mchid: _sp, sub_mchid: _sub, ...rest } = jsapiOrder(bench, buyer)
  const { mchid } = directMerchant(bench.sandbox, name)
  return { ...rest, appid, mchid, payer: { openid: buyer.openids[String(appid)] }, ...change }
}

const scene = { payer_client_ip: "203.0.113.9", h5_info: { type: "Wap" } }
const ownPath = "/v3/pay/transactions"
const partnerPath = "/v3/pay/partner/transactions"
const pay = (bridge: Record<string, unknown>, decision = "pay") =>
  control<{ result: string; reason?: string }>(bench.sandbox, "POST", `/buyers/${buyer.id}/pay`, { bridge, decision })

describe("a merchant by itself", () => {
  test("opens, asks after and closes its own orders", async () => {
    const body = ownOrder("stall-a")
    expect(await call({ direct: "stall-a", path: `${ownPath}/jsapi`, body })).toMatchObject({
      status: 200,
      body: { prepay_id: expect.stringMatching(/^wx/) as string },
    })
    const path = `${ownPath}/out-trade-no/${body.out_trade_no}`
    const found = await call({ direct: "stall-a", path: `${path}?mchid=${body.mchid}` })
    expect(found.body).toMatchObject({ mchid: body.mchid, appid: body.appid, trade_state: "NOTPAY", payer: body.payer })
    expect(found.body).not.toHaveProperty("sp_mchid")
    expect((await call({ direct: "stall-a", path: `${path}/close`, body: { mchid: body.mchid } })).status).toBe(204)
    const closed = await call({ direct: "stall-a", path: `${path}?mchid=${body.mchid}` })
    expect(closed.body).toMatchObject({ trade_state: "CLOSED" })
  })

  test("has nothing of another merchant's, and the service provider nothing of its", async () => {
    const body = ownOrder("stall-a")
    await call({ direct: "stall-a", path: `${ownPath}/jsapi`, body })
    const path = `${ownPath}/out-trade-no/${body.out_trade_no}`
    const { mchid } = directMerchant(bench.sandbox, "stall-b")
    expect(await call({ direct: "stall-b", path: `${path}?mchid=${mchid}` })).toMatchObject({
      status: 404,
      body: { code: "ORDER_NOT_EXIST" },
    })
    expect(await call({ direct: "stall-b", path: `${path}?mchid=${body.mchid}` })).toMatchObject({
      status: 403,
      body: { code: "NO_AUTH" },
    })
    const asPartner = `${partnerPath}/out-trade-no/${body.out_trade_no}?sp_mchid=1900000001&sub_mchid=${body.mchid}`
    expect((await call({ path: asPartner })).body).toMatchObject({ code: "ORDER_NOT_EXIST" })
    for (const wrong of [
      { direct: "stall-b", path: `${ownPath}/jsapi`, body: ownOrder("stall-a") },
      { path: `${ownPath}/jsapi`, body: ownOrder("stall-a", { mchid: "1900000001" }) },
      { direct: "stall-a", path: `${partnerPath}/jsapi`, body: jsapiOrder(bench, buyer) },
    ]) {
      expect(await call(wrong)).toMatchObject({ status: 403, body: { code: "NO_AUTH" } })
    }
  })

  test("refunds without a sub-merchant, and is told under its own key", async () => {
    const body = ownOrder("stall-a")
    await call({ direct: "stall-a", path: `${ownPath}/jsapi`, body })
    await control(bench.sandbox, "POST", `/orders/wechat-pay/${body.out_trade_no}/pay`, {})
    const refund = {
      ...{ out_trade_no: body.out_trade_no, out_refund_no: `${body.out_trade_no}r`, notify_url: body.notify_url },
      amount: { refund: 30, total: 1230, currency: "CNY" },
    }
    const path = "/v3/refund/domestic/refunds"
    const named = { ...refund, sub_mchid: body.mchid }
    expect(await call({ direct: "stall-a", path, body: named })).toMatchObject({
      status: 400,
      body: { code: "PARAM_ERROR", detail: { field: "/sub_mchid" } },
    })
    expect((await call({ path, body: refund })).body).toMatchObject({ detail: { field: "/sub_mchid" } })
    expect((await call({ direct: "stall-b", path, body: refund })).status).toBe(404)
    expect((await call({ direct: "stall-a", path, body: refund })).body).toMatchObject({ status: "PROCESSING" })
    const query = `${path}/${refund.out_refund_no}`
    await until(async () => {
      const answer = await call({ direct: "stall-a", path: query })
      return answer.body.status === "SUCCESS" ? answer : undefined
    }, "the refund settles")
    const told = await until(
      () => bench.notices.received.find(({ body: text }) => text.includes("REFUND.SUCCESS")),
      "told",
    )
    const { resource } = JSON.parse(told.body) as {
      resource: { ciphertext: string; nonce: string; associated_data: string }
    }
    const open = (name: string) => {
      const { apiV3KeyFile } = directMerchant(bench.sandbox, name)
      const list = bench.sandbox.environment.WECHAT_PAY_MERCHANTS_FILE ?? ""
      const key = readFileSync(join(dirname(list), apiV3KeyFile), "utf8").trim()
      const sealed = Buffer.from(resource.ciphertext, "base64")
      const decipher = createDecipheriv("aes-256-gcm", key, resource.nonce)
        .setAuthTag(sealed.subarray(-16))
        .setAAD(Buffer.from(resource.associated_data))
      return JSON.parse(
        `${decipher.update(sealed.subarray(0, -16), undefined, "utf8")}${decipher.final("utf8")}`,
      ) as object
    }
    expect(open("stall-a")).toMatchObject({ mchid: body.mchid, refund_status: "SUCCESS", amount: { refund: 30 } })
    expect(() => open("stall-b")).toThrow()
  })

  test("needs its own required fields", async () => {
    for (const [field, change] of [
      ["/appid", { appid: undefined }],
      ["/mchid", { mchid: undefined }],
      ["/payer/openid", { payer: {} }],
      ["/notify_url", { notify_url: "https://shop.example/n?a=1" }],
      ["/amount/total", { amount: { total: 0 } }],
    ] as const) {
      const body = ownOrder("stall-a", change)
      expect((await call({ direct: "stall-a", path: `${ownPath}/jsapi`, body })).body).toMatchObject({
        code: "PARAM_ERROR",
        detail: { field },
      })
    }
  })
})

for (const direct of [undefined, "stall-a"] as const) {
  const path = direct === undefined ? partnerPath : ownPath
  const orderOf = (change: Record<string, unknown> = {}) => {
    const { payer: _payer, ...order } = direct === undefined ? jsapiOrder(bench, buyer) : ownOrder(direct)
    return { ...order, ...change } as Record<string, unknown>
  }
  const open = (way: "native" | "h5", body: Record<string, unknown>) =>
    call({ ...(direct !== undefined && { direct }), path: `${path}/${way}`, body })
  const query = (body: Record<string, unknown>) => {
    const parties =
      direct === undefined ? `sp_mchid=${body.sp_mchid}&sub_mchid=${body.sub_mchid}` : `mchid=${body.mchid}`
    return call({
      ...(direct !== undefined && { direct }),
      path: `${path}/out-trade-no/${body.out_trade_no}?${parties}`,
    })
  }

  describe(`codes and addresses of ${direct ?? "the service provider"}`, () => {
    test("a code is paid by whoever scans it, who is told as its payer", async () => {
      const body = orderOf()
      const first = await open("native", body)
      expect(first.body.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=[\w-]{12}$/)
      expect((await open("native", body)).body).toEqual(first.body)
      expect((await query(body)).body).toMatchObject({ trade_state: "NOTPAY" })
      expect((await query(body)).body).not.toHaveProperty("payer")
      expect(await pay({ kind: "native", codeUrl: first.body.code_url })).toMatchObject({ result: "paid" })
      const openid = buyer.openids[String(body.sp_appid ?? body.appid)]
      expect((await query(body)).body).toMatchObject({
        ...{ trade_state: "SUCCESS", trade_type: "NATIVE" },
        payer: direct === undefined ? { sp_openid: openid } : { openid },
      })
      expect(await pay({ kind: "native", codeUrl: first.body.code_url })).toMatchObject({ reason: "paid" })
    })

    test("an address needs the payer's IP address and the kind of page", async () => {
      for (const [field, scene_info] of [
        ["/scene_info", undefined],
        ["/scene_info/payer_client_ip", { h5_info: scene.h5_info }],
        ["/scene_info/payer_client_ip", { ...scene, payer_client_ip: "somewhere" }],
        ["/scene_info/h5_info", { payer_client_ip: scene.payer_client_ip }],
        ["/scene_info/h5_info/type", { ...scene, h5_info: { type: "Desktop" } }],
      ] as const) {
        expect((await open("h5", orderOf({ scene_info }))).body).toMatchObject({
          code: "PARAM_ERROR",
          detail: { field },
        })
      }
      const body = orderOf({ scene_info: scene })
      const opened = await open("h5", body)
      expect(await pay({ kind: "redirect", url: opened.body.h5_url })).toMatchObject({ result: "paid" })
      expect((await query(body)).body).toMatchObject({ trade_state: "SUCCESS", trade_type: "MWEB" })
    })

    test("an address is good for five minutes, and asking again gives a new one for the same order", async () => {
      const body = orderOf({ scene_info: scene })
      const first = await open("h5", body)
      aheadMs += 5 * 60_000 + 1000
      expect(await pay({ kind: "redirect", url: first.body.h5_url })).toMatchObject({ reason: "prepay-unknown" })
      const second = await open("h5", body)
      expect(second.body.h5_url).not.toBe(first.body.h5_url)
      expect(await pay({ kind: "redirect", url: second.body.h5_url })).toMatchObject({ result: "paid" })
    })

    test("one number is one order: in another way, or closed, it is refused", async () => {
      const body = orderOf()
      const code = await open("native", body)
      expect(await open("h5", { ...body, scene_info: scene })).toMatchObject({ body: { code: "OUT_TRADE_NO_USED" } })
      const parties =
        direct === undefined ? { sp_mchid: body.sp_mchid, sub_mchid: body.sub_mchid } : { mchid: body.mchid }
      await call({
        ...(direct !== undefined && { direct }),
        path: `${path}/out-trade-no/${body.out_trade_no}/close`,
        body: parties,
      })
      expect((await open("native", body)).body).toMatchObject({ code: "ORDER_CLOSED" })
      expect(await pay({ kind: "native", codeUrl: code.body.code_url })).toMatchObject({ reason: "closed" })
    })
  })
}
