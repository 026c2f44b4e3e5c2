/**
 * How a stall gives money back from its own terminal (docs/specs/payments.md, PY-22). Domain tag: `SYQ1`.
 * The request names its refund by an id that the terminal made and kept: a recorded request is the same refund, so it
 * needs no time and no nonce.
 */
import { asciiBytes, concatBytes, uintToBytes } from "../codec/bytes"
import { type NetworkId, networkBytes } from "../network"
import { type TerminalId, terminalBytes, uuidToBytes } from "./identifiers"

/** What became of the goods, as payments name it; numbered as the record of the refund numbers it. */
export const REQUESTED_GOODS = { "money-only": 0, "not-handed-over": 1, returned: 2, discarded: 3 } as const

export interface TerminalRefund {
  readonly terminal: TerminalId
  /** UUID of the refund. */
  readonly id: string
  readonly counter: number
  readonly amountFen: number
  readonly goods: keyof typeof REQUESTED_GOODS
  /** [line, grams] of the goods that are meant; none with goods means all of the sale. */
  readonly lines: readonly (readonly [number, number])[]
}

/** `SYQ1` ‖ network ‖ terminal ‖ id ‖ counter u32 ‖ amount u32 ‖ goods u8 ‖ number of lines u8 ‖ (line u8 ‖ grams u40)… */
export function refundRequestMessage(networkId: NetworkId, refund: TerminalRefund): Uint8Array {
  return concatBytes(
    asciiBytes("SYQ1"),
    networkBytes(networkId),
    terminalBytes(refund.terminal),
    uuidToBytes(refund.id),
    uintToBytes(refund.counter, 4),
    uintToBytes(refund.amountFen, 4),
    Uint8Array.of(REQUESTED_GOODS[refund.goods], refund.lines.length),
    ...refund.lines.map(([line, grams]) => concatBytes(Uint8Array.of(line), uintToBytes(grams, 5))),
  )
}
