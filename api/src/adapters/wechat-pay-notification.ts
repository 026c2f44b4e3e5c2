/**
 * Notifications of WeChat Pay: signature over the raw bytes, then AES-256-GCM by the platform's own crypto, whose
 * `final()` fails on a single changed bit, then shape and addressee. Everything before the signature is an attacker's.
 */
import { createDecipheriv } from "node:crypto"
import { err, ok, type Result } from "@suyuan/protocol/result"
import { z } from "zod"
import type { NotificationFault, NotificationMessage, PlatformNotice } from "../payments/payment-provider"
import { strictText } from "./strict-text"
import type { WechatPayKeys } from "./wechat-pay-keys"
import type { Parties } from "./wechat-pay-parties"
import { refundStateOf, tradeOf } from "./wechat-pay-trade"
import { isSignedByPlatform } from "./wechat-pay-transport"

export type NotificationReading = {
  /** The direct account to whose address it came. */
  readonly name: string | undefined
  readonly keys: WechatPayKeys
  readonly parties: Parties
  readonly appIds: readonly string[]
  readonly apiV3Key: string
  readonly clock: { readonly nowMs: () => number }
}

const bodyBytesMax = 1 << 16
const tagBytes = 16

const envelope = z.object({
  event_type: z.string(),
  resource: z.object({
    algorithm: z.literal("AEAD_AES_256_GCM"),
    ciphertext: z.base64().min(24),
    associated_data: z.string().max(64).optional(),
    nonce: z.string().min(12).max(16),
  }),
})

export async function readWechatPayNotification(
  reading: NotificationReading,
  message: NotificationMessage,
): Promise<Result<PlatformNotice, NotificationFault>> {
  const text = message.body.length > bodyBytesMax ? undefined : strictText(message.body)
  if (text === undefined) return err("notification/malformed")
  const genuine = await isSignedByPlatform(reading.keys, reading.clock, message.headers, text)
  if (!genuine) return err("notification/unverified")
  const outer = envelope.safeParse(parse(text))
  if (!outer.success) return err("notification/malformed")
  const content = decrypt(reading.apiV3Key, outer.data.resource)
  if (content === undefined) return err("notification/unverified")
  const { event_type: event } = outer.data
  if (event === "TRANSACTION.SUCCESS") return readTransaction(reading, parse(content))
  if (event.startsWith("REFUND.")) return readRefund(reading, parse(content))
  return ok({ about: "other", event })
}

function readTransaction(reading: NotificationReading, content: unknown): Result<PlatformNotice, NotificationFault> {
  const { parties, appIds, name: directAccount } = reading
  const parsed = parties.transaction.safeParse(content)
  const trade = parsed.success ? tradeOf(parsed.data) : undefined
  if (!parsed.success || trade === undefined || trade.state === "open" || trade.state === "absent") {
    return err("notification/malformed")
  }
  const { mchid, appId, payeeAccount, outTradeNo } = parsed.data
  if (mchid !== parties.mchid || !appIds.includes(appId)) return err("notification/not-ours")
  return ok({ about: "payment", outTradeNo, payeeAccount, directAccount, trade })
}

function readRefund(reading: NotificationReading, content: unknown): Result<PlatformNotice, NotificationFault> {
  const { parties, name: directAccount } = reading
  const parsed = parties.refundNews.safeParse(content)
  const state = parsed.success ? refundStateOf(parsed.data.status) : undefined
  if (!parsed.success || state === undefined) return err("notification/malformed")
  const { mchid, payeeAccount, outTradeNo, outRefundNo, refundId } = parsed.data
  if (mchid !== parties.mchid) return err("notification/not-ours")
  return ok({ about: "refund", outTradeNo, outRefundNo, payeeAccount, directAccount, refund: { state, refundId } })
}

/** Undefined when key, nonce, associated data, tag or a single bit of the text is not what was sealed. */
function decrypt(apiV3Key: string, resource: z.infer<typeof envelope>["resource"]): string | undefined {
  const sealed = Buffer.from(resource.ciphertext, "base64")
  if (sealed.length <= tagBytes) return undefined
  try {
    const decipher = createDecipheriv("aes-256-gcm", apiV3Key, resource.nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    decipher.setAAD(Buffer.from(resource.associated_data ?? ""))
    const opened = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
    return strictText(new Uint8Array(opened))
  } catch {
    return undefined
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
