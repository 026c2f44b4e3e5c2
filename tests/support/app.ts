// The gateway's whole HTTP edge without a socket, and the sessions and tokens that its callers hold.
import { issueToken } from "@suyuan/api/access/issue-token"
import type { Scope } from "@suyuan/api/actor"
import { startSession } from "@suyuan/api/buyers/session"
import type { Context } from "@suyuan/api/context"
import { createApp } from "@suyuan/api/http/app"
import { gatewayRoutes, type RouteDeps } from "@suyuan/api/http/routes"
import { createMetrics } from "@suyuan/api/metrics"
import { refusalPage } from "../../api/src/http/pages/refusal-page"
import { paymentDeps } from "./paying"
import { operator, testBrokerTokens } from "./stall"

/** A port that no test of these routes may reach. */
const unused = new Proxy({} as never, {
  get: (_, name) => () => {
    throw new Error(`${String(name)} is not to be called here`)
  },
})

export function testApp(ctx: Context, more: Partial<RouteDeps> = {}) {
  const routes = gatewayRoutes({
    ...{ ctx, payments: paymentDeps, logins: unused, chain: unused, tokens: testBrokerTokens(ctx) },
    events: { subscribe: () => () => {} },
    miniCodes: unused,
    chainProofs: unused,
    ...more,
  })
  return createApp({ ctx, metrics: createMetrics(false), probes: [], routes, errorPage: refusalPage(ctx) })
}

/** `Authorization` of a buyer's session. */
export async function sessionOf(ctx: Context, buyer: { readonly id: string }): Promise<Record<string, string>> {
  const { token } = await ctx.db.transaction((tx) => startSession(ctx, tx, buyer.id))
  return { authorization: `Bearer ${token}` }
}

/** `Authorization` of a machine with these scopes; no site named: every site. */
export async function tokenOf(ctx: Context, scopes: readonly Scope[], ...siteIds: string[]) {
  const order = { label: "test", kind: "machine", actorId: "a machine", siteIds, days: 1 } as const
  const { token } = await issueToken(ctx, operator, { ...order, scopes })
  return { authorization: `Bearer ${token}` }
}
