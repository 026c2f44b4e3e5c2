import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { CornerOptions } from "./open-corner"

/** Hangs a code into the sandbox's market corner. Throws with the sandbox's answer when it does not take it. */
export async function putCode(options: CornerOptions, url: string, stall: string, seconds: number): Promise<void> {
  const token = readFileSync(join(options.directory, "sandbox", "keys", "corner-token"), "utf8").trim()
  const response = await fetch(`${options.sandboxUrl}/sandbox/corner`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ url, stall, validForSeconds: seconds }),
  })
  if (!response.ok) throw new Error(`the market corner took no code: ${response.status}`)
}
