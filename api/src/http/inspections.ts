import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { enterInspection } from "../inspections/enter-inspection"
import { readDayCoverage } from "../inspections/read-day-coverage"
import { listInspections, readChain } from "../inspections/read-inspection"
import { readPhoto, storePhoto } from "../inspections/store-photo"
import { endDay } from "../trace/end-day"
import { requireActor } from "./authenticate"
import { coveredGrams, inspectionView, newInspection, viewCoverage, viewInspection } from "./inspection-schemas"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, pageSize, uuid } from "./schemas"

const byId = { params: z.object({ id: uuid }) }

const inspectionRoute = createRoute({
  method: "post",
  path: "/inspections",
  tags: ["inspections"],
  summary: "Enter a rapid test of a stall's goods",
  description:
    "The conclusion follows from the figure and the limit of the named standard; one that contradicts them is refused.",
  security: byToken,
  request: jsonBody(newInspection),
  responses: {
    201: answer("Recorded", z.object({ id: z.string() })),
    ...refusals(
      ...actorRefusals,
      "merchant/unknown",
      "stock/unknown-commodity",
      "stock/conclusion-contradicts-figure",
      "stock/tested-before-sampled",
      "inspection/limit-not-of-standard",
      "inspection/retest-unknown",
      "inspection/retest-of-other-goods",
      "inspection/retest-too-early",
      "inspection/photo-unknown",
      "inspection/dated-ahead",
      "inspection/lot-unknown",
      "inspection/lot-of-other-goods",
      "upload/other-bytes",
    ),
  },
})

const listRoute = createRoute({
  method: "get",
  path: "/inspections",
  tags: ["inspections"],
  summary: "List a site's rapid tests",
  description: "The newest first; ask again with `after` = the last one's `id` for the next page.",
  security: byToken,
  request: {
    query: z.object({
      siteId: uuid,
      conclusion: z.enum(["passed", "failed"]).optional(),
      before: z.iso.datetime().optional().openapi({ description: "Tested before then" }),
      after: uuid.optional().openapi({ description: "`id` of the last one seen" }),
      limit: pageSize,
    }),
  },
  responses: { 200: answer("The tests", z.object({ tests: z.array(inspectionView) })), ...refusals(...actorRefusals) },
})

const chainRoute = createRoute({
  method: "get",
  path: "/inspections/{id}",
  tags: ["inspections"],
  summary: "Read a rapid test with all that it repeats and that repeat it",
  description:
    "The oldest first; the one without `supersededBy` counts. A retest that passed takes no recall back: who decides sees both.",
  security: byToken,
  request: byId,
  responses: {
    200: answer("The chain", z.object({ tests: z.array(inspectionView) })),
    ...refusals(...actorRefusals, "inspection/unknown"),
  },
})

const storePhotoRoute = createRoute({
  method: "put",
  path: "/inspection-photos",
  tags: ["inspections"],
  summary: "Store a photo of a test",
  description:
    "JPEG or PNG of at most 512 KB, told by its own bytes. What the camera wrote beside the picture is left out; the hash is of what is kept, and the same photo again has the same.",
  security: byToken,
  request: {
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    200: answer("Its SHA-256, by which a test names it", z.object({ hash: z.string() })),
    ...refusals(...actorRefusals, "inspection/photo-unusable", "request/too-large"),
  },
})

const photoRoute = createRoute({
  method: "get",
  path: "/inspections/{id}/photo",
  tags: ["inspections"],
  summary: "The photo of a test",
  security: byToken,
  request: byId,
  responses: {
    200: {
      description: "The picture",
      content: {
        "image/jpeg": { schema: z.string().openapi({ format: "binary" }) },
        "image/png": { schema: z.string().openapi({ format: "binary" }) },
      },
    },
    304: { description: "As it was" },
    ...refusals(...actorRefusals, "inspection/unknown", "inspection/photo-unknown"),
  },
})

const coverageRoute = createRoute({
  method: "get",
  path: "/sites/{siteId}/days/{businessDay}/coverage",
  tags: ["inspections"],
  summary: "How much of what a market sold on a day is covered by tests and certificates",
  description:
    "Of lots that may have been in a pile whose sample passed (or failed), and of lots that carry a certificate. If nothing was bought off the books. Three round trips to the database once its piles are remembered; otherwise they are walked first.",
  security: byToken,
  request: {
    params: z.object({ siteId: uuid, businessDay: z.iso.date() }),
    query: z.object({ commodity: z.coerce.number().int().min(1).max(0x7fff_ffff).optional() }),
  },
  responses: {
    200: answer(
      "The day's coverage",
      z.object({
        startsAt: instant,
        endsAt: instant,
        total: coveredGrams,
        commodities: z.array(z.object({ code: z.number().int(), nameZh: z.string(), coverage: coveredGrams })),
      }),
    ),
    ...refusals(...actorRefusals, "site/unknown", "inspection/day-too-wide"),
  },
})

const endDayRoute = createRoute({
  method: "post",
  path: "/sites/{siteId}/days/{businessDay}/end",
  tags: ["traces"],
  summary: "End a business day: state the origins of what came in",
  description: "Done by itself after each day. Repeating it says nothing new.",
  security: byToken,
  request: { params: z.object({ siteId: uuid, businessDay: z.iso.date() }) },
  responses: {
    200: answer("The statements issued", z.object({ statements: z.array(z.string()) })),
    ...refusals(...actorRefusals, "site/unknown"),
  },
})

export function inspectionRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const routes = newRouter()
  routes.on("POST", "/inspections", requireActor(ctx, "inspections:write"))
  routes.on("GET", "/inspections", requireActor(ctx))
  routes.use("/inspections/:id/*", requireActor(ctx))
  routes.use("/inspections/:id", requireActor(ctx))
  routes.use("/inspection-photos", requireActor(ctx, "inspections:write"))
  routes.use("/sites/:siteId/days/:day/end", requireActor(ctx, "traces:write"))
  routes.use("/sites/:siteId/days/:day/coverage", requireActor(ctx, "traces:read"))
  routes.openapi(inspectionRoute, async (c) => {
    const { id, merchantId, lotId, sampledAt, testedAt, photo, ...body } = c.req.valid("json")
    await enterInspection(ctx, c.get("actor"), {
      id,
      merchantId,
      photo,
      body: { ...body, lot: lotId, sampledAtSeconds: sampledAt, testedAtSeconds: testedAt },
    })
    return c.json({ id }, 201)
  })
  routes.openapi(listRoute, async (c) => {
    const { before, ...asked } = c.req.valid("query")
    const since = before === undefined ? {} : { before: new Date(before) }
    const tests = await listInspections(ctx.db, c.get("actor"), { ...asked, ...since })
    return c.json({ tests: tests.map(viewInspection) }, 200)
  })
  routes.openapi(chainRoute, async (c) => {
    const tests = await readChain(ctx.db, c.get("actor"), c.req.valid("param").id)
    return c.json({ tests: tests.map(viewInspection) }, 200)
  })
  routes.openapi(storePhotoRoute, async (c) =>
    c.json(await storePhoto(ctx, c.get("actor"), new Uint8Array(await c.req.arrayBuffer())), 200),
  )
  routes.openapi(photoRoute, async (c) => {
    const { hash, mediaType, bytes } = await readPhoto(ctx.db, c.get("actor"), c.req.valid("param").id)
    // Named by its bytes, it never changes; and it is for who asked alone.
    const headers = { etag: `"${hash}"`, "cache-control": "private, max-age=31536000, immutable" }
    if (c.req.header("if-none-match") === headers.etag) return c.body(null, 304, headers)
    const contentHeaders = { "content-type": mediaType, "x-content-type-options": "nosniff" }
    return c.body(new Uint8Array(bytes).buffer, 200, { ...headers, ...contentHeaders })
  })
  routes.openapi(coverageRoute, async (c) => {
    const { siteId, businessDay } = c.req.valid("param")
    const { commodity } = c.req.valid("query")
    const found = await readDayCoverage(ctx, ctx.db, c.get("actor"), { siteId, day: businessDay, commodity })
    const { startsAt, endsAt, total } = found
    return c.json(
      {
        ...{ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), total: viewCoverage(total) },
        commodities: found.commodities.map((one) => ({ ...one, coverage: viewCoverage(one.coverage) })),
      },
      200,
    )
  })
  routes.openapi(endDayRoute, async (c) => c.json(await endDay(ctx, c.get("actor"), c.req.valid("param")), 200))
  return routes
}
