// Each platform has its own file; this one only says what they export.
import type { Wallet } from "../../core/wallet"

export const wallet: Wallet = {
  platforms: [],
  method: "jsapi",
  token: () => undefined,
  login: () => Promise.reject(new Error("no wallet here")),
  pay: () => Promise.reject(new Error("no wallet here")),
}
