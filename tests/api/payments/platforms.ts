/** Both payment platforms as the sandbox plays them, with its own signatures, on a clock that the test moves. */
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { alipayFromConfig } from "@suyuan/api/adapters/alipay"
import { wechatPayFromConfig } from "@suyuan/api/adapters/wechat-pay"
import type { Config } from "@suyuan/api/config"
import type { Clock, Random } from "@suyuan/api/context"
import type { Bridge, PaymentProvider, Platform } from "@suyuan/api/payments/payment-provider"
import { directAlipay, directWechat } from "@suyuan/sandbox/accounts"
import type { Buyer } from "@suyuan/sandbox/buyers/buyers"
import { confirmPayment, type Decision } from "@suyuan/sandbox/buyers/confirm-payment"
import { type FaultKind, faultInput, type Operation } from "@suyuan/sandbox/faults/faults"
import { keepKeys } from "@suyuan/sandbox/keys/keep-keys"
import type { SandboxOptions } from "@suyuan/sandbox/settings"
import { type Sandbox, startSandbox } from "@suyuan/sandbox/start-sandbox"

/** Keys are made once per process and copied: five RSA keys cost more than most tests. */
const madeKeys = mkdtempSync(join(tmpdir(), "platform-keys-"))
const keysReady = keepKeys(madeKeys, Date.now())
process.on("exit", () => rmSync(madeKeys, { recursive: true, force: true }))

export const platformsOf = ["wechat-pay", "alipay"] as const

const random: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  uuid: () => Bun.randomUUIDv7(),
}

export type Platforms = {
  readonly sandbox: Sandbox
  readonly end: () => Promise<void>
}

export async function startPlatforms(clock: Clock, options: Partial<SandboxOptions> = {}): Promise<Platforms> {
  await keysReady
  const dataDir = mkdtempSync(join(tmpdir(), "platforms-"))
  cpSync(madeKeys, join(dataDir, "sandbox"), { recursive: true })
  const sandbox = await startSandbox({
    dataDir,
    clockMs: clock.nowMs,
    schedule: { notifyFirstMs: 0, notifyRetryMs: [1000, 1000, 1000, 1000, 1000], refundSettleMs: 1000 },
    ...options,
  })
  const end = async () => {
    await sandbox.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { sandbox, end }
}

export function providersOf(config: Config, clock: Clock): Record<Platform, PaymentProvider> {
  return { "wechat-pay": wechatPayFromConfig(config, clock, random), alipay: alipayFromConfig(config, clock) }
}

/** Where the sandbox lets the stall's money go. */
export const payees = {
  "wechat-pay": { account: "1900000109", authToken: undefined },
  alipay: { account: "2088000000000002", authToken: "sandbox-auth-2088000000000002" },
} as const

/** Merchants of the sandbox that collect by themselves, as its `gateway.env` names them. */
export const directPayees = {
  "wechat-pay": { account: directWechat[0].mchid, authToken: undefined, directAccount: directWechat[0].name },
  alipay: { account: directAlipay[0].sellerId, authToken: undefined, directAccount: directAlipay[0].name },
} as const

/** How the app that this gateway uses on the platform knows the person. */
export function payerOf(config: Config, platform: Platform, buyer: Buyer): { appId: string; openId: string } {
  if (platform === "alipay") return { appId: config.ALIPAY_APP_ID, openId: buyer.alipayOpenId }
  const appId = config.WECHAT_PAY_APPID
  return { appId, openId: buyer.openids[appId] ?? "" }
}

/** The person looks at the platform's own sheet and decides. */
export function decide(sandbox: Sandbox, buyer: Buyer, bridge: Bridge, decision: Decision = "pay", couponFen = 0) {
  return confirmPayment(sandbox.world, buyer, bridge, decision, couponFen)
}

export function breakThings(
  sandbox: Sandbox,
  rule: { kind: FaultKind; operation?: Operation; orderNo?: string; times?: number; manner?: "reset" | "hang" },
): void {
  sandbox.world.faults.add(faultInput.parse({ times: 1, ...rule }))
}

/** Waits for a condition, never for a time. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
): Promise<T> {
  const endMs = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
