import type { ClientAnswer } from "@suyuan/client/client"
import { wallet } from "../platform/wallet"

/**
 * Asks, and logs in with the platform's own identity where nobody is: in a mini-program that asks the person nothing. A
 * browser is somebody only once it has paid, or come from its wallet.
 */
export async function withSession<T>(ask: () => Promise<ClientAnswer<T>>): Promise<ClientAnswer<T>> {
  const answer = await ask()
  const [platform] = wallet.platforms
  if (answer.ok || answer.status !== 401 || process.env.TARO_ENV === "h5" || platform === undefined) return answer
  await wallet.login(platform, "")
  return ask()
}
