import { createRoute, z } from "@hono/zod-openapi"
import { DISPLAY_SECRET_BYTES } from "@suyuan/protocol/terminal/display-request"
import type { Context } from "../context"
import type { BrokerTokens } from "../terminals/broker-token"
import { endDisplay } from "../terminals/end-display"
import { inviteDisplay } from "../terminals/invite-display"
import { pairDisplay, refreshDisplayToken } from "../terminals/pair-display"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, hexBytes, instant, jsonBody, milliseconds, terminalId, uuid } from "./schemas"

const tags = ["displays"]
const secret = hexBytes(DISPLAY_SECRET_BYTES)
const terminalRefusals = [
  "request/malformed",
  "terminal/unknown",
  "terminal/bad-signature",
  "terminal/not-confirmed",
  "terminal/suspended",
  "terminal/revoked",
] as const

const access = z
  .object({
    displayId: uuid,
    terminalId: z.string(),
    stall: z.string(),
    site: z.string(),
    brokerToken: z.string(),
    brokerTokenExpiresAtMs: milliseconds,
    brokerUrl: z.string(),
  })
  .openapi("DisplayAccess")

const inviteRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/displays",
  tags,
  summary: "Let a second tablet show what the customer is to see",
  description: "Signed by the terminal, which made the code. The same invitation again is the same.",
  request: {
    params: z.object({ id: terminalId }),
    ...jsonBody(
      z.object({
        displayId: uuid,
        codeHash: hexBytes(32),
        signature: hexBytes(64).openapi({ description: "Over SYI1 ‖ network ‖ terminal ‖ display id ‖ code hash" }),
      }),
    ),
  },
  responses: {
    200: answer("Until when the code may be typed", z.object({ displayId: uuid, codeExpiresAt: instant })),
    ...refusals(...terminalRefusals, "request/conflict", "display/too-many"),
  },
})
const endRoute = createRoute({
  method: "post",
  path: "/terminals/{id}/displays/{displayId}/end",
  tags,
  summary: "End a customer's screen for ever",
  request: {
    params: z.object({ id: terminalId, displayId: uuid }),
    ...jsonBody(
      z.object({
        signature: hexBytes(64).openapi({ description: "Over SYO1 ‖ network ‖ terminal ‖ display id" }),
      }),
    ),
  },
  responses: {
    200: answer("Ended", z.object({ displayId: uuid })),
    ...refusals(...terminalRefusals, "display/unknown"),
  },
})
const pairRoute = createRoute({
  method: "post",
  path: "/display-pairings",
  tags,
  summary: "Become a stall's customer's screen",
  description:
    "The code of the stall's tablet is the credential. `secret` is made and kept by the caller: with the same one again the answer is the same display.",
  request: jsonBody(z.object({ code: z.string().max(32).openapi({ example: "7M4Q-X0ZR" }), secret })),
  responses: {
    200: answer("A token for an hour, to read what is shown there", access),
    ...refusals(
      "request/malformed",
      "request/too-many",
      "display/code-unknown",
      "display/code-expired",
      "display/code-used",
      "display/ended",
      "terminal/revoked",
    ),
  },
})
const tokenRoute = createRoute({
  method: "post",
  path: "/displays/{id}/token",
  tags,
  summary: "Get a customer's screen's next broker token",
  request: { params: z.object({ id: uuid }), ...jsonBody(z.object({ secret })) },
  responses: {
    200: answer("A token for an hour", access),
    ...refusals("request/malformed", "display/unknown", "display/wrong-secret", "display/ended", "terminal/revoked"),
  },
})

export function displayRoutes({ ctx, tokens }: { readonly ctx: Context; readonly tokens: BrokerTokens }): Routes {
  const router = newRouter()
  router.openapi(inviteRoute, async (c) => {
    const invitation = { ...c.req.valid("json"), terminal: c.req.valid("param").id }
    const { id, codeExpiresAt } = await inviteDisplay(ctx, invitation)
    return c.json({ displayId: id, codeExpiresAt: codeExpiresAt.toISOString() }, 200)
  })
  router.openapi(endRoute, async (c) => {
    const { id: terminal, displayId } = c.req.valid("param")
    await endDisplay(ctx, { terminal, displayId, ...c.req.valid("json") })
    return c.json({ displayId }, 200)
  })
  router.openapi(pairRoute, async (c) =>
    c.json(await pairDisplay(ctx, tokens, { ...c.req.valid("json"), address: c.get("address") }), 200),
  )
  router.openapi(tokenRoute, async (c) =>
    c.json(await refreshDisplayToken(ctx, tokens, c.req.valid("param").id, c.req.valid("json").secret), 200),
  )
  return router
}
