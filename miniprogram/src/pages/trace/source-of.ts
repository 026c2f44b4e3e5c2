import type { ProofSource } from "../../../core/read-proof"
import { enteredShare } from "../../platform/entered-share"

/** What a page's parameters name; anybody may have written them. */
export function sourceOf(parameters: Readonly<Record<string, string | undefined>>): ProofSource | undefined {
  const { record, share, scene } = parameters
  if (record !== undefined && /^[0-9a-f]{32}$/.test(record)) return { record }
  // A mini-program code hands its scene over, encoded once.
  const id = share ?? scene ?? enteredShare()
  return id !== undefined && /^[0-9A-Za-z]{17}$/.test(id) ? { share: id } : undefined
}
