import { questionSettings } from "@suyuan/api/questions"
import type { Sql } from "postgres"

export type PlanNode = {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Index Cond"?: string
  readonly "Recheck Cond"?: string
  readonly Plans?: readonly PlanNode[]
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** Of the plan that connections for questions make once and keep, for any parameters. */
export async function genericPlan(database: Sql, text: string): Promise<PlanNode[]> {
  const plan = await database.begin(async (sql) => {
    for (const [name, value] of Object.entries(questionSettings)) await sql.unsafe(`SET LOCAL ${name} = ${value}`)
    const rows = await sql.unsafe(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`).simple()
    return (rows[0] as unknown as { "QUERY PLAN": [{ Plan: PlanNode }] })["QUERY PLAN"][0].Plan
  })
  return nodesOf(plan)
}
