import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { readTestPhoto } from "../inspections/store-photo"
import { answerPublicPicture } from "./picture-answer"
import { refusals } from "./refusals"
import { newRouter, type Routes } from "./router"

const binary = z.string().openapi({ format: "binary" })

const photoRoute = createRoute({
  method: "get",
  path: "/test-photos/{hash}",
  tags: ["scan"],
  summary: "A rapid test's photo",
  description: "Of a test that a trace or a pay page shows. By the hash that stands in the test's public record.",
  request: { params: z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/) }) },
  responses: {
    200: { description: "The picture", content: { "image/jpeg": { schema: binary }, "image/png": { schema: binary } } },
    304: { description: "As it was" },
    ...refusals("request/malformed", "picture/unknown"),
  },
})

export function testPhotoRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.openapi(photoRoute, (c) => {
    const { hash } = c.req.valid("param")
    return answerPublicPicture(c, hash, () => readTestPhoto(ctx.db, hash))
  })
  return router
}
