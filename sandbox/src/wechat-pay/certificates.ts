import { X509Certificate } from "node:crypto"
import { merchantKeys } from "../keys/keep-keys"
import { rfc3339 } from "../time/china-time"
import type { World } from "../world"
import { wechatErrors } from "./error"
import { sealResource } from "./sign"

/** `GET /v3/certificates`. A merchant set up for the public key has none, and is told so. */
export function platformCertificates(world: World, mchid: string): Record<string, unknown> {
  if (world.settings.keyMode === "public-key") {
    throw wechatErrors.resourceNotExists("无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥")
  }
  const { certificatePem, serial } = world.keys.wechatCertificate
  const certificate = new X509Certificate(certificatePem)
  return {
    data: [
      {
        serial_no: serial,
        effective_time: rfc3339(Date.parse(certificate.validFrom)),
        expire_time: rfc3339(Date.parse(certificate.validTo)),
        encrypt_certificate: sealResource(merchantKeys(world.keys, mchid).apiV3Key, "certificate", certificatePem),
      },
    ],
  }
}
