import { createRoute, z } from "@hono/zod-openapi"
import { addNamed, dismissName, listUnmapped, mapName, type UnmappedName } from "../catalogue/decide-name"
import { catalogueLimits, publishCatalogue } from "../catalogue/publish-catalogue"
import { type Commodity, findCommodity, readCatalogue, searchCommodities } from "../catalogue/read-catalogue"
import { seedCatalogue, shelfLifeSourceOf } from "../catalogue/seed-catalogue"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, reason, uuid } from "./schemas"

const tags = ["catalogue"]
const word = (charactersMax: number) => z.string().trim().min(1).max(charactersMax)

const entry = z
  .object({
    code: z.number().int().min(1).max(0x7fff_ffff),
    nameZh: word(catalogueLimits.nameZh),
    nameEn: word(32),
    synonyms: z.array(word(32)).max(catalogueLimits.synonyms),
    initials: z
      .string()
      .regex(/^[a-z0-9]{0,32}$/, "lower-case letters and digits")
      .optional()
      .openapi({ description: "First letters of its name in pinyin", example: "dbc" }),
    shelfLifeHours: z.number().int().min(1).max(0xffff),
  })
  .openapi("Commodity")
const listedEntry = entry
  .extend({
    shelfLifeSource: z.string().optional().openapi({
      description:
        "Of a shelf life of the committed list: a standard's number, or `assumption`. One of your own has none",
      example: "assumption",
    }),
  })
  .openapi("ListedCommodity")
const version = z.number().int().min(0).max(0x7fff)

const readRoute = createRoute({
  method: "get",
  path: "/catalogue",
  tags,
  summary: "Read the catalogue of what is traded",
  responses: { 200: answer("The newest version, by code", z.object({ version, entries: z.array(listedEntry) })) },
})
const findRoute = createRoute({
  method: "get",
  path: "/catalogue/commodities",
  tags,
  summary: "Find a commodity by a name or synonym",
  request: { query: z.object({ name: word(64) }) },
  responses: { 200: answer("The commodity", listedEntry), ...refusals("request/malformed", "request/not-found") },
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

const searchRoute = createRoute({
  method: "get",
  path: "/catalogue/search",
  tags,
  summary: "Commodities that a few keys may mean",
  description: "Names and synonyms that contain the text, and names whose pinyin initials begin with it; at most 20.",
  request: { query: z.object({ text: word(32) }) },
  responses: { 200: answer("The likeliest first", z.array(listedEntry)), ...refusals("request/malformed") },
})
const seedRoute = createRoute({
  method: "post",
  path: "/catalogue/seed",
  tags,
  summary: "Put the committed list of commodities into the catalogue",
  description: "What is missing of it, never over what an operator said. Again, it changes nothing.",
  security: byToken,
  responses: { 200: answer("The newest", z.object({ version })), ...refusals(...actorRefusals) },
})

const waitingName = z
  .object({
    id: uuid,
    name: z.string(),
    said: z.string().openapi({ description: "As somebody wrote it" }),
    mentions: z.number().int(),
    stalls: z.number().int(),
    firstSeenAt: instant,
    lastSeenAt: instant,
  })
  .openapi("UnmappedName")
const decidedName = z
  .object({
    id: uuid,
    name: z.string(),
    state: z.enum(["open", "mapped", "dismissed"]),
    commodity: z.number().int().optional(),
  })
  .openapi("DecidedName")
const byId = { params: z.object({ id: uuid }) }
const nameRefusals = [
  ...actorRefusals,
  "catalogue/name-unknown",
  "catalogue/name-decided",
  "catalogue/synonyms-full",
] as const

const listNamesRoute = createRoute({
  method: "get",
  path: "/catalogue/unmapped-names",
  tags,
  summary: "Names of goods that wait for a person",
  description: "What stalls called goods that the catalogue does not know. Nothing is guessed: their goods wait too.",
  security: byToken,
  responses: { 200: answer("The oldest first", z.array(waitingName)), ...refusals(...actorRefusals) },
})
const mapNameRoute = createRoute({
  method: "post",
  path: "/catalogue/unmapped-names/{id}/map",
  tags,
  summary: "Say that a name means a commodity: it becomes a synonym",
  security: byToken,
  request: { ...byId, ...jsonBody(z.object({ commodity: z.number().int().min(1) })) },
  responses: { 200: answer("Decided", decidedName), ...refusals(...nameRefusals, "stock/unknown-commodity") },
})
const addNamedRoute = createRoute({
  method: "post",
  path: "/catalogue/unmapped-names/{id}/add",
  tags,
  summary: "Say that a name is a commodity of its own",
  security: byToken,
  request: { ...byId, ...jsonBody(entry.omit({ synonyms: true }).partial({ nameZh: true })) },
  responses: { 200: answer("Decided", decidedName), ...refusals(...nameRefusals, "request/conflict") },
})
const dismissRoute = createRoute({
  method: "post",
  path: "/catalogue/unmapped-names/{id}/dismiss",
  tags,
  summary: "Say that a name is no goods of ours",
  security: byToken,
  request: { ...byId, ...jsonBody(z.object({ reason })) },
  responses: { 200: answer("Decided", decidedName), ...refusals(...nameRefusals) },
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
  router.openapi(searchRoute, async (c) =>
    c.json((await searchCommodities(ctx.db, c.req.valid("query").text)).map(entryView), 200),
  )
  router.use("/catalogue/seed", requireActor(ctx, "catalogue:write"))
  router.openapi(seedRoute, async (c) => c.json(await seedCatalogue(ctx, c.get("actor")), 200))
  for (const path of ["/catalogue/unmapped-names", "/catalogue/unmapped-names/*"]) {
    router.use(path, requireActor(ctx, "catalogue:write"))
  }
  router.openapi(listNamesRoute, async (c) =>
    c.json((await listUnmapped(ctx.db, c.get("actor"))).map(waitingView), 200),
  )
  router.openapi(mapNameRoute, async (c) => {
    const { commodity } = c.req.valid("json")
    return c.json(decidedView(await mapName(ctx, c.get("actor"), c.req.valid("param").id, commodity)), 200)
  })
  router.openapi(addNamedRoute, async (c) =>
    c.json(decidedView(await addNamed(ctx, c.get("actor"), c.req.valid("param").id, c.req.valid("json"))), 200),
  )
  router.openapi(dismissRoute, async (c) => {
    const { reason: why } = c.req.valid("json")
    return c.json(decidedView(await dismissName(ctx, c.get("actor"), c.req.valid("param").id, why)), 200)
  })
  return router
}

function waitingView(row: Awaited<ReturnType<typeof listUnmapped>>[number]): z.infer<typeof waitingName> {
  const { firstSeenAt, lastSeenAt, said, ...rest } = row
  const seen = { firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: (lastSeenAt ?? firstSeenAt).toISOString() }
  return { ...rest, ...seen, said: said ?? row.name }
}

function decidedView({ id, name, state, commodity }: UnmappedName): z.infer<typeof decidedName> {
  return { id, name, state, ...(commodity === null ? {} : { commodity }) }
}

function entryView({ code, nameZh, nameEn, synonyms, initials, shelfLifeHours }: Commodity) {
  const shelfLifeSource = shelfLifeSourceOf({ code, shelfLifeHours })
  return { code, nameZh, nameEn, synonyms, initials, shelfLifeHours, ...(shelfLifeSource && { shelfLifeSource }) }
}
