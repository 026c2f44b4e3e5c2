import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { sendTestPhoto } from "../inspections/send-test-photo"
import { readStallPhoto, removeStallPhoto, sendStallPhoto, setStallPhoto } from "../merchants/stall-photo"
import { requireActor } from "./authenticate"
import { answerPublicPicture } from "./picture-answer"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, hexBytes, terminalId, uuid } from "./schemas"

const binary = z.string().openapi({ format: "binary" })
const picture = { body: { required: true, content: { "application/octet-stream": { schema: binary } } } }
const kept = answer("Its SHA-256", z.object({ hash: z.string() }))
const kinds =
  "JPEG or PNG of at most 512 KB and 64 to 2048 pixels a side. What the camera wrote beside the picture is left out."

const setRoute = createRoute({
  method: "put",
  path: "/merchants/{id}/photo",
  tags: ["merchants"],
  summary: "Show what a stall looks like",
  description: `${kinds} Whoever scans a code of the stall sees it.`,
  security: byToken,
  request: { params: z.object({ id: uuid }), ...picture },
  responses: {
    200: kept,
    ...refusals(...actorRefusals, "merchant/unknown", "picture/unusable", "request/too-large"),
  },
})
const removeRoute = createRoute({
  method: "delete",
  path: "/merchants/{id}/photo",
  tags: ["merchants"],
  summary: "Take a stall's photo away",
  security: byToken,
  request: { params: z.object({ id: uuid }) },
  responses: { 204: { description: "Taken away" }, ...refusals(...actorRefusals, "merchant/unknown") },
})
const sendRoute = createRoute({
  method: "put",
  path: "/terminals/{id}/stall-photo",
  tags: ["terminals"],
  summary: "Send a photo of the terminal's stall",
  description: `${kinds} Signed by the terminal over SYZ1 ‖ network ‖ terminal ‖ issuedAtMs ‖ SHA-256 of the photo. A refused time carries the server's, in ms, as \`expected\`.`,
  request: {
    params: z.object({ id: terminalId }),
    query: z.object({
      issuedAtMs: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
      signature: hexBytes(64),
    }),
    ...picture,
  },
  responses: {
    200: kept,
    ...refusals(
      "request/malformed",
      "request/too-large",
      "terminal/unknown",
      "terminal/bad-signature",
      "terminal/not-confirmed",
      "terminal/suspended",
      "terminal/revoked",
      "terminal/clock-off",
      "terminal/request-repeated",
      "picture/unusable",
    ),
  },
})
const sendTestRoute = createRoute({
  ...sendRoute,
  path: "/terminals/{id}/test-photo",
  summary: "Send a photo of a rapid test that the terminal enters",
  description: `${kinds} Signed by the terminal over SYY1 ‖ network ‖ terminal ‖ issuedAtMs ‖ SHA-256 of the photo. The upload of the test names it by its hash; before that nobody is shown it.`,
  responses: { ...sendRoute.responses, ...refusals("request/too-many") },
})
const readRoute = createRoute({
  method: "get",
  path: "/stall-photos/{hash}",
  tags: ["scan"],
  summary: "A stall's photo",
  request: { params: z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) }) },
  responses: {
    200: { description: "The picture", content: { "image/jpeg": { schema: binary }, "image/png": { schema: binary } } },
    304: { description: "As it was" },
    ...refusals("request/malformed", "picture/unknown"),
  },
})

export function stallPhotoRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/merchants/:id/photo", requireActor(ctx, "merchants:write"))
  router.openapi(setRoute, async (c) => {
    const photo = new Uint8Array(await c.req.arrayBuffer())
    return c.json(await setStallPhoto(ctx, c.get("actor"), c.req.valid("param").id, photo), 200)
  })
  router.openapi(removeRoute, async (c) => {
    await removeStallPhoto(ctx, c.get("actor"), c.req.valid("param").id)
    return c.body(null, 204)
  })
  router.openapi(sendRoute, async (c) => {
    const photo = new Uint8Array(await c.req.arrayBuffer())
    const { id: terminalId } = c.req.valid("param")
    return c.json(await sendStallPhoto(ctx, { terminalId, photo, ...c.req.valid("query") }), 200)
  })
  router.openapi(sendTestRoute, async (c) => {
    const photo = new Uint8Array(await c.req.arrayBuffer())
    const { id: terminalId } = c.req.valid("param")
    return c.json(await sendTestPhoto(ctx, { terminalId, photo, ...c.req.valid("query") }), 200)
  })
  router.openapi(readRoute, (c) => {
    const { hash } = c.req.valid("param")
    return answerPublicPicture(c, hash, () => readStallPhoto(ctx.db, hash))
  })
  return router
}
