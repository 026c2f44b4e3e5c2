/** How a terminal sends a photo of its stall. Domain tag `SYZ1`. */
import { asciiBytes, concatBytes, uintToBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { type NetworkId, networkBytes } from "../network"
import { type TerminalId, terminalBytes } from "./identifiers"

export interface StallPhotoRequest {
  readonly terminal: TerminalId
  /** The terminal's own clock; rises from request to request. */
  readonly issuedAtMs: number
  /** The photo as it is sent. */
  readonly photo: Uint8Array
}

/** `SYZ1` ‖ network ‖ terminal ‖ issued at in ms (u64) ‖ SHA-256 of the photo. */
export function stallPhotoMessage(networkId: NetworkId, request: StallPhotoRequest): Uint8Array {
  return concatBytes(
    asciiBytes("SYZ1"),
    networkBytes(networkId),
    terminalBytes(request.terminal),
    uintToBytes(request.issuedAtMs, 8),
    sha256(request.photo),
  )
}
