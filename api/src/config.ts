import { readFileSync } from "node:fs"
import { DEVELOPMENT_NETWORK_ID } from "@suyuan/protocol/network"
import { z } from "zod"
import { alarmsSettings } from "./settings/alarms"
import { alipaySettings } from "./settings/alipay"
import { gatewaySettings } from "./settings/gateway"
import { ledgerSettings } from "./settings/ledger"
import { settingHelp } from "./settings/setting"
import { tradeSettings } from "./settings/trade"
import { wechatSettings } from "./settings/wechat"

/** The one schema of everything that can be set from outside. A name with a prefix of ours that is not here stops the start. */
const schema = z.object({
  ...gatewaySettings,
  ...ledgerSettings,
  ...wechatSettings,
  ...alipaySettings,
  ...tradeSettings,
  ...alarmsSettings,
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
  "NETWORK_",
  "PLATFORM_",
  "QUERY_",
  "REQUESTS_",
]
/** Begin as ours do and are another program's: Python's, where a proxy has a certificate of its own. */
const notOurs: ReadonlySet<string> = new Set(["REQUESTS_CA_BUNDLE"])

/** One sentence per fault: which setting, why, an example. */
export class ConfigError extends Error {}

/**
 * Reads and checks all settings. An unknown or malformed one stops the start.
 * @throws ConfigError with a line per fault; values of secrets never appear in it.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const faults = Object.keys(env)
    .filter((name) => ourPrefixes.some((prefix) => name.startsWith(prefix)))
    .filter((name) => !settingHelp.has(name) && !notOurs.has(name))
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
  const database = new URL(config.DATABASE_URL)
  if (
    !loopback.has(database.hostname) &&
    !["require", "verify-full"].includes(database.searchParams.get("sslmode") ?? "")
  )
    faults.push("DATABASE_URL: production needs sslmode=verify-full (or require), or loopback")
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
