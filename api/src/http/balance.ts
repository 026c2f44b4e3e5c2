import { createRoute, z } from "@hono/zod-openapi"
import { balanceWords } from "@suyuan/look/balance-words"
import { officeWords } from "@suyuan/look/reconciliation-words"
import type { Context as HttpContext } from "hono"
import type { BooksAsked } from "../balance/find-books"
import { type BalanceLine, inflowKinds, type MassBalance, outflowKinds, readMassBalance } from "../balance/mass-balance"
import type { Context } from "../context"
import { csvText } from "./csv"
import type { Language } from "./language"
import { frameOf } from "./page-frame"
import { requireReader } from "./reader"
import { actorRefusals, refusals } from "./refusals"
import { type HttpEnvironment, newRouter, type Routes } from "./router"
import { answer, byBuyer, byToken, instant, uuid } from "./schemas"

const tags = ["balance"]
const grams = z.number().int()
const kinds = <K extends string>(names: readonly K[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, grams])) as Record<K, typeof grams>)

const balance = z
  .object({
    siteId: uuid,
    siteName: z.string(),
    siteNameEn: z.string(),
    zone: z.string(),
    day: z.string(),
    startsAt: instant,
    endsAt: instant,
    isOver: z.boolean(),
    lines: z.array(
      z.object({
        merchantId: uuid,
        stallNumber: z.string(),
        name: z.string(),
        commodity: z.number().int(),
        nameZh: z.string(),
        nameEn: z.string(),
        openingGrams: grams,
        in: kinds(inflowKinds).openapi({
          description:
            "`shortfall`: sold beyond the book, so it must have come; `surplus`: found by a stock-take; `other`: not told apart yet",
        }),
        out: kinds(outflowKinds).openapi({ description: "`loss`: missing at a stock-take" }),
        closingGrams: grams.openapi({ description: "Opening + in − out, to the gram" }),
        countedGrams: grams.nullable().openapi({ description: "By the newest stock-take of the day" }),
        openGrams: grams.openapi({
          description:
            "Declared weights leave so much open: what came in counts at its most, what left at its least weight",
        }),
      }),
    ),
  })
  .openapi("MassBalance")

const query = z.object({
  commodity: z.coerce.number().int().min(1).max(0x7fff_ffff).optional(),
  as: z.enum(["json", "csv"]).optional(),
  lang: z.enum(["zh", "en"]).optional(),
})
const responses = {
  ...answer("The balance", balance),
  content: { ...answer("", balance).content, "text/csv": { schema: z.string() } },
}

const merchantRoute = createRoute({
  method: "get",
  path: "/balance/merchants/{merchantId}/{day}",
  tags,
  summary: "What a stall's books say of its goods on one business day",
  description:
    "By commodity. For a wallet bound to the merchant, and for tokens with `traces:read` at its site. JSON or CSV by `as`.",
  security: [...byToken, ...byBuyer],
  request: { params: z.object({ merchantId: uuid, day: z.iso.date() }), query },
  responses: { 200: responses, ...refusals(...actorRefusals, "merchant/unknown", "statement/day-not-begun") },
})
const siteRoute = createRoute({
  method: "get",
  path: "/balance/sites/{siteId}/{day}",
  tags,
  summary: "The same of every stall of a site",
  description: "Needs `traces:read` at the site.",
  security: byToken,
  request: { params: z.object({ siteId: uuid, day: z.iso.date() }), query },
  responses: { 200: responses, ...refusals(...actorRefusals, "site/unknown", "statement/day-not-begun") },
})

export function balanceRoutes({ ctx }: { readonly ctx: Context }): Routes {
  const router = newRouter()
  router.use("/balance/*", requireReader(ctx))
  const read = (c: HttpContext<HttpEnvironment>, asked: BooksAsked) => readMassBalance(ctx, c.get("actor"), asked)
  router.openapi(merchantRoute, async (c) => {
    const { as, commodity } = c.req.valid("query")
    const made = await read(c, { ...c.req.valid("param"), commodity })
    return as === "csv" ? (balanceCsv(ctx, c, made) as never) : c.json(viewOf(made), 200)
  })
  router.openapi(siteRoute, async (c) => {
    const { as, commodity } = c.req.valid("query")
    const made = await read(c, { ...c.req.valid("param"), commodity })
    return as === "csv" ? (balanceCsv(ctx, c, made) as never) : c.json(viewOf(made), 200)
  })
  return router
}

function viewOf({ startsAt, endsAt, lines, siteId, siteName, siteNameEn, zone, day, isOver }: MassBalance) {
  const at = { siteId, siteName, siteNameEn, zone, day, isOver }
  return { ...at, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), lines: [...lines] }
}

/** As a file, wherever it was asked for. */
export function balanceCsv(ctx: Pick<Context, "config">, c: HttpContext<HttpEnvironment>, made: MassBalance): Response {
  return c.body(csvOf(made, frameOf(ctx, c).language), 200, {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="balance-${made.day}.csv"`,
  })
}

type Weight = [keyof typeof balanceWords, (line: BalanceLine) => number]

/** Weights in kilograms with three decimals: nothing is rounded. */
function csvOf({ day, siteName, siteNameEn, lines }: MassBalance, language: Language): string {
  const say = (word: keyof typeof balanceWords) => balanceWords[word][language]
  const office = (word: "businessDay" | "site" | "stall" | "merchant") => officeWords[word][language]
  const kg = (weightGrams: number) => {
    const digits = String(Math.abs(weightGrams)).padStart(4, "0")
    return `${weightGrams < 0 ? "-" : ""}${digits.slice(0, -3)}.${digits.slice(-3)}`
  }
  const weights: Weight[] = [
    ["opening", (line) => line.openingGrams],
    ...inflowKinds.map((kind): Weight => [kind === "other" ? "otherIn" : kind, (line) => line.in[kind]]),
    ...outflowKinds.map((kind): Weight => [kind === "other" ? "otherOut" : kind, (line) => line.out[kind]]),
    ["closing", (line) => line.closingGrams],
    ["open", (line) => line.openGrams],
  ]
  const head = [office("businessDay"), office("site"), office("stall"), office("merchant"), say("code")]
  return csvText([
    [...head, say("commodity"), ...weights.map(([word]) => `${say(word)} (${say("unit")})`), say("counted")],
    ...lines.map((line) => [
      ...[day, language === "zh" ? siteName : siteNameEn, line.stallNumber, line.name, String(line.commodity)],
      language === "zh" ? line.nameZh : line.nameEn,
      ...weights.map(([, of]) => kg(of(line))),
      line.countedGrams === null ? say("notCounted") : kg(line.countedGrams),
    ]),
  ])
}
