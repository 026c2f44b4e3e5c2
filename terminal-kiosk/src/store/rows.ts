/**
 * What a terminal keeps. Rows are plain JSON, so that a journal file, IndexedDB and a test keep the same; bytes are
 * lower-case hex. Each table is keyed by text, and lists come in the order of the keys.
 */
import type { SettlementKind, VOID_REASONS } from "@suyuan/protocol/sale/sale"
import type { ReceiptCheck } from "@suyuan/protocol/terminal/offline-receipt"
import type { REQUESTED_GOODS } from "@suyuan/protocol/terminal/refund-request"
import type { UploadKind } from "@suyuan/protocol/terminal/upload"
import type { CameRow, DraftRow, LostRow, StallPhotoRow, StallTestsRow } from "./heard-rows"

/** Who this tablet is, as the gateway said at enrolment. */
export interface IdentityRow {
  readonly terminal: number
  readonly networkId: number
  /** Origin that pay codes name. */
  readonly gatewayUrl: string
  readonly stall: { readonly merchantId: string; readonly stallNumber: string; readonly name: string }
  readonly site: {
    readonly id: string
    readonly number: number
    readonly kind: "base" | "wholesale" | "market"
    readonly name: string
    readonly nameEn: string
    readonly zone: string
    readonly dayStartsAtMinutes: number
  }
}

export interface CounterRow {
  /** Numbers below this one may have been used. */
  readonly reservedUntil: number
  /** Only after a clean close: the first number that was not used. */
  readonly resumeAt?: number
  /** Issue times never go below it, whatever the clock does. */
  readonly issuedAtSecondsMin: number
}

/** The current stock snapshot. */
export interface SnapshotRow {
  readonly bytes: string
  readonly hash: string
  readonly issuedAtSeconds: number
}

/** The gateway's newest word on a sale's money. */
export interface PaymentRow {
  readonly state: "presented" | "paying" | "paid" | "closed"
  readonly paidFen: number
  readonly refundedFen: number
  readonly platform: "wechat-pay" | "alipay" | "cash" | null
  readonly version: number
}

export interface SaleRow {
  readonly counter: number
  readonly basketId: string
  readonly issuedAtSeconds: number
  readonly amountFen: number
  /** Entered by hand after a lost store: when it was sold. */
  readonly soldAtSeconds?: number
  /** [slot, packed quantity, unit price in fen]. */
  readonly lines: readonly (readonly [number, number, number])[]
  /** The pay code as shown: signed once, never again. */
  readonly code: string
  /** How it was settled as far as this terminal knows by itself. */
  readonly settlement: SettlementKind
  readonly receipt: ReceiptCheck
  readonly cancelRequested?: boolean
  /** Cancelled because some of its goods were recalled after it was signed: the reason of the recall. */
  readonly recallReason?: string
  /** The gateway will not cancel it: why. Gone when it is asked again. */
  readonly cancelRefused?: string
  /** And a person said that neither goods nor money changed hands. */
  readonly countsAsCancelled?: true
  readonly voided?: keyof typeof VOID_REASONS
  /** The gateway would not void it, so it still counts: why. Gone when it is asked again. */
  readonly voidRefused?: string
  /** Paid before its cancellation, and the goods were handed over all the same. */
  readonly lateKept?: true
  readonly payment?: PaymentRow
}

/** Money that the stall gives back, asked for once and by its id; keyed by it. */
export interface RefundRow {
  readonly id: string
  readonly counter: number
  readonly amountFen: number
  readonly goods: keyof typeof REQUESTED_GOODS
  /** [line, grams]; none with goods means all of the sale. */
  readonly lines: readonly (readonly [number, number])[]
  /** Over the request: repeated as it is. */
  readonly signature: string
  /** Asked: the platform works on it. Unknown: nobody has said yet what became of it. */
  readonly state: "asked" | "done" | "refused" | "unknown"
  /** The newest refusal or trouble, by its closed code. */
  readonly code?: string
  readonly askedAtMs: number
}

/** Waits for the gateway's application acknowledgement. */
export interface OutboxRow {
  readonly kind: UploadKind
  /** The signed envelope: repeated as it is. */
  readonly envelope: string
  readonly queuedAtMs: number
  /** Of the sale that it is to cancel or void; an earlier version did not keep it. */
  readonly counter?: number
}

/** What the gateway will not take: kept for a person. */
export interface RefusedRow extends OutboxRow {
  readonly code: string
  readonly refusedAtMs: number
  /** A person has read it: as an earlier version of this program kept it. */
  readonly isSeen?: true
}

/** Goods that this stall's own wallet bought, as the gateway offers them; keyed `<sale record id>/<line>`. */
export interface PurchaseRow {
  readonly saleRecordId: string
  readonly lineIndex: number
  readonly commodity: number
  /** As the seller weighed it: the most that can be accepted. */
  readonly grams: number
  /** What the gateway knows of these goods; not said yet without. */
  readonly came?: CameRow
  readonly answer?: "accepted" | "private" | "refused"
  readonly acceptedGrams?: number
  /** Upload that tells this terminal's own answer. As long as it waits, the gateway has not weighed it against others. */
  readonly answeredBy?: string
  /** When the newest answer was given that the gateway told of: here, on the phone, or at another terminal. */
  readonly heardAtMs?: number
}

/** A wallet that answered this terminal's bind code; keyed by binding id. */
export interface BindingRow {
  readonly nonce: string
  /** What the buyer's phone shows too. */
  readonly digits: string
  readonly state: "claimed" | "active" | "ended"
}

/** A second tablet that shows what the customer is to see; keyed by display id. Ended here is told nothing any more. */
export interface DisplayRow {
  readonly state: "invited" | "paired" | "ending"
  readonly sinceMs: number
}

/** Goods as the seller's tiles show them; keyed by slot, which means the same goods for ever. */
export interface TileRow {
  readonly slot: number
  readonly commodity: number
  readonly unit: "weight" | "piece"
  /** Per kilogram or piece; 0 asks for a price at each sale. */
  readonly unitPriceFen: number
  readonly declaredOrigin: string
  /** A chosen lot stays until a person chooses another. */
  readonly lot?: string
  readonly packLowGrams: number
  readonly packHighGrams: number
  /** Own order on the screen. */
  readonly place: number
  readonly isOnSale: boolean
}

/** The gateway's catalogue as last read, for the names of goods offline. */
export interface CatalogueRow {
  readonly version: number
  readonly readAtMs: number
  /** [code, 中文, English, synonyms, pinyin initials]; a row kept by an older version has no initials. */
  readonly entries: readonly (readonly [number, string, string, readonly string[], string?])[]
}

/** A basket put aside for a buyer who comes back; keyed by its id. */
export interface HeldBasketRow {
  readonly lines: SaleRow["lines"]
  readonly askedFen?: number
  readonly soldAtSeconds?: number
  readonly lostName?: string
  readonly heldAtMs: number
}

/** Goods that the gateway says must not be sold, as one list of which the newest version counts. */
export interface RecallHoldsRow {
  readonly version: number
  readonly holds: readonly {
    readonly recallId: string
    readonly commodity: number
    /** Of slots kept apart for this lot; null: of the commodity's other slots. */
    readonly lot: string | null
    readonly reason: string
  }[]
}

/** What the owner chose on this tablet. */
export interface SettingsRow {
  readonly language: "zh" | "en"
  readonly largeText: boolean
  readonly weightUnit: "jin" | "kilogram"
  readonly voice: boolean
  readonly scale: "none" | "continuous" | "toledo-8217" | "mt-sics" | "cas" | "simulated"
  /** Which adapter the scale is at, as the browser names it: the printer's may be granted, too. */
  readonly scalePort?: { readonly usbVendorId?: number; readonly usbProductId?: number }
  /** Another adapter of that kind was seen: one that is there alone may be either. */
  readonly scaleHasTwin?: boolean
  /** Salt and argon2id digest of the owner's PIN; without a kind the PBKDF2 digest of an earlier version. */
  readonly pin?: { readonly kind?: "argon2id"; readonly salt: string; readonly digest: string }
}

export interface Tables {
  readonly identity: IdentityRow
  readonly counter: CounterRow
  readonly snapshots: SnapshotRow
  readonly sales: SaleRow
  /** Which sale a basket became: a double tap makes no second one. */
  readonly baskets: { readonly counter: number }
  /** Cancelled sales that were paid all the same, until they are answered; keyed by counter. */
  readonly latePayments: { readonly counter: number }
  readonly refunds: RefundRow
  /** Those whose end was not heard, under the same keys. */
  readonly openRefunds: { readonly counter: number }
  /** Those that came to nothing, until a person has read it, under the same keys. */
  readonly refusedRefunds: { readonly counter: number }
  readonly outbox: OutboxRow
  readonly refused: RefusedRow
  /** Those that a person has read, under the same keys. */
  readonly refusedSeen: RefusedRow
  /** Of the stall, until the gateway has it. */
  readonly stallPhoto: StallPhotoRow
  readonly purchases: PurchaseRow
  /** Those that wait for their answer, under the same keys: found whatever their age. */
  readonly openPurchases: PurchaseRow
  readonly bindings: BindingRow
  readonly displays: DisplayRow
  readonly lost: LostRow
  readonly stallTests: StallTestsRow
  readonly drafts: DraftRow
  /** A tile's photo, by its slot: on this tablet alone. */
  readonly photos: { readonly jpeg: string }
  /** State of the terminal and of its payee accounts, newest word by subject. */
  readonly notices: { readonly text: string; readonly atMs: number }
  readonly synced: { readonly lastSyncAtMs: number | undefined; readonly clockOffsetMs: number | undefined }
  readonly tiles: TileRow
  readonly catalogue: CatalogueRow
  readonly held: HeldBasketRow
  /** The basket in the seller's hand, written down a moment after it changed. */
  readonly current: HeldBasketRow & { readonly id: string }
  readonly settings: SettingsRow
  /** Wrong PINs in a row; gone with a right one. */
  readonly pinTries: { readonly wrong: number }
  readonly recallHolds: RecallHoldsRow
}

export type TableName = keyof Tables

/** Key of rows of which there is one. */
export const THE_ONE = "the"

/** Decimal with leading zeros, so that text order is the order of slots. */
export function slotKey(slot: number): string {
  return String(slot).padStart(5, "0")
}

/** Decimal with leading zeros, so that text order is the order of counters. */
export function counterKey(counter: number): string {
  return String(counter).padStart(10, "0")
}
