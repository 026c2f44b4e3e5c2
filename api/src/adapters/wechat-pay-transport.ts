/** One signed call of WeChat Pay APIv3: our own fetch, time-out, and verification of the answer over its raw bytes. */
import { normaliseCode, type UnknownCause } from "../payments/payment-provider"
import { strictText } from "./strict-text"
import type { WechatPayKeys } from "./wechat-pay-keys"

export type WechatPayCall = {
  readonly method: "GET" | "POST"
  /** Path and query, as signed. */
  readonly target: string
  readonly body?: Readonly<Record<string, unknown>>
}

export type WechatPayAnswer =
  | { readonly kind: "answered"; readonly json: unknown }
  /** The platform's own refusal. */
  | { readonly kind: "refused"; readonly status: number; readonly code: string }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

export type WechatPayTransport = (call: WechatPayCall) => Promise<WechatPayAnswer>

export type TransportOptions = {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly timeoutMs: number
  readonly clock: { readonly nowMs: () => number }
  readonly random: { readonly bytes: (length: number) => Uint8Array }
}

const answerBytesMax = 1 << 20
/** ±5 minutes, in seconds: an older signature is a replay. */
export const signatureWindowSeconds = 300

export function wechatPayTransport(keys: WechatPayKeys, options: TransportOptions): WechatPayTransport {
  return async (call) => {
    const body = call.body === undefined ? "" : JSON.stringify(call.body)
    const nonce = Buffer.from(options.random.bytes(16)).toString("hex")
    const atSeconds = Math.floor(options.clock.nowMs() / 1000)
    try {
      const response = await fetch(options.baseUrl + call.target, {
        method: call.method,
        headers: {
          Accept: "application/json",
          "Accept-Language": "zh-CN",
          Authorization: keys.authorization(call.method, call.target, body, nonce, atSeconds),
          "User-Agent": "suyuan",
          "Wechatpay-Serial": keys.preferredKeyId,
          ...(call.body && { "Content-Type": "application/json" }),
        },
        ...(call.body && { body }),
        redirect: "manual",
        signal: AbortSignal.timeout(options.timeoutMs),
      })
      return await readAnswer(keys, options, response)
    } catch (cause) {
      return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
    }
  }
}

async function readAnswer(
  keys: WechatPayKeys,
  options: TransportOptions,
  response: Response,
): Promise<WechatPayAnswer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const text = bytes.length > answerBytesMax ? undefined : strictText(bytes)
  if (text === undefined) return { kind: "unknown", cause: "malformed" }
  const headers = Object.fromEntries(response.headers)
  const signed = headers["wechatpay-signature"] !== undefined
  const verified = signed && (await isSignedByPlatform(keys, options.clock, headers, text))
  const success = response.status >= 200 && response.status < 300
  // Some refusals are not signed, and none of them says that money moved; a signed one must verify.
  if (!verified && (success || signed)) return { kind: "unknown", cause: "unverified" }
  const json = text === "" ? undefined : parseJson(text)
  if (json === malformed) return { kind: "unknown", cause: "malformed" }
  if (success) return { kind: "answered", json }
  const code = (json as { code?: unknown } | undefined)?.code
  if (response.status < 400 || typeof code !== "string") return { kind: "unknown", cause: "malformed" }
  return { kind: "refused", status: response.status, code: normaliseCode(code) }
}

/** Answers and notifications alike: `timestamp\nnonce\nbody\n` in the platform's headers. */
export async function isSignedByPlatform(
  keys: WechatPayKeys,
  clock: { readonly nowMs: () => number },
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
): Promise<boolean> {
  const timestamp = headers["wechatpay-timestamp"]
  const nonce = headers["wechatpay-nonce"]
  const signature = headers["wechatpay-signature"]
  const serial = headers["wechatpay-serial"]
  if (!timestamp || !nonce || !signature || !serial || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(clock.nowMs() / 1000 - Number(timestamp)) > signatureWindowSeconds) return false
  return keys.verify({ timestamp, nonce, signature, serial }, body)
}

const malformed = Symbol("malformed")

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return malformed
  }
}

export function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "TimeoutError" || cause.name === "AbortError")
}
