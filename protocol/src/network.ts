import { uintToBytes } from "./codec/bytes"

/**
 * Names one deployment of Suyuan: u32. Its 4 big-endian bytes follow every domain tag that is signed or
 * keyed, so that a code of a development network is never one of production.
 */
export type NetworkId = number

/** `demo` in ASCII. No production deployment may carry it. */
export const DEVELOPMENT_NETWORK_ID: NetworkId = 0x64656d6f

export function networkBytes(networkId: NetworkId): Uint8Array {
  return uintToBytes(networkId, 4)
}
