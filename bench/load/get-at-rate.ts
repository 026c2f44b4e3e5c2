import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { GetOrder, GetReport } from "./get-urls"

/**
 * Latencies in milliseconds of getting these URLs at their rate, from another process.
 * @throws Error when any was not answered with success: a refusal is quick, and would make the figure better.
 */
export async function getAtRate(order: GetOrder, directory: string): Promise<readonly number[]> {
  const file = join(directory, "get-order.json")
  writeFileSync(file, JSON.stringify(order))
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "get-urls.ts"), file], { stderr: "inherit" })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error("the load generator failed")
  const { latenciesMs, failures } = JSON.parse(text) as GetReport
  if (Object.keys(failures).length > 0) throw new Error(`not answered with success: ${JSON.stringify(failures)}`)
  return latenciesMs
}
