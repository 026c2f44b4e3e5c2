import { sites } from "@suyuan/drizzle/schema/participants"
import { piles } from "@suyuan/drizzle/schema/trace"
import { eq, inArray } from "drizzle-orm"
import { type Actor, gatewayActor, requireScope } from "../actor"
import { writeAudit } from "../audit"
import type { Context } from "../context"
import { reasonOf, ServiceError } from "../errors"
import { noRest, type Rest } from "../rest"
import { issueStatement } from "./issue-statement"
import { type DueDays, findDueDays, type PileDayName } from "./stated-days"

/** Days that are over are looked at again at each run for so long. */
const daysRevised = 3

/** Those before, back to here, one an hour in turn: a tablet that was offline for weeks is stated within about a day. */
const daysRevisedMax = 31

function daysBack(nowMs: number): number[] {
  const lately = Array.from({ length: daysRevised }, (_, day) => day + 1)
  return [...lately, daysRevised + 1 + (Math.floor(nowMs / 3_600_000) % (daysRevisedMax - daysRevised))]
}

/** Small bites: whoever asks meanwhile waits for one of them. */
const atOnce = 16

/**
 * Ends a site's business day, or looks again at one that has ended: states the origins of every pile that took goods
 * in on it. Repeating it says nothing new, and looks only at what changed. Returns the records of the statements that
 * were issued.
 * @throws ServiceError request/forbidden for an actor without the site.
 */
export async function endDay(
  ctx: Context,
  actor: Actor,
  input: { readonly siteId: string; readonly businessDay: string },
): Promise<{ statements: string[] }> {
  requireScope(actor, "traces:write", input.siteId)
  const [site] = await ctx.db.select().from(sites).where(eq(sites.id, input.siteId))
  if (!site) throw new ServiceError("site/unknown")
  const statements: string[] = []
  for await (const days of dueDays(ctx, input)) {
    for (const day of days) {
      const issued = await lookAt(ctx, day)
      if (issued) statements.push(issued)
    }
  }
  await noteIssued(ctx, actor, { ...input, statements: statements.length })
  return { statements }
}

/**
 * Every site's days that are over, of which some are looked at each time: those of them that something happened to since
 * they were looked at. Each is tried once a run; one that cannot be stated holds up no other.
 */
export async function endDaysThatAreOver(
  ctx: Context,
  rest: Rest = noRest,
): Promise<{ looked: number; issued: number }> {
  let [looked, issued] = [0, 0]
  for await (const days of dueDays(ctx)) {
    const issuedOn = await stateDays(ctx, days)
    looked += days.length
    issued += issuedOn.reduce((sum, { statements }) => sum + statements, 0)
    for (const one of issuedOn) await noteIssued(ctx, gatewayActor, one)
    if (!(await rest())) break
  }
  return { looked, issued }
}

type IssuedOn = { readonly siteId: string; readonly businessDay: string; readonly statements: number }

/** One that cannot be stated holds up no other. */
async function stateDays(ctx: Context, days: readonly PileDayName[]): Promise<IssuedOn[]> {
  if (days.length === 0) return []
  const siteOf = await sitesOf(ctx, days)
  const counts = new Map<string, IssuedOn>()
  for (const day of days) {
    const statement = await lookAt(ctx, day).catch((error: unknown) => {
      ctx.log.error({ pile: day.pileId, day: day.businessDay, error: reasonOf(error) }, "a day could not be stated")
      return undefined
    })
    const siteId = siteOf.get(day.pileId)
    if (statement === undefined || siteId === undefined) continue
    const name = `${siteId} ${day.businessDay}`
    const statements = (counts.get(name)?.statements ?? 0) + 1
    counts.set(name, { siteId, businessDay: day.businessDay, statements })
  }
  return [...counts.values()]
}

/** A bite after the other, of which some are empty. */
async function* dueDays(ctx: Context, of?: DueDays["of"]): AsyncGenerator<PileDayName[]> {
  const nowMs = ctx.clock.nowMs()
  const asked = { ...(of && { of }), daysBack: daysBack(nowMs), nowMs }
  let after = ""
  for (;;) {
    const { days, last } = await findDueDays(ctx.questions, { ...asked, after })
    for (let first = 0; first === 0 || first < days.length; first += atOnce) yield days.slice(first, first + atOnce)
    if (last === undefined) return
    after = last
  }
}

/** As a walk (`inOneSnapshot`): planned for each pile anew, it took twice as long. */
function lookAt(ctx: Context, { pileId, businessDay }: PileDayName): Promise<string | undefined> {
  return ctx.questions.transaction((tx) => issueStatement(ctx, tx, pileId, businessDay))
}

async function sitesOf(ctx: Context, days: readonly PileDayName[]): Promise<ReadonlyMap<string, string>> {
  const rows = await ctx.db
    .select({ id: piles.id, siteId: piles.siteId })
    .from(piles)
    .where(
      inArray(
        piles.id,
        days.map(({ pileId }) => pileId),
      ),
    )
  return new Map(rows.map(({ id, siteId }) => [id, siteId]))
}

async function noteIssued(
  ctx: Context,
  actor: Actor,
  { siteId, businessDay, statements }: { siteId: string; businessDay: string; statements: number },
): Promise<void> {
  if (statements === 0) return
  await ctx.db.transaction((tx) =>
    writeAudit(ctx, tx, actor, { verb: "trace/end-day", subject: businessDay, siteId, detail: { statements } }),
  )
}
