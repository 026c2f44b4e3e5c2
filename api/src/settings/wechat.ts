import { z } from "zod"
import { wechatPayMerchants } from "../direct-accounts"
import { file, httpUrl, setting } from "./setting"

/** WeChat Pay, and what the mini-program asks WeChat. */
export const wechatSettings = {
  WECHAT_PAY_BASE_URL: setting(
    "WECHAT_PAY_BASE_URL",
    { meaning: "WeChat Pay APIv3", example: "https://api.mch.weixin.qq.com" },
    httpUrl.default("https://api.mch.weixin.qq.com"),
  ),
  WECHAT_PAY_MCHID: setting(
    "WECHAT_PAY_MCHID",
    { meaning: "the service provider's merchant number", example: "1900000100" },
    z.string().regex(/^\d{8,32}$/),
  ),
  WECHAT_PAY_APPID: setting(
    "WECHAT_PAY_APPID",
    { meaning: "the service provider's official account", example: "wx8888888888888888" },
    z.string().regex(/^wx[0-9a-z]{16}$/),
  ),
  WECHAT_PAY_SERIAL: setting(
    "WECHAT_PAY_SERIAL",
    { meaning: "serial of the merchant's API certificate", example: "5157F09EFDC096DE15EBE81A47057A72" },
    z.string().regex(/^[0-9A-F]{8,64}$/),
  ),
  WECHAT_PAY_PRIVATE_KEY_FILE: setting(
    "WECHAT_PAY_PRIVATE_KEY_FILE",
    { meaning: "merchant's API private key, PEM", example: "/run/secrets/apiclient_key.pem", secret: true },
    file,
  ),
  WECHAT_PAY_API_V3_KEY_FILE: setting(
    "WECHAT_PAY_API_V3_KEY_FILE",
    { meaning: "file with the 32-character APIv3 key", example: "/run/secrets/api-v3", secret: true },
    file,
  ),
  WECHAT_PAY_PLATFORM_KEY_ID: setting(
    "WECHAT_PAY_PLATFORM_KEY_ID",
    {
      meaning: "PUB_KEY_ID_… of the platform's public key, or the serial of its certificate",
      example: "PUB_KEY_ID_0119000001002024",
    },
    z.string().min(8).max(80),
  ),
  WECHAT_PAY_PLATFORM_KEY_FILE: setting(
    "WECHAT_PAY_PLATFORM_KEY_FILE",
    { meaning: "the platform's public key or certificate, PEM", example: "/etc/suyuan/wechatpay.pem" },
    file,
  ),
  WECHAT_PAY_MERCHANTS_FILE: setting(
    "WECHAT_PAY_MERCHANTS_FILE",
    {
      meaning: "JSON list of merchants that collect with their own merchant number; without it nobody does",
      example: "/etc/suyuan/wechat-pay-merchants.json",
    },
    wechatPayMerchants,
  ),
  WECHAT_LOGIN_BASE_URL: setting(
    "WECHAT_LOGIN_BASE_URL",
    { meaning: "WeChat login API", example: "https://api.weixin.qq.com" },
    httpUrl.default("https://api.weixin.qq.com"),
  ),
  WECHAT_OAUTH_URL: setting(
    "WECHAT_OAUTH_URL",
    {
      meaning: "page that asks a WeChat browser's user for snsapi_base",
      example: "https://open.weixin.qq.com/connect/oauth2/authorize",
    },
    httpUrl.default("https://open.weixin.qq.com/connect/oauth2/authorize"),
  ),
  WECHAT_APP_SECRET_FILE: setting(
    "WECHAT_APP_SECRET_FILE",
    { meaning: "secret of the official account", example: "/run/secrets/wechat-app", secret: true },
    file,
  ),
  WECHAT_MINI_APPID: setting(
    "WECHAT_MINI_APPID",
    { meaning: "the mini-program's app id", example: "wx9999999999999999" },
    z.string().regex(/^wx[0-9a-z]{16}$/),
  ),
  WECHAT_MINI_SECRET_FILE: setting(
    "WECHAT_MINI_SECRET_FILE",
    { meaning: "secret of the mini-program", example: "/run/secrets/wechat-mini", secret: true },
    file,
  ),
  WECHAT_RECALL_TEMPLATE_ID: setting(
    "WECHAT_RECALL_TEMPLATE_ID",
    {
      meaning: "the mini-program's subscription message that tells of a recall; without it buyers are not told there",
      example: "aXc3bXJlY2FsbHRlbXBsYXRl",
    },
    z.string().min(8).max(64).optional(),
  ),
}
