import { createRoute, z } from "@hono/zod-openapi"
import type { Context as HttpContext } from "hono"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { platforms } from "../payments/payment-provider"
import type { MiniCodeProviders } from "../trace/mini-code-provider"
import { readTrace } from "../trace/read-trace"
import { readShareCode } from "../trace/share-code"
import { listShares, recordOfShare } from "../trace/share-trace"
import { drawShareCard } from "./pages/share-card"
import { refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { answer, byBuyer, instant } from "./schemas"

export type ShareDeps = {
  readonly ctx: Context
  readonly miniCodes: MiniCodeProviders
  readonly readerOf: (c: HttpContext<HttpEnvironment>) => Promise<Actor | undefined>
}

const shareParam = z.object({ shareId: z.string().regex(/^[0-9A-Za-z]{17}$/) })
const binary = z.string().openapi({ format: "binary" })
const tags = ["traces"]

const listRoute = createRoute({
  method: "get",
  path: "/traces/purchases/{recordId}/shares",
  tags,
  summary: "The shares of a purchase that the buyer has not taken back",
  security: byBuyer,
  request: { params: z.object({ recordId: z.string().regex(/^[0-9a-f]{32}$/) }) },
  responses: {
    200: answer("The newest first", z.object({ shares: z.array(z.object({ id: z.string(), createdAt: instant })) })),
    ...refusals("request/unauthenticated", "request/forbidden", "trace/unknown"),
  },
})
const codeRoute = createRoute({
  method: "get",
  path: "/shares/{shareId}/code",
  tags,
  summary: "A platform's picture that opens a share in its mini-program",
  request: { params: shareParam, query: z.object({ platform: z.enum(platforms) }) },
  responses: {
    200: { description: "The picture", content: { "image/jpeg": { schema: binary }, "image/png": { schema: binary } } },
    ...refusals("trace/unknown", "trace/share-revoked", "picture/code-refused", "picture/code-unavailable"),
  },
})
const cardRoute = createRoute({
  method: "get",
  path: "/t/{shareId}/card.png",
  tags,
  summary: "The picture beside a shared link, 600 × 480",
  request: { params: shareParam },
  responses: {
    200: { description: "The picture", content: { "image/png": { schema: binary } } },
    ...refusals("trace/unknown", "trace/share-revoked"),
  },
})

/** For minutes: a share that was taken back is gone soon. */
const pictureHeaders = { "cache-control": "public, max-age=600", "x-content-type-options": "nosniff" }

export function shareRoutes({ ctx, miniCodes, readerOf }: ShareDeps): Routes {
  const router = newRouter()
  router.openapi(listRoute, async (c) => {
    const actor = await readerOf(c)
    if (!actor) throw new ServiceError("request/unauthenticated")
    const shares = await listShares(ctx, actor, c.req.valid("param").recordId)
    return c.json({ shares: shares.map(({ id, createdAt }) => ({ id, createdAt: createdAt.toISOString() })) }, 200)
  })
  router.openapi(codeRoute, async (c) => {
    const { platform } = c.req.valid("query")
    const { mediaType, bytes } = await readShareCode(ctx, miniCodes, c.req.valid("param").shareId, platform)
    return c.body(new Uint8Array(bytes).buffer, 200, { ...pictureHeaders, "content-type": mediaType })
  })
  router.openapi(cardRoute, async (c) => {
    const recordId = await recordOfShare(ctx, c.req.valid("param").shareId)
    const card = drawShareCard(await readTrace(ctx, ctx.questions, recordId, "share"))
    return c.body(card.buffer, 200, { ...pictureHeaders, "content-type": "image/png" })
  })
  return router
}
