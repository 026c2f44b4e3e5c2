import type { Result } from "@suyuan/protocol/result"
import type { ScannedLink, ScannedLinkError } from "../../core/scanned-link"

/** Only of the gateway that is built in, as `digitsOfLink`. */
export function bindDigitsOf(link: Result<ScannedLink, ScannedLinkError>): string | undefined {
  return link.ok && link.value.kind === "bind" && link.value.origin === GATEWAY_ORIGIN ? link.value.digits : undefined
}

/** As handed from one of our pages to another. */
export function bindDigitsIn(parameters: Readonly<Record<string, string | undefined>>): string | undefined {
  const { digits = "" } = parameters
  return /^[0-9]{1,250}$/.test(digits) ? digits : undefined
}
