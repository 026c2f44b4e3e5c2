/** A merchant as clients see one: the real SDKs' signatures, and a server that receives notifications. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { keepKeys } from "@suyuan/sandbox/keys/keep-keys"
import type { SandboxOptions } from "@suyuan/sandbox/settings"
import { type Sandbox, startSandbox } from "@suyuan/sandbox/start-sandbox"
import { AlipaySdk } from "alipay-sdk"
import Pay from "wechatpay-node-v3"

const quick = { notifyFirstMs: 0, notifyRetryMs: [20, 20, 20, 20, 20], refundSettleMs: 20 }

export interface Bench {
  readonly sandbox: Sandbox
  readonly dataDir: string
  readonly notices: Notices
  end(): Promise<void>
}

/** Keys are made once per run and copied: five RSA keys cost more than most tests. */
const madeKeys = mkdtempSync(join(tmpdir(), "sandbox-keys-"))
const keysReady = keepKeys(madeKeys, Date.now())
process.on("exit", () => rmSync(madeKeys, { recursive: true, force: true }))

/** A sandbox with quick schedules on a throwaway directory, and a place for its notifications. */
export async function startBench(options: Partial<SandboxOptions> = {}): Promise<Bench> {
  const dataDir = mkdtempSync(join(tmpdir(), "sandbox-"))
  await keysReady
  cpSync(madeKeys, join(dataDir, "sandbox"), { recursive: true })
  const sandbox = await startSandbox({ dataDir, schedule: quick, ...options })
  const notices = receiveNotices()
  const end = async () => {
    await sandbox.stop()
    await notices.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { sandbox, dataDir, notices, end }
}

export async function until<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const endMs = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface Notice {
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

export interface Notices {
  readonly url: string
  readonly received: Notice[]
  /** Status and text of the next answers; when used up, 200 and `success`. */
  readonly answers: { status: number; body: string }[]
  stop(): Promise<void>
}

function receiveNotices(): Notices {
  const received: Notice[] = []
  const answers: { status: number; body: string }[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      received.push({ path: new URL(request.url).pathname, headers: request.headers, body: await request.text() })
      const answer = answers.shift() ?? { status: 200, body: "success" }
      return new Response(answer.body, { status: answer.status })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, received, answers, stop: () => server.stop(true) }
}

function setting(sandbox: Sandbox, name: string): string {
  const value = sandbox.environment[name]
  if (value === undefined) throw new Error(`no ${name} in gateway.env`)
  return value
}

export function keyText(sandbox: Sandbox, name: string): string {
  return readFileSync(setting(sandbox, name), "utf8").trim()
}

interface DirectMerchant {
  readonly name: string
  readonly mchid: string
  readonly serial: string
  readonly privateKeyFile: string
  readonly apiV3KeyFile: string
}

/** A merchant that collects by itself, as the sandbox's list names it. */
export function directMerchant(sandbox: Sandbox, name: string): DirectMerchant {
  const list = JSON.parse(keyText(sandbox, "WECHAT_PAY_MERCHANTS_FILE")) as DirectMerchant[]
  const found = list.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no ${name} in the list`)
  return found
}

export function wechatSdk(sandbox: Sandbox, direct?: string): Pay {
  if (direct !== undefined) {
    const { mchid, serial, privateKeyFile } = directMerchant(sandbox, direct)
    return new Pay({
      ...{ appid: setting(sandbox, "WECHAT_PAY_APPID"), mchid, serial_no: serial },
      publicKey: Buffer.from("not needed: the serial number is given"),
      privateKey: readFileSync(join(dirname(setting(sandbox, "WECHAT_PAY_MERCHANTS_FILE")), privateKeyFile)),
    })
  }
  return new Pay({
    appid: setting(sandbox, "WECHAT_PAY_APPID"),
    mchid: setting(sandbox, "WECHAT_PAY_MCHID"),
    serial_no: setting(sandbox, "WECHAT_PAY_SERIAL"),
    publicKey: Buffer.from("not needed: the serial number is given"),
    privateKey: Buffer.from(keyText(sandbox, "WECHAT_PAY_PRIVATE_KEY_FILE")),
  })
}

export interface WechatCall {
  readonly method?: "GET" | "POST"
  readonly path: string
  readonly body?: unknown
  /** A merchant by itself; without one the service provider signs. */
  readonly direct?: string
  /** Changes what is sent after it was signed. */
  readonly headers?: Record<string, string>
  readonly sentBody?: string
  readonly timestampSeconds?: number
}

/** One call, signed by wechatpay-node-v3. */
export async function wechatCall(sandbox: Sandbox, call: WechatCall): Promise<{ response: Response; text: string }> {
  const sdk = wechatSdk(sandbox, call.direct)
  const method = call.method ?? (call.body === undefined ? "GET" : "POST")
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const timestamp = String(call.timestampSeconds ?? Math.floor(Date.now() / 1000))
  const signature = sdk.getSignature(method, "nonce5K8264ILTKCH16CQ2502", timestamp, call.path, body)
  const headers: Record<string, string> = {
    Accept: "application/json",
    "User-Agent": "test",
    Authorization: sdk.getAuthorization("nonce5K8264ILTKCH16CQ2502", timestamp, signature),
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...call.headers,
  }
  const sent = call.sentBody ?? body
  const response = await fetch(`${sandbox.url}${call.path}`, {
    method,
    headers,
    ...(sent === undefined ? {} : { body: sent }),
  })
  return { response, text: await response.text() }
}

export interface NewBuyer {
  readonly id: number
  readonly openids: Record<string, string>
  readonly alipayUserId: string
  readonly alipayOpenId: string
}

export async function control<T>(sandbox: Sandbox, method: string, path: string, body?: unknown): Promise<T> {
  const init =
    body === undefined
      ? { method }
      : { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
  const response = await fetch(`${sandbox.url}/sandbox${path}`, init)
  return (await response.json()) as T
}

export const newBuyer = (sandbox: Sandbox) => control<NewBuyer>(sandbox, "POST", "/buyers", {})

/** A good JSAPI order of ¥12.30 by this buyer in the official account's page. */
export function jsapiOrder(
  bench: Bench,
  buyer: NewBuyer,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  const appId = setting(bench.sandbox, "WECHAT_PAY_APPID")
  return {
    sp_appid: appId,
    sp_mchid: setting(bench.sandbox, "WECHAT_PAY_MCHID"),
    sub_mchid: "1900000109",
    description: "豆角",
    out_trade_no: `t${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`,
    notify_url: `${bench.notices.url}/notifications/wechat-pay`,
    amount: { total: 1230, currency: "CNY" },
    payer: { sp_openid: buyer.openids[appId] },
    ...change,
  }
}

export const jsapiPath = "/v3/pay/partner/transactions/jsapi"

/** Opens an order and answers what the page would give to the payment bridge, signed as wechatpay-node-v3 does. */
export async function openJsapi(bench: Bench, order: Record<string, unknown>) {
  const { response, text } = await wechatCall(bench.sandbox, { path: jsapiPath, body: order })
  if (response.status !== 200) throw new Error(text)
  const { prepay_id } = JSON.parse(text) as { prepay_id: string }
  return payCall(bench.sandbox, String(order.sub_appid ?? order.sp_appid), prepay_id)
}

export function payCall(sandbox: Sandbox, appId: string, prepayId: string) {
  const call = {
    appId,
    timeStamp: String(Math.floor(Date.now() / 1000)),
    nonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    package: `prepay_id=${prepayId}`,
  }
  const paySign = wechatSdk(sandbox).sha256WithRsa(
    `${call.appId}\n${call.timeStamp}\n${call.nonceStr}\n${call.package}\n`,
  )
  return { kind: "wechat-jsapi" as const, ...call, signType: "RSA", paySign }
}

export function alipaySdk(sandbox: Sandbox): AlipaySdk {
  return new AlipaySdk({
    appId: setting(sandbox, "ALIPAY_APP_ID"),
    gateway: setting(sandbox, "ALIPAY_GATEWAY_URL"),
    privateKey: keyText(sandbox, "ALIPAY_PRIVATE_KEY_FILE"),
    alipayPublicKey: keyText(sandbox, "ALIPAY_PUBLIC_KEY_FILE"),
    keyType: "PKCS8",
    camelcase: false,
  })
}
