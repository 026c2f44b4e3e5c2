import { readFileSync } from "node:fs"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { z } from "zod"
import { alipayMerchants, wechatPayMerchants } from "./direct-accounts"

type SettingHelp = { readonly meaning: string; readonly example: string; readonly secret?: boolean }

const settingHelp = new Map<string, SettingHelp>()

function setting<S extends z.ZodType>(name: string, help: SettingHelp, schema: S): S {
  settingHelp.set(name, help)
  return schema
}

const port = z.coerce.number().int().min(1).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/$/, ""))
const file = z.string().min(1)

/** The one schema of everything that can be set from outside. A name that looks like ours and is not here stops the start. */
const schema = z.object({
  SUYUAN_ENV: setting(
    "SUYUAN_ENV",
    { meaning: "production refuses sandbox keys, default secrets and plain-text transports", example: "production" },
    z.enum(["development", "production"]).default("development"),
  ),
  SUYUAN_DATA_DIR: setting(
    "SUYUAN_DATA_DIR",
    { meaning: "where embedded engines and keys live", example: "/var/lib/suyuan" },
    file.default(".suyuan"),
  ),
  GATEWAY_HOST: setting(
    "GATEWAY_HOST",
    { meaning: "address to bind; another than loopback in development warns", example: "127.0.0.1" },
    z.string().min(1).default("127.0.0.1"),
  ),
  GATEWAY_PORT: setting("GATEWAY_PORT", { meaning: "port of the gateway", example: "8720" }, port.default(8720)),
  GATEWAY_PUBLIC_URL: setting(
    "GATEWAY_PUBLIC_URL",
    { meaning: "origin that pay codes and notifications name", example: "https://s.example.cn" },
    httpUrl.default("http://127.0.0.1:8720"),
  ),
  GATEWAY_PROXY_HOPS: setting(
    "GATEWAY_PROXY_HOPS",
    {
      meaning: "reverse proxies in front that append to X-Forwarded-For; 0 believes only the socket",
      example: "1",
    },
    z.coerce.number().int().min(0).max(8).default(0),
  ),
  GATEWAY_REGION: setting(
    "GATEWAY_REGION",
    { meaning: "first byte of the terminal ids that this gateway gives; no two gateways share one", example: "1" },
    z.coerce.number().int().min(0).max(255).default(1),
  ),
  GATEWAY_LEASE_SECONDS: setting(
    "GATEWAY_LEASE_SECONDS",
    {
      meaning: "how long a duty (a shard's ear, a log's sealer, a message on its way) stays with a gateway that died",
      example: "10",
    },
    z.coerce.number().int().min(1).max(300).default(10),
  ),
  GATEWAY_LOG_LEVEL: setting(
    "GATEWAY_LOG_LEVEL",
    { meaning: "least severe line that is logged", example: "info" },
    z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  ),
  GATEWAY_MASTER_KEY_FILE: setting(
    "GATEWAY_MASTER_KEY_FILE",
    {
      meaning: "file with 64 hex characters from which receipt, pseudonym, alias and audience keys derive",
      example: "/run/secrets/gateway-master",
      secret: true,
    },
    file,
  ),
  GATEWAY_KIOSK_DIR: setting(
    "GATEWAY_KIOSK_DIR",
    {
      meaning: "folder of the built terminal, served at /kiosk/; without it there is none",
      example: "/srv/suyuan/kiosk",
    },
    file.optional(),
  ),
  GATEWAY_BUYER_DIR: setting(
    "GATEWAY_BUYER_DIR",
    {
      meaning: "folder of the built buyer's pages, served at /m/; without it the plain pages stand alone",
      example: "/srv/suyuan/buyer",
    },
    file.optional(),
  ),
  NETWORK_ID: setting(
    "NETWORK_ID",
    { meaning: "u32 that follows every domain tag; a development code is never a production one", example: "1" },
    z.coerce.number().int().min(1).max(0xffff_ffff).default(DEVELOPMENT_NETWORK_ID),
  ),
  DATABASE_URL: setting(
    "DATABASE_URL",
    {
      meaning: "PostgreSQL; embedded when not given to npm start",
      example: "postgres://gateway@db/suyuan",
      secret: true,
    },
    z.url({ protocol: /^postgres(ql)?$/ }),
  ),
  DATABASE_POOL: setting(
    "DATABASE_POOL",
    { meaning: "connections of this process", example: "20" },
    z.coerce.number().int().min(2).max(200).default(20),
  ),
  MQTT_URL: setting(
    "MQTT_URL",
    {
      meaning: "MQTT 3.1.1 broker that checks JWT passwords; embedded when not given to npm start",
      example: "mqtts://broker:8883",
    },
    z.url({ protocol: /^mqtts?$/ }),
  ),
  MQTT_WS_URL: setting(
    "MQTT_WS_URL",
    { meaning: "the same broker for browsers", example: "wss://broker/mqtt" },
    z.url({ protocol: /^wss?$/ }).optional(),
  ),
  MQTT_TOKEN_SECRET_FILE: setting(
    "MQTT_TOKEN_SECRET_FILE",
    { meaning: "file with the HS256 secret that broker and gateway share", example: "/run/secrets/mqtt", secret: true },
    file,
  ),
  CHAIN_RPC_URLS: setting(
    "CHAIN_RPC_URLS",
    {
      meaning: "comma-separated JSON-RPC addresses of the organisation's chain nodes",
      example: "https://node-a:8545,https://node-b:8545",
    },
    z
      .string()
      .transform((list) => list.split(",").map((url) => url.trim()))
      .pipe(z.array(httpUrl).min(1).max(8)),
  ),
  CHAIN_DEPLOYMENT_FILE: setting(
    "CHAIN_DEPLOYMENT_FILE",
    { meaning: "JSON with chainId and the addresses of the three contracts", example: "/etc/suyuan/deployment.json" },
    file,
  ),
  CHAIN_SUBMITTER_KEY_FILE: setting(
    "CHAIN_SUBMITTER_KEY_FILE",
    {
      meaning: "file with the secp256k1 key that may append to this gateway's log",
      example: "/run/secrets/submitter",
      secret: true,
    },
    file,
  ),
  CHAIN_SITE_KEY_FILE: setting(
    "CHAIN_SITE_KEY_FILE",
    {
      meaning: "development only: key of the sites' organisation, which enters terminal keys into the registry",
      example: "/run/secrets/site-organisation",
      secret: true,
    },
    file.optional(),
  ),
  CHAIN_FINAL_DEPTH: setting(
    "CHAIN_FINAL_DEPTH",
    {
      meaning: "blocks on top of one before it counts as final; 0 for QBFT, whose blocks are final at once",
      example: "0",
    },
    z.coerce.number().int().min(0).max(1000).default(0),
  ),
  LEDGER_LOG: setting(
    "LEDGER_LOG",
    { meaning: "number of the gateway's organisation, which is its log", example: "1" },
    z.coerce.number().int().min(1).max(0xffff_ffff).default(1),
  ),
  LEDGER_BATCH_AGE_MS: setting(
    "LEDGER_BATCH_AGE_MS",
    { meaning: "a batch is sealed when its oldest record is this old, or when it is full", example: "2000" },
    z.coerce.number().int().min(50).max(3_600_000).default(2000),
  ),
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
  ADMIN_TOKEN_FILE: setting(
    "ADMIN_TOKEN_FILE",
    {
      meaning: "development only: file with the first operator's token",
      example: ".suyuan/keys/admin-token",
      secret: true,
    },
    file.optional(),
  ),
  SCAN_WINDOW_SECONDS: setting(
    "SCAN_WINDOW_SECONDS",
    {
      meaning: "how far issued-at may lie from the terminal's learned clock for a payment to be opened",
      example: "300",
    },
    z.coerce.number().int().min(30).max(3600).default(300),
  ),
  OFFLINE_CAP_SECONDS: setting(
    "OFFLINE_CAP_SECONDS",
    { meaning: "the same window for a terminal known to be offline", example: "86400" },
    z.coerce.number().int().min(300).max(604_800).default(86_400),
  ),
  OFFLINE_SALE_LIMIT_FEN: setting(
    "OFFLINE_SALE_LIMIT_FEN",
    { meaning: "largest sale of a terminal that is offline", example: "100000" },
    z.coerce.number().int().min(100).default(200_000),
  ),
  OFFLINE_DAY_LIMIT_FEN: setting(
    "OFFLINE_DAY_LIMIT_FEN",
    { meaning: "sum of a day's sales of a terminal that is offline", example: "1000000" },
    z.coerce.number().int().min(100).default(2_000_000),
  ),
  PAYMENT_EXPIRY_SECONDS: setting(
    "PAYMENT_EXPIRY_SECONDS",
    { meaning: "how long a payer may take at the platform", example: "300" },
    z.coerce.number().int().min(5).max(7200).default(300),
  ),
  PLATFORM_TIMEOUT_MS: setting(
    "PLATFORM_TIMEOUT_MS",
    { meaning: "a platform call without an answer by then has an unknown outcome", example: "5000" },
    z.coerce.number().int().min(100).max(30_000).default(5000),
  ),
  QUERY_SCHEDULE_SECONDS: setting(
    "QUERY_SCHEDULE_SECONDS",
    {
      meaning: "comma-separated seconds after opening at which a payment is queried; then every last step",
      example: "2,5,10,20,40,60",
    },
    z
      .string()
      .default("2,5,10,20,40,60")
      .transform((list) => list.split(",").map(Number))
      .pipe(z.array(z.number().positive()).min(1).max(20)),
  ),
  ALARM_UNKNOWN_SHARE_PERMILLE: setting(
    "ALARM_UNKNOWN_SHARE_PERMILLE",
    {
      meaning: "share of a stall's goods of a day whose origin is unknown, above which it is an alarm",
      example: "150",
    },
    z.coerce.number().int().min(0).max(1000).default(150),
  ),
  ALARM_UNKNOWN_GRAMS_MIN: setting(
    "ALARM_UNKNOWN_GRAMS_MIN",
    { meaning: "unknown goods of a stall, commodity and day below this are no alarm", example: "5000" },
    z.coerce.number().int().min(0).max(1000000000).default(5000),
  ),
  ALARM_SHORTFALL_PERMILLE: setting(
    "ALARM_SHORTFALL_PERMILLE",
    { meaning: "share of what was sold beyond what was there, above which it is an alarm", example: "20" },
    z.coerce.number().int().min(0).max(1000).default(20),
  ),
  ALARM_SHORTFALL_GRAMS_MIN: setting(
    "ALARM_SHORTFALL_GRAMS_MIN",
    { meaning: "sold beyond what was there by no more than this is no alarm", example: "1000" },
    z.coerce.number().int().min(0).max(1000000000).default(1000),
  ),
  ALARM_SPEED_KMH: setting(
    "ALARM_SPEED_KMH",
    { meaning: "no lorry is faster from one place to the next, the first minutes not counted", example: "120" },
    z.coerce.number().int().min(10).max(1000).default(120),
  ),
  ALARM_OWN_WALLET_PAYMENTS: setting(
    "ALARM_OWN_WALLET_PAYMENTS",
    { meaning: "payments of a stall's own wallets at the stall in a day that are an alarm", example: "2" },
    z.coerce.number().int().min(1).max(1000).default(2),
  ),
  ALARM_ROUND_CHANCE_EXPONENT: setting(
    "ALARM_ROUND_CHANCE_EXPONENT",
    {
      meaning: "round amounts are an alarm when chance gives as many less often than once in ten to the power of this",
      example: "6",
    },
    z.coerce.number().int().min(2).max(30).default(6),
  ),
  REQUESTS_PER_MINUTE: setting(
    "REQUESTS_PER_MINUTE",
    { meaning: "requests of one address a minute before 429", example: "600" },
    z.coerce.number().int().min(1).default(600),
  ),
})

export type Config = z.infer<typeof schema>

const ourPrefixes = [
  "SUYUAN_",
  "GATEWAY_",
  "WECHAT_",
  "ALIPAY_",
  "CHAIN_",
  "LEDGER_",
  "MQTT_",
  "SCAN_",
  "OFFLINE_",
  "PAYMENT_",
  "ALARM_",
]

/** One sentence per fault: which setting, why, an example. */
export class ConfigError extends Error {}

/**
 * Reads and checks all settings. An unknown or malformed one stops the start.
 * @throws ConfigError with a line per fault; values of secrets never appear in it.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const faults = Object.keys(env)
    .filter((name) => ourPrefixes.some((prefix) => name.startsWith(prefix)) && !settingHelp.has(name))
    .map((name) => `${name}: not a setting of this gateway; see npm run config`)
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => settingHelp.has(name) && value !== ""))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0])
      faults.push(`${name}: ${issue.message}; for example ${name}=${settingHelp.get(name)?.example}`)
    }
  }
  if (parsed.success) faults.push(...productionFaults(parsed.data))
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults.join("\n"))
  return parsed.data
}

const loopback = new Set(["127.0.0.1", "localhost", "[::1]", "::1"])
const platformHosts: Partial<Record<keyof Config, string>> = {
  WECHAT_PAY_BASE_URL: "api.mch.weixin.qq.com",
  WECHAT_LOGIN_BASE_URL: "api.weixin.qq.com",
  WECHAT_OAUTH_URL: "open.weixin.qq.com",
  ALIPAY_GATEWAY_URL: "openapi.alipay.com",
  ALIPAY_OAUTH_URL: "openauth.alipay.com",
}

function productionFaults(config: Config): string[] {
  if (config.SUYUAN_ENV !== "production") return []
  const faults: string[] = []
  for (const [name, host] of Object.entries(platformHosts)) {
    const url = new URL(String(config[name as keyof Config]))
    if (url.protocol !== "https:" || url.hostname !== host)
      faults.push(`${name}: production accepts only https://${host}`)
  }
  if (!config.GATEWAY_PUBLIC_URL.startsWith("https://")) faults.push("GATEWAY_PUBLIC_URL: production needs https")
  if (!config.MQTT_URL.startsWith("mqtts:")) faults.push("MQTT_URL: production needs mqtts")
  if (config.MQTT_WS_URL && !config.MQTT_WS_URL.startsWith("wss:")) faults.push("MQTT_WS_URL: production needs wss")
  if (config.NETWORK_ID === DEVELOPMENT_NETWORK_ID) faults.push("NETWORK_ID: production needs its own network id")
  if (config.ADMIN_TOKEN_FILE) faults.push("ADMIN_TOKEN_FILE: for development only")
  if (config.CHAIN_SITE_KEY_FILE)
    faults.push("CHAIN_SITE_KEY_FILE: for development only; a site's organisation enters its own terminals")
  for (const url of config.CHAIN_RPC_URLS) {
    const { protocol, hostname } = new URL(url)
    if (protocol !== "https:" && !loopback.has(hostname))
      faults.push("CHAIN_RPC_URLS: production needs https, or loopback")
  }
  return faults
}

/** Reads a secret's file and trims it: a PEM that ends in a newline breaks one of the platform SDKs. */
export function readSecret(path: string): string {
  return readFileSync(path, "utf8").trim()
}

/** Every setting with its meaning, default and where its value comes from; secrets are paths, and database passwords are masked. */
export function describeConfig(env: Record<string, string | undefined>) {
  return Object.entries(schema.shape).map(([name, field]) => {
    const help = settingHelp.get(name)
    const fallback = (field as z.ZodType).safeParse(undefined)
    const given = env[name]
    const shown = given?.replace(/(:\/\/[^:@/]*):[^@/]*@/, "$1:…@")
    return {
      name,
      meaning: help?.meaning ?? "",
      example: help?.example ?? "",
      default: fallback.success ? fallback.data : undefined,
      value: shown ?? (fallback.success ? fallback.data : undefined),
      source: given === undefined ? (fallback.success ? "default" : "not set") : "environment",
    }
  })
}
