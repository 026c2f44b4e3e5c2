/**
 * Checks a merchant's signature as WeChat Pay does: over method, path with query as sent, timestamp, nonce and the
 * exact body bytes. Everything in the header is the caller's, so each field is checked before it is used.
 */
import { createVerify } from "node:crypto"
import type { World } from "../world"
import { WechatPayError } from "./error"

const schemeName = "WECHATPAY2-SHA256-RSA2048"
const windowMs = 5 * 60 * 1000
const fieldNames = ["mchid", "nonce_str", "timestamp", "serial_no", "signature"] as const
type Fields = Record<(typeof fieldNames)[number], string>

export interface SignedRequest {
  readonly method: string
  /** Path and query exactly as they came over the wire. */
  readonly target: string
  readonly authorization: string | null
  readonly body: Uint8Array
}

function signError(message: string, detail?: Record<string, unknown>): WechatPayError {
  return new WechatPayError(401, "SIGN_ERROR", message, detail)
}

/** Fields by name: merchants' SDKs write them in different orders. */
function parseAuthorization(header: string | null): Fields {
  const wrong = signError("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
  if (header === null || !header.startsWith(`${schemeName} `)) throw wrong
  const found = new Map<string, string>()
  for (const part of header.slice(schemeName.length + 1).split(",")) {
    const match = /^\s*([a-z_]+)="([^"]*)"\s*$/.exec(part)
    if (match?.[1] === undefined || match[2] === undefined || found.has(match[1])) throw wrong
    found.set(match[1], match[2])
  }
  for (const name of fieldNames) if ((found.get(name) ?? "") === "") throw wrong
  return Object.fromEntries(found) as Fields
}

/** @returns the merchant number that signed it */
export function verifyRequest(world: World, request: SignedRequest): string {
  const fields = parseAuthorization(request.authorization)
  if (!/^\d{10}$/.test(fields.timestamp)) throw signError("Http头Authorization中的timestamp格式错误")
  if (Math.abs(world.settings.clockMs() - Number(fields.timestamp) * 1000) > windowMs) {
    throw signError("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
  }
  if (fields.nonce_str.length > 32) throw signError("Http头Authorization中的nonce_str格式错误")
  const merchant = world.keys.merchants.get(fields.mchid)
  if (merchant === undefined) throw signError("商户号不存在，请检查商户号是否正确")
  if (fields.serial_no !== merchant.serial) {
    throw signError("商户证书序列号有误。请使用签名私钥匹配的证书序列号", {
      field: "serial_no",
      issue: "serial_no not match",
      location: "authorization",
    })
  }
  const head = `${request.method}\n${request.target}\n${fields.timestamp}\n${fields.nonce_str}\n`
  const verified = createVerify("RSA-SHA256")
    .update(head)
    .update(request.body)
    .update("\n")
    .verify(merchant.publicPem, fields.signature, "base64")
  if (verified) return fields.mchid
  const message = `${head}${Buffer.from(request.body).toString("utf8")}\n`
  throw signError("错误的签名，验签失败", {
    detail: { issue: "sign not match" },
    field: "signature",
    location: "authorization",
    sign_information: {
      method: request.method,
      sign_message_length: Buffer.byteLength(message),
      truncated_sign_message: message.slice(0, 200),
      url: request.target,
    },
  })
}
