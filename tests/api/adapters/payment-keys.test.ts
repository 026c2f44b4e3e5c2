import { describe, expect, test } from "bun:test"
import { createSign, generateKeyPairSync } from "node:crypto"
import { alipayCaller, alipaySdk } from "@suyuan/api/adapters/alipay-client"
import { readAlipayNotification } from "@suyuan/api/adapters/alipay-notification"
import { loadWechatPayKeys } from "@suyuan/api/adapters/wechat-pay-keys"

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  }
}
const [merchant, platform, other] = [pair(), pair(), pair()]

describe("WeChat Pay keys", () => {
  const keysWith = (platformKeys: [string, string][]) =>
    loadWechatPayKeys({
      mchid: "1900000001",
      appId: "wx8888888888888888",
      serial: "5157F09E",
      privateKeyPem: merchant.privatePem,
      platformKeys: new Map(platformKeys),
    })
  const signed = (privatePem: string, serial: string, body: string) => {
    const head = { timestamp: "1700000000", nonce: "n", serial }
    const signature = createSign("RSA-SHA256").update(`1700000000\nn\n${body}\n`).sign(privatePem, "base64")
    return { ...head, signature }
  }

  test("[PY-2] two gateways with different keys under one id do not mix them up", async () => {
    const [one, two] = [keysWith([["PUB_KEY_ID_1", platform.publicPem]]), keysWith([["PUB_KEY_ID_1", other.publicPem]])]
    const head = signed(platform.privatePem, "PUB_KEY_ID_1", "{}")
    expect(await Promise.all([one.verify(head, "{}"), two.verify(head, "{}"), one.verify(head, "{}")])).toEqual([
      true,
      false,
      true,
    ])
  })

  test("[PY-2] during a migration both keys are good, each under its own id; an unknown one asks nobody", async () => {
    const keys = keysWith([
      ["PUB_KEY_ID_1", platform.publicPem],
      ["5157F09EFDC0", other.publicPem],
    ])
    expect(await keys.verify(signed(platform.privatePem, "PUB_KEY_ID_1", "{}"), "{}")).toBe(true)
    expect(await keys.verify(signed(other.privatePem, "5157F09EFDC0", "{}"), "{}")).toBe(true)
    expect(await keys.verify(signed(other.privatePem, "PUB_KEY_ID_1", "{}"), "{}")).toBe(false)
    expect(await keys.verify(signed(platform.privatePem, "PUB_KEY_ID_2", "{}"), "{}")).toBe(false)
    expect(
      await keys.verify(
        { ...signed(platform.privatePem, "PUB_KEY_ID_1", "{}"), signature: "WECHATPAY/SIGNTEST/x" },
        "{}",
      ),
    ).toBe(false)
    expect(await keys.verify({ ...signed(platform.privatePem, "PUB_KEY_ID_1", "{}"), signature: "" }, "{}")).toBe(false)
  })
})

describe("Alipay", () => {
  const options = {
    appId: "2021000100000001",
    gatewayUrl: "http://127.0.0.1:1/gateway.do",
    // With the newline that a PEM file ends in.
    privateKeyPem: `${merchant.privatePem}\n`,
    alipayPublicKeyPem: `${platform.publicPem}\n`,
    timeoutMs: 1000,
    clock: { nowMs: Date.now },
  }
  const form = {
    app_id: options.appId,
    notify_type: "trade_status_sync",
    out_trade_no: "260101aaaaaaaaaaaaaaaa",
    trade_no: "2026",
    trade_status: "TRADE_SUCCESS",
    total_amount: "12.34",
    seller_id: "2088000000000002",
    gmt_payment: "2026-01-01 00:00:00",
  }

  function message(fields: Record<string, string>, algorithm = "RSA-SHA256", signType = "RSA2") {
    const text = Object.keys(fields)
      .filter((name) => fields[name] !== "")
      .sort()
      .map((name) => `${name}=${fields[name]}`)
      .join("&")
    const sign = createSign(algorithm).update(text, "utf8").sign(platform.privatePem, "base64")
    const body = new TextEncoder().encode(new URLSearchParams({ ...fields, sign, sign_type: signType }).toString())
    return { headers: {}, body }
  }

  test("signs and calls with keys that end in a newline", async () => {
    expect(await alipayCaller(options).call("alipay.trade.query", { content: {} })).toEqual({
      kind: "unknown",
      cause: "connection",
    })
  })

  const account = { appId: options.appId, payersAppId: options.appId, sellerId: undefined, name: undefined }

  test("[PY-5] takes a notification with an empty field, which the platform leaves out of what it signs", () => {
    const sdk = alipaySdk(options)
    const read = readAlipayNotification(sdk, account, message({ ...form, body: "" }))
    expect(read).toMatchObject({ ok: true, value: { about: "payment", trade: { state: "paid", totalFen: 1234 } } })
  })

  test("[PY-5] refuses SHA-1, which the message itself could ask for, and a name that comes twice", () => {
    const sdk = alipaySdk(options)
    const weak = readAlipayNotification(sdk, account, message(form, "RSA-SHA1", "RSA"))
    expect(weak).toEqual({ ok: false, error: "notification/unverified" })
    const good = message(form)
    const twice = new TextEncoder().encode(`${new TextDecoder().decode(good.body)}&total_amount=0.01`)
    expect(readAlipayNotification(sdk, account, { headers: {}, body: twice })).toEqual({
      ok: false,
      error: "notification/malformed",
    })
  })
})
