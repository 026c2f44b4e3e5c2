import { gatewayClient } from "@suyuan/client/client"
import Taro from "@tarojs/taro"
import type { Platform } from "../../core/wallet"
import { transport } from "../platform/transport"

const KEY = "session"

export function sessionToken(): string | undefined {
  return Taro.getStorageSync<string>(KEY) || undefined
}

/** A session of the gateway for the platform's own identity: no phone number, no name. Rejects when it got none. */
export async function loginWith(platform: Platform, readCode: () => Promise<string>): Promise<boolean> {
  Taro.removeStorageSync(KEY)
  const code = await readCode()
  const answer = await gatewayClient(transport).post("/buyers/login", { body: { platform, channel: "mini", code } })
  if (!answer.ok) throw new Error(answer.refusal.code)
  Taro.setStorageSync(KEY, answer.value.token)
  return true
}
