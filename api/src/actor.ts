import { ServiceError } from "./errors"

export const scopes = [
  "participants:write",
  "merchants:write",
  "terminals:write",
  "catalogue:write",
  "access:write",
  "inspections:write",
  "payments:refund",
  "payments:read",
  "payments:reconcile",
  "traces:read",
  "traces:write",
  "recalls:read",
  "recalls:write",
  "alarms:read",
  "alarms:write",
  "problems:read",
  "problems:write",
  "ledger:read",
  "metrics:read",
] as const
export type Scope = (typeof scopes)[number]

/** Who acts. A required argument of every mutating verb. */
export type Actor = {
  readonly kind: "buyer" | "merchant" | "operator" | "inspector" | "machine"
  /** buyer: buyer id; merchant: merchant id; terminal acting for its stall: `terminal:<hex>`. */
  readonly id: string
  readonly participantId?: string
  /** Sites the actor may touch; empty for an operator of every site, and for buyers, who have none. */
  readonly siteIds: readonly string[]
  readonly scopes: readonly Scope[]
}

/** The process itself: jobs, relays, settlement. */
export const gatewayActor: Actor = { kind: "machine", id: "gateway", siteIds: [], scopes }

/** Refuses an actor without the scope or the site with `request/forbidden`. */
export function requireScope(actor: Actor, scope: Scope, siteId?: string): void {
  if (!actor.scopes.includes(scope)) throw new ServiceError("request/forbidden")
  if (siteId !== undefined && actor.siteIds.length > 0 && !actor.siteIds.includes(siteId)) {
    throw new ServiceError("request/forbidden")
  }
}
