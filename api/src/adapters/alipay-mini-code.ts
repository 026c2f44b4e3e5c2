/** Alipay's mini-program codes (alipay.open.app.qrcode.create): the answer names a picture, which is fetched and kept. */
import { z } from "zod"
import type { Config } from "../config"
import type { Clock } from "../context"
import { cleanPhoto, PHOTO_BYTES_MAX } from "../inspections/photo-bytes"
import { type MiniCodeOutcome, type MiniCodeProvider, sharePage } from "../trace/mini-code-provider"
import { alipayClientOptions } from "./alipay"
import { type AlipayClientOptions, alipayCaller } from "./alipay-client"
import { billOrigins } from "./bill-origins"
import { isTimeout } from "./wechat-pay-transport"

export type AlipayMiniCodeOptions = AlipayClientOptions & {
  /** Where pictures may be fetched from: an answer is signed, and still nothing else learns of the address. */
  readonly origins: readonly string[]
}

const made = z.object({ qr_code_url: z.string().max(1024) })
const busyCodes = new Set(["SYSTEMERROR", "UNKNOWERROR"])
const pictureOrigin = "https://mobilecodec.alipay.com"

export function alipayMiniCode(options: AlipayMiniCodeOptions): MiniCodeProvider {
  const { call } = alipayCaller(options)
  return {
    async codeOf(shareId) {
      const answer = await call("alipay.open.app.qrcode.create", {
        content: { url_param: sharePage, query_param: `share=${shareId}`, describe: "溯源分享" },
      })
      if (answer.kind === "unknown") return answer
      if (answer.kind === "refused")
        return busyCodes.has(answer.code) ? { kind: "unknown", cause: "platform-unsure" } : answer
      const parsed = made.safeParse(answer.body)
      const address = parsed.success && URL.canParse(parsed.data.qr_code_url) && new URL(parsed.data.qr_code_url)
      if (!address) return { kind: "unknown", cause: "malformed" }
      // Old answers spell it with http.
      if (address.hostname === new URL(pictureOrigin).hostname) address.protocol = "https:"
      return options.origins.includes(address.origin)
        ? fetchPicture(address, options.timeoutMs)
        : { kind: "unknown", cause: "unverified" }
    },
  }
}

export function alipayMiniCodeFromConfig(config: Config, clock: Clock): MiniCodeProvider {
  const origins = billOrigins(config, config.ALIPAY_GATEWAY_URL, pictureOrigin)
  return alipayMiniCode({ ...alipayClientOptions(config, clock), origins })
}

async function fetchPicture(address: URL, timeoutMs: number): Promise<MiniCodeOutcome> {
  try {
    const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const isSmall = response.status === 200 && bytes.length <= PHOTO_BYTES_MAX
    const picture = isSmall ? cleanPhoto(bytes) : undefined
    return picture ? { kind: "made", picture } : { kind: "unknown", cause: "malformed" }
  } catch (cause) {
    return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
  }
}
