/** Keys of a headless terminal: PKCS #8 and raw bytes in files of mode 0600, used through WebCrypto as a tablet does. */
import { mkdir, open, readFile, rename } from "node:fs/promises"
import { join } from "node:path"
import { equalBytes } from "@suyuan/protocol/codec/bytes"
import type { KeyStore, ReceiptKey, SigningKey } from "./key-store"

const ALGORITHM = "Ed25519"
const HMAC = { name: "HMAC", hash: "SHA-256" }

/** @param directory made when it is missing; nobody else's files belong in it. */
export function openFileKeys(directory: string): KeyStore {
  const signingFile = join(directory, "signing-key.pk8")
  const receiptFile = join(directory, "receipt-key")
  let signing: Promise<SigningKey> | undefined

  async function loadSigningKey(): Promise<SigningKey> {
    const kept = (await readKey(signingFile)) ?? (await makeSigningKey())
    const whole = await crypto.subtle.importKey("pkcs8", kept, ALGORITHM, true, ["sign"])
    // An Ed25519 JWK names the public key; the key that signs from here on cannot be read again.
    const { x } = await crypto.subtle.exportKey("jwk", whole)
    const key = await crypto.subtle.importKey("pkcs8", kept, ALGORITHM, false, ["sign"])
    return {
      algorithm: "ed25519",
      publicKey: new Uint8Array(Buffer.from(x ?? "", "base64url")),
      sign: async (message) => new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, new Uint8Array(message))),
    }
  }

  async function makeSigningKey(): Promise<Uint8Array<ArrayBuffer>> {
    const pair = (await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as CryptoKeyPair
    const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))
    await writeKey(directory, signingFile, bytes)
    return bytes
  }

  return {
    signingKey: () => {
      signing ??= loadSigningKey()
      return signing
    },
    async keepReceiptKey(key) {
      const kept = await readKey(receiptFile)
      if (kept !== undefined && !equalBytes(kept, key)) throw new Error("another receipt key is kept here already")
      if (kept === undefined) await writeKey(directory, receiptFile, key)
    },
    async receiptKey(): Promise<ReceiptKey | undefined> {
      const kept = await readKey(receiptFile)
      if (kept === undefined) return undefined
      const key = await crypto.subtle.importKey("raw", kept, HMAC, false, ["sign"])
      return { mac: async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, new Uint8Array(message))) }
    },
  }
}

async function readKey(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

/** Whole or not at all, and on the disk when it resolves. */
async function writeKey(directory: string, file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const handle = await open(`${file}.new`, "w", 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  const folder = await open(directory, "r")
  await folder.sync().finally(() => folder.close())
}
