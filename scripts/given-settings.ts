// What a person set by environment variables, and what the payment sandbox adds to it.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { PortWish } from "./engines/ports"

export type Settings = Readonly<Record<string, string>>

/** A variable that is set to nothing counts as not set. */
export function givenSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  )
}

export function portWish(given: Settings, variable: string, preferred: number): PortWish {
  const value = given[variable]
  if (value === undefined) return { preferred }
  const port = Number(value)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return { fixed: { port, variable } }
  throw new Error(`${variable}=${value} is no port: give a number from 1 to 65535, for example ${preferred}.`)
}

export function needsSandbox(given: Settings): boolean {
  return given.WECHAT_PAY_BASE_URL === undefined || given.ALIPAY_GATEWAY_URL === undefined
}

/** What the sandbox wrote for its gateway, without the block of a platform that is a real one. */
export function sandboxSettings(directory: string, given: Settings): Settings {
  if (!needsSandbox(given)) return {}
  const lines = readFileSync(join(directory, "sandbox", "gateway.env"), "utf8").split("\n")
  const pairs = lines.filter((line) => line.includes("=")).map((line) => line.split(/=(.*)/s).slice(0, 2))
  return Object.fromEntries(
    pairs.filter(
      ([name = ""]) =>
        !(given.WECHAT_PAY_BASE_URL !== undefined && name.startsWith("WECHAT_")) &&
        !(given.ALIPAY_GATEWAY_URL !== undefined && name.startsWith("ALIPAY_")),
    ),
  )
}
