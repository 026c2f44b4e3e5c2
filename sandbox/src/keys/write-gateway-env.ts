/**
 * `<dataDir>/sandbox/gateway.env`: what a gateway must be told to use this sandbox, one KEY=value a line.
 * Written anew at each start, because the port may be another one; the keys it points to stay.
 */
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { alipay, directAlipay, directWechat, wechat } from "../accounts"
import { merchantKeys, type SandboxKeys } from "./keep-keys"

/** Which key signs what WeChat Pay sends: the newer public key, the older certificate, or by turns as in a migration. */
export type KeyMode = "public-key" | "certificate" | "migration"

/** @param baseUrl `http://127.0.0.1:<port>`, no trailing slash */
export function gatewayEnvironment(keys: SandboxKeys, keyMode: KeyMode, baseUrl: string): Record<string, string> {
  const file = (name: string) => join(keys.directory, name)
  const certificates = keyMode === "certificate"
  const platformKey = {
    id: certificates ? keys.wechatCertificate.serial : keys.wechatPublic.id,
    file: certificates ? "wechat-platform-certificate.pem" : "wechat-public-public.pem",
  }
  return {
    WECHAT_PAY_BASE_URL: baseUrl,
    WECHAT_PAY_MCHID: wechat.spMchid,
    WECHAT_PAY_APPID: wechat.appId,
    WECHAT_PAY_SERIAL: merchantKeys(keys, wechat.spMchid).serial,
    WECHAT_PAY_PRIVATE_KEY_FILE: file("merchant-private.pem"),
    WECHAT_PAY_API_V3_KEY_FILE: file("api-v3-key"),
    WECHAT_PAY_PLATFORM_KEY_ID: platformKey.id,
    WECHAT_PAY_PLATFORM_KEY_FILE: file(platformKey.file),
    WECHAT_PAY_MERCHANTS_FILE: writeList(keys, "wechat-pay-merchants.json", [
      ...directWechat.map(({ name, mchid }) => {
        const { serial, files } = merchantKeys(keys, mchid)
        const own = { privateKeyFile: files.privateKey, apiV3KeyFile: files.apiV3Key }
        return { name, mchid, serial, ...own, platformKeys: [platformKey] }
      }),
    ]),
    WECHAT_LOGIN_BASE_URL: baseUrl,
    WECHAT_OAUTH_URL: `${baseUrl}/connect/oauth2/authorize`,
    WECHAT_APP_SECRET_FILE: file("wechat-app-secret"),
    WECHAT_MINI_APPID: wechat.miniAppId,
    WECHAT_MINI_SECRET_FILE: file("wechat-mini-secret"),
    WECHAT_RECALL_TEMPLATE_ID: wechat.recallTemplateId,
    ALIPAY_RECALL_TEMPLATE_ID: alipay.recallTemplateId,
    ALIPAY_GATEWAY_URL: `${baseUrl}/gateway.do`,
    ALIPAY_APP_ID: alipay.appId,
    ALIPAY_PRIVATE_KEY_FILE: file("alipay-app-private.pem"),
    ALIPAY_PUBLIC_KEY_FILE: file("alipay-platform-public.pem"),
    ALIPAY_MERCHANTS_FILE: writeList(keys, "alipay-merchants.json", [
      ...directAlipay.map(({ name, appId, sellerId }) => {
        const privateKeyFile = keys.alipayApps.get(appId)?.files.privateKey
        return { name, appId, sellerId, privateKeyFile, publicKeyFile: "alipay-platform-public.pem" }
      }),
    ]),
    ALIPAY_OAUTH_URL: `${baseUrl}/oauth2/publicAppAuthorize.htm`,
  }
}

/** A list of direct accounts, beside the keys that it names. Written whole or not at all. */
function writeList(keys: SandboxKeys, name: string, list: readonly object[]): string {
  const path = join(keys.directory, name)
  writeFileSync(`${path}.new`, `${JSON.stringify(list, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return path
}

export function writeGatewayEnvironment(sandboxDir: string, environment: Record<string, string>): string {
  const path = join(sandboxDir, "gateway.env")
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(`${path}.new`, lines.join(""), { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return path
}
