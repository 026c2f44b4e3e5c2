/** The pay code as digits and as the URL that the QR carries (docs/specs/pay-code.md, rules PC-n). */
import { concatBytes } from "../codec/bytes"
import { bytesToDecimal, decimalToBytes, decimalWidth } from "../codec/decimal"
import type { Result } from "../result"
import { err } from "../result"
import { INLINE_LINES_MAX } from "../sale/sale"
import type { PayCode, PayCodeError } from "./pay-code"
import { parsePayCode, payCodeBytes } from "./pay-code"

const PAY_PATH = "/p/"
/** 393: nothing longer is looked at. */
export const PAY_CODE_DIGITS_MAX = decimalWidth(payCodeBytes(INLINE_LINES_MAX))
/** Longest host name (RFC 1035 §2.3.4) with a port, scheme, path and digits. */
const URL_LENGTH_MAX = 8 + 253 + 6 + PAY_PATH.length + PAY_CODE_DIGITS_MAX
const URL_PATTERN = /^(https?):\/\/[a-z0-9.-]+(?::[0-9]{1,5})?\/p\/([0-9]+)$/

export function payCodeDigits(code: Pick<PayCode, "bodyBytes" | "signature">): string {
  return bytesToDecimal(concatBytes(code.bodyBytes, code.signature))
}

/** @param origin scheme, host and, in development, port: `https://pay.example`. */
export function payCodeUrl(origin: string, code: Pick<PayCode, "bodyBytes" | "signature">): string {
  const url = `${origin}${PAY_PATH}${payCodeDigits(code)}`
  if (!URL_PATTERN.test(url)) throw new RangeError(`not an origin in lower case: ${origin}`)
  return url
}

/** Two segments, as the QR encodes them: the prefix in byte mode, the digits in numeric mode. */
export function payCodeSegments(url: string): { readonly prefix: string; readonly digits: string } {
  const digitsAt = url.lastIndexOf(PAY_PATH) + PAY_PATH.length
  return { prefix: url.slice(0, digitsAt), digits: url.slice(digitsAt) }
}

export function parsePayCodeDigits(digits: string): Result<PayCode, PayCodeError> {
  if (digits.length > PAY_CODE_DIGITS_MAX) return err("pay-code/malformed")
  const bytes = decimalToBytes(digits)
  return bytes === undefined ? err("pay-code/malformed") : parsePayCode(bytes)
}

/** The host is not judged here: a reader compares it with the hosts it trusts, or asks its own gateway. */
export function parsePayCodeUrl(
  url: string,
  options: { readonly allowHttp: boolean } = { allowHttp: false },
): Result<PayCode, PayCodeError> {
  const match = url.length > URL_LENGTH_MAX ? null : URL_PATTERN.exec(url)
  if (match === null) return err("pay-code/malformed")
  if (match[1] === "http" && !options.allowHttp) return err("pay-code/insecure-url")
  return parsePayCodeDigits(match[2]!)
}
