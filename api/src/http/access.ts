import { createRoute, z } from "@hono/zod-openapi"
import { issueToken } from "../access/issue-token"
import { revokeToken } from "../access/revoke-token"
import { scopes } from "../actor"
import type { Context } from "../context"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, name, uuid } from "./schemas"

const tags = ["access tokens"]

const issueRoute = createRoute({
  method: "post",
  path: "/access-tokens",
  tags,
  summary: "Issue a scoped token",
  description: "Its text is given here only. Nobody grants scopes or sites beyond their own.",
  security: byToken,
  request: jsonBody(
    z.object({
      label: name,
      kind: z.enum(["operator", "inspector", "machine"]),
      actorId: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,63}$/, "lower-case letters, digits, dots and hyphens")
        .openapi({ description: "Who acts with it, as audits name it" }),
      participantId: uuid.optional(),
      siteIds: z.array(uuid).max(100).openapi({ description: "Empty: every site" }),
      scopes: z.array(z.enum(scopes)).min(1),
      days: z.number().int().min(1).max(366),
    }),
  ),
  responses: {
    200: answer("The token", z.object({ id: uuid, token: z.string(), expiresAt: instant })),
    ...refusals(...actorRefusals, "access/beyond-own"),
  },
})
const revokeRoute = createRoute({
  method: "delete",
  path: "/access-tokens/{id}",
  tags,
  summary: "Revoke a token",
  security: byToken,
  request: { params: z.object({ id: uuid }) },
  responses: {
    204: { description: "It no longer opens anything" },
    ...refusals(...actorRefusals, "access/token-unknown"),
  },
})

export function accessRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/access-tokens", "/access-tokens/:id"]) router.use(path, requireActor(ctx, "access:write"))
  router.openapi(issueRoute, async (c) => {
    const { expiresAt, ...issued } = await issueToken(ctx, c.get("actor"), c.req.valid("json"))
    return c.json({ ...issued, expiresAt: expiresAt.toISOString() }, 200)
  })
  router.openapi(revokeRoute, async (c) => {
    await revokeToken(ctx, c.get("actor"), c.req.valid("param").id)
    return c.body(null, 204)
  })
  return router
}
