import { createRoute, z } from "@hono/zod-openapi"
import { publishCatalogue } from "../catalogue/publish-catalogue"
import { type Commodity, findCommodity, readCatalogue } from "../catalogue/read-catalogue"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, jsonBody } from "./schemas"

const tags = ["catalogue"]
const word = (charactersMax: number) => z.string().trim().min(1).max(charactersMax)

const entry = z
  .object({
    code: z.number().int().min(1).max(0x7fff_ffff),
    nameZh: word(12),
    nameEn: word(32),
    synonyms: z.array(word(32)).max(20),
    initials: z
      .string()
      .regex(/^[a-z0-9]{0,32}$/, "lower-case letters and digits")
      .optional()
      .openapi({ description: "First letters of its name in pinyin", example: "dbc" }),
    shelfLifeHours: z.number().int().min(1).max(0xffff),
  })
  .openapi("Commodity")
const version = z.number().int().min(0).max(0x7fff)

const readRoute = createRoute({
  method: "get",
  path: "/catalogue",
  tags,
  summary: "Read the catalogue of what is traded",
  responses: { 200: answer("The newest version, by code", z.object({ version, entries: z.array(entry) })) },
})
const findRoute = createRoute({
  method: "get",
  path: "/catalogue/commodities",
  tags,
  summary: "Find a commodity by a name or synonym",
  request: { query: z.object({ name: word(64) }) },
  responses: { 200: answer("The commodity", entry), ...refusals("request/malformed", "request/not-found") },
})
const publishRoute = createRoute({
  method: "put",
  path: "/catalogue",
  tags,
  summary: "Publish the next version of the catalogue",
  description: "Commodities are renamed, never removed. The newest version again is success.",
  security: byToken,
  request: jsonBody(z.object({ version: version.min(1), entries: z.array(entry).min(1).max(2000) })),
  responses: {
    200: answer("It is the newest", z.object({ version })),
    ...refusals(...actorRefusals, "catalogue/version-not-next", "catalogue/commodity-missing"),
  },
})

export function catalogueRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.openapi(readRoute, async (c) => {
    const { version, entries } = await readCatalogue(ctx.db)
    return c.json({ version, entries: entries.map(entryView) }, 200)
  })
  router.openapi(findRoute, async (c) => {
    const found = await findCommodity(ctx.db, c.req.valid("query").name)
    if (!found) throw new ServiceError("request/not-found", { field: "name" })
    return c.json(entryView(found), 200)
  })
  router.on("PUT", "/catalogue", requireActor(ctx, "catalogue:write"))
  router.openapi(publishRoute, async (c) =>
    c.json(await publishCatalogue(ctx, c.get("actor"), c.req.valid("json")), 200),
  )
  return router
}

function entryView({ code, nameZh, nameEn, synonyms, initials, shelfLifeHours }: Commodity) {
  return { code, nameZh, nameEn, synonyms, initials, shelfLifeHours }
}
