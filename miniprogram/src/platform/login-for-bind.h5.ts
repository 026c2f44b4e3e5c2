import { wallet } from "./wallet"

/** Outside the wallets' own browsers nobody has a wallet to bind. */
export function loginForBind(digits: string): boolean {
  const [platform, another] = wallet.platforms
  if (platform === undefined || another !== undefined) return false
  location.assign(`/buyers/login/${platform}?return=${encodeURIComponent(`/b/${digits}`)}`)
  return true
}
