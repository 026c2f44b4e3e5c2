import type { Hashes } from "@suyuan/protocol/codec/hashes"
import { wasmKeccak256 } from "./wasm-keccak"

const hashBytes = 32

/** By the runtime's own cryptography; Keccak, which it lacks, as WebAssembly. */
export function nativeHashes(): Hashes {
  return {
    sha256: (bytes) => {
      const hash = new Uint8Array(hashBytes)
      Bun.SHA256.hash(bytes, hash)
      return hash
    },
    // Plain bytes: on a Buffer `slice` is a view.
    hmacSha256: (key, message) => new Uint8Array(new Bun.CryptoHasher("sha256", key).update(message).digest()),
    keccak256: wasmKeccak256(),
  }
}
