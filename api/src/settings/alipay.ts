import { z } from "zod"
import { alipayMerchants } from "../direct-accounts"
import { file, httpUrl, setting } from "./setting"

/** Alipay, and what the mini-program asks Alipay. */
export const alipaySettings = {
  ALIPAY_RECALL_TEMPLATE_ID: setting(
    "ALIPAY_RECALL_TEMPLATE_ID",
    {
      meaning: "the mini-program's template message that tells of a recall; without it buyers are not told there",
      example: "MDI4YzIxMDE2M2I5YTQzYjUxNWE4MjA4NmU1MTIyYmM=",
    },
    z.string().min(8).max(64).optional(),
  ),
  ALIPAY_GATEWAY_URL: setting(
    "ALIPAY_GATEWAY_URL",
    { meaning: "Alipay gateway", example: "https://openapi.alipay.com/gateway.do" },
    httpUrl.default("https://openapi.alipay.com/gateway.do"),
  ),
  ALIPAY_APP_ID: setting(
    "ALIPAY_APP_ID",
    { meaning: "the mini-program's Alipay app id", example: "2021000000000000" },
    z.string().regex(/^\d{16}$/),
  ),
  ALIPAY_PRIVATE_KEY_FILE: setting(
    "ALIPAY_PRIVATE_KEY_FILE",
    { meaning: "the app's RSA2 private key, PEM", example: "/run/secrets/alipay-app.pem", secret: true },
    file,
  ),
  ALIPAY_PUBLIC_KEY_FILE: setting(
    "ALIPAY_PUBLIC_KEY_FILE",
    { meaning: "Alipay's public key, PEM", example: "/etc/suyuan/alipay.pem" },
    file,
  ),
  ALIPAY_MERCHANTS_FILE: setting(
    "ALIPAY_MERCHANTS_FILE",
    {
      meaning: "JSON list of merchants that collect with an Alipay app of their own; without it nobody does",
      example: "/etc/suyuan/alipay-merchants.json",
    },
    alipayMerchants,
  ),
  ALIPAY_OAUTH_URL: setting(
    "ALIPAY_OAUTH_URL",
    {
      meaning: "page that asks an Alipay browser's user for auth_base",
      example: "https://openauth.alipay.com/oauth2/publicAppAuthorize.htm",
    },
    httpUrl.default("https://openauth.alipay.com/oauth2/publicAppAuthorize.htm"),
  ),
}
