import { createRoute, z } from "@hono/zod-openapi"
import type { Context } from "../context"
import { addParticipant, type Participant } from "../participants/add-participant"
import { addSite, type Site } from "../participants/add-site"
import { listParticipants, listSites } from "../participants/list-sites"
import { placeSite } from "../participants/place-site"
import { requireActor } from "./authenticate"
import { actorRefusals, refusals } from "./refusals"
import { newRouter, type Routes } from "./router"
import { answer, byToken, instant, jsonBody, name, uuid } from "./schemas"

/** The chain has room for u32; the books keep numbers as the database's signed integers. */
const number = z.number().int().min(1).max(0x7fff_ffff)
const tags = ["organisations and sites"]

const newParticipant = z.object({
  id: uuid,
  number: number.openapi({ description: "Number on the chain" }),
  name,
  nameEn: name,
  role: z.enum(["base", "wholesale", "market", "gateway", "regulator"]),
  sealingKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "32 bytes in lower-case hex")
    .optional()
    .openapi({ description: "X25519 public key that audience keys are wrapped to" }),
})
const participant = newParticipant
  .extend({
    registered: z
      .object({ state: z.enum(["active", "suspended"]), sealingKey: z.string() })
      .optional()
      .openapi({ description: "As the chain's registry last had it; absent while it is not there" }),
    createdAt: instant,
  })
  .openapi("Participant")

const newSite = z.object({
  id: uuid,
  number: number.openapi({ description: "Number in records" }),
  participantId: uuid,
  kind: z.enum(["base", "wholesale", "market"]),
  name,
  nameEn: name,
  regionCode: z.string().regex(/^[0-9]{6}$/, "six digits of GB/T 2260"),
  zone: z.string().refine(isZone, "an IANA time zone").openapi({ example: "Asia/Shanghai" }),
  dayStartsAtMinutes: z
    .number()
    .int()
    .min(0)
    .max(1439)
    .optional()
    .openapi({ description: "Minutes after local midnight at which the business day starts; 720 for wholesale" }),
})
const place = {
  latitudeMicrodegrees: z.number().int().min(-90_000_000).max(90_000_000),
  longitudeMicrodegrees: z.number().int().min(-180_000_000).max(180_000_000),
}
const site = newSite
  .extend({
    dayStartsAtMinutes: z.number().int(),
    latitudeMicrodegrees: place.latitudeMicrodegrees.optional().openapi({ description: "Millionths of a degree" }),
    longitudeMicrodegrees: place.longitudeMicrodegrees.optional(),
    createdAt: instant,
  })
  .openapi("Site")

const addParticipantRoute = createRoute({
  method: "post",
  path: "/participants",
  tags,
  summary: "Add an organisation",
  description: "The caller makes the id; the same again is success.",
  security: byToken,
  request: jsonBody(newParticipant),
  responses: {
    200: answer("The organisation", participant),
    ...refusals(...actorRefusals, "participant/number-taken", "participant/no-sealing-key", "request/conflict"),
  },
})
const listParticipantsRoute = createRoute({
  method: "get",
  path: "/participants",
  tags,
  summary: "List organisations",
  security: byToken,
  responses: { 200: answer("All of them", z.array(participant)), ...refusals(...actorRefusals) },
})
const addSiteRoute = createRoute({
  method: "post",
  path: "/sites",
  tags,
  summary: "Add a site",
  description: "A place run by one organisation of the same kind. The caller makes the id; the same again is success.",
  security: byToken,
  request: jsonBody(newSite),
  responses: {
    200: answer("The site", site),
    ...refusals(
      ...actorRefusals,
      "participant/unknown",
      "participant/runs-no-sites",
      "site/number-taken",
      "request/conflict",
    ),
  },
})
const listSitesRoute = createRoute({
  method: "get",
  path: "/sites",
  tags,
  summary: "List the sites that the token may touch",
  security: byToken,
  responses: { 200: answer("Sites by number", z.array(site)), ...refusals(...actorRefusals) },
})
const placeSiteRoute = createRoute({
  method: "put",
  path: "/sites/{id}/place",
  tags,
  summary: "Say where a site is",
  description: "WGS 84. Alarms about goods that travelled too fast need it of both sites.",
  security: byToken,
  request: { params: z.object({ id: uuid }), ...jsonBody(z.strictObject(place)) },
  responses: { 200: answer("The site", site), ...refusals(...actorRefusals, "site/unknown") },
})

export function participantRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/participants", requireActor(ctx))
  router.use("/sites", requireActor(ctx))
  router.use("/sites/:id/place", requireActor(ctx))
  router.openapi(addParticipantRoute, async (c) =>
    c.json(participantView(await addParticipant(ctx, c.get("actor"), c.req.valid("json"))), 200),
  )
  router.openapi(listParticipantsRoute, async (c) => c.json((await listParticipants(ctx.db)).map(participantView), 200))
  router.openapi(addSiteRoute, async (c) =>
    c.json(siteView(await addSite(ctx, c.get("actor"), c.req.valid("json"))), 200),
  )
  router.openapi(placeSiteRoute, async (c) => {
    const order = { siteId: c.req.valid("param").id, ...c.req.valid("json") }
    return c.json(siteView(await placeSite(ctx, c.get("actor"), order)), 200)
  })
  router.openapi(listSitesRoute, async (c) => c.json((await listSites(ctx.db, c.get("actor"))).map(siteView), 200))
  return router
}

function participantView(row: Participant) {
  const { id, number, name, nameEn, role, sealingKey, registeredState: state, registeredSealingKey } = row
  return {
    ...{ id, number, name, nameEn, role },
    ...(sealingKey !== null && { sealingKey }),
    ...(state !== null && registeredSealingKey !== null && { registered: { state, sealingKey: registeredSealingKey } }),
    createdAt: row.createdAt.toISOString(),
  }
}

function siteView({ createdAt, latitudeMicrodegrees, longitudeMicrodegrees, ...row }: Site) {
  return {
    ...row,
    ...(latitudeMicrodegrees === null ? {} : { latitudeMicrodegrees }),
    ...(longitudeMicrodegrees === null ? {} : { longitudeMicrodegrees }),
    createdAt: createdAt.toISOString(),
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone })
    return true
  } catch {
    return false
  }
}
