import { createRoute, z } from "@hono/zod-openapi"
import { toDataURL } from "qrcode"
import { confirmJoin, endJoin } from "../buyers/answer-join"
import { claimJoin } from "../buyers/claim-join"
import { offerJoin } from "../buyers/offer-join"
import { readJoins } from "../buyers/read-joins"
import type { Context } from "../context"
import { requireBuyerSession } from "./buyer-session"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byBuyer, instant, jsonBody, uuid } from "./schemas"

const tags = ["buyers"]
const byId = { params: z.object({ id: uuid }) }

const join = z
  .object({
    id: uuid,
    state: z.enum(["claimed", "active"]),
    other: z.enum(["wechat-pay", "alipay", "web"]).openapi({ description: "The kind of wallet, or a browser" }),
    checkDigits: z.string().openapi({ description: "Two digits that both screens show" }),
    isConfirmedHere: z.boolean(),
    isConfirmedThere: z.boolean(),
    offeredAt: instant,
  })
  .openapi("OwnJoin")

const offered = z.object({
  ...{ id: uuid, code: z.string(), expiresAt: instant },
  image: z.string().openapi({ description: "The code drawn, as a data address: a link to the page where it is typed" }),
})

const offerRoute = createRoute({
  method: "post",
  path: "/buyers/join-codes",
  tags,
  summary: "Show a one-time code for another wallet or browser of the same person",
  description: "Eight letters and digits, ten minutes. The caller makes the id; the same again is a new code under it.",
  security: byBuyer,
  request: jsonBody(z.strictObject({ id: uuid })),
  responses: {
    200: answer("To scan, type or open on the other side", offered),
    ...refusals("request/malformed", "request/unauthenticated", "buyer/join-unknown"),
  },
})
const claimRoute = createRoute({
  method: "post",
  path: "/buyers/joins",
  tags,
  summary: "Type the code that the other side shows",
  description: "Joins nothing yet: both sides show two digits and must confirm. Guesses are bounded.",
  security: byBuyer,
  request: jsonBody(z.strictObject({ code: z.string().trim().min(8).max(16) })),
  responses: {
    200: answer("To compare and confirm", z.object({ id: uuid, checkDigits: z.string() })),
    ...refusals(
      ...(["request/malformed", "request/unauthenticated", "request/too-many"] as const),
      ...(["buyer/join-code-unknown", "buyer/join-self"] as const),
    ),
  },
})
const listRoute = createRoute({
  method: "get",
  path: "/buyers/joins",
  tags,
  summary: "List what is joined, and what waits for a yes here",
  security: byBuyer,
  responses: {
    200: answer("Newest first", z.object({ joins: z.array(join) })),
    ...refusals("request/unauthenticated"),
  },
})
const confirmRoute = createRoute({
  method: "post",
  path: "/buyers/joins/{id}/confirm",
  tags,
  summary: "Say yes on this side",
  description: "When both sides have, each sees what the other paid for. Again is success.",
  security: byBuyer,
  request: { ...byId, ...jsonBody(z.strictObject({ digits: z.string().regex(/^[0-9]{2}$/, "two digits") })) },
  responses: {
    200: answer("Whether both have", z.object({ isJoined: z.boolean() })),
    ...refusals(
      ...(["request/malformed", "request/unauthenticated", "buyer/join-unknown"] as const),
      ...(["buyer/join-expired", "buyer/join-digits-differ", "buyer/join-too-many"] as const),
    ),
  },
})
const endRoute = createRoute({
  method: "delete",
  path: "/buyers/joins/{id}",
  tags,
  summary: "Undo a join, or say no to one",
  security: byBuyer,
  request: byId,
  responses: {
    204: { description: "Each sees its own alone; again is success" },
    ...refusals("request/malformed", "request/unauthenticated", "buyer/join-unknown"),
  },
})

export function buyerJoinRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  for (const path of ["/buyers/join-codes", "/buyers/joins", "/buyers/joins/*"]) {
    router.use(path, requireBuyerSession(ctx))
  }
  router.openapi(offerRoute, async (c) => {
    const { id, code, expiresAt } = await offerJoin(ctx, c.get("actor"), c.req.valid("json").id)
    return c.json({ id, code, image: await drawJoinCode(ctx, code), expiresAt: expiresAt.toISOString() }, 200)
  })
  router.openapi(claimRoute, async (c) => {
    const claim = { ...c.req.valid("json"), address: c.get("address") }
    const { id, checkDigits } = await claimJoin(ctx, c.get("actor"), claim)
    return c.json({ id, checkDigits }, 200)
  })
  router.openapi(listRoute, async (c) => {
    const joins = await readJoins(ctx, c.get("actor"))
    return c.json({ joins: joins.map((one) => ({ ...one, offeredAt: one.offeredAt.toISOString() })) }, 200)
  })
  router.openapi(confirmRoute, async (c) => {
    const { id } = c.req.valid("param")
    const { state } = await confirmJoin(ctx, c.get("actor"), { id, ...c.req.valid("json") })
    return c.json({ isJoined: state === "active" }, 200)
  })
  router.openapi(endRoute, async (c) => {
    await endJoin(ctx, c.get("actor"), c.req.valid("param").id)
    return c.body(null, 204)
  })
  return router
}

/** Behind the hash, so that a browser that opens it sends the code to nobody. As PNG: every wallet shows that. */
function drawJoinCode({ config }: Context, code: string): Promise<string> {
  const link = `${config.GATEWAY_PUBLIC_URL}/m/#/pages/join/index?code=${code}`
  return toDataURL(link, { errorCorrectionLevel: "M", margin: 2, scale: 6 })
}
