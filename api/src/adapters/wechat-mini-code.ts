/** WeChat's mini-program codes without a number limit (wxacode.getUnlimited): a page and a scene of up to 32 characters. */
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock } from "../context"
import { cleanPhoto, PHOTO_BYTES_MAX } from "../inspections/photo-bytes"
import type { UnknownCause } from "../payments/payment-provider"
import { type MiniCodeOutcome, type MiniCodeProvider, sharePage } from "../trace/mini-code-provider"
import { strictText } from "./strict-text"
import { isTimeout } from "./wechat-pay-transport"

export type WechatMiniCodeOptions = {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly appId: string
  readonly secret: string
  readonly isProduction: boolean
  readonly timeoutMs: number
  readonly clock: Clock
}

const token = z.object({ access_token: z.string().min(1).max(1024), expires_in: z.number().int().min(1) })
const failure = z.object({ errcode: z.number().int() })
/** A token is let go so long before its end. */
const tokenEarlyMs = 300_000
const tokenCodes = new Set([40_001, 40_014, 42_001])
const busyCodes = new Set([-1, 45_009, 45_011])
const widthPixels = 430

type Answer = { readonly bytes: Uint8Array } | { readonly cause: UnknownCause }

export function wechatMiniCode(options: WechatMiniCodeOptions): MiniCodeProvider {
  let kept: { readonly text: string; readonly untilMs: number } | undefined

  async function accessToken(): Promise<string | undefined> {
    const nowMs = options.clock.nowMs()
    if (kept && kept.untilMs > nowMs) return kept.text
    // The stable token is the same for all who ask, so that this one ends no other's.
    const body = { grant_type: "client_credential", appid: options.appId, secret: options.secret }
    const answer = await post(options, "/cgi-bin/stable_token", body)
    const parsed = token.safeParse("bytes" in answer ? jsonOf(answer.bytes) : undefined)
    if (!parsed.success) return undefined
    kept = { text: parsed.data.access_token, untilMs: nowMs + parsed.data.expires_in * 1000 - tokenEarlyMs }
    return kept.text
  }

  async function codeOf(shareId: string): Promise<MiniCodeOutcome> {
    const own = await accessToken()
    if (own === undefined) return { kind: "unknown", cause: "platform-unsure" }
    const answer = await post(options, `/wxa/getwxacodeunlimit?access_token=${encodeURIComponent(own)}`, {
      ...{ scene: shareId, page: sharePage, width: widthPixels },
      // A version that is not published yet has its pages too.
      ...{ check_path: options.isProduction, env_version: options.isProduction ? "release" : "develop" },
    })
    if ("cause" in answer) return { kind: "unknown", cause: answer.cause }
    const picture = cleanPhoto(answer.bytes)
    if (picture) return { kind: "made", picture }
    const failed = failure.safeParse(jsonOf(answer.bytes))
    if (!failed.success) return { kind: "unknown", cause: "malformed" }
    const { errcode } = failed.data
    if (tokenCodes.has(errcode)) kept = undefined
    if (tokenCodes.has(errcode) || busyCodes.has(errcode)) return { kind: "unknown", cause: "platform-unsure" }
    return { kind: "refused", code: String(errcode) }
  }
  return { codeOf }
}

export function wechatMiniCodeFromConfig(config: Config, clock: Clock): MiniCodeProvider {
  return wechatMiniCode({
    baseUrl: config.WECHAT_LOGIN_BASE_URL,
    appId: config.WECHAT_MINI_APPID,
    secret: readSecret(config.WECHAT_MINI_SECRET_FILE),
    isProduction: config.SUYUAN_ENV === "production",
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
    clock,
  })
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strictText(bytes) ?? "")
  } catch {
    return undefined
  }
}

/** The address holds a token: it is never logged and never part of an error. */
async function post({ baseUrl, timeoutMs }: WechatMiniCodeOptions, path: string, body: unknown): Promise<Answer> {
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return response.status === 200 && bytes.length <= PHOTO_BYTES_MAX ? { bytes } : { cause: "malformed" }
  } catch (cause) {
    return { cause: isTimeout(cause) ? "time-out" : "connection" }
  }
}
