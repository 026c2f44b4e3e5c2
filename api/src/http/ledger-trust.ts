import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Chain } from "../ledger/chain"
import type { ChainProofs } from "../ledger/chain-proofs"
import { readTerminalKey } from "../terminals/read-key"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, terminalId } from "./schemas"

const tags = ["ledger"]

const settingRoute = createRoute({
  method: "get",
  path: "/ledger/setting",
  tags,
  summary: "Which network, chain and contract this gateway writes to, and whether for real",
  description:
    "For pages that have none built in: then the anchor is this gateway's word. `development`: a demonstration with play money.",
  responses: {
    200: answer(
      "The setting",
      z.object({
        networkId: z.number().int(),
        chainId: z.number().int(),
        contract: z.string(),
        development: z.boolean(),
      }),
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

const chainProofRoute = createRoute({
  method: "get",
  path: "/ledger/chain-proofs/{log}/{sequence}",
  tags,
  summary: "What the chain's state says of a batch's root and a terminal's key, with the validators' seals on it",
  description:
    "For whoever has no chain node and trusts validators by their addresses (docs/specs/chain-proof.md): nothing in it is this gateway's word.",
  request: {
    params: z.object({
      log: z.coerce.number().int().min(1).max(0xffff_ffff),
      sequence: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    }),
    query: z.object({ terminal: terminalId.optional() }),
  },
  responses: {
    200: answer("The proof, one JSON document whose text is not to be changed", z.object({ format: z.string() })),
    ...refusals("request/malformed", "service/unavailable"),
  },
})

export type LedgerTrustDeps = {
  readonly ctx: Context
  readonly chain: Chain
  readonly chainProofs: ChainProofs
}

/** What a proof must not bring along itself. */
export function ledgerTrustRoutes({ ctx, chain, chainProofs }: LedgerTrustDeps): Routes {
  const routes = newRouter()
  routes.openapi(settingRoute, (c) =>
    c.json(
      {
        ...{ networkId: ctx.config.NETWORK_ID, chainId: chain.chainId, contract: chain.contract },
        development: ctx.config.SUYUAN_ENV !== "production",
      },
      200,
    ),
  )
  routes.openapi(keyRoute, async (c) => c.json(await readTerminalKey(ctx, c.req.valid("param").terminal), 200))
  routes.openapi(chainProofRoute, async (c) => {
    const { log, sequence } = c.req.valid("param")
    const text = await chainProofs.read(log, sequence, c.req.valid("query").terminal).catch(() => {
      throw new ServiceError("service/unavailable")
    })
    return c.body(text, 200, { "content-type": "application/json" }) as never
  })
  return routes
}
