import type { LoginProviders } from "./buyers/login-provider"
import type { Context } from "./context"
import { accessRoutes } from "./http/access"
import { assetRoutes } from "./http/assets"
import { bindingRoutes } from "./http/bindings"
import { findBuyer } from "./http/buyer-session"
import { buyerRoutes } from "./http/buyers"
import { catalogueRoutes } from "./http/catalogue"
import { inspectionRoutes } from "./http/inspections"
import { merchantRoutes } from "./http/merchants"
import { notificationRoutes } from "./http/notifications"
import { participantRoutes } from "./http/participants"
import { readerOf } from "./http/reader"
import { refundRoutes } from "./http/refunds"
import type { Routes } from "./http/router"
import { type ScanDeps, scanRoutes } from "./http/scan"
import { terminalRoutes } from "./http/terminals"
import { traceRoutes } from "./http/traces"
import type { Chain } from "./ledger/chain"
import type { PaymentDeps } from "./payments/payment-deps"
import type { BrokerTokens } from "./terminals/broker-token"

export type RouteDeps = {
  readonly ctx: Context
  readonly payments: PaymentDeps
  readonly logins: LoginProviders
  readonly chain: Chain
  readonly tokens: BrokerTokens
  readonly events: ScanDeps["events"]
}

/** Every route of the gateway, each domain's with what it needs. Building them asks nobody and opens nothing. */
export function gatewayRoutes({ ctx, payments, logins, chain, tokens, events }: RouteDeps): Routes[] {
  return [
    assetRoutes(),
    scanRoutes({
      ctx,
      payments,
      events,
      buyerOf: async (c) => {
        const session = await findBuyer(ctx, c)
        return session && { ...session.actor, kind: "buyer", platform: session.buyer.platform }
      },
    }),
    buyerRoutes({ ctx, logins }),
    notificationRoutes({ ctx, payments }),
    refundRoutes({ ctx, payments }),
    traceRoutes({
      ctx,
      chain,
      readerOf: (c) => readerOf(ctx, c),
    }),
    participantRoutes({ ctx }),
    merchantRoutes({ ctx }),
    terminalRoutes({ ctx, tokens }),
    bindingRoutes({ ctx }),
    inspectionRoutes({ ctx }),
    catalogueRoutes({ ctx }),
    accessRoutes({ ctx }),
  ]
}
