/** Rows of what the gateway told of beside sales, and of what waits to be told to it: kept to be read without a line. */

/** From whom, from where, and with which certificates (UP-23). */
export interface CameRow {
  readonly seller: {
    readonly name: string
    readonly stallNumber: string
    readonly site: string
    readonly siteEn: string
  }
  readonly origin: {
    readonly kind: "all-from" | "partly-from" | "one-or-several" | "unknown"
    readonly places: readonly string[]
    readonly unknownHighPercent: number
  }
  readonly certificates: readonly { readonly origin: string; readonly issuedAt: string; readonly mayGrams: number }[]
}

/** What the stall's earlier terminals lost, as the gateway said last (EN-14). */
export interface LostRow {
  readonly firstAskedAtMs: number
  readonly askedAtMs: number
  readonly terminals: readonly {
    readonly terminalId: string
    readonly sales: readonly {
      readonly counter: number
      readonly issuedAt: string
      readonly amountFen: number
      readonly outcome: "rebuilt" | "lines-unknown" | "not-paid"
      readonly lines: readonly {
        readonly commodity?: number | undefined
        readonly quantityPacked: number
        readonly unitPriceFen: number
      }[]
    }[]
    readonly gaps: readonly { readonly from: number; readonly to: number }[]
  }[]
  /** Names of those that a person is done with. */
  readonly entered: readonly string[]
}

/** Rapid tests of this stall's goods within a day, failures first, as the gateway said last. */
export interface StallTestsRow {
  readonly readAtMs: number
  /** Path of the stall's photo at the gateway; a gateway of before does not say. */
  readonly photo?: string | undefined
  readonly tests: readonly {
    readonly id: string
    readonly commodity: number
    readonly lotId?: string | undefined
    readonly testedAtMs: number
    readonly conclusion: "passed" | "failed"
  }[]
}

/** A photo of the stall that waits for the gateway; a newer one takes its place. */
export interface StallPhotoRow {
  readonly jpeg: string
  readonly takenAtMs: number
  /** The gateway will not take it: why. */
  readonly code?: string
}

/** A certificate for mixed or repacked goods, to be signed here (CT-4); keyed by the draft's id. */
export interface DraftRow {
  readonly commodity: number
  readonly grams: number
  readonly origin: string
  readonly promiseBasis: string
  readonly reason: "mixed" | "repacked"
  readonly parents: readonly {
    readonly recordId: string
    readonly mustGrams: number
    readonly mayGrams: number
  }[]
  readonly state: "draft" | "issued" | "discarded"
}
