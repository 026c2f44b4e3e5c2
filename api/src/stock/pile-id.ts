import { asciiBytes, concatBytes, toHex, uintToBytes } from "@suyuan/protocol/codec/bytes"
import { keccak256 } from "@suyuan/protocol/ledger/keccak"
import { uuidToBytes } from "@suyuan/protocol/terminal/identifiers"

/**
 * A pile is one merchant's stock of one commodity, or of one lot where lots are kept apart.
 * 32 hex characters: keccak256("SYPL" ‖ merchant ‖ commodity ‖ lot?)[0..16).
 */
export function pileIdOf(merchantId: string, commodity: number, lotId: string | null): string {
  const parts = [asciiBytes("SYPL"), uuidToBytes(merchantId), uintToBytes(commodity, 4)]
  if (lotId !== null) parts.push(uuidToBytes(lotId))
  return toHex(keccak256(concatBytes(...parts)).slice(0, 16))
}
