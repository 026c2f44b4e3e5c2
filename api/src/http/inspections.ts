import { createRoute, z } from "@hono/zod-openapi"
import { msToSeconds2024 } from "@suyuan/protocol/units/instant"
import type { Context } from "../context"
import { enterInspection } from "../inspections/enter-inspection"
import { endDay } from "../trace/end-day"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, jsonBody, uuid } from "./schemas"

const short = z.string().trim().min(1).max(32)
const since2024 = z.iso
  .datetime()
  .refine((text) => Date.parse(text) >= Date.UTC(2024, 0, 1), "a time since 2024")
  .transform((text) => msToSeconds2024(Date.parse(text)))
  .openapi({ type: "string", format: "date-time" })

const inspectionRoute = createRoute({
  method: "post",
  path: "/inspections",
  tags: ["inspections"],
  summary: "Enter a rapid test of a stall's goods",
  description:
    "The conclusion follows from the figure and the limit of the named standard; one that contradicts them is refused.",
  security: byToken,
  request: jsonBody(
    z
      .object({
        id: uuid,
        merchantId: uuid,
        commodity: z.number().int().min(1),
        lotId: uuid.optional(),
        sampleNumber: short,
        sampledAt: since2024,
        testedAt: since2024,
        method: short.openapi({ example: "酶抑制率法" }),
        standard: short.openapi({ example: "GB/T 5009.199-2003" }),
        limitPermille: z.number().int().min(1).max(1000),
        inhibitionPermille: z.number().int().min(0).max(1000),
        conclusion: z.enum(["passed", "failed"]),
        instrument: short,
        testerRole: short,
      })
      .strict(),
  ),
  responses: {
    201: answer("Recorded", z.object({ id: z.string() })),
    ...refusals(
      ...actorRefusals,
      "merchant/unknown",
      "stock/unknown-commodity",
      "stock/conclusion-contradicts-figure",
      "stock/tested-before-sampled",
    ),
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
  routes.use("/inspections", requireActor(ctx, "inspections:write"))
  routes.use("/sites/:siteId/days/*", requireActor(ctx, "traces:write"))
  routes.openapi(inspectionRoute, async (c) => {
    const { id, merchantId, lotId, sampledAt, testedAt, ...body } = c.req.valid("json")
    await enterInspection(ctx, c.get("actor"), {
      id,
      merchantId,
      body: { ...body, lot: lotId, sampledAtSeconds: sampledAt, testedAtSeconds: testedAt },
    })
    return c.json({ id }, 201)
  })
  routes.openapi(endDayRoute, async (c) => c.json(await endDay(ctx, c.get("actor"), c.req.valid("param")), 200))
  return routes
}
