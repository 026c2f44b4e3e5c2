import type { ProofSource } from "../../../core/read-proof"
import { gateway } from "../../session/gateway"
import { withSession } from "../../session/with-session"

/** The way of what this person bought, or of what somebody shared. */
export function readTrace(source: ProofSource) {
  return "record" in source
    ? withSession(() => gateway.get("/traces/purchases/{recordId}", { path: { recordId: source.record } }))
    : gateway.get("/traces/shares/{shareId}", { path: { shareId: source.share } })
}
