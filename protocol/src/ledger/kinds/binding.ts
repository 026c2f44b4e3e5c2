/**
 * A wallet binding, the merchant's side only: that a wallet began to buy for a stall, and that it ended. Whose wallet it
 * is stands in no record. What was bought in between stays that merchant's purchase, so both instants are for ever.
 */
import { choice, field, map, optionalField, type ShapeOf } from "../../codec/shape"
import { alias, secondsSince2024, uint32, uuid } from "./fields"

export const BINDING_ACTIONS = { begun: 1, ended: 2 } as const
export type BindingAction = keyof typeof BINDING_ACTIONS

/** Which side ended it. */
export const BINDING_ENDED_BY = { merchant: 1, buyer: 2, operator: 3 } as const
export type BindingEndedBy = keyof typeof BINDING_ENDED_BY

export const bindingPublic = map({
  siteNumber: field(0, uint32),
  /** A random id of the gateway's: it names the binding and nobody else. */
  binding: field(1, uuid),
  action: field(2, choice(BINDING_ACTIONS)),
  atSeconds: field(3, secondsSince2024),
  stallAlias: field(4, alias),
  /** Exactly when it ended. */
  endedBy: optionalField(5, choice(BINDING_ENDED_BY)),
})
export type BindingPublic = ShapeOf<typeof bindingPublic>
