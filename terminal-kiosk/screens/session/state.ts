import type { Basket } from "../../src/basket/basket"
import type { HeldBasket } from "../../src/basket/hold-basket"
import type { PayerHint } from "../../src/link/down-messages"
import type { PayeeNotice } from "../../src/payees/list-payees"
import type { Hold } from "../../src/stock/recall-holds"
import type { DraftRow, LostRow, StallPhotoRow, StallTestsRow } from "../../src/store/heard-rows"
import type {
  BindingRow,
  CatalogueRow,
  DisplayRow,
  PurchaseRow,
  RefusedRow,
  SaleRow,
  SettingsRow,
  TileRow,
} from "../../src/store/rows"

export type TerminalStanding = "unknown" | "claimed" | "active" | "suspended" | "revoked"

/** The line to the gateway, as far as this tablet knows. */
export interface LineState {
  readonly isOnline: boolean
  readonly unsent: number
  /** Money that was to go back, and whose end nobody has said. */
  readonly openRefunds: number
  /** The oldest of those that nobody has read yet, and how many there are. */
  readonly refused: readonly (readonly [string, RefusedRow])[]
  readonly refusedCount: number
  /** Refused, and read by somebody. */
  readonly refusedSeen: number
  readonly clockOffsetMs: number | undefined
  readonly lastSyncAtMs: number | undefined
  /** Why there is no line: a gateway's closed code, or what the network said. */
  readonly trouble: string | undefined
}

export const NO_LINE: LineState = {
  ...{ isOnline: false, unsent: 0, openRefunds: 0, refused: [], refusedCount: 0, refusedSeen: 0 },
  ...{ clockOffsetMs: undefined, lastSyncAtMs: undefined, trouble: undefined },
}

export interface StorageState {
  readonly isPersisted: boolean
  readonly usedBytes: number
  readonly quotaBytes: number
}

/** The sale whose code stands on the screens. */
export interface ShownSale {
  readonly sale: SaleRow
  readonly url: string
  /** The wallet began and did not pay: the buyer may try again. */
  readonly wasRefused: boolean
  /** The newest word on its payers. */
  readonly hint?: PayerHint
  /** When the gateway said `paying`, by the terminal's time. */
  readonly payingSinceMs: number | undefined
}

export interface KioskState {
  readonly standing: TerminalStanding
  readonly settings: SettingsRow
  readonly tiles: readonly TileRow[]
  readonly catalogue: CatalogueRow | undefined
  readonly basket: Basket
  /** What was cleared away last, until another line is added: it can be called back. */
  readonly cleared: Basket | undefined
  readonly held: readonly HeldBasket[]
  readonly shown: ShownSale | undefined
  readonly purchases: readonly (readonly [string, PurchaseRow])[]
  readonly bindings: readonly (readonly [string, BindingRow])[]
  /** Second tablets for the customer. */
  readonly displays: readonly (readonly [string, DisplayRow])[]
  /** Cancelled sales that were paid all the same: counters of those that nobody has answered. */
  readonly late: readonly number[]
  /** Sales of which money was to go back and did not, and nobody has read it: their counters. */
  readonly refusedRefunds: readonly number[]
  /** The newest word on where each platform's money goes. */
  readonly payees: readonly PayeeNotice[]
  readonly lost: LostRow | undefined
  readonly stallTests: StallTestsRow | undefined
  /** Certificates to be signed here. */
  readonly drafts: readonly (readonly [string, DraftRow])[]
  /** Of tiles, by slot. */
  readonly photos: ReadonlyMap<number, string>
  /** Of the stall, while it waits for the gateway. */
  readonly stallPhoto: StallPhotoRow | undefined
  /** Slots whose goods may be of a recall: not to be sold, and why. */
  readonly recalled: ReadonlyMap<number, Hold>
  readonly line: LineState
  readonly storage: StorageState
  /** A sentence for the seller, until it is dismissed: the key of a word in look/. */
  readonly problem: Problem | undefined
}

export type Problem = "storageFull" | "storageFailed" | "newVersion"
