/**
 * Keys of a tablet: WebCrypto keys that no script can read, kept as such in IndexedDB. Ed25519 where the browser has it,
 * ECDSA P-256 elsewhere; whichever was made first is the one for ever.
 */
import type { TabletDatabase } from "../store/indexed-db-store"
import type { KeyStore, ReceiptKey, SigningKey } from "./key-store"

const SIGNING = "signing"
const RECEIPT = "receipt"
const STRICT = { durability: "strict" } as const
const HMAC = { name: "HMAC", hash: "SHA-256" } as const
const P256 = { name: "ECDSA", namedCurve: "P-256" } as const
/** Two keys that give the same for it are the same: neither can be read. */
const PROBE = new TextEncoder().encode("which key is this")

/** @param algorithms tried in this order when there is no key yet. */
export function openWebKeys(
  database: TabletDatabase,
  algorithms: readonly ("Ed25519" | "P-256")[] = ["Ed25519", "P-256"],
): KeyStore {
  let signing: Promise<SigningKey> | undefined

  async function keep(name: string, key: CryptoKey | CryptoKeyPair): Promise<void> {
    const transaction = database.transaction("keys", "readwrite", STRICT)
    await Promise.all([transaction.store.add(key, name), transaction.done])
  }

  async function loadSigningKey(): Promise<SigningKey> {
    const kept = await database.get("keys", SIGNING)
    if (kept !== undefined) return signingKeyOf(kept as CryptoKeyPair)
    const made = await makePair(algorithms)
    await keep(SIGNING, made)
    return signingKeyOf(made)
  }

  async function receiptKey(): Promise<ReceiptKey | undefined> {
    const kept = await database.get("keys", RECEIPT)
    return kept === undefined ? undefined : macBy(kept as CryptoKey)
  }

  return {
    signingKey: () => {
      signing ??= loadSigningKey()
      return signing
    },
    async keepReceiptKey(bytes) {
      const given = await crypto.subtle.importKey("raw", new Uint8Array(bytes), HMAC, false, ["sign"])
      const kept = await receiptKey()
      if (kept === undefined) return keep(RECEIPT, given)
      const [one, other] = await Promise.all([kept.mac(PROBE), macBy(given).mac(PROBE)])
      if (one.some((byte, index) => byte !== other[index])) throw new Error("another receipt key is kept here already")
    },
    receiptKey,
  }
}

async function makePair(algorithms: readonly ("Ed25519" | "P-256")[]): Promise<CryptoKeyPair> {
  const [first, ...others] = algorithms
  if (first === undefined) throw new Error("this browser makes no key that a terminal can sign with")
  try {
    const algorithm = first === "P-256" ? P256 : { name: first }
    return (await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"])) as CryptoKeyPair
  } catch (error) {
    if (others.length === 0) throw error
    return makePair(others)
  }
}

async function signingKeyOf({ publicKey, privateKey }: CryptoKeyPair): Promise<SigningKey> {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey))
  const isEd25519 = privateKey.algorithm.name === "Ed25519"
  const how = isEd25519 ? { name: "Ed25519" } : { name: "ECDSA", hash: "SHA-256" }
  return {
    algorithm: isEd25519 ? "ed25519" : "p256",
    publicKey: isEd25519 ? raw : compressed(raw),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(how, privateKey, new Uint8Array(message))),
  }
}

/** SEC 1 §2.3.3: 04 ‖ x ‖ y → (02 or 03) ‖ x. */
function compressed(point: Uint8Array): Uint8Array {
  return Uint8Array.of(2 + (point[64]! & 1), ...point.subarray(1, 33))
}

function macBy(key: CryptoKey): ReceiptKey {
  return { mac: async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, new Uint8Array(message))) }
}
