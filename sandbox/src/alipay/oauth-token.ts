/** `alipay.system.oauth.token`: turns a login code into the buyer's ids. */
import { createHash, randomBytes } from "node:crypto"
import { alipay } from "../accounts"
import { dateTime } from "../time/china-time"
import type { World } from "../world"
import { alipayErrors } from "./error"

const lifeSeconds = 15 * 24 * 3600

/** The node has no `code` and `msg` when it succeeds: that is how this old method answers. */
export function exchangeCode(world: World, parameters: Readonly<Record<string, string>>): Record<string, unknown> {
  if (parameters.grant_type !== "authorization_code") throw alipayErrors.grantTypeInvalid()
  const buyer = world.buyers.takeCode(parameters.code ?? "", alipay.appId)
  if (buyer === undefined || buyer === "used") throw alipayErrors.codeInvalid()
  const token = createHash("sha256").update(randomBytes(16)).digest("hex").slice(0, 40)
  return {
    access_token: `authbseB${token.slice(8)}`,
    auth_start: dateTime(world.settings.clockMs()),
    expires_in: lifeSeconds,
    open_id: buyer.alipayOpenId,
    re_expires_in: 2 * lifeSeconds,
    refresh_token: `authbseB${randomBytes(16).toString("hex")}`,
    user_id: buyer.alipayUserId,
  }
}
