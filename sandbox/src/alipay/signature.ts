/** RSA2 as Alipay uses it: requests and notifications sign sorted parameters, answers sign the raw text of their node. */
import { createSign, createVerify } from "node:crypto"
import { parseDateTime } from "../time/china-time"
import type { World } from "../world"
import { alipayErrors } from "./error"

/** `a=1&b=2` in the order of the names, without `sign` (and what else is left out) and without empty values. */
export function signedText(parameters: Readonly<Record<string, string>>, leftOut: readonly string[]): string {
  return Object.keys(parameters)
    .filter((name) => !leftOut.includes(name) && parameters[name] !== "")
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join("&")
}

export function signText(world: World, text: string): string {
  return createSign("RSA-SHA256").update(text, "utf8").sign(world.keys.alipayPlatform.privatePem, "base64")
}

/** A signature that must not verify, whatever the right one was. */
export function brokenSignature(signature: string): string {
  return `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`
}

/**
 * Checks the public parameters and the app's signature of one call of `gateway.do`.
 *
 * @param parameters of the query string and of the form body together
 * @param query `charset` counts only when it stands in the query string
 */
export function verifyCall(world: World, parameters: Readonly<Record<string, string>>, query: URLSearchParams): void {
  const value = (name: string) => parameters[name] ?? ""
  if (value("app_id") === "") throw alipayErrors.missingAppId()
  const app = world.keys.alipayApps.get(value("app_id"))
  if (app === undefined) throw alipayErrors.invalidAppId()
  if (value("sign_type") !== "RSA2") throw alipayErrors.invalidSignType()
  if (value("sign") === "") throw alipayErrors.missingSignature()
  if ((query.get("charset") ?? "").toLowerCase() !== "utf-8") throw alipayErrors.invalidCharset()
  if (value("timestamp") === "") throw alipayErrors.missingTimestamp()
  // Only the form: alipay-sdk writes the machine's local time, whatever its zone.
  if (parseDateTime(value("timestamp")) === undefined) throw alipayErrors.invalidTimestamp()
  const text = signedText(parameters, ["sign"])
  const verified = createVerify("RSA-SHA256").update(text, "utf8").verify(app.publicPem, value("sign"), "base64")
  if (!verified) throw alipayErrors.invalidSignature(text)
}

/** `{"<node name>":<node>,"sign":"…"}`; the node first and the signature last, because SDKs cut the raw text. */
export function signedAnswer(
  world: World,
  nodeName: string,
  node: Readonly<Record<string, unknown>>,
  change: (signature: string) => string = (signature) => signature,
): string {
  const raw = JSON.stringify(node)
  return `{${JSON.stringify(nodeName)}:${raw},"sign":${JSON.stringify(change(signText(world, raw)))}}`
}
