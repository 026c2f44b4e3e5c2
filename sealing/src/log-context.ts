/** Where a record stands: bound into every key and ciphertext, so that nothing opens in another place. */
import { concatBytes, uintToBytes } from "@suyuan/protocol/codec/bytes"
import type { SECTIONS } from "@suyuan/protocol/ledger/record-kind"
import type { NetworkId } from "@suyuan/protocol/network"

export interface LogContext {
  readonly networkId: NetworkId
  readonly chainId: number
  /** Address of the ledger contract, 20 bytes. */
  readonly contract: Uint8Array
  /** Number of the gateway's organisation. */
  readonly log: number
}

/** Sections that are sealed; `personal` never leaves the gateway. */
export type SealedSection = Exclude<keyof typeof SECTIONS, "personal">

/** Chain id u64 ‖ contract 20 ‖ log u32. @throws RangeError unless the address has 20 bytes. */
export function placeBytes({ chainId, contract, log }: LogContext): Uint8Array {
  if (contract.length !== 20) throw new RangeError("a contract's address has 20 bytes")
  return concatBytes(uintToBytes(chainId, 8), contract, uintToBytes(log, 4))
}
