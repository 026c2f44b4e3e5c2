import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { readStallTests } from "../inspections/read-stall-tests"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, instant, uuid } from "./schemas"

const stallTest = z
  .object({
    id: uuid,
    commodity: z.number().int(),
    lotId: uuid.optional(),
    testedAt: instant,
    conclusion: z.enum(["passed", "failed"]),
  })
  .openapi("StallTest")

const testsRoute = createRoute({
  method: "get",
  path: "/stalls/{merchantId}/tests",
  tags: ["inspections"],
  summary: "A stall's rapid tests of the last day",
  description: "Those that count, of samples of the last 24 hours, failures first. For the stall's customer's screen.",
  request: { params: z.object({ merchantId: uuid }) },
  responses: {
    200: answer(
      "The tests",
      z.object({
        tests: z.array(stallTest),
        photo: z.string().nullable().openapi({ description: "Path of the stall's photo" }),
      }),
    ),
    ...refusals("request/malformed", "merchant/unknown"),
  },
})

export function stallTestRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.openapi(testsRoute, async (c) => {
    const { tests, photo } = await readStallTests(ctx, c.req.valid("param").merchantId)
    return c.json(
      {
        tests: tests.map(({ id, commodity, lotId, testedAt, conclusion }) => ({
          ...{ id, commodity, testedAt: testedAt.toISOString(), conclusion },
          ...(lotId === null ? {} : { lotId }),
        })),
        photo,
      },
      200,
    )
  })
  return router
}
