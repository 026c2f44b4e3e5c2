/** What a proof must be of: the record that was asked for, with the amount and the weights that are shown of it. */
import { fromHex } from "@suyuan/protocol/codec/bytes"
import type { AskedRecord } from "@suyuan/protocol/ledger/proof-asked"
import type { ProofSource } from "./read-proof"

interface Shown {
  readonly recordId: string
  readonly amountFen: number | null
  readonly lines: readonly { readonly grams: number | null }[]
}

/** A share names no record: there it is the one that its trace shows. */
export function shownOf(source: ProofSource, { recordId, amountFen, lines }: Shown): AskedRecord {
  const isOwn = "record" in source
  return {
    recordId: fromHex(isOwn ? source.record : recordId) ?? new Uint8Array(0),
    ...(amountFen === null ? {} : { amountFen }),
    ...(isOwn ? { grams: lines.map(({ grams }) => grams) } : {}),
  }
}
