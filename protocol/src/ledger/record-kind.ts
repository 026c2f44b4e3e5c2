/** What a record can be about, and its three sections. Rules: docs/specs/records.md. */

/** u8 on the wire. Everything that a rebuild of the traces needs is one of these. */
export const RECORD_KINDS = {
  sale: 1,
  harvest: 2,
  "outside-goods": 3,
  waste: 4,
  "stock-take": 5,
  void: 6,
  arrival: 7,
  "assumed-loss": 8,
  snapshot: 9,
  catalogue: 10,
  binding: 11,
  inspection: 12,
  certificate: 13,
  "origin-statement": 14,
  "recall-step": 15,
  refund: 16,
  "audience-key": 17,
} as const

export type RecordKind = keyof typeof RECORD_KINDS

const KINDS_BY_NUMBER: ReadonlyMap<number, RecordKind> = new Map(
  Object.entries(RECORD_KINDS).map(([kind, number]) => [number, kind as RecordKind]),
)

export function recordKindOf(number: number): RecordKind | undefined {
  return KINDS_BY_NUMBER.get(number)
}

/** u8 in commitments, keys and associated data. */
export const SECTIONS = { public: 1, commercial: 2, personal: 3 } as const

/** `public`: every member. `commercial`: both ends and the regulator. `personal`: the gateway alone, until forgotten. */
export type SectionName = keyof typeof SECTIONS

/** CBOR bytes of a record's sections; `undefined` where the record has none. */
export interface Sections {
  readonly public: Uint8Array
  readonly commercial: Uint8Array | undefined
  readonly personal: Uint8Array | undefined
}
