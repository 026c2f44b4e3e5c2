/** Alipay's login: an auth code of mini-program or web page, exchanged by `alipay.system.oauth.token`. */
import { AlipayRequestError } from "alipay-sdk"
import { z } from "zod"
import type { LoginOutcome, LoginProvider } from "../buyers/login-provider"
import type { Config } from "../config"
import type { Clock } from "../context"
import { normaliseCode } from "../payments/payment-provider"
import { alipayClientOptions } from "./alipay"
import { type AlipayClientOptions, alipaySdk, causeOf, withTimeout } from "./alipay-client"
import { chinaDateTime } from "./china-time"

export type AlipayLoginOptions = AlipayClientOptions & { readonly oauthUrl: string }

/** New apps give an open id of their own; older ones the user number. */
const identified = z.object({
  open_id: z.string().min(1).max(128).optional(),
  user_id: z.string().min(1).max(32).optional(),
})
const refused = z.object({ error_response: z.object({ code: z.string(), sub_code: z.string().optional() }) })
const busyCodes = new Set(["20000"])

export function alipayLogin(options: AlipayLoginOptions): LoginProvider {
  const sdk = alipaySdk(options)
  return {
    platform: "alipay",
    codeParameter: "auth_code",
    identify: async (_channel, code) => {
      const timestamp = chinaDateTime(new Date(options.clock.nowMs()))
      const parameters = { grantType: "authorization_code", code, timestamp }
      try {
        const answer = await withTimeout(
          sdk.exec("alipay.system.oauth.token", parameters, { validateSign: true }),
          options.timeoutMs,
        )
        return outcomeOf(options.appId, answer)
      } catch (cause) {
        return refusalOf(cause)
      }
    },
    authorizeUrl: (returnUrl, state) => {
      const query = new URLSearchParams({
        app_id: options.appId,
        scope: "auth_base",
        redirect_uri: returnUrl,
        state,
      })
      return `${options.oauthUrl}?${query}`
    },
  }
}

export function alipayLoginFromConfig(config: Config, clock: Clock): LoginProvider {
  return alipayLogin({ ...alipayClientOptions(config, clock), oauthUrl: config.ALIPAY_OAUTH_URL })
}

function outcomeOf(appId: string, answer: unknown): LoginOutcome {
  const parsed = identified.safeParse(answer)
  const openId = parsed.success ? (parsed.data.open_id ?? parsed.data.user_id) : undefined
  if (openId === undefined) return { kind: "unknown", cause: "malformed" }
  return { kind: "succeeded", identity: { platform: "alipay", appId, openId } }
}

/** The SDK cannot check the signature of an `error_response`. That a login failed may be believed without one. */
function refusalOf(cause: unknown): LoginOutcome {
  const raw = cause instanceof AlipayRequestError ? cause.responseDataRaw : undefined
  const parsed = refused.safeParse(parse(raw))
  if (!parsed.success) return { kind: "unknown", cause: causeOf(cause) }
  const { code, sub_code: subCode } = parsed.data.error_response
  if (busyCodes.has(code)) return { kind: "unknown", cause: "platform-unsure" }
  return { kind: "refused", code: normaliseCode(subCode ?? code) }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "")
  } catch {
    return undefined
  }
}
