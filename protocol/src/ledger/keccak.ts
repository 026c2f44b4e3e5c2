/** Keccak-256 as Ethereum has it (not SHA3-256): the ledger's hash, because the contract computes it too. */
import { keccak_256 } from "@noble/hashes/sha3.js"

export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak_256(bytes)
}
