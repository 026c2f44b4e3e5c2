/** How a terminal sends a photo: of its stall (domain tag `SYZ1`), or of a rapid test that it enters (`SYY1`). */
import { asciiBytes, concatBytes, uintToBytes } from "../codec/bytes"
import { sha256 } from "../codec/hashes"
import { type NetworkId, networkBytes } from "../network"
import { type TerminalId, terminalBytes } from "./identifiers"

export interface PhotoRequest {
  readonly terminal: TerminalId
  /** The terminal's own clock; rises from request to request. */
  readonly issuedAtMs: number
  /** The photo as it is sent. */
  readonly photo: Uint8Array
}

/** `SYZ1` ‖ network ‖ terminal ‖ issued at in ms (u64) ‖ SHA-256 of the photo. */
export function stallPhotoMessage(networkId: NetworkId, request: PhotoRequest): Uint8Array {
  return photoMessage("SYZ1", networkId, request)
}

/** `SYY1` ‖ the same. */
export function testPhotoMessage(networkId: NetworkId, request: PhotoRequest): Uint8Array {
  return photoMessage("SYY1", networkId, request)
}

function photoMessage(tag: "SYZ1" | "SYY1", networkId: NetworkId, request: PhotoRequest): Uint8Array {
  return concatBytes(
    asciiBytes(tag),
    networkBytes(networkId),
    terminalBytes(request.terminal),
    uintToBytes(request.issuedAtMs, 8),
    sha256(request.photo),
  )
}
