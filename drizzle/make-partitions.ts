import type postgres from "postgres"

/** So long at most everybody waits who asks for the table after a maker that waits for those who read it now. */
const waitMsMax = 500
const pauseMs = 250
/** `lock_not_available`, and a deadlock that the database broke by ending ours. */
const tryAgainStates = new Set(["55P03", "40P01"])

/** A table stayed in use all the time: nothing of it was made, and its rows lie in the default partition until it is. */
export class PartitionsInUse extends Error {}

/**
 * Makes what is missing of these days' partitions, `yyyy-mm-dd`. A new partition takes its table from everybody, so each
 * table is a transaction of its own, in which no other is touched: whoever reads several, in whatever order, and a maker
 * never wait for one another in a ring. And it waits a moment only: who asks meanwhile stands behind it. Returns how many
 * were made.
 * @throws PartitionsInUse
 */
export async function makePartitions(
  sql: postgres.Sql,
  { from, to, tries }: { readonly from: string; readonly to: string; readonly tries: number },
): Promise<number> {
  let made = 0
  const busy: string[] = []
  for (const { parent } of await sql<{ parent: string }[]>`SELECT day_partitioned_tables() AS parent`) {
    const own = await makeOf(sql, parent, { from, to, tries })
    if (own === undefined) busy.push(parent)
    else made += own
  }
  if (busy.length > 0) throw new PartitionsInUse(`no partitions were made of ${busy.join(", ")}: in use all the time`)
  return made
}

async function makeOf(
  sql: postgres.Sql,
  parent: string,
  { from, to, tries }: { readonly from: string; readonly to: string; readonly tries: number },
): Promise<number | undefined> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      return await sql.begin(async (tx) => {
        await tx`SELECT set_config('lock_timeout', ${`${waitMsMax}ms`}, true)`
        const [row] = await tx<{ made: number }[]>`SELECT ensure_day_partitions_of(${parent}, ${from}, ${to}) AS made`
        return row?.made ?? 0
      })
    } catch (error) {
      if (!(error instanceof Error && "code" in error && tryAgainStates.has(String(error.code)))) throw error
    }
    if (left > 1) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  return undefined
}
