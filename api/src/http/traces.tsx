import { createRoute, z } from "@hono/zod-openapi"
import { TRACE_LABEL_BYTES } from "@suyuan/protocol/terminal/trace-label"
import type { Context as HttpContext } from "hono"
import type { Actor } from "../actor"
import type { Context } from "../context"
import { ServiceError } from "../errors"
import type { Chain } from "../ledger/chain"
import { prove } from "../ledger/prove"
import { recordOfLabel } from "../trace/find-label"
import { requireStatement } from "../trace/find-statements"
import type { TracedSale } from "../trace/read-sale"
import { readTrace } from "../trace/read-trace"
import { recordOfShare, requireReader, requireReaderOf, revokeShare, shareTrace } from "../trace/share-trace"
import type { BuyerApp } from "./buyer-pages"
import { TracePage } from "./pages/trace-page"
import { refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { coverageSchema, inspectionSchema, originSchema, recallInForceSchema } from "./scan-schemas"
import { hexBytes, terminalId, uuid } from "./schemas"

export type TraceDeps = {
  readonly ctx: Context
  readonly chain: Chain
  /** The built pages that take over where there are scripts. */
  readonly app?: BuyerApp | undefined
  /** The buyer or token behind the request. */
  readonly readerOf: (c: HttpContext<HttpEnvironment>) => Promise<Actor | undefined>
}

const recordParam = z.object({ recordId: z.string().regex(/^[0-9a-f]{32}$/) })
const shareParam = z.object({ shareId: z.string().regex(/^[0-9A-Za-z]{17}$/) })

const traceSchema = z
  .object({
    recordId: z.string(),
    recordState: z.enum(["pending", "sealed", "anchored", "confirmed"]),
    development: z.boolean(),
    stall: z.object({
      name: z.string(),
      number: z.string(),
      site: z.string(),
      siteEn: z.string(),
      zone: z.string().openapi({ description: "Of the market's calendar", example: "Asia/Shanghai" }),
      photo: z.string().nullable(),
    }),
    soldAt: z.string(),
    amountFen: z.number().int().nullable(),
    state: z.string(),
    originStatements: z.array(z.string()).openapi({ description: "Empty while the origin is provisional" }),
    levels: z.number().int(),
    lines: z.array(
      z.object({
        name: z.string().nullable(),
        nameEn: z.string().nullable(),
        grams: z.number().int().nullable(),
        origin: originSchema.nullable(),
        certificates: z.number().int(),
        coverage: coverageSchema.nullable(),
        inspections: z.array(inspectionSchema),
        recalls: z.array(recallInForceSchema),
        chosenLot: uuid.nullable().openapi({
          description: "The lot that the seller said it is of, whether or not the books have any of it there",
        }),
        way: z.array(
          z.object({
            level: z.number().int(),
            site: z.string().nullable(),
            siteEn: z.string().nullable(),
            kind: z.string().nullable(),
            stall: z.string().nullable(),
            stallNumber: z.string().nullable(),
            place: z
              .object({ latitude: z.number(), longitude: z.number() })
              .nullable()
              .openapi({ description: "Of the site: degrees, WGS 84" }),
            arrivedAt: z.string().nullable(),
            harvested: z.boolean(),
            inspections: z.number().int(),
          }),
        ),
      }),
    ),
  })
  .openapi("Trace")

const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
})

const readerRefusals = ["request/unauthenticated", "request/forbidden", "trace/unknown"] as const
const proofText = z.string().openapi({ description: "A proof bundle, canonical JSON; see docs/specs/proof-bundle.md" })

const purchaseTrace = createRoute({
  method: "get",
  path: "/traces/purchases/{recordId}",
  tags: ["traces"],
  summary: "Where a purchase came from",
  description:
    "Three round trips to the database once what its goods lay in is remembered; otherwise two a level of trade and two more.",
  request: { params: recordParam },
  responses: { 200: json("The trace", traceSchema), ...refusals(...readerRefusals) },
})
const shareTraceRoute = createRoute({
  method: "get",
  path: "/traces/shares/{shareId}",
  tags: ["traces"],
  summary: "A shared trace: neither buyer, price, total, payment nor time of day",
  request: { params: shareParam },
  responses: { 200: json("The trace", traceSchema), ...refusals("trace/unknown", "trace/share-revoked") },
})
const sharePage = createRoute({
  method: "get",
  path: "/t/{shareId}",
  tags: ["traces"],
  summary: "A shared trace as a page",
  request: { params: shareParam },
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...refusals("trace/unknown", "trace/share-revoked"),
  },
})
const labelPage = createRoute({
  method: "get",
  path: "/l/{terminal}/{counter}/{mac}",
  tags: ["traces"],
  summary: "The trace behind a printed label, as a share shows it",
  request: {
    params: z.object({
      terminal: terminalId,
      counter: z.coerce.number().int().min(0).max(0xffff_ffff),
      mac: hexBytes(TRACE_LABEL_BYTES),
    }),
  },
  responses: {
    200: { description: "The page", content: { "text/html": { schema: z.string() } } },
    ...refusals("request/malformed", "trace/unknown", "trace/not-recorded"),
  },
})
const purchaseProof = createRoute({
  method: "get",
  path: "/proofs/purchases/{recordId}",
  tags: ["traces"],
  summary: "What a stranger needs to check a purchase's record, prices included",
  request: { params: recordParam },
  responses: {
    200: { description: "The proof", content: { "application/json": { schema: proofText } } },
    ...refusals(...readerRefusals, "ledger/unknown-record", "ledger/not-anchored"),
  },
})
const shareProof = createRoute({
  method: "get",
  path: "/proofs/shares/{shareId}",
  tags: ["traces"],
  summary: "The proof behind a shared trace: that the record is in the ledger; it opens nothing",
  request: { params: shareParam },
  responses: {
    200: { description: "The proof", content: { "application/json": { schema: proofText } } },
    ...refusals("trace/unknown", "trace/share-revoked", "ledger/unknown-record", "ledger/not-anchored"),
  },
})
const statementProof = createRoute({
  method: "get",
  path: "/proofs/statements/{recordId}",
  tags: ["traces"],
  summary: "The proof of an origin statement, which names no person and is public to every member",
  request: { params: recordParam },
  responses: {
    200: { description: "The proof", content: { "application/json": { schema: proofText } } },
    ...refusals("ledger/unknown-record", "ledger/not-anchored"),
  },
})
const createShare = createRoute({
  method: "post",
  path: "/shares",
  tags: ["traces"],
  summary: "Share the trace of a purchase",
  request: { body: { required: true, content: { "application/json": { schema: recordParam.strict() } } } },
  responses: { 201: json("The share", z.object({ id: z.string() })), ...refusals(...readerRefusals) },
})
const deleteShare = createRoute({
  method: "delete",
  path: "/shares/{shareId}",
  tags: ["traces"],
  summary: "Take a share back",
  request: { params: shareParam },
  responses: { 204: { description: "Taken back" }, ...refusals(...readerRefusals) },
})
const rootRoute = createRoute({
  method: "get",
  path: "/ledger/roots/{log}/{sequence}",
  tags: ["ledger"],
  summary: "A batch's root as this gateway's chain node has it",
  description: "For whoever has no chain node: then the anchor is this gateway's word.",
  request: {
    params: z.object({ log: z.coerce.number().int().min(1), sequence: z.coerce.number().int().min(1) }),
  },
  responses: {
    200: json("The root", z.object({ chainId: z.number(), contract: z.string(), root: z.string().nullable() })),
    ...refusals("service/unavailable"),
  },
})

export function traceRoutes({ ctx, chain, app, readerOf }: TraceDeps): Routes {
  const routes = newRouter()
  const requireSome = async (c: HttpContext<HttpEnvironment>): Promise<Actor> => {
    const actor = await readerOf(c)
    if (!actor) throw new ServiceError("request/unauthenticated")
    return actor
  }
  routes.openapi(purchaseTrace, async (c) => {
    const { recordId } = c.req.valid("param")
    const asker = requireSome(c).then((actor) => (sale: TracedSale | undefined) => requireReaderOf(ctx, actor, sale))
    return c.json(await readTrace(ctx, ctx.questions, recordId, "purchase", asker), 200)
  })
  routes.openapi(shareTraceRoute, async (c) => {
    const recordId = await recordOfShare(ctx, c.req.valid("param").shareId)
    return c.json(await readTrace(ctx, ctx.questions, recordId, "share"), 200)
  })
  const page = async (c: HttpContext<HttpEnvironment>, recordId: string, path: string, shareId?: string) => {
    const trace = await readTrace(ctx, ctx.questions, recordId, "share")
    const asked = c.req.query("lang")
    const language = asked === "zh" || asked === "en" ? asked : (c.get("language") ?? "zh")
    const nonce = c.get("secureHeadersNonce")
    const base = ctx.config.GATEWAY_PUBLIC_URL
    const preview = { url: `${base}${path}`, picture: `${base}${path}/card.png` }
    // Without a share's id there is no picture, and no app, which opens shares by their ids.
    const shown = shareId === undefined ? {} : { preview, app }
    return `<!doctype html>${<TracePage trace={trace} path={path} language={language} nonce={nonce} {...shown} />}`
  }
  routes.openapi(sharePage, async (c) => {
    const { shareId } = c.req.valid("param")
    return c.html(await page(c, await recordOfShare(ctx, shareId), `/t/${shareId}`, shareId), 200)
  })
  routes.openapi(labelPage, async (c) => {
    const { terminal, counter, mac } = c.req.valid("param")
    const recordId = await recordOfLabel(ctx, { terminalId: terminal, counter, mac })
    return c.html(await page(c, recordId, c.req.path), 200)
  })
  routes.openapi(purchaseProof, async (c) => {
    const { recordId } = c.req.valid("param")
    await requireReader(ctx, await requireSome(c), recordId)
    return proofAnswer(c, await prove(ctx, ctx.db, chain, recordId, "public-and-commercial"))
  })
  routes.openapi(shareProof, async (c) => {
    const recordId = await recordOfShare(ctx, c.req.valid("param").shareId)
    return proofAnswer(c, await prove(ctx, ctx.db, chain, recordId, "nothing"))
  })
  routes.openapi(statementProof, async (c) => {
    const { recordId } = c.req.valid("param")
    await requireStatement(ctx, recordId)
    return proofAnswer(c, await prove(ctx, ctx.db, chain, recordId, "public"))
  })
  routes.openapi(createShare, async (c) => {
    const { recordId } = c.req.valid("json")
    return c.json(await shareTrace(ctx, await requireSome(c), recordId), 201)
  })
  routes.openapi(deleteShare, async (c) => {
    await revokeShare(ctx, await requireSome(c), c.req.valid("param").shareId)
    return c.body(null, 204)
  })
  routes.openapi(rootRoute, async (c) => {
    const { log, sequence } = c.req.valid("param")
    const root = await chain.rootOf(log, sequence).catch(() => {
      throw new ServiceError("service/unavailable")
    })
    return c.json({ chainId: chain.chainId, contract: chain.contract, root: root ?? null }, 200)
  })
  return routes
}

/** The text itself: one more parse and print would make it another document. */
function proofAnswer(c: HttpContext<HttpEnvironment>, text: string) {
  return c.body(text, 200, { "content-type": "application/json" }) as never
}
