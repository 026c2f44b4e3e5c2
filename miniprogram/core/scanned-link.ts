/**
 * What a phone was opened with: WeChat hands the scanned address over as `q` (encoded once more), Alipay as
 * `query.qrCode`, a browser by its own address. Whoever prints the code chooses every character of it, so only our
 * two forms pass, by https; http only to this computer, for development.
 */
import { err, ok, type Result } from "@suyuan/protocol/result"
import { PAY_CODE_DIGITS_MAX } from "@suyuan/protocol/terminal/pay-code-url"

export type ScannedLink = {
  /** `pay` opens a sale; `bind` lets this wallet buy for a stall. */
  readonly kind: "pay" | "bind"
  /** Scheme, host and, in development, port. Compare it with the gateway that this program trusts. */
  readonly origin: string
  readonly digits: string
}

export type ScannedLinkError =
  /** Opened from a menu, not by a scan. */
  | "link/missing"
  | "link/malformed"
  /** http to another computer: somebody could change what is shown on the way. */
  | "link/insecure"

/** Longest that is looked at: the longest host name, scheme, port and path around the digits. */
const LENGTH_MAX = 8 + 253 + 6 + 3 + PAY_CODE_DIGITS_MAX

const PATTERN = /^(https?):\/\/([a-z0-9.-]+)(:[0-9]{1,5})?\/(p|b)\/([0-9]+)$/
const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3})$/

export function readScannedUrl(url: string): Result<ScannedLink, ScannedLinkError> {
  const match = url.length > LENGTH_MAX ? null : PATTERN.exec(url)
  if (match === null) return err("link/malformed")
  const [, scheme, host = "", port = "", path, digits = ""] = match
  if (digits.length > PAY_CODE_DIGITS_MAX) return err("link/malformed")
  if (scheme === "http" && !LOOPBACK.test(host)) return err("link/insecure")
  return ok({ kind: path === "p" ? "pay" : "bind", origin: `${scheme}://${host}${port}`, digits })
}

/** `onLoad`'s options of the page that WeChat opens for an ordinary link's rule. */
export function readWechatScan(options: { readonly q?: string | undefined }): Result<ScannedLink, ScannedLinkError> {
  if (options.q === undefined || options.q === "") return err("link/missing")
  if (options.q.length > 3 * LENGTH_MAX) return err("link/malformed")
  try {
    return readScannedUrl(decodeURIComponent(options.q))
  } catch {
    // A lone `%`.
    return err("link/malformed")
  }
}

/** `App.onLaunch` and `onShow` of Alipay: the address as it was printed. */
export function readAlipayScan(query: { readonly qrCode?: string | undefined }): Result<ScannedLink, ScannedLinkError> {
  return query.qrCode === undefined || query.qrCode === "" ? err("link/missing") : readScannedUrl(query.qrCode)
}
