import { pileDays, piles, statedDays } from "@suyuan/drizzle/schema/trace"
import { sql } from "drizzle-orm"
import type { Context } from "../context"
import { utcDay } from "../day"
import { reasonOf } from "../errors"
import { noRest, type Rest } from "../rest"
import { isOfTheseRules } from "./expected-origins"
import { walkPiles } from "./walk-pile"

/** Small bites: whoever asks meanwhile waits for one of them. */
const atOnce = 4
/** Nothing happened to it for so long: its day is over, or it has a pause. */
const quietMs = 3_600_000
/** What was not found out within a day nobody was in a hurry about. */
const lookedForMs = 2 * 86_400_000
/** Of piles of before, whoever asks walks the whole way. */
const keptDays = 90

/**
 * Finds out what piles held when their day ended, so that the traces of the next day's sales begin there. Each pile is
 * tried once a run: one whose goods went round cannot be remembered.
 */
export async function rememberPiles(ctx: Context, rest: Rest = noRest): Promise<number> {
  const nowMs = ctx.clock.nowMs()
  let after = ""
  for (;;) {
    const due = await ctx.db.execute<{ id: string }>(sql`
      SELECT encode(pile.id, 'hex') AS id FROM ${piles} AS pile
      WHERE pile.id > decode(${after}, 'hex') AND pile.last_at >= ${new Date(nowMs - lookedForMs).toISOString()}
        AND pile.last_at <= ${new Date(nowMs - quietMs).toISOString()}
        AND NOT EXISTS (SELECT FROM ${pileDays} AS kept
          WHERE kept.pile_id = pile.id AND kept.day = (pile.last_at AT TIME ZONE 'UTC')::date AND kept.at = pile.last_at
            AND ${isOfTheseRules(sql`kept.state`)})
      ORDER BY pile.id LIMIT ${atOnce}`)
    await walkThese(
      ctx,
      due.map(({ id }) => id),
    )
    after = due.at(-1)?.id ?? ""
    if (after === "" || !(await rest())) return 0
  }
}

/** One that cannot be walked holds up no other. */
async function walkThese(ctx: Context, pileIds: readonly string[]): Promise<void> {
  try {
    await walkPiles(ctx, pileIds)
  } catch (error) {
    if (pileIds.length > 1) for (const id of pileIds) await walkThese(ctx, [id])
    else ctx.log.error({ pile: pileIds[0], error: reasonOf(error) }, "what a pile held could not be found out")
  }
}

/** Forgets days that are long over. */
export async function forgetPileDays(ctx: Context): Promise<number> {
  const before = utcDay(new Date(ctx.clock.nowMs() - keptDays * 86_400_000))
  await ctx.db.execute(sql`DELETE FROM ${pileDays} WHERE day < ${before}::date`)
  await ctx.db.execute(sql`DELETE FROM ${statedDays} WHERE business_day < ${before}::date`)
  return 0
}
