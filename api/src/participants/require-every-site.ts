import type { Actor } from "../actor"
import { ServiceError } from "../errors"

/** What no single site owns (organisations, new sites, the catalogue) is not for actors who are bound to some sites. */
export function requireEverySite(actor: Actor): void {
  if (actor.siteIds.length > 0) throw new ServiceError("request/forbidden")
}
