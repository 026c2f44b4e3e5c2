import type { Actor } from "../actor"
import { ServiceError } from "../errors"

/** A wallet is bound and released by whoever holds it, not by an operator for them. */
export function requireBuyer(actor: Actor): void {
  if (actor.kind !== "buyer") throw new ServiceError("request/forbidden")
}
