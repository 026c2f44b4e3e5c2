import { z } from "@hono/zod-openapi"
import { type ErrorCode, errorWords } from "@suyuan/look/errors"
import { officePartWords } from "@suyuan/look/office-words"
import { testPageWords } from "@suyuan/look/test-page-words"
import type { WordLanguage } from "@suyuan/look/words"
import { rapidTestStandard } from "@suyuan/protocol/inspection/standards"
import type { Context as HttpContext } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { requireScope } from "../actor"
import { catalogueNames } from "../catalogue/read-catalogue"
import type { Context } from "../context"
import { instantOfLocal } from "../day"
import { ServiceError } from "../errors"
import { enterInspection } from "../inspections/enter-inspection"
import type { Inspection } from "../inspections/find-retested"
import { listInspections, readChain, requireInspection } from "../inspections/read-inspection"
import { readPhoto, storePhoto } from "../inspections/store-photo"
import { listEquippedStalls, nameStalls } from "../merchants/name-stalls"
import { type ChosenSite, chooseSite, orEmpty, siteQuery } from "./office-sites"
import { frameOf } from "./page-frame"
import { NewTestPage, type TestGiven, testFields } from "./pages/new-test-page"
import { localMinute, withLanguage } from "./pages/office-page"
import { TestChainPage, TestsPage, testConclusions, testsRoot } from "./pages/test-pages"
import { parsePage } from "./parse-page"
import { answerPersonalPicture } from "./picture-answer"
import type { HttpEnvironment, Routes } from "./router"
import { uuid } from "./schemas"
import { otherStandard, readTestForm } from "./test-form"

/** Tests on one page; above those that passed at most so many that failed. */
const pageRows = 50
const failedMax = 100
const noZone = "Asia/Shanghai"

const byId = z.object({ id: uuid })
const listQuery = z.object({
  siteId: siteQuery,
  day: orEmpty(z.iso.date()),
  conclusion: z.enum([...testConclusions, "all"]).default("all"),
  after: uuid.optional(),
})
const newQuery = z.object({ siteId: siteQuery, retestOf: uuid.optional() })

type Request = HttpContext<HttpEnvironment>

/** Rapid tests on the office's pages; the router has asked for a person already. */
export function testPages(router: Routes, ctx: Context): void {
  router.get(testsRoot, async (c) => {
    const actor = c.get("actor")
    const query = parsePage(listQuery, c.req.query())
    const chosen = await chooseSite(ctx.db, actor, query.siteId)
    const found = await readTests(ctx, c, chosen, query)
    const props = { frame: frameOf(ctx, c), ...chosen, day: query.day, ...found, ...(await namesOf(ctx, found.tests)) }
    const conclusion = query.conclusion === "all" ? undefined : query.conclusion
    const mayEnter = actor.scopes.includes("inspections:write")
    return c.html(`<!doctype html>${<TestsPage {...{ ...props, conclusion, mayEnter }} />}`)
  })
  router.get(`${testsRoot}/:id`, async (c, next) => {
    if (c.req.param("id") === "new") return next()
    const actor = c.get("actor")
    const { id } = parsePage(byId, c.req.param())
    const tests = await readChain(ctx.db, actor, id)
    const { site } = await chooseSite(ctx.db, actor, tests[0]?.siteId)
    const mayEnter = actor.scopes.includes("inspections:write")
    const props = { frame: frameOf(ctx, c), id, tests, zone: site?.zone ?? noZone, mayEnter }
    return c.html(`<!doctype html>${<TestChainPage {...props} {...(await namesOf(ctx, tests))} />}`)
  })
  router.get(`${testsRoot}/:id/photo`, async (c) => {
    const { id } = parsePage(byId, c.req.param())
    return answerPersonalPicture(c, await readPhoto(ctx.db, c.get("actor"), id))
  })
  newTestPages(router, ctx)
}

function newTestPages(router: Routes, ctx: Context): void {
  router.get(`${testsRoot}/new`, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, "inspections:write")
    const { siteId, retestOf } = parsePage(newQuery, c.req.query())
    const first = retestOf === undefined ? undefined : await requireInspection(ctx.db, actor, retestOf)
    const chosen = await chooseSite(ctx.db, actor, first?.siteId ?? siteId)
    const now = localMinute(new Date(ctx.clock.nowMs()), chosen.site?.zone ?? noZone).replace(" ", "T")
    const given = { id: ctx.random.uuid(), sampledAt: now, testedAt: now, ...(first && repeating(first)) }
    return c.html(await formPage(ctx, c, chosen, given))
  })
  router.post(testsRoot, async (c) => {
    const actor = c.get("actor")
    requireScope(actor, "inspections:write")
    const { photo, ...fields } = await c.req.parseBody()
    const file = photo instanceof File && photo.size > 0 ? photo : undefined
    const texts = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === "string")
    const written: Record<string, string> = Object.fromEntries(texts)
    const { siteId } = parsePage(z.object({ siteId: uuid, id: uuid }), written)
    const chosen = await chooseSite(ctx.db, actor, siteId)
    const { language } = frameOf(ctx, c)
    const again = async (code: ErrorCode, refused: string) => {
      const isPhotoLost = file !== undefined && !written.photoHash
      const page = await formPage(ctx, c, chosen, written, { refused, isPhotoLost })
      return c.html(page, errorWords[code].status as ContentfulStatusCode)
    }
    const read = readTestForm(written, chosen.site?.zone ?? noZone)
    if (!read.ok) return again("request/malformed", sayField(read.error, language))
    try {
      const stored = file && (await storePhoto(ctx, actor, new Uint8Array(await file.arrayBuffer())))
      if (stored) written.photoHash = stored.hash
      await enterInspection(ctx, actor, { ...read.value, photo: stored?.hash ?? read.value.photo })
      return c.redirect(withLanguage(`${testsRoot}/${read.value.id}`, language), 303)
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === "request/forbidden") throw error
      return again(error.code, errorWords[error.code][language])
    }
  })
}

type Asked = z.infer<typeof listQuery>

/** Those that failed first; on the next pages those that passed go on. */
async function readTests(ctx: Context, c: Request, { site }: ChosenSite, { day, conclusion, after }: Asked) {
  if (site === undefined) {
    requireScope(c.get("actor"), c.get("actor").scopes.includes("traces:read") ? "traces:read" : "inspections:write")
    return { tests: [], hasMoreFailed: false, nextAfter: undefined }
  }
  const starts = (text: string, daysLater: number) => {
    const midnight = instantOfLocal(`${text}T00:00`, site.zone).getTime()
    return new Date(midnight + site.dayStartsAtMinutes * 60_000 + daysLater * 86_400_000)
  }
  const about = { siteId: site.id, ...(day !== undefined && { since: starts(day, 0), before: starts(day, 1) }) }
  const list = (own: "passed" | "failed", limit: number, from?: string) =>
    listInspections(ctx.db, c.get("actor"), { ...about, conclusion: own, limit, after: from })
  if (conclusion !== "all") {
    const tests = await list(conclusion, pageRows, after)
    return { tests, hasMoreFailed: false, nextAfter: tests.length === pageRows ? tests.at(-1)?.id : undefined }
  }
  const failed = after === undefined ? await list("failed", failedMax) : []
  const passed = await list("passed", pageRows, after)
  return {
    tests: [...failed, ...passed],
    hasMoreFailed: failed.length === failedMax,
    nextAfter: passed.length === pageRows ? passed.at(-1)?.id : undefined,
  }
}

async function namesOf(ctx: Context, tests: readonly Inspection[]) {
  const merchantIds = tests.map(({ merchantId }) => merchantId)
  return { stalls: await nameStalls(ctx.db, merchantIds), goods: await catalogueNames(ctx.db) }
}

/** What a test that is done again has in common with the first. */
function repeating(first: Inspection): TestGiven {
  const known = rapidTestStandard(first.standard)
  const other = {
    ...{ standard: otherStandard, otherStandard: first.standard, otherMethod: first.method },
    otherLimit: String(first.limitPermille / 10),
  }
  return {
    ...{ retestOf: first.id, merchantId: first.merchantId, commodity: String(first.commodity) },
    ...{ lotId: first.lotId ?? "", sampleNumber: first.sampleNumber, instrument: first.instrument },
    ...{ testerRole: first.testerRole, channel: first.channel ?? "", reviewerRole: first.reviewerRole ?? "" },
    ...(known ? { standard: known.name } : other),
  }
}

type Refusal = { readonly refused: string; readonly isPhotoLost: boolean }

async function formPage(ctx: Context, c: Request, chosen: ChosenSite, given: TestGiven, refusal?: Refusal) {
  const { retestOf } = given
  const first = retestOf ? await requireInspection(ctx.db, c.get("actor"), retestOf).catch(() => undefined) : undefined
  const props = {
    ...{ frame: frameOf(ctx, c), ...chosen, given, repeats: first?.sampleNumber },
    stalls: chosen.site === undefined ? [] : await listEquippedStalls(ctx.db, chosen.site.id),
    goods: await catalogueNames(ctx.db),
    ...(refusal ?? { refused: undefined, isPhotoLost: false }),
  }
  return `<!doctype html>${<NewTestPage {...props} />}`
}

function sayField(name: string, language: WordLanguage): string {
  const word = testFields[name as keyof typeof testFields]
  const field =
    name === "merchantId" || name === "commodity"
      ? officePartWords[name === "merchantId" ? "stall" : "goods"][language]
      : word && testPageWords[word][language]
  return `${testPageWords.notRight[language]}${language === "zh" ? "" : " "}${field ?? name}`
}
