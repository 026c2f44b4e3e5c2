/**
 * WeChat's subscription messages (订阅消息): one message for one tap of the buyer's. The platform knows no name of ours for
 * a message, so a repeated one is another one: what became of a try that nobody answered stays unknown.
 */
import { z } from "zod"
import type { Config } from "../config"
import { readSecret } from "../config"
import type { Clock } from "../context"
import type { UnknownCause } from "../payments/payment-provider"
import type { BuyerNotifier, MessageOutcome, RecallMessage } from "../recalls/buyer-notifier"
import { strictText } from "./strict-text"
import { isTimeout } from "./wechat-pay-transport"

export type WechatMessageOptions = {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly appId: string
  readonly secret: string
  readonly templateId: string
  readonly isProduction: boolean
  readonly timeoutMs: number
  readonly clock: Clock
}

const token = z.object({ access_token: z.string().min(1).max(1024), expires_in: z.number().int().min(1) })
const failure = z.object({ errcode: z.number().int(), msgid: z.union([z.number(), z.string()]).optional() })
const answerBytesMax = 1 << 16
/** A token is let go so long before its end. */
const tokenEarlyMs = 300_000

const tokenCodes = new Set([40_001, 40_014, 42_001])
const busyCodes = new Set([-1, 45_009, 45_011])
/** 用户拒绝接受消息: never allowed, used up, or taken back. */
const notPermittedCode = 43_101
/** Characters of a `thing` field. */
const thingMax = 20

export function wechatMessage(options: WechatMessageOptions): BuyerNotifier {
  let kept: { readonly text: string; readonly untilMs: number } | undefined

  async function accessToken(): Promise<string | MessageOutcome> {
    const nowMs = options.clock.nowMs()
    if (kept && kept.untilMs > nowMs) return kept.text
    const body = { grant_type: "client_credential", appid: options.appId, secret: options.secret }
    const answer = await post(options, "/cgi-bin/stable_token", body)
    const parsed = token.safeParse(answer.body)
    // Nothing was sent yet: whatever went wrong, the message is still to be sent.
    if (!parsed.success) return { kind: "busy" }
    kept = { text: parsed.data.access_token, untilMs: nowMs + parsed.data.expires_in * 1000 - tokenEarlyMs }
    return kept.text
  }

  return {
    appId: options.appId,
    send: async (message) => {
      // The platform would only say so itself.
      if (!message.hasLeave) return { kind: "not-permitted", code: "no-leave" }
      const own = await accessToken()
      if (typeof own !== "string") return own
      const path = `/cgi-bin/message/subscribe/send?access_token=${encodeURIComponent(own)}`
      const answer = await post(options, path, bodyOf(options, message))
      if (answer.cause !== undefined) return { kind: "unknown", cause: answer.cause }
      const parsed = failure.safeParse(answer.body)
      if (!parsed.success) return { kind: "unknown", cause: "malformed" }
      const { errcode, msgid } = parsed.data
      const messageId = msgid === undefined ? undefined : String(msgid)
      if (errcode === 0) return { kind: "sent", messageId, byLeave: true }
      if (tokenCodes.has(errcode)) kept = undefined
      if (tokenCodes.has(errcode) || busyCodes.has(errcode)) return { kind: "busy" }
      return { kind: errcode === notPermittedCode ? "not-permitted" : "failed", code: String(errcode) }
    },
  }
}

/** None without a template. */
export function wechatMessageFromConfig(config: Config, clock: Clock): BuyerNotifier | undefined {
  const templateId = config.WECHAT_RECALL_TEMPLATE_ID
  if (templateId === undefined) return undefined
  return wechatMessage({
    baseUrl: config.WECHAT_LOGIN_BASE_URL,
    appId: config.WECHAT_MINI_APPID,
    secret: readSecret(config.WECHAT_MINI_SECRET_FILE),
    templateId,
    isProduction: config.SUYUAN_ENV === "production",
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
    clock,
  })
}

function bodyOf({ templateId, isProduction }: WechatMessageOptions, message: RecallMessage) {
  return {
    touser: message.openId,
    template_id: templateId,
    page: message.page,
    miniprogram_state: isProduction ? "formal" : "developer",
    lang: "zh_CN",
    data: {
      thing1: { value: thing(message.goods) },
      date2: { value: message.boughtOn },
      thing3: { value: thing(message.reason) },
      thing4: { value: "请勿食用，点开查看处理办法" },
    },
  }
}

function thing(text: string): string {
  return [...text].slice(0, thingMax).join("") || "生鲜"
}

/** The address holds a token: it is never logged and never part of an error. */
async function post(
  { baseUrl, timeoutMs }: WechatMessageOptions,
  path: string,
  body: unknown,
): Promise<{ readonly body?: unknown; readonly cause?: UnknownCause }> {
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (response.status !== 200 || bytes.length > answerBytesMax) return { cause: "malformed" }
    return { body: JSON.parse(strictText(bytes) ?? "") }
  } catch (cause) {
    if (cause instanceof SyntaxError) return { cause: "malformed" }
    return { cause: isTimeout(cause) ? "time-out" : "connection" }
  }
}
