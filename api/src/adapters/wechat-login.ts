/** WeChat's two logins: a mini-program's `js_code`, and a web page's OAuth code (scope snsapi_base, which asks nothing). */
import { z } from "zod"
import type { LoginOutcome, LoginProvider } from "../buyers/login-provider"
import type { Config } from "../config"
import { readSecret } from "../config"
import { strictText } from "./strict-text"
import { isTimeout } from "./wechat-pay-transport"

export type WechatLoginOptions = {
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly oauthUrl: string
  /** Official account: web pages inside WeChat. */
  readonly app: { readonly appId: string; readonly secret: string }
  readonly mini: { readonly appId: string; readonly secret: string }
  readonly timeoutMs: number
}

/** `errcode` comes with HTTP 200 and `text/plain`. -1 says that WeChat is busy. */
const answer = z.union([
  z.object({ openid: z.string().min(1).max(128) }),
  z.object({
    errcode: z
      .number()
      .int()
      .refine((code) => code !== 0),
  }),
])
const busyCodes = new Set([-1, 45_011])
const answerBytesMax = 1 << 16

export function wechatLogin(options: WechatLoginOptions): LoginProvider {
  return {
    platform: "wechat-pay",
    codeParameter: "code",
    identify: (channel, code) => {
      const { appId, secret } = channel === "mini" ? options.mini : options.app
      const [path, codeName] =
        channel === "mini" ? ["/sns/jscode2session", "js_code"] : ["/sns/oauth2/access_token", "code"]
      const query = new URLSearchParams({ appid: appId, secret, [codeName]: code, grant_type: "authorization_code" })
      return identify(`${options.baseUrl}${path}?${query}`, appId, options.timeoutMs)
    },
    authorizeUrl: (returnUrl, state) => {
      const query = new URLSearchParams({
        appid: options.app.appId,
        redirect_uri: returnUrl,
        response_type: "code",
        scope: "snsapi_base",
        state,
      })
      return `${options.oauthUrl}?${query}#wechat_redirect`
    },
  }
}

export function wechatLoginFromConfig(config: Config): LoginProvider {
  return wechatLogin({
    baseUrl: config.WECHAT_LOGIN_BASE_URL,
    oauthUrl: config.WECHAT_OAUTH_URL,
    app: { appId: config.WECHAT_PAY_APPID, secret: readSecret(config.WECHAT_APP_SECRET_FILE) },
    mini: { appId: config.WECHAT_MINI_APPID, secret: readSecret(config.WECHAT_MINI_SECRET_FILE) },
    timeoutMs: config.PLATFORM_TIMEOUT_MS,
  })
}

/** The address holds the app's secret: it is never logged and never part of an error. */
async function identify(url: string, appId: string, timeoutMs: number): Promise<LoginOutcome> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) })
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (response.status !== 200 || bytes.length > answerBytesMax) return { kind: "unknown", cause: "malformed" }
    const parsed = answer.safeParse(JSON.parse(strictText(bytes) ?? ""))
    if (!parsed.success) return { kind: "unknown", cause: "malformed" }
    if ("openid" in parsed.data) {
      return { kind: "succeeded", identity: { platform: "wechat-pay", appId, openId: parsed.data.openid } }
    }
    const { errcode } = parsed.data
    if (busyCodes.has(errcode)) return { kind: "unknown", cause: "platform-unsure" }
    return { kind: "refused", code: String(errcode) }
  } catch (cause) {
    if (cause instanceof SyntaxError) return { kind: "unknown", cause: "malformed" }
    return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
  }
}
