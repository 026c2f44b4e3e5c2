import { AlipaySdk } from "alipay-sdk"
import { z } from "zod"
import type { Clock } from "../context"
import { normaliseCode, type UnknownCause } from "../payments/payment-provider"
import { chinaDateTime } from "./china-time"

export type AlipayClientOptions = {
  readonly appId: string
  readonly gatewayUrl: string
  /** PKCS#8 or PKCS#1 PEM, or bare base64. */
  readonly privateKeyPem: string
  readonly alipayPublicKeyPem: string
  readonly timeoutMs: number
  readonly clock: Clock
}

export type AlipayAnswer =
  | { readonly kind: "answered"; readonly body: unknown }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

export type AlipayRequest = {
  readonly content: Readonly<Record<string, unknown>>
  readonly authToken?: string | undefined
  readonly notifyUrl?: string
}

/** An address that a browser opens: signed like a call, sent by nobody. */
export type AlipayPage = (method: string, request: AlipayRequest & { readonly returnUrl?: string }) => string

export type AlipayCaller = (method: string, request: AlipayRequest) => Promise<AlipayAnswer>

export function alipaySdk(options: AlipayClientOptions): AlipaySdk {
  return new AlipaySdk({
    appId: options.appId,
    // One newline at the end makes the SDK's signing fail under Bun.
    privateKey: options.privateKeyPem.trim(),
    keyType: options.privateKeyPem.includes("RSA PRIVATE KEY") ? "PKCS1" : "PKCS8",
    alipayPublicKey: options.alipayPublicKeyPem.trim(),
    gateway: options.gatewayUrl,
    timeout: options.timeoutMs,
    camelcase: false,
  })
}

export function alipayCaller(options: AlipayClientOptions): {
  call: AlipayCaller
  page: AlipayPage
  sdk: AlipaySdk
} {
  const sdk = alipaySdk(options)
  const parametersOf = (request: AlipayRequest) => ({
    bizContent: request.content,
    // The SDK would write the machine's local time.
    timestamp: chinaDateTime(new Date(options.clock.nowMs())),
    ...(request.notifyUrl !== undefined && { notifyUrl: request.notifyUrl }),
    ...(request.authToken !== undefined && { appAuthToken: request.authToken }),
  })
  const page: AlipayPage = (method, request) =>
    sdk.pageExecute(method, "GET", {
      ...parametersOf(request),
      ...(request.returnUrl !== undefined && { returnUrl: request.returnUrl }),
    })
  const call: AlipayCaller = async (method, request) => {
    try {
      const answer = sdk.exec(method, parametersOf(request), { validateSign: true })
      const body = await withTimeout(answer, options.timeoutMs)
      return judgeAnswer(body)
    } catch (cause) {
      return { kind: "unknown", cause: causeOf(cause) }
    }
  }
  return { call, page, sdk }
}

class OverdueError extends Error {}

/** The SDK's own time-out does not cover everything; past ours its answer no longer counts. */
export async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new OverdueError()), timeoutMs)
  })
  try {
    return await Promise.race([promise, overdue])
  } finally {
    clearTimeout(timer)
    promise.catch(() => {})
  }
}

export function causeOf(cause: unknown): UnknownCause {
  if (cause instanceof OverdueError) return "time-out"
  const message = cause instanceof Error ? cause.message : ""
  if (/timeout/i.test(message)) return "time-out"
  if (message.startsWith("HttpClient Request error")) return "connection"
  return /HTTP|格式/.test(message) ? "malformed" : "unverified"
}

const answered = z.object({ code: z.string(), sub_code: z.string().optional() })

/** `code` 10000 is done, 20000 and 10003 are unsure, everything else a refusal with a sub-code. */
export function judgeAnswer(body: unknown): AlipayAnswer {
  const parsed = answered.safeParse(body)
  if (!parsed.success) return { kind: "unknown", cause: "malformed" }
  const { code, sub_code: subCode } = parsed.data
  if (code === "10000") return { kind: "answered", body }
  if (code === "20000" || code === "10003") return { kind: "unknown", cause: "platform-unsure" }
  return { kind: "refused", code: normaliseCode(subCode ?? code) }
}
