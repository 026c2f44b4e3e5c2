import type { Result } from "@suyuan/protocol/result"
import type { ScannedLink, ScannedLinkError } from "../../core/scanned-link"
import type { Scanned } from "../platform/scanned"

/** Only the gateway that is built in is asked: whoever prints a code chooses its address. */
export function digitsOfLink(link: Result<ScannedLink, ScannedLinkError>): Scanned {
  if (!link.ok) return { error: link.error }
  return link.value.kind === "pay" && link.value.origin === GATEWAY_ORIGIN
    ? { digits: link.value.digits }
    : { error: "link/other" }
}
