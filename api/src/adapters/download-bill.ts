import { billLimits } from "../payments/daily-bill"
import type { UnknownCause } from "../payments/payment-provider"
import { type BillFile, spoolBill } from "./bill-file"
import { isTimeout } from "./wechat-pay-transport"

export type Downloaded =
  | { readonly kind: "file"; readonly file: BillFile }
  | { readonly kind: "too-large" }
  | { readonly kind: "unknown"; readonly cause: UnknownCause }

/** A file that comes so slowly is given up; it is asked for again at the next run. */
const downloadMsMax = 3_600_000

/**
 * Fetches a bill file from an address that the platform named. The address came signed, and still only the platform's
 * own bill hosts are asked: nothing else may learn of it or send us files. Whoever gets the file closes it.
 * @param origins allowed ones, such as `https://dwbillcenter.alipay.com`
 */
export async function downloadBill(
  address: URL,
  options: {
    readonly origins: readonly string[]
    /** For the answer to begin, and then for each further part: a city's file is a gigabyte, whatever the line carries. */
    readonly timeoutMs: number
    readonly headers?: Record<string, string>
  },
): Promise<Downloaded> {
  if (!options.origins.includes(address.origin)) return { kind: "unknown", cause: "unverified" }
  const silence = new AbortController()
  const isSilent = () => silence.abort(new DOMException("nothing came", "TimeoutError"))
  let timer = setTimeout(isSilent, options.timeoutMs)
  async function* heard(parts: AsyncIterable<Uint8Array>) {
    for await (const part of parts) {
      clearTimeout(timer)
      timer = setTimeout(isSilent, options.timeoutMs)
      yield part
    }
  }
  try {
    const response = await fetch(address, {
      headers: { "User-Agent": "suyuan", ...options.headers },
      redirect: "manual",
      signal: AbortSignal.any([silence.signal, AbortSignal.timeout(downloadMsMax)]),
    })
    if (response.status !== 200 || response.body === null) return { kind: "unknown", cause: "platform-unsure" }
    const file = await spoolBill(heard(response.body as unknown as AsyncIterable<Uint8Array>), billLimits.bytesMax)
    return file === undefined ? { kind: "too-large" } : { kind: "file", file }
  } catch (cause) {
    return { kind: "unknown", cause: isTimeout(cause) ? "time-out" : "connection" }
  } finally {
    clearTimeout(timer)
  }
}
