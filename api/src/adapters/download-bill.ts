import { billBytesMax } from "../payments/daily-bill"
import type { UnknownCause } from "../payments/payment-provider"
import { isTimeout } from "./wechat-pay-transport"

export type Downloaded =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

/**
 * Fetches a bill file from an address that the platform named. The address came signed, and still only the platform's
 * own bill hosts are asked: nothing else may learn of it or send us files. Reads at most `billBytesMax`.
 * @param origins allowed ones, such as `https://dwbillcenter.alipay.com`
 */
export async function downloadBill(
  address: URL,
  options: {
    readonly origins: readonly string[]
    readonly timeoutMs: number
    readonly headers?: Record<string, string>
  },
): Promise<Downloaded> {
  if (!options.origins.includes(address.origin)) return { kind: "unknown", cause: "unverified" }
  try {
    const response = await fetch(address, {
      headers: { "User-Agent": "suyuan", ...options.headers },
      redirect: "manual",
      signal: AbortSignal.timeout(options.timeoutMs),
    })
    if (response.status !== 200 || response.body === null) return { kind: "unknown", cause: "platform-unsure" }
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      length += part.length
      if (length > billBytesMax) return { kind: "unknown", cause: "malformed" }
      parts.push(part)
    }
    return { kind: "bytes", bytes: new Uint8Array(Buffer.concat(parts)) }
  } catch (cause) {
    return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
  }
}
