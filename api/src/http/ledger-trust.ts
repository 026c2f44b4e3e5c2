import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import type { Chain } from "../ledger/chain"
import { readTerminalKey } from "../terminals/read-key"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, terminalId } from "./schemas"

const tags = ["ledger"]

const settingRoute = createRoute({
  method: "get",
  path: "/ledger/setting",
  tags,
  summary: "Which network, chain and contract this gateway writes to",
  description: "For pages that have none built in: then the anchor is this gateway's word.",
  responses: {
    200: answer(
      "The setting",
      z.object({ networkId: z.number().int(), chainId: z.number().int(), contract: z.string() }),
    ),
  },
})

const keyRoute = createRoute({
  method: "get",
  path: "/ledger/terminals/{terminal}",
  tags,
  summary: "A terminal's key as this gateway read it from the chain's registry",
  description: "For whoever has no chain node: then the key is this gateway's word.",
  request: { params: z.object({ terminal: terminalId }) },
  responses: {
    200: answer("The key", z.object({ algorithm: z.enum(["ed25519", "p256"]), publicKey: z.string() })),
    ...refusals("request/malformed", "terminal/unknown"),
  },
})

/** What a proof must not bring along itself. */
export function ledgerTrustRoutes({ ctx, chain }: { readonly ctx: Context; readonly chain: Chain }): Routes {
  const routes = newRouter()
  routes.openapi(settingRoute, (c) =>
    c.json({ networkId: ctx.config.NETWORK_ID, chainId: chain.chainId, contract: chain.contract }, 200),
  )
  routes.openapi(keyRoute, async (c) => c.json(await readTerminalKey(ctx, c.req.valid("param").terminal), 200))
  return routes
}
