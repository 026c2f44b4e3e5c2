import { EXPECTED_RULES } from "@suyuan/protocol/trace/expected-carry"
import { type ExpectedWalk, expectedWalk } from "@suyuan/protocol/trace/expected-shares"
import { type SQL, sql } from "drizzle-orm"
import type { Histories } from "./read-histories"
import { clockErrorMs, type Resolved } from "./resolve"

/** What is expected of these piles (RG-26), by the same order of events as their ranges. */
export function expectedOf(
  { histories, isNamed }: Pick<Histories, "histories" | "isNamed">,
  resolved: Pick<Resolved, "isTolerant"> | undefined,
): ExpectedWalk {
  return expectedWalk(histories, { keep: isNamed, ...(resolved?.isTolerant && { clockErrorMs }) })
}

/** Of a column that remembers: with what was expected, by the rules of today. What has none does not count. */
export function isOfTheseRules(remembered: SQL): SQL {
  return sql`${remembered} #>> '{expected,rules}' = ${String(EXPECTED_RULES)}`
}
