import { createRoute, z } from "@hono/zod-openapi"
import { officeWords, wayWords } from "@suyuan/look/reconciliation-words"
import { fenToYuan } from "@suyuan/protocol/units/money"
import type { Context as HttpContext } from "hono"
import type { Context } from "../context"
import { type DailyStatement, dailyStatement, type StatementRow, ways } from "../payments/daily-statement"
import { csvText } from "./csv"
import type { Language } from "./language"
import { frameOf } from "./page-frame"
import { StatementPage } from "./pages/statement-page"
import { requireReader } from "./reader"
import { actorRefusals, refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, instant, uuid } from "./schemas"

const fen = z.number().int()
const row = z.object({
  payments: z.number().int(),
  receivedFen: fen,
  refunds: z.number().int(),
  refundedFen: fen,
  feesFen: fen.nullable().openapi({ description: "From the platform's bills; null until all of them are reconciled" }),
  netFen: fen.nullable(),
})
const statement = z
  .object({
    merchant: z.object({ id: uuid, name: z.string(), stallNumber: z.string() }),
    site: z.object({ name: z.string(), nameEn: z.string(), zone: z.string() }),
    day: z.string(),
    startsAt: instant,
    endsAt: instant,
    isOver: z.boolean().openapi({ description: "Then only fees still become known" }),
    rows: z.array(row.extend({ way: z.enum(ways) })),
    total: row,
  })
  .openapi("DailyStatement")

export const statementParams = z.object({ merchantId: uuid, day: z.iso.date() })
const statementQuery = z.object({
  as: z.enum(["json", "csv", "page"]).optional(),
  lang: z.enum(["zh", "en"]).optional(),
})

const statementRoute = createRoute({
  method: "get",
  path: "/payments/statements/{merchantId}/{day}",
  tags: ["statements"],
  summary: "What a merchant took and gave back on one business day of its site",
  description:
    "For a wallet bound to the merchant, and for tokens with `payments:read` at its site. JSON, CSV or a page by `as`, else by `Accept`.",
  security: [...byToken, ...byBuyer],
  request: { params: statementParams, query: statementQuery },
  responses: {
    200: {
      ...answer("The statement", statement),
      content: {
        ...answer("", statement).content,
        "text/csv": { schema: z.string() },
        "text/html": { schema: z.string() },
      },
    },
    ...refusals(...actorRefusals, "merchant/unknown", "statement/day-not-begun"),
  },
})

export function statementRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/payments/statements/*", requireReader(ctx))
  router.openapi(statementRoute, async (c) => {
    const made = await dailyStatement(ctx, c.get("actor"), c.req.valid("param"))
    const as = c.req.valid("query").as ?? wanted(c.req.header("accept"))
    if (as === "json") return c.json(statementView(made), 200)
    return statementAnswer(ctx, c, made, as) as never
  })
  return router
}

function wanted(accept = ""): "json" | "csv" | "page" {
  if (accept.includes("text/html")) return "page"
  return accept.includes("text/csv") ? "csv" : "json"
}

/** As a page or as a file, wherever it was asked for. */
export function statementAnswer(
  ctx: Pick<Context, "config">,
  c: HttpContext<HttpEnvironment>,
  made: DailyStatement,
  as: "csv" | "page",
): Response | Promise<Response> {
  const frame = frameOf(ctx, c)
  if (as === "page") return c.html(`<!doctype html>${<StatementPage statement={made} frame={frame} />}`, 200)
  const name = `statement-${made.merchant.stallNumber.replaceAll(/[^0-9A-Za-z-]/g, "")}-${made.day}.csv`
  return c.body(csvOf(made, frame.language), 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="${name}"`,
  })
}

function csvOf({ merchant, site, day, rows, total }: DailyStatement, language: Language): string {
  const say = (word: keyof typeof officeWords) => officeWords[word][language]
  const money = (fenOrNone: number | null) => (fenOrNone === null ? say("notKnownYet") : fenToYuan(fenOrNone))
  const cells = (row: StatementRow) => [
    String(row.payments),
    money(row.receivedFen),
    String(row.refunds),
    money(row.refundedFen),
    money(row.feesFen),
    money(row.netFen),
  ]
  const about = [day, language === "zh" ? site.name : site.nameEn, merchant.stallNumber, merchant.name]
  return csvText([
    [
      ...[say("businessDay"), say("site"), say("stall"), say("merchant"), say("way"), say("count"), say("received")],
      ...[say("refunds"), say("refunded"), say("fees"), say("net")],
    ],
    ...rows.map((row) => [...about, wayWords[row.way][language], ...cells(row)]),
    [...about, say("total"), ...cells(total)],
  ])
}

function statementView({ startsAt, endsAt, rows, ...made }: DailyStatement) {
  return { ...made, rows: [...rows], startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() }
}
