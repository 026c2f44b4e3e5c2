import type { LoginProviders } from "../buyers/login-provider"
import type { Context } from "../context"
import type { Chain } from "../ledger/chain"
import type { ChainProofs } from "../ledger/chain-proofs"
import type { PaymentDeps } from "../payments/payment-deps"
import type { BrokerTokens } from "../terminals/broker-token"
import type { MiniCodeProviders } from "../trace/mini-code-provider"
import { accessRoutes } from "./access"
import { alarmRoutes } from "./alarms"
import { assetRoutes } from "./assets"
import { balanceRoutes } from "./balance"
import { bindPageRoutes } from "./bind-page"
import { bindingProposalRoutes } from "./binding-proposals"
import { bindingRoutes } from "./bindings"
import { boughtRoutes } from "./bought"
import { buyerDataRoutes } from "./buyer-data"
import { buyerJoinRoutes } from "./buyer-joins"
import { openBuyerPages } from "./buyer-pages"
import { buyerRecallRoutes } from "./buyer-recalls"
import { findBuyer } from "./buyer-session"
import { buyerRoutes } from "./buyers"
import { catalogueRoutes } from "./catalogue"
import { certificateRoutes } from "./certificates"
import { displayRoutes } from "./displays"
import { incomingGoodsRoutes } from "./incoming-goods"
import { inspectionRoutes } from "./inspections"
import { kioskRoutes } from "./kiosk"
import { ledgerTrustRoutes } from "./ledger-trust"
import { lostSalesRoutes } from "./lost-sales"
import { merchantRoutes } from "./merchants"
import { notificationRoutes } from "./notifications"
import { officeRoutes } from "./office"
import { originRoutes } from "./origins"
import { outbreakRoutes } from "./outbreaks"
import { participantRoutes } from "./participants"
import { plainPayRoutes } from "./plain-pay"
import { problemRoutes } from "./problems"
import { readerOf } from "./reader"
import { recallRoutes } from "./recalls"
import { reconciliationRoutes } from "./reconciliations"
import { refundRoutes } from "./refunds"
import type { Routes } from "./router"
import { type ScanDeps, scanRoutes } from "./scan"
import { shareRoutes } from "./shares"
import { stallPhotoRoutes } from "./stall-photos"
import { stallTestRoutes } from "./stall-tests"
import { statementRoutes } from "./statements"
import { terminalRoutes } from "./terminals"
import { testPhotoRoutes } from "./test-photos"
import { traceRoutes } from "./traces"

export type RouteDeps = {
  readonly ctx: Context
  readonly payments: PaymentDeps
  readonly logins: LoginProviders
  readonly chain: Chain
  readonly chainProofs: ChainProofs
  readonly tokens: BrokerTokens
  readonly events: ScanDeps["events"]
  readonly miniCodes: MiniCodeProviders
}

/** Every route of the gateway, each domain's with what it needs. Building them asks nobody and opens nothing. */
export function gatewayRoutes(deps: RouteDeps): Routes[] {
  const { ctx, payments, logins, chain, chainProofs, tokens, events, miniCodes } = deps
  const pages = openBuyerPages(ctx.config)
  return [
    assetRoutes(),
    kioskRoutes(ctx.config),
    pages.routes,
    scanRoutes({
      ctx,
      payments,
      events,
      app: pages.app,
      buyerOf: async (c) => {
        const session = await findBuyer(ctx, c)
        return session && { ...session.actor, kind: "buyer", platform: session.buyer.platform }
      },
    }),
    plainPayRoutes({ ctx }),
    buyerRoutes({ ctx, logins }),
    notificationRoutes({ ctx, payments }),
    refundRoutes({ ctx, payments }),
    reconciliationRoutes({ ctx, payments }),
    statementRoutes({ ctx }),
    officeRoutes({ ctx, payments }),
    shareRoutes({ ctx, miniCodes, readerOf: (c) => readerOf(ctx, c) }),
    traceRoutes({
      ctx,
      chain,
      app: pages.app,
      readerOf: (c) => readerOf(ctx, c),
    }),
    ledgerTrustRoutes({ ctx, chain, chainProofs }),
    participantRoutes({ ctx }),
    merchantRoutes({ ctx }),
    stallPhotoRoutes({ ctx }),
    terminalRoutes({ ctx, tokens }),
    displayRoutes({ ctx, tokens }),
    incomingGoodsRoutes({ ctx }),
    lostSalesRoutes({ ctx }),
    bindingRoutes({ ctx }),
    bindPageRoutes({ ctx, app: pages.app }),
    bindingProposalRoutes({ ctx }),
    inspectionRoutes({ ctx }),
    stallTestRoutes({ ctx }),
    testPhotoRoutes({ ctx }),
    certificateRoutes({ ctx }),
    recallRoutes({ ctx }),
    buyerRecallRoutes({ ctx }),
    buyerJoinRoutes({ ctx }),
    buyerDataRoutes({ ctx }),
    boughtRoutes({ ctx }),
    problemRoutes({ ctx }),
    outbreakRoutes({ ctx }),
    balanceRoutes({ ctx }),
    originRoutes({ ctx }),
    alarmRoutes({ ctx }),
    catalogueRoutes({ ctx }),
    accessRoutes({ ctx }),
  ]
}
